"""The Begeleidings-Beoordelingstraject that an escalation opens: its start only (domain 2.2).

Stricter access than the trajectory it came from: manager, hr, teacher, assessor and auditor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from events.event import Event, Fact, PersonId, fact_json
from events.process import Reader, Story, View
from events.recording import CaseIndex


class AssessmentTrajectoryOpened(Fact):
    """Recorded in the same transaction as the escalation."""

    trajectory: str
    teacher: PersonId
    manager: PersonId
    client: PersonId
    advisor: PersonId
    mandate: PersonId
    list_version: int


class AssessorAssigned(Fact):
    assessor: PersonId


FACTS: dict[str, type[Fact]] = {
    "AssessmentTrajectoryOpened": AssessmentTrajectoryOpened,
    "AssessorAssigned": AssessorAssigned,
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """The fold of an assessments stream."""

    phase: str = ""
    opened_at: datetime | None = None
    last_recorded_at: datetime | None = None
    version: int = 0
    opened: AssessmentTrajectoryOpened | None = None
    assessor: str | None = None


def evolve(state: Assessment, event: Event) -> Assessment:
    """The state after one more event."""
    state = replace(state, version=event.version, last_recorded_at=event.recorded_at)
    if isinstance(event.data, AssessmentTrajectoryOpened):
        return replace(state, phase="opened", opened_at=event.recorded_at, opened=event.data)
    if isinstance(event.data, AssessorAssigned):
        return replace(state, assessor=event.data.assessor)
    return state


def rights(state: Assessment, reader: Reader) -> frozenset[str]:
    """The reader's roles in this case."""
    if state.opened is None:
        return frozenset({"hr"} & set(reader.roles))
    held = {role for role in ("hr", "auditor") if role in reader.roles}
    for role, person in _parties(state).items():
        if person == reader.person and (role == "assessor" or role in reader.roles):
            held.add(role)
    return frozenset({"teacher"}) if "teacher" in held else frozenset(held)


def _parties(state: Assessment) -> dict[str, str]:
    if state.opened is None:
        return {}
    parties = {"teacher": state.opened.teacher, "manager": state.opened.manager}
    return {**parties, "assessor": state.assessor} if state.assessor else parties


def index(state: Assessment) -> CaseIndex:
    return CaseIndex(state=state.phase, open=True, parties=_parties(state))


def summary(state: Assessment, view: View) -> dict[str, Any]:
    """Where it stands, and the trajectory it came from."""
    assert state.opened is not None
    return {
        "process": "assessments",
        "state": state.phase,
        **fact_json(state.opened),
        "assessor": state.assessor,
    }


def tasks(state: Assessment, view: View) -> list[dict[str, Any]]:
    if state.assessor is None and "hr" in view.rights:
        return [{"task": "assign_assessor", "due": None, "overdue": False}]
    return []


STORY = Story(
    name="assessments",
    facts=FACTS,
    initial=Assessment,
    evolve=evolve,
    is_final=lambda state: False,
    index=index,
    rights=rights,
    visible=lambda state, event, view: True,
    redacted=lambda state, event, view: fact_json(event.data),
    positions=lambda held: True,
    summary=summary,
    tasks=tasks,
    agenda=lambda state, view: [],
    seen_by=frozenset({"hr", "auditor"}),
)
