"""What may be asked of a student placement (docs/contract.md 3)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StrictBool, field_validator
from pydantic_core.core_schema import ValidationInfo

from events.event import Frozen, Text
from events.placements.facts import (
    Day,
    Guide,
    Interruption,
    Judgement,
    Leaving,
    Qualification,
    Route,
    Talk,
)
from workflows.agreements import (
    RequestFreshLink,
    RevokeSigningLink,
    SendSigningLink,
    SignAgreement,
)
from workflows.decision import Command
from workflows.fields import (
    At,
    Blank,
    Clause,
    Few,
    FewBy,
    Hours,
    InstituteTrainer,
    Local,
    Mentor,
    Required,
    RequiredClause,
    SchoolLeader,
    SchoolTrainer,
    Student,
)
from workflows.persons import commands_of
from workflows.rectifying import CorrectRecord
from workflows.succeeding import (
    ReplaceInstituteTrainer,
    ReplaceSchoolLeader,
    ReplaceSchoolTrainer,
)


def _each_once(days: tuple[Day, ...]) -> tuple[Day, ...]:
    if len(set(days)) < len(days):
        raise ValueError("each day of the week is named once")
    return days


Missable = Annotated[Clause | None, Blank]
"""What the agreement says, whose missing has a code of its own."""
MissableDay = Annotated[Local | None, Blank]
Days = Annotated[Few[Day], AfterValidator(_each_once)]


class RequestPlacement(Command):
    student: Student
    institute_trainer: InstituteTrainer
    route: Route
    phase: RequiredClause
    from_: MissableDay = Field(default=None, alias="from")
    to: MissableDay = None
    questions: Few[Required]
    qualities: Text | None = None
    contract: StrictBool | None = None

    @field_validator("institute_trainer")
    @classmethod
    def _another_person(cls, value: str, info: ValidationInfo) -> str:
        if value == info.data.get("student"):
            raise ValueError("nobody trains oneself")
        return value


class RejectRequest(Command):
    reason: Required


class OfferPlace(Command):
    school: Missable = None
    school_leader: SchoolLeader


class AcceptPlace(Command):
    pass


class DeclineOffer(Command):
    reason: Required


class AssignMentor(Command):
    mentor: Mentor
    qualification: Annotated[Qualification | None, Blank] = None


class ReplaceMentor(Command):
    mentor: Mentor
    qualification: Annotated[Qualification | None, Blank] = None
    reason: Leaving


class CompleteHandover(Command):
    task: Required
    note: Text | None = None


class RecordVog(Command):
    """``date`` is the day on which the certificate was seen."""

    issued_on: Local
    date: Local | None = None


class RoleData(Frozen):
    tasks: Missable = None
    hours: Annotated[Hours | None, Blank] = None


class DraftAgreement(Command):
    """The fields of the agreement, in the order in which they are read."""

    assignment: Missable = None
    days: Annotated[Days | None, Blank] = None
    hours_per_week: Annotated[Hours | None, Blank] = None
    supervision: Missable = None
    assessment: Missable = None
    confidentiality: Missable = None
    allowance: Missable = None
    roles: Annotated[FewBy[Guide, RoleData | None] | None, Blank] = None


class AmendAgreement(DraftAgreement):
    """The fields that change; what is not given stays."""

    reason: Required


class StartPlacement(Command):
    date: Local | None = None


class PlanTalk(Command):
    talk: Talk
    at: At


class RecordStartTalk(Command):
    date: Local | None = None
    text: Required


class RecordProgressTalk(Command):
    date: Local | None = None
    judgement: Judgement
    text: Required


class RecordThreePartyTalk(Command):
    date: Local | None = None
    text: Required


class RecordFinalTalk(Command):
    date: Local | None = None
    text: Required


class RecordLessonVisit(Command):
    date: Local | None = None
    text: Required


class SubmitSelfAssessment(Command):
    text: Required


class AdviseAssessment(Command):
    advice: Judgement
    text: Required


class DecideAssessment(Command):
    outcome: Judgement
    grounds: Required


class CosignAssessment(Command):
    pass


class CompletePlacement(Command):
    pass


class ChangeRoute(Command):
    route: Route
    reason: Required


class InterruptPlacement(Command):
    category: Interruption
    note: Any = None


class Resume(Command):
    to: Local | None = None


class TransferPlacement(Command):
    school: Missable = None
    school_trainer: SchoolTrainer
    school_leader: SchoolLeader
    reason: Required


class WithdrawPlacement(Command):
    reason: Required


class EndPlacementEarly(Command):
    reason: Required


class RegisterGuidanceHours(Command):
    hours: Hours
    date: Local | None = None


SHARED = (
    AmendAgreement,
    SignAgreement,
    RequestFreshLink,
    SendSigningLink,
    RevokeSigningLink,
    ReplaceSchoolLeader,
    ReplaceSchoolTrainer,
    ReplaceInstituteTrainer,
    CorrectRecord,
)
COMMANDS: dict[str, type[Command]] = {
    **commands_of(__name__),
    **{command.__name__: command for command in SHARED},
}
