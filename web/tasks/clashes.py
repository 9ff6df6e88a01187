"""What else is on a day: closed days, and what those who have to be there have planned already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from events.process import View
from events.settings import TenantSettings
from web.dossiers import Dossier
from web.site import Site, reader_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

NEAR = timedelta(hours=2)
"""Nothing in an agenda says how long it lasts; a visit and the way to it take about this long."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something in somebody's agenda; ``row`` is what the person may know of its case."""

    at: str
    process: str
    stream: str
    told: dict[str, Any]
    row: Mapping[str, Any] = field(default_factory=dict[str, Any])


async def agenda_on(
    site: Site, person: PersonRow, day: str, now: datetime, settings: TenantSettings
) -> list[Item]:
    """What is planned for somebody on a local day, as that person may know it, by moment.

    The read model says in which cases to look, and they say it themselves; of a case that is not
    in it yet nothing is known for the moment.
    """
    engaged = await site.store.engagements(person.tenant, person.id)
    known = {stream: process for stream, process in engaged.items() if process in site.rules}
    told = await site.store.models.agenda(person.tenant, reader_of(person), list(known))
    wanted: dict[str, list[str]] = {}
    for stream, one in told.items():
        if any(str(item["at"])[:10] == day for item in one.items):
            wanted.setdefault(known[stream], []).append(stream)
    found: list[Item] = []
    for process, streams in wanted.items():
        cases = await site.dossiers.read_many(person.tenant, process, streams)
        found += [item for one in cases.values() for item in _now(site, person, one, now, settings)]
    return sorted((item for item in found if item.at[:10] == day), key=lambda item: item.at)


def _now(
    site: Site, person: PersonRow, dossier: Dossier, now: datetime, settings: TenantSettings
) -> list[Item]:
    """The agenda of one case as it is now, for somebody who has a part in it."""
    story, reader = site.rules[dossier.process].story, reader_of(person)
    view = View(reader, story.rights(dossier.state, reader), now, settings)
    row = story.summary(dossier.state, view)
    return [
        Item(str(told["at"]), dossier.process, dossier.stream, told, row)
        for told in story.agenda(dossier.state, view)
    ]


def near(item: Item, at: str) -> bool:
    """Whether it is so close to a local moment that nobody can do both."""
    if "T" not in item.at or "T" not in at:
        return False
    return abs(datetime.fromisoformat(item.at) - datetime.fromisoformat(at)) < NEAR


def closed(day: date, settings: TenantSettings) -> str | None:
    """Why nobody works that day: the name of a holiday, or ``weekend``; None on a working day."""
    for span in settings.closed:
        if span.from_ <= day <= span.to:
            return span.name
    return "weekend" if day.weekday() >= 5 else None
