"""A departure as its events have made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events.case import CaseState, Fold
from events.departures import facts as f
from events.event import Event


@dataclass
class Departure(CaseState):
    """The fold of a departures stream; ``cause`` is the id of the event that began it."""

    ends = frozenset({"handled"})

    left: f.StaffLeft | None = None
    cause: str | None = None
    handled: f.DepartureHandled | None = None


evolve: Fold[Departure] = Fold()


@evolve.on(f.StaffLeft)
def _left(state: Departure, event: Event, data: f.StaffLeft) -> dict[str, Any]:
    return {"phase": "running", "left": data, "cause": event.event_id}


@evolve.on(f.DepartureHandled)
def _handled(state: Departure, event: Event, data: f.DepartureHandled) -> dict[str, Any]:
    return {"phase": "handled", "handled": data}
