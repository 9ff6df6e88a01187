"""What may be given now: commands that would be refused whatever their data are not offered."""

from __future__ import annotations

from collections.abc import Callable

from events.calendar import local_day
from events.supervision.invoice import interventions
from events.supervision.state import Trajectory, Visit
from events.supervision.terms import closable_from, response_term_end
from workflows.decision import Context, Refused
from workflows.supervision import commands as c
from workflows.supervision.steps import acting_role, check_state

Ripe = Callable[[Trajectory, Context], bool]


def _untalked(visit: Visit) -> bool:
    return visit.held_on is not None and visit.talk_held_on is None


def _unassessed(visit: Visit) -> bool:
    return _untalked(visit) and visit.assessment is None


def _visit(ripe: Callable[[Visit], bool]) -> Ripe:
    return lambda state, _ctx: any(ripe(visit) for visit in state.visits.values())


def _billable(state: Trajectory, ctx: Context) -> bool:
    if not any(interventions(state).values()):
        return False
    today = local_day(ctx.now, ctx.settings)
    window = ctx.settings.hours_window_days
    return state.ended_on is None or (today - state.ended_on).days <= window


def _response_open(state: Trajectory, ctx: Context) -> bool:
    end = response_term_end(state, ctx.settings, local_day(ctx.now, ctx.settings))
    return end is None or ctx.now < end


def _closable(state: Trajectory, ctx: Context) -> bool:
    since = closable_from(state, ctx.settings, local_day(ctx.now, ctx.settings))
    return {"teacher", "client"} <= state.receipts or (since is not None and ctx.now >= since)


def _escalable(state: Trajectory, ctx: Context) -> bool:
    if state.report is None or state.report.overall == "sufficient":
        return False
    return state.response_after_issue or not _response_open(state, ctx)


def _consultable(state: Trajectory, _ctx: Context) -> bool:
    return bool(state.active_draft)


RIPE: dict[type[c.Command], Ripe] = {
    c.AcceptRequest: lambda state, _: state.accepted_at is None,
    c.DeclineRequest: lambda state, _: state.accepted_at is None,
    c.AssignAdvisor: lambda state, _: state.advisor is None,
    c.ReplaceAdvisor: lambda state, _: state.advisor is not None,
    c.AgreePeriod: lambda state, _: state.period is None,
    c.ExtendPeriod: lambda state, _: state.period is not None,
    c.RefuseConsent: lambda state, _: not state.consent.valid,
    c.WithdrawConsent: lambda state, _: state.consent.valid,
    c.RecordDiagnosisVisit: lambda state, _: state.diagnosis.planned_at is not None,
    c.RewordGoal: _consultable,
    c.DropGoal: _consultable,
    c.RecordClientConsultation: _consultable,
    c.FixGoalList: lambda state, _: (
        bool(state.active_draft)
        and state.fixed_version != state.draft_version == state.consulted_version
        and state.consent.valid
        and state.period is not None
    ),
    c.PlanVisit: lambda state, _: state.consent.valid,
    c.RescheduleVisit: lambda state, _: (
        state.consent.valid and any(visit.planned for visit in state.visits.values())
    ),
    c.CancelVisit: _visit(lambda visit: visit.planned),
    c.RecordVisit: _visit(lambda visit: visit.planned),
    c.PlanFollowUpTalk: _visit(_untalked),
    c.RecordFollowUpTalk: _visit(lambda v: _untalked(v) and v.assessment is not None),
    c.SubmitSelfAssessment: _visit(_unassessed),
    c.RecordSelfAssessmentOmission: _visit(_unassessed),
    c.LogHours: _billable,
    c.CorrectHours: _billable,
    c.Resume: lambda state, _: state.suspended,
    c.AddTeacherResponse: lambda state, ctx: state.draft is not None and _response_open(state, ctx),
    c.IssueFinalReport: lambda state, _: state.visits_complete and state.draft is not None,
    c.RecordClosingTalk: lambda state, _: not state.closing_held,
    c.CloseTrajectory: _closable,
    c.EscalateTrajectory: _escalable,
}


def offered(state: Trajectory, command: str, ctx: Context) -> bool:
    """Whether this person may give the command now, with the right data."""
    kind = c.COMMANDS[command]
    try:
        if kind is c.RequestTrajectory:
            check_state(state, kind)
            return bool({"hr", "client"} & set(ctx.giver.roles))
        role = acting_role(state, kind, ctx.giver)
        check_state(state, kind)
    except Refused:
        return False
    if kind is c.ConfirmReceipt:
        return role not in state.receipts
    ripe = RIPE.get(kind)
    return ripe is None or ripe(state, ctx)
