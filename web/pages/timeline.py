"""The timeline of a case as a page shows it: what was chosen of it, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from events.calendar import local_day
from web.pages.case import Moment
from web.wording import Wording

RECENT = 10
"""So many moments are in sight at first; the earlier ones are one step away."""
FEW = 3
"""So few more are not worth that step."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the timeline is asked for, as the page's address says; blank is everything."""

    kind: str = ""
    by: str = ""
    first: str = ""
    last: str = ""

    @property
    def all(self) -> bool:
        return not (self.kind or self.by or self.first or self.last)


@dataclass(frozen=True, slots=True)
class Way:
    """A command that an event makes one think of, and its page."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Day:
    """What was recorded on one day, the newest first."""

    day: str
    moments: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The days shown, what was chosen, and what may be chosen: kinds and persons by name.

    ``earlier`` are the days that are folded away at first, with ``hidden`` moments, and ``undo``
    has for an event what may be done about it.
    """

    days: Sequence[Day]
    earlier: Sequence[Day]
    hidden: int
    shown: int
    total: int
    chosen: Chosen
    kinds: Sequence[tuple[str, str]]
    people: Sequence[tuple[str, str]]
    undo: Mapping[str, Sequence[Way]]


def chosen_of(asked: Mapping[str, str]) -> Chosen:
    """What the address asks for; what is no day is not asked for."""
    return Chosen(
        asked.get("kind", ""),
        asked.get("by", ""),
        _day(asked.get("first")),
        _day(asked.get("last")),
    )


def _day(text: str | None) -> str:
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        return ""


def timeline_of(
    items: Sequence[Mapping[str, Any]],
    moments: Sequence[Moment],
    chosen: Chosen,
    wording: Wording,
    undo: Mapping[str, Sequence[Way]],
) -> Timeline:
    """The timeline of these items, of which ``moments`` are the words, the newest first."""
    by = {item["event_id"]: item["by"]["person"] or "" for item in items}
    on = {
        item["event_id"]: local_day(
            datetime.fromisoformat(item["recorded_at"]), wording.settings
        ).isoformat()
        for item in items
    }
    shown = [one for one in moments if _fits(one, by[one.id], on[one.id], chosen)]
    recent = len(shown)
    if chosen.all and len(shown) > RECENT + FEW:
        recent = RECENT

    def days(some: Sequence[Moment]) -> list[Day]:
        return [
            Day(wording.day(day), tuple(told))
            for day, told in groupby(some, key=lambda one: on[one.id])
        ]

    kinds = {one.title: one.title for one in moments}
    people = {person: wording.name(person) for person in by.values() if person}
    return Timeline(
        days(shown[:recent]),
        days(shown[recent:]),
        len(shown) - recent,
        len(shown),
        len(moments),
        chosen,
        _by_name(kinds),
        _by_name(people),
        undo,
    )


def _fits(moment: Moment, by: str, on: str, chosen: Chosen) -> bool:
    return (
        chosen.kind in ("", moment.title)
        and chosen.by in ("", by)
        and (not chosen.first or on >= chosen.first)
        and (not chosen.last or on <= chosen.last)
    )


def _by_name(found: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(found.items(), key=lambda one: one[1].casefold())


def undoing(
    items: Iterable[Mapping[str, Any]], offered: Sequence[str], href: str, words: Mapping[str, Any]
) -> dict[str, list[Way]]:
    """What may be done about each event: a rectification beside it, a planned visit moved."""
    found: dict[str, list[Way]] = {}
    planned: dict[str, str] = {}
    for item in items:
        kind, visit = item["type"], item["data"].get("visit")
        if kind in ("ClassVisitPlanned", "ClassVisitRescheduled", "UnannouncedVisitPlanned"):
            planned[visit] = item["event_id"]
        elif kind in ("ClassVisitHeld", "ClassVisitCancelled"):
            planned.pop(visit, None)
    for visit, event in planned.items():
        ways = (("RescheduleVisit", "reschedule_visit"), ("CancelVisit", "cancel_visit"))
        found[event] = [
            Way(str(words[word]), f"{href}/do/{command}?visit={visit}")
            for command, word in ways
            if command in offered
        ]
    if "CorrectRecord" in offered:
        for item in items:
            if item["type"] != "RecordCorrected":
                way = Way(words["correct"], f"{href}/do/CorrectRecord?event={item['event_id']}")
                found.setdefault(item["event_id"], []).append(way)
    return found
