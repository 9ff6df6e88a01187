"""An assessment trajectory as its events have made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events.assessments import facts as f
from events.case import CaseState, Fold
from events.event import Event


@dataclass
class Assessment(CaseState):
    """The fold of an assessments stream."""

    ends = frozenset({"closed", "withdrawn"})

    opened: f.AssessmentTrajectoryOpened | None = None
    assessor: str | None = None
    period: tuple[str, str] | None = None
    hearings: int = 0
    outcome: str | None = None

    @property
    def parties(self) -> dict[str, str]:
        """Who has a part in it; the assessor while assigned."""
        if self.opened is None:
            return {}
        found = {"teacher": self.opened.teacher, "manager": self.opened.manager}
        return {**found, "assessor": self.assessor} if self.assessor else found


evolve: Fold[Assessment] = Fold()
_on = evolve.on


@_on(f.AssessmentTrajectoryOpened)
def _opened(state: Assessment, event: Event, data: Any) -> dict[str, Any]:
    return {"phase": "opened", "opened": data}


@_on(f.AssessorAssigned)
def _assigned(state: Assessment, event: Event, data: f.AssessorAssigned) -> dict[str, Any]:
    return {"assessor": data.assessor}


@_on(f.AssessmentPlanSet)
def _planned(state: Assessment, event: Event, data: f.AssessmentPlanSet) -> dict[str, Any]:
    return {"phase": "plan_set", "period": (data.from_, data.to)}


@_on(f.AssessmentStarted)
def _started(state: Assessment, event: Event, data: Any) -> dict[str, Any]:
    return {"phase": "running"}


@_on(f.TeacherHeard)
def _heard(state: Assessment, event: Event, data: Any) -> dict[str, Any]:
    return {"hearings": state.hearings + 1}


@_on(f.AssessmentIssued)
def _issued(state: Assessment, event: Event, data: f.AssessmentIssued) -> dict[str, Any]:
    return {"phase": "assessed", "outcome": data.outcome}


@_on(f.AssessmentClosed)
def _closed(state: Assessment, event: Event, data: Any) -> dict[str, Any]:
    return {"phase": "closed"}


@_on(f.AssessmentWithdrawn)
def _withdrawn(state: Assessment, event: Event, data: Any) -> dict[str, Any]:
    return {"phase": "withdrawn"}
