"""What can happen in an assessment trajectory: no more than the source supports (domain 2.2)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from events.event import Fact, PersonId, Text
from events.rectification import RecordCorrected

Outcome = Literal["sufficient", "insufficient"]


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
    previous: PersonId | None = None


class AssessmentPlanSet(Fact):
    from_: str = Field(alias="from")
    to: str


class AssessmentStarted(Fact):
    pass


class TeacherHeard(Fact):
    """The teacher's hearing, also where the teacher stayed away."""

    date: str
    account: Text
    teacher_present: bool


class AssessmentIssued(Fact):
    outcome: Outcome
    grounds: Text


class AssessmentClosed(Fact):
    pass


class AssessmentWithdrawn(Fact):
    reason: Text


FACTS: dict[str, type[Fact]] = {
    "RecordCorrected": RecordCorrected,
} | {fact.__name__: fact for fact in Fact.__subclasses__() if fact.__module__ == __name__}
