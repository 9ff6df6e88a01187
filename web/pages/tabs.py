"""The parts of the site a visitor may look into, as they stand at the top of every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from web.api.lists import Query, page_of_cases
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow

SECTIONS: tuple[tuple[str, str, frozenset[str]], ...] = ()
"""Beside the processes: the name in ``words.sections``, its address, and whose roles see it."""

ANY = Query(sort="created_at", limit=1)


@dataclass(frozen=True, slots=True)
class Tab:
    """A process or another part of the site, and where it begins."""

    name: str
    href: str


async def tabs_of(site: Site, person: PersonRow) -> list[Tab]:
    """Those of which this person sees all cases of the board, or has one to see."""
    parts = await site.store.processes_of(person.tenant, person.id)
    now = datetime.now(UTC)
    settings = await site.settings(person.tenant)
    found: list[Tab] = []
    for process, rules in site.rules.items():
        seen = rules.story.sees_all(person.roles)
        if not seen and process in parts:
            # To be named in a case is not always to read it.
            cases, _ = await page_of_cases(site, person, process, ANY, now, settings)
            seen = bool(cases)
        if seen:
            found.append(Tab(process, f"/{process}"))
    own = [Tab(name, href) for name, href, roles in SECTIONS if not roles.isdisjoint(person.roles)]
    return [*found, *own]
