"""A desk read for its page: from the read models, and folded where those are not of today."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from events.calendar import local_day
from events.event import Event
from events.process import Story
from events.settings import TenantSettings
from events.store.desk import OfCase, Pile
from web.reading import Reading, context, read_dossier
from web.site import Site, reader_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

FOLDED = 100
"""So many cases at most are folded where the read models are not of today."""
FIRST_LOOK = timedelta(days=7)
"""What changed is told from so long ago to who never looked before."""
LOOKED_THROUGH = 60
"""Changed cases that are looked through, among which may be some that somebody may not see."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits and what is planned."""

    waiting: Pile
    planned: Pile


@dataclass(frozen=True, slots=True)
class News:
    """What happened in a case that its reader may see, the latest first."""

    reading: Reading
    events: Sequence[Event]

    @property
    def of_case(self) -> OfCase:
        """The case, as a title needs it."""
        dossier = self.reading.dossier
        return OfCase(dossier.process, dossier.stream, {}, self.reading.summary)


def acts_for(site: Site, person: PersonRow) -> list[str]:
    """The processes in which somebody may have to act without a part in a case."""
    return [name for name, rules in site.rules.items() if rules.story.acts_for_all(person.roles)]


async def desk(
    site: Site,
    person: PersonRow,
    now: datetime,
    settings: TenantSettings,
    limits: tuple[int, int],
) -> Desk:
    """``limits``: how many things that wait, and how many planned ones, are wanted at most."""
    desks, reader, everywhere = site.store.desks, reader_of(person), acts_for(site, person)
    stale = await desks.stale(
        person.tenant, person.id, everywhere, local_day(now, settings), settings.version, FOLDED
    )
    folded = [one async for one in _readings(site, person, stale, now, settings)]
    without = [stream for streams in stale.values() for stream in streams]
    waiting, planned = await asyncio.gather(
        desks.waiting(person.tenant, reader, everywhere, without, limits[0]),
        desks.planned(person.tenant, reader, everywhere, without, limits[1]),
    )
    return Desk(
        _with(waiting, _told(folded, lambda case: case.tasks), _due, limits[0]),
        _with(planned, _told(folded, lambda case: case.agenda), _at, limits[1]),
    )


def _told(readings: Iterable[Reading], tell: Any) -> list[OfCase]:
    return [
        OfCase(one.dossier.process, one.dossier.stream, item, one.summary)
        for one in readings
        for item in tell(one)
    ]


def _with(pile: Pile, more: list[OfCase], order: Any, limit: int) -> Pile:
    items = sorted([*pile.items, *more], key=order)[:limit] if more else pile.items
    late = sum(bool(one.item.get("overdue")) for one in more)
    return Pile(items, pile.total + len(more), pile.late + late)


def _due(one: OfCase) -> tuple[Any, ...]:
    return not one.item["overdue"], one.item["due"] or "9999", one.stream


def _at(one: OfCase) -> tuple[str, str]:
    return one.item["at"], one.stream


async def _readings(
    site: Site,
    person: PersonRow,
    streams: Mapping[str, Sequence[str]],
    now: datetime,
    settings: TenantSettings,
) -> AsyncIterator[Reading]:
    """These cases as this person may see them, by process in the order given."""
    for process, wanted in streams.items():
        if process not in site.rules:
            continue
        found = await site.dossiers.read_many(person.tenant, process, wanted)
        for stream in wanted:
            dossier = found.get(stream)
            reading = dossier and read_dossier(site, person, dossier, now, settings)
            if reading:
                yield reading


async def since_of(site: Site, person: PersonRow, now: datetime) -> tuple[datetime, bool]:
    """From when on something is new to this person, and whether nothing was ever looked at."""
    looked = await site.store.desks.looked(person.tenant, person.id)
    return (now - FIRST_LOOK, True) if looked is None else (looked, False)


async def news(
    site: Site,
    person: PersonRow,
    since: datetime,
    now: datetime,
    settings: TenantSettings,
    limit: int,
) -> list[News]:
    """The cases in which others did something since then that this person may see.

    The last thing that this person may see puts a case in its place, and no other thing does.
    """
    everywhere = acts_for(site, person)
    # Who looks after all cases may see all that happens in them, so that few need a look.
    most = 2 * limit if everywhere else LOOKED_THROUGH
    streams = await site.store.desks.changed(person.tenant, person.id, everywhere, since, most)
    found: list[News] = []
    async for reading in _readings(site, person, streams, now, settings):
        story, state = reading.rules.story, reading.dossier.state
        fresh = list(_since(reading, story, state, since, person.id))
        if fresh:
            found.append(News(reading, fresh[::-1]))
    found.sort(key=lambda one: one.events[0].recorded_at, reverse=True)
    return found[:limit]


def _since(
    reading: Reading, story: Story[Any], state: Any, since: datetime, person: str
) -> Iterable[Event]:
    for event in reading.dossier.events:
        by_another = event.actor.person != person
        if event.recorded_at > since and by_another and story.visible(state, event, reading.view):
            yield event


def openings(site: Site, person: PersonRow, now: datetime, settings: TenantSettings) -> list[str]:
    """The processes in which this person may begin a case."""
    found: list[str] = []
    for process, rules in site.rules.items():
        if rules.opening is None:
            continue
        ctx = context(person, "00000000-0000-0000-0000-000000000000", now, settings)
        if rules.offered(rules.story.initial(), rules.opening, ctx):
            found.append(process)
    return found
