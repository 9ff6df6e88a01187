"""Who is told of what (contract 3, notices). What is not named here tells nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from events.supervision.fold import adds_a_kind, evolve
from events.supervision.state import Trajectory
from workflows.telling import Tell, telling

PARTIES = ("teacher", "client", "manager", "advisor")

_FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "TrajectoryRequested": ("trajectory_requested", ("coordinator",)),
    "TrajectoryAccepted": ("trajectory_accepted", ("hr", "client", "teacher")),
    "TrajectoryDeclined": ("trajectory_declined", ("hr", "client")),
    "AdvisorAssigned": ("advisor_assigned", ("advisor", "teacher", "client")),
    "IntakePlanned": ("intake_planned", ("teacher", "manager")),
    "TeacherConsentRefused": ("consent_refused", ("hr", "client", "advisor")),
    "TeacherConsentWithdrawn": ("consent_withdrawn", ("hr", "client", "advisor")),
    "DiagnosisVisitPlanned": ("diagnosis_visit_planned", ("teacher",)),
    "ClientConsultedOnGoals": ("goals_consulted", ("client",)),
    "GoalListFixed": ("goal_list_fixed", ("teacher", "client")),
    "GoalListAmended": ("goal_list_fixed", ("teacher", "client")),
    "ClassVisitPlanned": ("visit_planned", ("teacher",)),
    "FollowUpTalkPlanned": ("talk_planned", ("teacher",)),
    "InterimReportIssued": ("interim_report", ("teacher", "client")),
    "TeacherResponseAdded": ("teacher_response", ("advisor", "client")),
    "FinalReportIssued": ("final_report", ("teacher", "client")),
    "TrajectorySuspended": ("suspended", ("teacher", "client", "advisor", "hr")),
    "TrajectoryResumed": ("resumed", ("teacher", "client", "advisor", "hr")),
    "TrajectoryClosed": ("closed", ("teacher", "client", "advisor", "hr")),
    "TrajectoryEscalated": ("escalated", ("teacher", "client", "advisor", "hr")),
    "TrajectoryAborted": ("aborted", ("teacher", "client", "advisor", "hr")),
    "TrajectoryStalled": ("stalled", ("advisor", "coordinator")),
    "PeriodEnding": ("period_ending", ("advisor", "client")),
    "SuspendedLong": ("suspended_long", ("hr",)),
}


def _replaced(before: Trajectory, after: Trajectory, data: Any) -> Iterator[tuple[str, str]]:
    for recipient in (data.advisor, data.previous, "teacher", "client"):
        yield "advisor_replaced", recipient


def _mode(before: Trajectory, after: Trajectory, data: Any) -> Iterator[tuple[str, str]]:
    if adds_a_kind(before.mode, data.mode):
        yield "consent_requested", "teacher"


def _of_announced(kind: str) -> Tell[Trajectory]:
    def tell(before: Trajectory, after: Trajectory, data: Any) -> Iterator[tuple[str, str]]:
        if before.visits[data.visit].announced:
            yield kind, "teacher"

    return tell


def _timetable(before: Trajectory, after: Trajectory, data: Any) -> Iterator[tuple[str, str]]:
    planned = [visit.at for visit in before.planned_visits]
    if before.diagnosis.held_on is None and before.diagnosis.planned_at:
        planned.append(before.diagnosis.planned_at)
    clash = any(at[:10] == data.date for at in planned)
    yield ("timetable_clash" if clash else "timetable_changed"), "advisor"


def _drafted(before: Trajectory, after: Trajectory, data: Any) -> Iterator[tuple[str, str]]:
    if before.phase != "reporting" and after.phase == "reporting":
        yield "report_drafted", "teacher"


def _reminded(before: Trajectory, after: Trajectory, data: Any) -> Iterator[tuple[str, str]]:
    kind = "receipt_due" if data.moment == "receipt" else "self_assessment_due"
    yield from ((kind, receiver) for receiver in data.to)


def _overdue(before: Trajectory, after: Trajectory, data: Any) -> Iterator[tuple[str, str]]:
    first = "coordinator" if data.timer == "accept" or not before.advisor else "advisor"
    yield "overdue", (first, "coordinator", "hr")[data.level]


_DEPENDS: dict[str, Tell[Trajectory]] = {
    "AdvisorReplaced": _replaced,
    "VisitModeAgreed": _mode,
    "ClassVisitRescheduled": _of_announced("visit_rescheduled"),
    "ClassVisitCancelled": _of_announced("visit_cancelled"),
    "TimetableChangeReported": _timetable,
    "FinalReportDrafted": _drafted,
    "ReminderSent": _reminded,
    "StepOverdue": _overdue,
}


def _find(state: Trajectory, recipient: str) -> str | None:
    return getattr(state, recipient) if recipient in PARTIES else recipient


notices = telling(evolve, _FIXED, _DEPENDS, _find)
