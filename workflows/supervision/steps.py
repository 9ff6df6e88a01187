"""Who may give which command, and in which state of the case: the first checks of every command."""

from __future__ import annotations

from events.supervision.access import case_roles
from events.supervision.state import BEFORE_GUIDANCE, FINAL, Trajectory
from workflows import steps
from workflows.decision import Giver, Refused
from workflows.steps import Step, check_phase
from workflows.supervision import commands as c

OPEN = BEFORE_GUIDANCE | {"guidance", "reporting", "reported"}
PREPARING = frozenset({"intake", "diagnosis", "goal_setting", "guidance"})
GOALS = frozenset({"goal_setting", "guidance"})
GUIDANCE = frozenset({"guidance"})
WRITING = frozenset({"guidance", "reporting"})
REPORTED = frozenset({"reported"})


_BEGUN = frozenset({"requested", "intake"})
_ADVISOR = ("advisor",)
_TEACHER = ("teacher",)
_NOT_FIXED = {"early": "goals.not_fixed", "early_in": BEFORE_GUIDANCE}
_LATE_RESPONSE = frozenset({"closed", "escalated"})

STEPS: dict[type[c.Command], Step] = {
    c.RequestTrajectory: Step(("hr", "client"), frozenset({""})),
    c.AcceptRequest: Step(("coordinator",), frozenset({"requested"})),
    c.DeclineRequest: Step(("coordinator",), frozenset({"requested"})),
    c.AssignAdvisor: Step(("coordinator",), OPEN),
    c.ReplaceAdvisor: Step(("coordinator",), OPEN, suspended=True),
    c.EstimateScope: Step(_ADVISOR, _BEGUN),
    c.PlanIntake: Step(_ADVISOR, _BEGUN),
    c.RecordIntake: Step(_ADVISOR, _BEGUN),
    c.AgreePeriod: Step(("advisor", "client"), PREPARING),
    c.ExtendPeriod: Step(("advisor", "client"), PREPARING),
    c.AgreeVisitMode: Step(("advisor", "client"), PREPARING),
    c.RecordTeacherConsent: Step(_TEACHER, PREPARING | {"reporting"}),
    c.RefuseConsent: Step(_TEACHER, PREPARING | {"reporting"}, restricted=True),
    c.WithdrawConsent: Step(_TEACHER, PREPARING | {"reporting"}, suspended=True, restricted=True),
    c.PlanDiagnosisVisit: Step(_ADVISOR, frozenset({"diagnosis"})),
    c.RecordDiagnosisVisit: Step(_ADVISOR, frozenset({"diagnosis"})),
    c.DraftGoal: Step(_ADVISOR, GOALS),
    c.RewordGoal: Step(_ADVISOR, GOALS),
    c.DropGoal: Step(_ADVISOR, GOALS),
    c.RecordClientConsultation: Step(_ADVISOR, GOALS),
    c.FixGoalList: Step(_ADVISOR, GOALS),
    c.PlanVisit: Step(_ADVISOR, GUIDANCE, **_NOT_FIXED),
    c.RescheduleVisit: Step(_ADVISOR, GUIDANCE, **_NOT_FIXED),
    c.CancelVisit: Step(_ADVISOR, GUIDANCE, **_NOT_FIXED),
    c.RecordVisit: Step(_ADVISOR, GUIDANCE),
    c.PlanFollowUpTalk: Step(_ADVISOR, GUIDANCE),
    c.RecordFollowUpTalk: Step(_ADVISOR, GUIDANCE),
    c.SubmitSelfAssessment: Step(_TEACHER, GUIDANCE),
    c.RecordSelfAssessmentOmission: Step(_ADVISOR, GUIDANCE),
    c.ReportTimetableChange: Step(_TEACHER, OPEN, suspended=True),
    c.LogHours: Step(_ADVISOR, OPEN, suspended=True, final=FINAL),
    c.CorrectHours: Step(_ADVISOR, OPEN, suspended=True, final=FINAL),
    c.Suspend: Step(("client", "hr"), OPEN),
    c.Resume: Step(("client", "hr"), OPEN, suspended=True),
    c.IssueInterimReport: Step(_ADVISOR, GUIDANCE),
    c.DraftFinalReport: Step(_ADVISOR, WRITING),
    c.AddTeacherResponse: Step(
        _TEACHER, WRITING | REPORTED, suspended=True, restricted=True, final=_LATE_RESPONSE
    ),
    c.IssueFinalReport: Step(
        _ADVISOR, WRITING, early="report.too_few_visits", early_in=BEFORE_GUIDANCE
    ),
    c.RecordClosingTalk: Step(_ADVISOR, REPORTED),
    c.ConfirmReceipt: Step(("teacher", "client"), REPORTED, suspended=True),
    c.CloseTrajectory: Step(("client", "hr"), REPORTED),
    c.EscalateTrajectory: Step(
        ("client",), REPORTED, early="escalation.no_report", early_in=OPEN - REPORTED
    ),
    c.AbortTrajectory: Step(
        ("client", "coordinator", "hr"),
        OPEN - REPORTED,
        suspended=True,
        late="abort.report_issued",
        late_in=REPORTED,
    ),
    c.CorrectRecord: Step(("hr",), OPEN, suspended=True, restricted=True, final=FINAL),
}


BEFORE_ACCEPTANCE = frozenset(
    {c.AcceptRequest, c.DeclineRequest, c.AbortTrajectory, c.CorrectRecord}
)


def acting_role(state: Trajectory, command: type[c.Command], giver: Giver) -> str:
    """The role the giver acts in; raises Refused with auth.not_subject, auth.role, not_assigned."""
    mine = case_roles(state, giver.person, giver.roles)
    return steps.acting_role(STEPS[command], giver, mine, _TEACHER)


def check_state(state: Trajectory, command: type[c.Command]) -> None:
    """Before acceptance only few commands may come; else as in every process."""
    check_phase(
        STEPS[command],
        state.phase,
        ended=state.ended,
        restricted=state.restricted,
        suspended=state.suspended,
    )
    accepted = state.phase != "requested" or state.accepted_at is not None
    if not accepted and command not in BEFORE_ACCEPTANCE:
        raise Refused("state.not_allowed")
