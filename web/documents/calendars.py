"""What is planned in a case as iCalendar; a later file moves what an earlier one brought."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from icalendar import Calendar, Event, Timezone

from web.reading import Reading
from web.wording import Wording

Item = Mapping[str, Any]

_WHEN = "at"
_YEARS = (1, 6)
"""Whole years before and after the present one for which the file tells the clock's changes."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Something planned. ``uid`` stays when it moves, ``sequence`` grows with every change."""

    uid: str
    sequence: int
    set_at: datetime
    item: Item


def planned(reading: Reading) -> list[Planned]:
    """What is planned for this reader now, with the history of each item behind it.

    A sequence counts changes of that item that the reader may know of, and versions of the board's
    settings, by which days are reckoned. Versions of the stream would tell of hidden events.
    """
    story = reading.rules.story
    entries = _Entries(reading.dossier.stream)
    state = story.initial()
    for event in reading.dossier.events:
        state = story.evolve(state, event)
        view = replace(reading.view, now=event.recorded_at)
        entries.set(story.agenda(state, view), event.recorded_at)
    last = reading.dossier.events[-1].recorded_at
    shown = entries.set(story.agenda(state, reading.view), last)
    settled = reading.view.settings.version - 1
    return [replace(one, sequence=one.sequence + settled) for one in shown]


class _Entries:
    """What was planned so far, each under a number that it keeps."""

    def __init__(self, stream: str) -> None:
        self._stream = UUID(stream)
        self._known: dict[str, list[Planned]] = {}
        self._standing: set[str] = set()

    def set(self, items: Sequence[Item], at: datetime) -> list[Planned]:
        """These are planned from ``at`` on, and nothing else."""
        grouped: dict[str, list[Item]] = {}
        for item in items:
            grouped.setdefault(_identity(item), []).append(item)
        standing = [one for name in grouped for one in self._group(name, grouped[name], at)]
        self._standing = {one.uid for one in standing}
        return standing

    def _group(self, name: str, items: list[Item], at: datetime) -> Iterator[Planned]:
        """What did not change stays itself; what is new takes the place of what is gone."""
        known = self._known.setdefault(name, [])
        unchanged = [one for one in known if one.uid in self._standing and one.item in items]
        added = [item for item in items if all(one.item != item for one in unchanged)]
        free = [place for place, one in enumerate(known) if one not in unchanged]
        free.sort(key=lambda place: known[place].uid not in self._standing)
        for item in added:
            if free:
                place = free.pop(0)
                before = known[place]
                after = known[place] = Planned(before.uid, before.sequence + 1, at, item)
            else:
                place = len(known)
                uid = str(uuid5(self._stream, f"agenda/{name}/{place}"))
                after = Planned(uid, 0, at, item)
                known.append(after)
            yield after
        yield from unchanged


def _identity(item: Item) -> str:
    """What tells an item from others, whenever it is."""
    named = {
        key: value for key, value in item.items() if key != _WHEN and not isinstance(value, bool)
    }
    return json.dumps(named, sort_keys=True, ensure_ascii=False)


def ics(reading: Reading, wording: Wording, page: str) -> bytes:
    """The calendar file; ``page`` is the address of the case's page."""
    zone = wording.settings.zone
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Traject//Traject//NL")
    calendar.add("method", "PUBLISH")
    year = reading.view.now.year
    first, last = date(year - _YEARS[0], 1, 1), date(year + _YEARS[1], 1, 1)
    calendar.add_component(Timezone.from_tzid(zone.key, first_date=first, last_date=last))
    for one in planned(reading):
        event = Event()
        event.add("uid", one.uid)
        event.add("sequence", one.sequence)
        event.add("dtstamp", one.set_at)
        event.add("summary", wording.planned(one.item))
        event.add("class", "PRIVATE")
        event.add("url", page)
        when = str(one.item[_WHEN])
        if "T" in when:
            event.add("dtstart", datetime.fromisoformat(when).replace(tzinfo=zone))
        else:
            event.add("dtstart", date.fromisoformat(when))
            event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()
