"""What can happen in a supervision trajectory: one class an event type (contract 3)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from events.event import Fact, Frozen, Name, PersonId, Text
from events.rectification import RecordCorrected
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
from events.terms import ReminderSent, StepOverdue


class Concern(Frozen):
    """A point on which the employer says the teacher falls short (004 T4-04)."""

    concern: Name
    text: Text


class Observation(Frozen):
    """An answer to one observation point of the diagnosis visit (004 T4-22)."""

    seen: bool
    note: Text


class Finding(Frozen):
    """What was seen of one goal in a class visit, with a concrete example."""

    goal: Name
    seen: Seen
    example: Text


class Goal(Frozen):
    """A goal as the fixed list holds it."""

    goal: Name
    text: Text
    area: Area
    grounds: tuple[Ground, ...]
    concerns: tuple[Name, ...] = ()


class Sections(Frozen):
    """The five sections of the final report (004 T4-39 to T4-43)."""

    results: Text | None = None
    process: Text | None = None
    attention_points: Text | None = None
    further_guidance: Text | None = None
    next_steps: Text | None = None


class InvoiceLine(Frozen):
    """One intervention to bill; ``hours`` and ``amount`` are decimal strings (004 T4-53)."""

    intervention: str
    hours: str
    amount: str
    lapsed: bool


class TrajectoryRequested(Fact):
    """``visits`` is the number agreed while nobody has estimated another (004 T4-14)."""

    teacher: PersonId
    client: PersonId
    manager: PersonId
    school: Text
    concerns: tuple[Concern, ...]
    earlier_guidance: Text | None = None
    visits: int


class TrajectoryAccepted(Fact):
    hourly_rate: str


class TrajectoryDeclined(Fact):
    reason: Text


class AdvisorAssigned(Fact):
    advisor: PersonId


class AdvisorReplaced(Fact):
    advisor: PersonId
    previous: PersonId
    category: ReplaceCategory


class ScopeEstimated(Fact):
    visits: int
    hours: str | None = None
    client_agrees: bool | None = None


class IntakePlanned(Fact):
    at: str


class IntakeHeld(Fact):
    date: str
    present: tuple[Party, ...]
    topics: tuple[Topic, ...]
    agreements: tuple[Text, ...] = ()


class IntakeCancelled(Fact):
    at: str


class PeriodAgreed(Fact):
    from_: str = Field(alias="from")
    to: str
    client: PersonId


class PeriodExtended(Fact):
    """``suspended_days`` is set when a resumption shifted the end by the real days."""

    to: str
    previous_to: str
    client: PersonId | None = None
    reason: Text | None = None
    suspended_days: int | None = None


class VisitModeAgreed(Fact):
    mode: Mode
    client: PersonId


class TeacherConsentRecorded(Fact):
    """``mode`` is what the first item meant when the teacher agreed to it (004 T4-46)."""

    items: tuple[ConsentItem, ...]
    mode: Mode | None = None


class TeacherConsentRefused(Fact):
    item: ConsentItem
    reason: Text


class TeacherConsentWithdrawn(Fact):
    reason: Text


class DiagnosisVisitPlanned(Fact):
    at: str
    announced: bool


class DiagnosisVisitHeld(Fact):
    date: str
    observations: dict[str, Observation]


class DiagnosisVisitCancelled(Fact):
    at: str


class GoalDrafted(Fact):
    goal: Name
    text: Text
    area: Area
    grounds: tuple[Ground, ...]
    single: bool
    concerns: tuple[Name, ...] = ()
    version: int


class GoalReworded(Fact):
    goal: Name
    text: Text
    single: bool
    version: int


class GoalDropped(Fact):
    goal: Name
    reason: Text
    version: int


class ClientConsultedOnGoals(Fact):
    version: int
    client: PersonId | None = None
    remark: Text | None = None


class GoalListFixed(Fact):
    version: int
    goals: tuple[Goal, ...]


class GoalListAmended(Fact):
    version: int
    goals: tuple[Goal, ...]


class ClassVisitPlanned(Fact):
    visit: Name
    at: str


class UnannouncedVisitPlanned(Fact):
    visit: Name
    at: str


class ClassVisitRescheduled(Fact):
    visit: Name
    at: str
    previous_at: str


class ClassVisitCancelled(Fact):
    visit: Name
    at: str
    reason: Text | None = None


class ClassVisitHeld(Fact):
    visit: Name
    date: str
    findings: tuple[Finding, ...]
    second_observer: PersonId | None = None


class FollowUpTalkPlanned(Fact):
    visit: Name
    at: str


class FollowUpTalkHeld(Fact):
    visit: Name
    date: str
    channel: Channel
    goal_list: Text
    reflection: Text
    instructions: tuple[Text, ...]


class FollowUpTalkCancelled(Fact):
    visit: Name
    at: str


class SelfAssessmentSubmitted(Fact):
    visit: Name
    ratings: dict[str, Result]
    list_version: int


class SelfAssessmentOmitted(Fact):
    visit: Name
    reason: Text


class TimetableChangeReported(Fact):
    date: str
    change: Text


class InterventionHoursLogged(Fact):
    intervention: str
    hours: str


class InterventionHoursCorrected(Fact):
    intervention: str
    hours: str
    previous_hours: str
    reason: Text


class TrajectorySuspended(Fact):
    category: SuspendCategory


class TrajectoryResumed(Fact):
    days: int


class InterimReportIssued(Fact):
    text: Text


class FinalReportDrafted(Fact):
    sections: Sections
    goal_results: dict[str, Result]
    overall: Overall


class TeacherResponseAdded(Fact):
    text: Text


class FinalReportIssued(Fact):
    sections: Sections
    goal_results: dict[str, Result]
    overall: Overall
    list_version: int


class ClosingTalkHeld(Fact):
    date: str


class FinalReportReceived(Fact):
    """Seen is not agreed. ``receiver`` is teacher or client."""

    receiver: Literal["teacher", "client"]


class TrajectoryClosed(Fact):
    outcome: Outcome


class TrajectoryEscalated(Fact):
    mandate: PersonId
    assessment: str


class TrajectoryAborted(Fact):
    reason: Text
    category: Literal["teacher_leaves"] | None = None


class InvoiceBasisPrepared(Fact):
    version: int
    lines: tuple[InvoiceLine, ...]
    hours: str
    total: str


class TrajectoryStalled(Fact):
    since: str


class PeriodEnding(Fact):
    to: str
    working_days: int


class ResponseTermEnded(Fact):
    due: str


class SuspendedLong(Fact):
    since: str


FACTS: dict[str, type[Fact]] = {
    "RecordCorrected": RecordCorrected,
    "StepOverdue": StepOverdue,
    "ReminderSent": ReminderSent,
} | {fact.__name__: fact for fact in Fact.__subclasses__() if fact.__module__ == __name__}

DOCUMENTS = {
    "GoalListFixed": "goal_list",
    "GoalListAmended": "goal_list",
    "InterimReportIssued": "interim_report",
    "FinalReportIssued": "final_report",
    "TeacherResponseAdded": "teacher_response",
    "InvoiceBasisPrepared": "invoice_basis",
}
"""Events that hold a document of the case, and what kind it is."""
