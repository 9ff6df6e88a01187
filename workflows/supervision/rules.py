"""Decides each command of a supervision trajectory: one order of checks for all (contract 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from events.supervision.state import Trajectory
from workflows.decision import Command, Context, Decision, Refused
from workflows.rectifying import correct_record
from workflows.ruling import not_in_the_future
from workflows.supervision import beginning, finishing, guiding
from workflows.supervision import commands as c
from workflows.supervision.ruling import Case
from workflows.supervision.steps import acting_role, check_state

DECIDE: dict[type[Command], Callable[[Case, Any], Decision]] = {
    c.RequestTrajectory: beginning.request,
    c.AcceptRequest: beginning.accept_request,
    c.DeclineRequest: beginning.decline_request,
    c.AssignAdvisor: beginning.assign_advisor,
    c.ReplaceAdvisor: beginning.replace_advisor,
    c.EstimateScope: beginning.estimate_scope,
    c.PlanIntake: beginning.plan_intake,
    c.RecordIntake: beginning.record_intake,
    c.AgreePeriod: beginning.agree_period,
    c.ExtendPeriod: beginning.extend_period,
    c.AgreeVisitMode: beginning.agree_visit_mode,
    c.RecordTeacherConsent: beginning.record_consent,
    c.RefuseConsent: beginning.refuse_consent,
    c.WithdrawConsent: beginning.withdraw_consent,
    c.PlanDiagnosisVisit: beginning.plan_diagnosis,
    c.RecordDiagnosisVisit: beginning.record_diagnosis,
    c.DraftGoal: guiding.draft_goal,
    c.RewordGoal: guiding.reword_goal,
    c.DropGoal: guiding.drop_goal,
    c.RecordClientConsultation: guiding.consult_client,
    c.FixGoalList: guiding.fix_goal_list,
    c.PlanVisit: guiding.plan_visit,
    c.RescheduleVisit: guiding.reschedule_visit,
    c.CancelVisit: guiding.cancel_visit,
    c.RecordVisit: guiding.record_visit,
    c.PlanFollowUpTalk: guiding.plan_talk,
    c.RecordFollowUpTalk: guiding.record_talk,
    c.SubmitSelfAssessment: guiding.submit_self_assessment,
    c.RecordSelfAssessmentOmission: guiding.omit_self_assessment,
    c.ReportTimetableChange: guiding.report_timetable_change,
    c.LogHours: finishing.log_hours,
    c.CorrectHours: finishing.correct_hours,
    c.Suspend: finishing.suspend,
    c.Resume: finishing.resume,
    c.IssueInterimReport: finishing.interim_report,
    c.DraftFinalReport: finishing.draft_report,
    c.AddTeacherResponse: finishing.add_response,
    c.IssueFinalReport: finishing.issue_report,
    c.RecordClosingTalk: finishing.closing_talk,
    c.ConfirmReceipt: finishing.confirm_receipt,
    c.CloseTrajectory: finishing.close,
    c.EscalateTrajectory: finishing.escalate,
    c.AbortTrajectory: finishing.abort,
    c.CorrectRecord: lambda case, command: correct_record(case, command, case.state.recorded),
}


def decide(state: Trajectory, command: Command, ctx: Context) -> Decision:
    """What an accepted command records; raises Refused with the first code that applies."""
    kind = type(command)
    not_in_the_future(command, ctx, c.ReportTimetableChange)
    if isinstance(command, c.RequestTrajectory):
        role = _requester(state, command, ctx)
    else:
        role = acting_role(state, kind, ctx.giver)
    check_state(state, kind)
    return DECIDE[kind](Case(state, ctx, role), command)


def _requester(state: Trajectory, command: c.RequestTrajectory, ctx: Context) -> str:
    """hr requests for anybody, a client only for himself."""
    roles = ctx.giver.roles
    if "hr" in roles:
        return "hr"
    if "client" not in roles:
        raise Refused("auth.role")
    if command.client != ctx.giver.person:
        raise Refused("auth.not_assigned")
    return "client"
