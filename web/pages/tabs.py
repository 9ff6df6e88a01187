"""The parts of the site a visitor may look into, as they stand at the top of every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from web.api.lists import Query, page_of_cases
from web.site import Site, reader_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

SECTIONS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("dashboard", "/dashboard", frozenset({"hr", "coordinator", "board"})),
    ("audit", "/audit", frozenset({"auditor"})),
    ("administration", "/administration", frozenset({"hr", "coordinator", "administrator"})),
)
"""Beside the processes: the name in ``words.sections``, its address, and whose roles see it."""

ANY = Query(sort="created_at", limit=1)


@dataclass(frozen=True, slots=True)
class Tab:
    """A process or another part of the site, and where it begins."""

    name: str
    href: str


async def tabs_of(site: Site, person: PersonRow) -> list[Tab]:
    """Those of which this person sees all cases of the board, or has one to see.

    To be named in a case is not always to read it: the read models know, in one look, and what
    they do not know yet is looked through.
    """
    rules = site.rules
    known = {name for name, its in rules.items() if its.story.sees_all(person.roles)}
    if len(known) < len(rules):
        readable, unknown = await site.store.desks.readable(person.tenant, reader_of(person))
        known |= readable
        for process in (unknown & rules.keys()) - known:
            if await _has_one(site, person, process):
                known.add(process)
    found = [Tab(process, f"/{process}") for process in rules if process in known]
    own = [Tab(name, href) for name, href, roles in SECTIONS if not roles.isdisjoint(person.roles)]
    return [*found, *own]


async def _has_one(site: Site, person: PersonRow, process: str) -> bool:
    settings = await site.settings(person.tenant)
    cases, _ = await page_of_cases(site, person, process, ANY, datetime.now(UTC), settings)
    return bool(cases)
