"""What is planned in a case as iCalendar; a later file moves what an earlier one brought."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from web.plain import one_line
from web.reading import Reading
from web.texts import Texts
from web.wording import Wording

Item = Mapping[str, Any]
Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
Change = tuple[Method, "Planned"]
"""What is to be done in a calendar, with what (RFC 5546)."""
Identity = frozenset[tuple[str, str]]

LASTS = timedelta(hours=1)
"""How long a visit or a talk stands in a calendar: nobody says it when one is planned."""
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
    return _History(reading).now


def changed(reading: Reading, version: int) -> list[Change]:
    """What the event at ``version`` did to this reader's calendar, as it is now.

    What changed again since is as it became; what is off since then is told of by that event.
    """
    history = _History(reading)
    before, after = history.at(version - 1), history.at(version)
    event = reading.dossier.events[version - 1]
    now = {one.uid: one for one in history.now}
    found: list[Change] = [
        ("REQUEST", now[uid]) for uid, one in after.items() if before.get(uid) != one and uid in now
    ]
    zone = reading.view.settings.zone
    for uid, one in before.items():
        if uid in after or uid in now or _begins(one, zone) <= event.recorded_at:
            continue
        sequence = one.sequence + 1 + history.settled
        found.append(("CANCEL", replace(one, sequence=sequence, set_at=event.recorded_at)))
    return found


def called_off(reading: Reading, at: datetime) -> list[Change]:
    """All that was planned for somebody who has no part in the case any more from ``at`` on."""
    zone = reading.view.settings.zone
    return [
        ("CANCEL", replace(one, sequence=one.sequence + 1, set_at=at))
        for one in planned(reading)
        if _begins(one, zone) > at
    ]


class _History:
    """The calendar of a reader after each event of a case, and now."""

    def __init__(self, reading: Reading) -> None:
        story = reading.rules.story
        entries = _Entries(reading.dossier.stream)
        state = story.initial()
        self._after: list[dict[str, Planned]] = [{}]
        for event in reading.dossier.events:
            state = story.evolve(state, event)
            view = replace(reading.view, now=event.recorded_at)
            shown = entries.set(story.agenda(state, view), event.recorded_at)
            self._after.append({one.uid: one for one in shown})
        last = reading.dossier.events[-1].recorded_at
        shown = entries.set(story.agenda(state, reading.view), last)
        self.settled = reading.view.settings.version - 1
        self.now = [replace(one, sequence=one.sequence + self.settled) for one in shown]

    def at(self, version: int) -> dict[str, Planned]:
        """By uid, as it was right after the event at a version; nothing at 0."""
        return self._after[version]


def _begins(one: Planned, zone: ZoneInfo) -> datetime:
    """The instant of it; the first of its day where no time is told."""
    return datetime.fromisoformat(str(one.item[_WHEN])).replace(tzinfo=zone)


class _Entries:
    """What was planned so far, each under a number that it keeps."""

    def __init__(self, stream: str) -> None:
        self._stream = UUID(stream)
        self._known: dict[Identity, list[Planned]] = {}
        self._standing: dict[Identity, list[Planned]] = {}
        self._items: dict[Identity, list[Item]] = {}

    def set(self, items: Sequence[Item], at: datetime) -> list[Planned]:
        """These are planned from ``at`` on, and nothing else."""
        grouped: dict[Identity, list[Item]] = {}
        for item in items:
            grouped.setdefault(_identity(item), []).append(item)
        standing = {
            name: self._standing[name]
            if group == self._items.get(name)
            else list(self._group(name, group, at))
            for name, group in grouped.items()
        }
        self._standing, self._items = standing, grouped
        return [one for group in standing.values() for one in group]

    def _group(self, name: Identity, items: list[Item], at: datetime) -> Iterator[Planned]:
        """What did not change stays itself; what is new takes the place of what is gone."""
        known = self._known.setdefault(name, [])
        before = {one.uid for one in self._standing.get(name, ())}
        wanted = {_told(item) for item in items}
        unchanged = {
            one.uid: one for one in known if one.uid in before and _told(one.item) in wanted
        }
        kept = {_told(one.item) for one in unchanged.values()}
        free = [place for place, one in enumerate(known) if one.uid not in unchanged]
        places = iter(sorted(free, key=lambda place: known[place].uid not in before))
        for item in items:
            if _told(item) in kept:
                continue
            place = next(places, None)
            if place is not None:
                moved = known[place]
                # That it was off in between was a change of its own, and may have been told.
                more = 1 if moved.uid in before else 2
                after = known[place] = Planned(moved.uid, moved.sequence + more, at, item)
            else:
                named = json.dumps(dict(name), sort_keys=True, ensure_ascii=False)
                uid = str(uuid5(self._stream, f"agenda/{named}/{len(known)}"))
                after = Planned(uid, 0, at, item)
                known.append(after)
            yield after
        yield from unchanged.values()


def _told(item: Item) -> Identity:
    """All that is told of an item."""
    return frozenset((key, str(value)) for key, value in item.items())


def _identity(item: Item) -> Identity:
    """What tells an item from others, whenever it is."""
    return frozenset(
        (key, str(value))
        for key, value in item.items()
        if key != _WHEN and not isinstance(value, bool)
    )


async def ics(reading: Reading, words: Texts, address: str) -> bytes:
    """The calendar file; ``address`` is what those of the pages begin with."""
    wording = wording_of(reading, words)
    return await asyncio.to_thread(_ics, reading, wording, page_of(reading, address))


def wording_of(reading: Reading, words: Texts) -> Wording:
    """The words for what is planned in a case, in which nobody is named."""
    process, facts = reading.dossier.process, reading.rules.story.facts
    return Wording(words, reading.view.settings, {}, process, facts=facts)


def page_of(reading: Reading, address: str) -> str:
    """The address of the case."""
    return f"{address}/{reading.dossier.process}/{reading.dossier.stream}"


def _ics(reading: Reading, wording: Wording, page: str) -> bytes:
    calendar = calendar_at(reading.view.now, wording.settings.zone)
    for one in planned(reading):
        calendar.add_component(entry(one, wording, page))
    return calendar.to_ical()


def calendar_at(now: datetime, zone: ZoneInfo, method: Method = "PUBLISH") -> Calendar:
    """A calendar without entries, which knows the board's time."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Traject//Traject//NL")
    calendar.add("method", method)
    first, last = date(now.year - _YEARS[0], 1, 1), date(now.year + _YEARS[1], 1, 1)
    calendar.add_component(Timezone.from_tzid(zone.key, first_date=first, last_date=last))
    return calendar


def entry(one: Planned, wording: Wording, page: str) -> Event:
    """Something planned as an entry of a calendar."""
    event = Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("dtstamp", one.set_at)
    event.add("summary", one_line(wording.planned(one.item)))
    event.add("class", "PRIVATE")
    event.add("url", page)
    when = str(one.item[_WHEN])
    if "T" in when:
        zone = wording.settings.zone
        start = datetime.fromisoformat(when).replace(tzinfo=zone)
        event.add("dtstart", start)
        # By way of UTC: when the clock is changed an hour is no hour of the clock.
        event.add("dtend", (start.astimezone(UTC) + LASTS).astimezone(zone))
    else:
        event.add("dtstart", date.fromisoformat(when))
        event.add("transp", "TRANSPARENT")
    return event
