"""Who may see what of a supervision trajectory (contract 3, unannounced visits)."""

from __future__ import annotations

from typing import Any

from events.event import Event, Fact, fact_json
from events.process import Reader, View
from events.supervision import facts as f
from events.supervision.state import Trajectory

INFORMED = frozenset({"advisor", "client", "coordinator", "hr", "auditor"})
"""Those who know of unannounced visits, the invoice and the deadlines."""

_ALL_CASES = ("hr", "coordinator", "auditor")
_STAFF_DEADLINES = frozenset({"StepOverdue", "TrajectoryStalled", "SuspendedLong"})
_TEACHER_DEADLINES = frozenset({"PeriodEnding", "ResponseTermEnded"})


def case_roles(state: Trajectory, person: str | None, roles: tuple[str, ...]) -> frozenset[str]:
    """The roles under which a person has a part in this case (contract 1, persons).

    hr, coordinator and auditor have it in every case of their board.
    """
    held = {role for role in roles if role in _ALL_CASES}
    for role in ("teacher", "client", "manager", "advisor"):
        if role in roles and person is not None and getattr(state, role) == person:
            held.add(role)
    return frozenset(held)


def rights(state: Trajectory, reader: Reader) -> frozenset[str]:
    """The reader's roles in this case; nobody reads the own case as anything but its teacher."""
    held = case_roles(state, reader.person, reader.roles)
    if held and reader.person == state.teacher:
        return frozenset({"teacher"})
    return held


def informed(view: View) -> bool:
    return bool(view.rights & INFORMED)


def positions(held: frozenset[str]) -> bool:
    """Whether version numbers are shown: they would give away what is left out."""
    return bool(held & INFORMED)


def visible(state: Trajectory, event: Event, view: View) -> bool:
    """Whether this reader may see this event, given what had happened by the instant read."""
    if informed(view):
        return True
    subject = getattr(event.data, "visit", None)
    if isinstance(event.data, f.RecordCorrected):
        kind, subject = state.subject(event.data.event)
        return _visible_kind(kind, None, view) and _visible_visit(state, subject, view)
    return _visible_kind(event.type, event.data, view) and _visible_visit(state, subject, view)


def _visible_kind(kind: str, data: Fact | None, view: View) -> bool:
    if kind == "InvoiceBasisPrepared" or kind in _STAFF_DEADLINES:
        return False
    if kind == "ReminderSent":
        receivers = data.to if isinstance(data, f.ReminderSent) else ()
        return bool(view.rights & set(receivers))
    return kind not in _TEACHER_DEADLINES or "teacher" in view.rights


def _visible_visit(state: Trajectory, name: str | None, view: View) -> bool:
    if name is None or not state.visits[name].secret:
        return True
    return state.ended and state.visits[name].cancelled and "teacher" in view.rights


def redacted(state: Trajectory, event: Event, view: View) -> dict[str, Any]:
    """The event's data; the agreed rate is for those who see the invoice."""
    data = fact_json(event.data)
    if isinstance(event.data, f.TrajectoryAccepted) and not informed(view):
        data.pop("hourly_rate")
    return data
