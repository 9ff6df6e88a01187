"""Cases in a list as a person may see them: from the read models where these are up to date, and
folded where they are not, so that what was just recorded is never missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.calendar import local_day
from events.event import instant_text
from events.process import ALL_CASES, Reader, Story
from events.projections.cases import ROW
from events.projections.reading import Held, Shown, Told
from events.projections.seats import ANYBODY
from events.settings import TenantSettings
from web.reading import Reading, read_dossier
from web.site import Site, reader_of

if TYPE_CHECKING:
    from events.store.cases import CaseRow
    from events.store.directory import PersonRow

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Looks:
    """What of each case is shown; the rest need not be there."""

    row: bool = False
    tasks: bool = False
    agenda: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One case of a list: folded, or of the rows that were asked for."""

    process: str
    stream: str
    reading: Reading | None = None
    shown: Shown | None = None
    waiting: Told | None = None
    planned: Told | None = None

    @property
    def row(self) -> Mapping[str, Any]:
        """Where the case stands, as lists show it."""
        return row_content(self.reading) if self.reading else _there(self.shown).row

    @property
    def sought(self) -> Mapping[str, Any]:
        """What filters look at."""
        if self.reading:
            return self.reading.summary
        shown = _there(self.shown)
        return {**shown.row, **shown.sought}

    @property
    def tasks(self) -> list[Content]:
        """What waits for this person in this case."""
        return self.reading.tasks if self.reading else _there(self.waiting).items

    @property
    def agenda(self) -> list[Content]:
        """What is planned in this case and concerns this person."""
        return self.reading.agenda if self.reading else _there(self.planned).items


def _there(value: Any) -> Any:
    assert value is not None, "it was not asked for"
    return value


def row_content(reading: Reading) -> Content:
    """Where a case stands. ``updated_at`` is the last thing that this person may see.

    Among all cases of the board the own ones stand where they were created, and say so.
    """
    view, created = reading.view, reading.dossier.events[0].recorded_at
    own = view.rights == {"teacher"} and reading.rules.story.sees_all(view.reader.roles)
    index = reading.rules.story.index(reading.dossier.state)
    shown = {key: value for key, value in reading.summary.items() if key in ROW}
    return shown | {
        "state": index.state,
        "open": index.open,
        "created_at": instant_text(created),
        "updated_at": instant_text(created if own else reading.last_seen),
    }


async def listed(
    site: Site,
    person: PersonRow,
    process: str,
    cases: Sequence[CaseRow],
    looks: Looks,
    now: datetime,
    settings: TenantSettings,
) -> list[Listed | None]:
    """These cases for a person, in their order; None for one that this person may not know of.

    A row counts only where it is of the version that the case has now, and for this day and these
    settings. Everything else is folded.
    """
    found = await _from_rows(site, person, process, cases, looks, now, settings)
    missing = [case.stream for case in cases if case.stream not in found]
    if missing:
        dossiers = await site.dossiers.read_many(person.tenant, process, missing)
        for stream in missing:
            dossier = dossiers.get(stream)
            reading = dossier and read_dossier(site, person, dossier, now, settings)
            found[stream] = Listed(process, stream, reading) if reading else None
    return [found[case.stream] for case in cases]


async def _from_rows(
    site: Site,
    person: PersonRow,
    process: str,
    cases: Sequence[CaseRow],
    looks: Looks,
    now: datetime,
    settings: TenantSettings,
) -> dict[str, Listed | None]:
    story, reader = site.rules[process].story, reader_of(person)
    streams, models = [case.stream for case in cases], site.store.models
    by_office = story.sees_all(person.roles)
    if not streams or (looks.row and not by_office):
        # Rows of lists are for who sees all cases; others have few.
        return {}
    tenant = person.tenant
    shown, waiting, planned = await asyncio.gather(
        models.rows(tenant, streams) if looks.row else _none(),
        models.tasks(tenant, reader, streams) if looks.tasks else _none(),
        models.agenda(tenant, reader, streams) if looks.agenda else _none(),
    )
    day = local_day(now, settings)
    found: dict[str, Listed | None] = {}
    for case in cases:
        parts = shown.get(case.stream), waiting.get(case.stream), planned.get(case.stream)
        there = [part.held for part in parts if part is not None]
        wanted = looks.row + looks.tasks + looks.agenda
        current = all(held.holds(case.version, day, settings.version) for held in there)
        if len(there) != wanted or not current:
            continue
        if not there[0].open_to(reader):
            found[case.stream] = None
        elif not looks.row or _for_office(story, there[0], reader):
            found[case.stream] = Listed(process, case.stream, None, *parts)
    return found


async def _none() -> dict[str, Any]:
    return {}


def _for_office(story: Story[Any], held: Held, reader: Reader) -> bool:
    """Whether the row of the case is what this reader would see of it.

    It is made for who has no part in the case by name, and sees it because of an office.
    """
    if held.names(reader.person):
        return False
    offices = set(reader.roles)
    if story.seen_by is not None:
        offices &= ALL_CASES & story.seen_by
    return not offices.isdisjoint(held.seats.get(ANYBODY, ()))
