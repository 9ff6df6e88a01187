"""Which command could well come now, and from whom."""

from __future__ import annotations

from datetime import date, timedelta

from events.supervision.state import Trajectory
from tests.properties.desk import Desk
from tests.properties.payloads import Chance, holders

SOON = timedelta(days=14)

GIVERS: dict[str, tuple[str, ...]] = {
    "RequestTrajectory": ("hr", "client"),
    "AcceptRequest": ("coordinator",),
    "DeclineRequest": ("coordinator",),
    "AssignAdvisor": ("coordinator",),
    "ReplaceAdvisor": ("coordinator",),
    "AgreePeriod": ("advisor", "client"),
    "ExtendPeriod": ("advisor", "client"),
    "AgreeVisitMode": ("advisor", "client"),
    "RecordTeacherConsent": ("teacher",),
    "RefuseConsent": ("teacher",),
    "WithdrawConsent": ("teacher",),
    "SubmitSelfAssessment": ("teacher",),
    "ReportTimetableChange": ("teacher",),
    "AddTeacherResponse": ("teacher",),
    "Suspend": ("client", "hr"),
    "Resume": ("client", "hr"),
    "ConfirmReceipt": ("teacher", "client"),
    "CloseTrajectory": ("client", "hr"),
    "EscalateTrajectory": ("client",),
    "AbortTrajectory": ("client", "coordinator", "hr"),
    "CorrectRecord": ("hr",),
}
"""The contract's column "by"; the advisor where it is not named here."""

LATE = ("LogHours", "CorrectHours", "AddTeacherResponse", "CorrectRecord")
"""All that a final state accepts (contract 3, states)."""

SUSPENDED = (
    "Resume",
    "AbortTrajectory",
    "ReplaceAdvisor",
    "LogHours",
    "CorrectHours",
    "WithdrawConsent",
    "ReportTimetableChange",
    "AddTeacherResponse",
    "ConfirmReceipt",
    "CorrectRecord",
)
"""All that a suspended trajectory accepts (contract 3, suspended)."""

_FORWARD: dict[str, tuple[str, ...]] = {
    "intake": ("PlanIntake", "RecordIntake", "EstimateScope", "AgreePeriod", "AgreeVisitMode"),
    "diagnosis": (
        "PlanDiagnosisVisit",
        "RecordDiagnosisVisit",
        "AgreePeriod",
        "AgreeVisitMode",
        "RecordTeacherConsent",
    ),
    "goal_setting": (
        "DraftGoal",
        "DraftGoal",
        "RewordGoal",
        "DropGoal",
        "RecordClientConsultation",
        "FixGoalList",
        "AgreePeriod",
        "AgreeVisitMode",
        "RecordTeacherConsent",
        "RefuseConsent",
        "WithdrawConsent",
    ),
    "guidance": (
        "PlanVisit",
        "PlanVisit",
        "RescheduleVisit",
        "CancelVisit",
        "RecordVisit",
        "RecordVisit",
        "SubmitSelfAssessment",
        "SubmitSelfAssessment",
        "RecordSelfAssessmentOmission",
        "PlanFollowUpTalk",
        "RecordFollowUpTalk",
        "RecordFollowUpTalk",
        "DraftGoal",
        "RewordGoal",
        "RecordClientConsultation",
        "FixGoalList",
        "ExtendPeriod",
        "AgreeVisitMode",
        "RecordTeacherConsent",
        "WithdrawConsent",
        "WithdrawConsent",
        "ReportTimetableChange",
        "IssueInterimReport",
        "DraftFinalReport",
        "IssueFinalReport",
        "AddTeacherResponse",
    ),
    "reporting": ("DraftFinalReport", "IssueFinalReport", "AddTeacherResponse", "WithdrawConsent"),
    "reported": (
        "ConfirmReceipt",
        "RecordClosingTalk",
        "AddTeacherResponse",
        "CloseTrajectory",
        "EscalateTrajectory",
    ),
}
_ASIDE = ("LogHours", "CorrectHours", "CorrectRecord", "Suspend", "ReplaceAdvisor")

CODES = frozenset(
    {
        "auth.role",
        "auth.not_subject",
        "auth.not_assigned",
        "state.not_allowed",
        "state.suspended",
        "state.final",
        "command.invalid",
        "command.id_reused",
        "request.concern_missing",
        "trajectory.already_open",
        "advisor.conflict",
        "scope.visits_out_of_range",
        "intake.party_missing",
        "intake.topic_missing",
        "period.invalid",
        "period.client_missing",
        "period.missing",
        "consent.incomplete",
        "consent.missing",
        "diagnosis.must_be_announced",
        "diagnosis.points_missing",
        "goals.too_many",
        "goals.not_single",
        "goals.no_ground",
        "goals.empty",
        "goals.version_stale",
        "goals.client_not_consulted",
        "goals.not_fixed",
        "visit.outside_period",
        "visit.unannounced_not_agreed",
        "visit.example_missing",
        "selfassessment.incomplete",
        "selfassessment.closed",
        "talk.self_assessment_missing",
        "talk.parts_missing",
        "hours.window_closed",
        "suspend.note_not_allowed",
        "report.too_few_visits",
        "report.section_missing",
        "report.goal_result_missing",
        "close.receipt_missing",
        "escalation.no_report",
        "escalation.progress_sufficient",
        "escalation.mandate_missing",
        "escalation.response_term_open",
        "abort.report_issued",
        "abort.reason_missing",
    }
)
"""Every refusal of the contract."""


def sensible(state: Trajectory) -> list[str]:
    """Commands that may well be accepted now, those that lead on more often."""
    if state.ended:
        return list(LATE)
    if state.suspended:
        return ["Resume", "Resume", "Resume", *SUSPENDED]
    if state.phase == "requested":
        if state.accepted_at is None:
            return ["AcceptRequest", "AcceptRequest", "AcceptRequest", "DeclineRequest"]
        if state.advisor is None:
            return ["AssignAdvisor"]
        return ["EstimateScope", "PlanIntake", "PlanIntake", "RecordIntake", "Suspend"]
    aside: list[str] = list(_ASIDE)
    if state.phase in ("guidance", "reporting"):
        aside.append("AbortTrajectory")
    if any(visit.secret for visit in state.visits.values()):
        aside += ["CorrectRecord"] * 12
    return [*_FORWARD[state.phase], *_FORWARD[state.phase], *aside]


def forward(state: Trajectory, today: date, *, hasty: bool = False) -> str:
    """The command that leads on towards the end; in haste without what must come first."""
    if state.ended:
        return "ConfirmReceipt" if hasty else "LogHours"
    if state.suspended and not hasty:
        return "Resume"
    if state.phase in ("requested", "intake"):
        return _beginning(state)
    if state.phase in ("reporting", "reported"):
        return _concluding(state)
    missing = [
        ("AgreePeriod", state.period is None),
        ("AgreeVisitMode", state.mode is None),
        ("RecordTeacherConsent", not state.consent.valid),
        ("ExtendPeriod", state.period is not None and state.period.end < today + SOON),
    ]
    for command, needed in missing:
        if needed and not hasty:
            return command
    if state.phase == "diagnosis":
        return "RecordDiagnosisVisit" if state.diagnosis.planned_at else "PlanDiagnosisVisit"
    return _guiding(state, hasty=hasty) if state.phase == "guidance" else _goals(state)


def _beginning(state: Trajectory) -> str:
    if state.accepted_at is None:
        return "AcceptRequest"
    if state.advisor is None:
        return "AssignAdvisor"
    return "RecordIntake" if state.intake.planned_at else "PlanIntake"


def _goals(state: Trajectory) -> str:
    if not state.active_draft:
        return "DraftGoal"
    stale = state.consulted_version != state.draft_version
    return "RecordClientConsultation" if stale else "FixGoalList"


def _guiding(state: Trajectory, *, hasty: bool) -> str:
    open_talks = [visit for visit in state.held_visits if visit.talk_held_on is None]
    if any(hasty or visit.assessment for visit in open_talks):
        return "RecordFollowUpTalk"
    if open_talks:
        return "SubmitSelfAssessment"
    if state.visits_complete:
        return "DraftFinalReport"
    coming = len(state.planned_visits) + len(state.held_visits)
    return "PlanVisit" if coming < state.agreed_visits else "RecordVisit"


def _concluding(state: Trajectory) -> str:
    if state.phase == "reported":
        return "ConfirmReceipt"
    complete = state.draft is not None and set(state.draft.goal_results) >= state.fixed_names
    return "IssueFinalReport" if complete else "DraftFinalReport"


def giver(chance: Chance, desk: Desk, state: Trajectory, command: str) -> str:
    """The key of somebody who may give this command in this case."""
    role: str = chance.one(GIVERS.get(command, ("advisor",)))
    parts = {"teacher": state.teacher, "client": state.client, "advisor": state.advisor}
    mine = parts.get(role)
    return desk.key(mine) if mine else chance.one(holders(role))
