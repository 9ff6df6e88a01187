"""A case step by step: what it was right after each event, and what that event changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from events.audit.difference import Change, difference
from events.event import Event
from events.settings import TenantSettings
from web.api.problems import invalid
from web.reading import Reading
from web.site import Site

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_OF_THE_CASE = frozenset({"id", "process", "version"})
"""What every summary has and no event changes in a way that says something."""


@dataclass(frozen=True, slots=True)
class Step:
    """The case right after one event. ``before`` and ``after`` are its summaries at that moment."""

    number: int
    last: int
    event: Event
    reading: Reading
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def changes(self) -> list[Change]:
        return difference(self.before, self.after)


def number_of(text: str | None, events: Sequence[Event], settings: TenantSettings) -> int:
    """Which event ``?at=`` names: its number, or the last one recorded by an instant.

    Without it the last one. Raises Problem where there is none.
    """
    if text is None or not text.strip():
        return len(events)
    if _NUMBER.fullmatch(text):
        return min(int(text), len(events))
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=settings.zone)
        found = sum(event.recorded_at <= moment for event in events)
    except (ValueError, OverflowError):
        raise invalid("at", "instant") from None
    return max(found, 1)


def step_at(site: Site, reading: Reading, number: int) -> Step:
    """The step of that number; what only time changed since the one before is not in it."""
    events = reading.dossier.events
    event = events[number - 1]
    view = replace(reading.view, now=event.recorded_at)
    after = replace(reading, dossier=site.dossiers.cut(reading.dossier, number), view=view)
    before: Mapping[str, Any] = {}
    if number > 1:
        earlier = site.dossiers.cut(reading.dossier, number - 1)
        before = replace(after, dossier=earlier).summary
    return Step(number, len(events), event, after, told_by(before), told_by(after.summary))


def told_by(summary: Mapping[str, Any]) -> dict[str, Any]:
    """What a summary tells a reader: without what only says which case it is."""
    return {key: value for key, value in summary.items() if key not in _OF_THE_CASE}
