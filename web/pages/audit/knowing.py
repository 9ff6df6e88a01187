"""Who knew what then: the case at one moment in the eyes of those who had a part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from events.process import Reader
from web.reading import Reading

_NOBODY = "00000000-0000-0000-0000-000000000000"
"""Stands for whoever holds an office without a part of his or her own, such as hr."""
OFFICES = ("hr", "coordinator")


@dataclass(frozen=True, slots=True)
class Eyes:
    """Somebody who could look: a part in the case with its person, or an office (no person)."""

    part: str
    person: str | None
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """An event as somebody knew it: not at all, wholly, or without some of what it says."""

    seen: bool
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Eyesight:
    """All that somebody could see at that moment, and never more than the auditor can."""

    eyes: Eyes
    summary: Mapping[str, Any]
    events: Mapping[str, Known]
    tasks: Sequence[Mapping[str, Any]]


def who_could_look(reading: Reading) -> list[Eyes]:
    """Those with a part in the case at the moment that is looked at, then the offices."""
    story, state = reading.rules.story, reading.dossier.state
    found: list[Eyes] = []
    for part, person in story.index(state).parties.items():
        role = part.partition(":")[0]
        if rights := story.rights(state, Reader(person, (role,))):
            found.append(Eyes(part, person, rights))
    held = {office: story.rights(state, Reader(_NOBODY, (office,))) for office in OFFICES}
    return found + [Eyes(office, None, rights) for office, rights in held.items() if rights]


def seen_by(reading: Reading, eyes: Eyes) -> Eyesight:
    """What these eyes could see of the case at the moment that the auditor looks at."""
    role = eyes.part.partition(":")[0]
    reader = Reader(eyes.person or _NOBODY, (role,))
    theirs = replace(reading, view=replace(reading.view, reader=reader, rights=eyes.rights))
    known = {item["event_id"]: item["data"] for item in theirs.timeline}
    events: dict[str, Known] = {}
    for item in reading.timeline:
        data = known.get(item["event_id"])
        if data is None:
            events[item["event_id"]] = Known(seen=False)
        else:
            without = tuple(field for field in item["data"] if field not in data)
            events[item["event_id"]] = Known(seen=True, without=without)
    own = reading.summary
    summary = {key: value for key, value in theirs.summary.items() if key in own}
    return Eyesight(eyes, summary, events, theirs.tasks)
