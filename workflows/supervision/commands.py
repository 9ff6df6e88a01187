"""What may be asked of a supervision trajectory: each command's data (contract 3)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, field_validator
from pydantic_core.core_schema import ValidationInfo

from events.event import Frozen, Name, Text
from events.supervision.facts import Concern, Sections
from events.supervision.words import (
    Area,
    Channel,
    ConsentItem,
    Ground,
    Mode,
    Outcome,
    Overall,
    Party,
    ReplaceCategory,
    Result,
    Seen,
    SuspendCategory,
    Topic,
)
from workflows.decision import Command
from workflows.fields import (
    Advisor,
    AnyPerson,
    At,
    Blank,
    Client,
    Few,
    FewBy,
    Hours,
    Intervention,
    Local,
    Manager,
    Money,
    Required,
    Teacher,
    TotalHours,
)
from workflows.persons import commands_of, people_of
from workflows.rectifying import CorrectRecord


class RequestedConcern(Concern):
    text: Required


class RequestTrajectory(Command):
    teacher: Teacher
    client: Client
    manager: Manager
    school: Required
    concerns: Annotated[Few[RequestedConcern] | None, Blank] = None
    earlier_guidance: Text | None = None

    @field_validator("client", "manager")
    @classmethod
    def _not_the_teacher(cls, value: str, info: ValidationInfo) -> str:
        if value == info.data.get("teacher"):
            raise ValueError("a teacher is neither manager nor client of the own trajectory")
        return value

    @field_validator("concerns")
    @classmethod
    def _named_once(
        cls, value: tuple[RequestedConcern, ...] | None
    ) -> tuple[RequestedConcern, ...] | None:
        names = [concern.concern for concern in value or ()]
        if len(names) != len(set(names)):
            raise ValueError("two concerns have the same name")
        return value


class AcceptRequest(Command):
    hourly_rate: Money


class DeclineRequest(Command):
    reason: Required


class AssignAdvisor(Command):
    advisor: Advisor


class ReplaceAdvisor(Command):
    advisor: Advisor
    category: ReplaceCategory


class EstimateScope(Command):
    visits: Annotated[StrictInt | None, Blank] = None
    hours: Hours | None = None
    client_agrees: StrictBool | None = None


class PlanIntake(Command):
    at: At


class RecordIntake(Command):
    date: Local | None = None
    present: Annotated[Few[Party] | None, Blank] = None
    topics: Annotated[Few[Topic] | None, Blank] = None
    agreements: Few[Text] | None = None
    hours: Hours | None = None


class AgreePeriod(Command):
    from_: Annotated[Local | None, Blank] = Field(default=None, alias="from")
    to: Annotated[Local | None, Blank] = None
    client: Annotated[Client | None, Blank] = None


class ExtendPeriod(Command):
    to: Annotated[Local | None, Blank] = None
    client: Annotated[Client | None, Blank] = None
    reason: Required


class AgreeVisitMode(Command):
    mode: Mode
    client: Client


class RecordTeacherConsent(Command):
    items: Annotated[Few[ConsentItem] | None, Blank] = None


class RefuseConsent(Command):
    item: ConsentItem
    reason: Required


class WithdrawConsent(Command):
    reason: Required


class PlanDiagnosisVisit(Command):
    at: At
    announced: Annotated[StrictBool | None, Blank] = None


class ObservationData(Frozen):
    seen: StrictBool
    note: Annotated[Text | None, Blank] = None


class RecordDiagnosisVisit(Command):
    date: Local | None = None
    observations: Annotated[FewBy[Name, ObservationData | None] | None, Blank] = None
    hours: Hours | None = None


class DraftGoal(Command):
    goal: Name
    text: Required
    area: Area
    grounds: Annotated[Few[Ground] | None, Blank] = None
    single: Annotated[StrictBool | None, Blank] = None
    concerns: Few[Name] | None = None


class RewordGoal(Command):
    goal: Name
    text: Required
    single: Annotated[StrictBool | None, Blank] = None


class DropGoal(Command):
    goal: Name
    reason: Required


class RecordClientConsultation(Command):
    version: Annotated[StrictInt | None, Blank] = None
    client: Client
    remark: Text | None = None
    hours: Hours | None = None


class FixGoalList(Command):
    pass


class PlanVisit(Command):
    visit: Name
    at: At
    announced: StrictBool


class RescheduleVisit(Command):
    visit: Name
    at: At


class CancelVisit(Command):
    visit: Name
    reason: Required


class FindingData(Frozen):
    goal: Name
    seen: Seen
    example: Annotated[Text | None, Blank] = None


class RecordVisit(Command):
    visit: Name
    date: Local | None = None
    findings: Annotated[Few[FindingData] | None, Blank] = None
    second_observer: AnyPerson | None = None
    hours: Hours | None = None


class PlanFollowUpTalk(Command):
    visit: Name
    at: At


class RecordFollowUpTalk(Command):
    visit: Name
    date: Local | None = None
    channel: Channel
    goal_list: Annotated[Text | None, Blank] = None
    reflection: Annotated[Text | None, Blank] = None
    instructions: Annotated[Few[Text] | None, Blank] = None
    hours: Hours | None = None


class SubmitSelfAssessment(Command):
    visit: Name
    ratings: Annotated[FewBy[Name, Result] | None, Blank] = None


class RecordSelfAssessmentOmission(Command):
    visit: Name
    reason: Required


class ReportTimetableChange(Command):
    date: Local | None = None
    change: Required


class LogHours(Command):
    intervention: Intervention
    hours: Hours


class CorrectHours(Command):
    intervention: Intervention
    hours: TotalHours
    reason: Required


class Suspend(Command):
    category: SuspendCategory
    note: Any = None


class Resume(Command):
    pass


class IssueInterimReport(Command):
    text: Required


class DraftFinalReport(Command):
    sections: Annotated[Sections | None, Blank] = None
    goal_results: Annotated[FewBy[Name, Result] | None, Blank] = None
    overall: Overall


class AddTeacherResponse(Command):
    text: Required


class IssueFinalReport(Command):
    hours: Hours | None = None


class RecordClosingTalk(Command):
    date: Local | None = None
    hours: Hours | None = None


class ConfirmReceipt(Command):
    pass


class CloseTrajectory(Command):
    outcome: Outcome


class EscalateTrajectory(Command):
    mandate: Annotated[AnyPerson | None, Blank] = None


class AbortTrajectory(Command):
    reason: Annotated[Text | None, Blank] = None
    category: Literal["teacher_leaves"] | None = None


COMMANDS = {**commands_of(__name__), "CorrectRecord": CorrectRecord}
people = people_of(COMMANDS)
