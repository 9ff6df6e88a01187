"""A departure as it is read: by hr, coordinators and auditors only."""

from __future__ import annotations

from typing import Any

from events.departures.state import Departure
from events.event import Event, fact_json
from events.process import ALL_CASES, Reader, View
from events.recording import CaseIndex


def case_roles(_state: Departure, _person: str | None, roles: tuple[str, ...]) -> frozenset[str]:
    """Nobody has a part in it by name; who left does not read it."""
    return ALL_CASES & frozenset(roles)


def rights(state: Departure, reader: Reader) -> frozenset[str]:
    return case_roles(state, reader.person, reader.roles)


def index(state: Departure) -> CaseIndex:
    """What lists need to find it."""
    parties = {"person": state.left.person} if state.left else {}
    return CaseIndex(state=state.phase, open=not state.ended, parties=parties)


def redacted(_state: Departure, event: Event, _view: View) -> dict[str, Any]:
    return fact_json(event.data)


def summary(state: Departure, _view: View) -> dict[str, Any]:
    """Who left, and what was settled with it."""
    assert state.left is not None
    handled = state.handled
    return {
        "process": "departures",
        "state": state.phase,
        "person": state.left.person,
        "date": state.left.date,
        "partners": handled.partners if handled else None,
        "refused": handled.refused if handled else None,
        "overdue": [],
        "next": [],
    }
