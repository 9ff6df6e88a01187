"""How each event changes a supervision trajectory: `evolve(state, event) -> state`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from events import terms
from events.case import Fold, days_until, local_day_of
from events.event import Event
from events.rectification import RecordCorrected
from events.supervision import facts as f
from events.supervision.state import (
    Consent,
    DraftGoal,
    Meeting,
    Period,
    Report,
    Trajectory,
    Visit,
)


def _subject(event: Event) -> tuple[str, str | None]:
    data = event.data
    if type(data) is RecordCorrected:
        return event.type, data.event
    # Where a model has no such field, getattr takes longer than all the rest of a fold.
    return event.type, data.__dict__.get("visit")


evolve: Fold[Trajectory] = Fold(terms.FOLD, remembers=_subject)
_on = evolve.on


def _visit(state: Trajectory, name: str, **changes: Any) -> dict[str, Visit]:
    return {**state.visits, name: state.visits[name]._replace(**changes)}


@_on(f.TrajectoryRequested)
def _requested(state: Trajectory, event: Event, data: f.TrajectoryRequested) -> dict[str, Any]:
    return {
        "phase": "requested",
        "requested_at": event.recorded_at,
        "requested_on": local_day_of(event),
        "agreed_visits": data.visits,
        "teacher": data.teacher,
        "client": data.client,
        "manager": data.manager,
        "school": data.school,
        "concerns": tuple(concern.concern for concern in data.concerns),
    }


@_on(f.TrajectoryAccepted)
def _accepted(state: Trajectory, event: Event, data: f.TrajectoryAccepted) -> dict[str, Any]:
    return {
        "accepted_at": event.recorded_at,
        "hourly_rate": Decimal(data.hourly_rate),
        "overdue": state.without_overdue("accept"),
    }


@_on(f.TrajectoryDeclined)
def _declined(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return _ended(state, event, "declined")


@_on(f.TrajectoryClosed)
def _closed(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return _ended(state, event, "closed") | {"outcome": data.outcome}


@_on(f.TrajectoryEscalated)
def _escalated(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return _ended(state, event, "escalated")


@_on(f.TrajectoryAborted)
def _aborted(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return _ended(state, event, "aborted")


def _ended(state: Trajectory, event: Event, phase: str) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "phase": phase,
        "ended_at": event.recorded_at,
        "ended_on": local_day_of(event),
        "overdue": {},
    }
    if state.suspended_since is not None:
        changes["paused"] = state.paused | days_until(state.suspended_since, local_day_of(event))
        changes["suspended_since"] = None
        changes["suspended_at"] = None
    return changes


@_on(f.AdvisorAssigned, f.AdvisorReplaced)
def _advisor(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"advisor": data.advisor}


@_on(f.ScopeEstimated)
def _scope(state: Trajectory, event: Event, data: f.ScopeEstimated) -> dict[str, Any]:
    return {"agreed_visits": data.visits}


@_on(f.IntakePlanned)
def _intake_planned(state: Trajectory, event: Event, data: f.IntakePlanned) -> dict[str, Any]:
    return {"phase": "intake", "intake": Meeting(planned_at=data.at)}


@_on(f.IntakeHeld)
def _intake_held(state: Trajectory, event: Event, data: f.IntakeHeld) -> dict[str, Any]:
    return {
        "phase": "diagnosis",
        "intake": _held(state.intake, event, data.date),
        "last_intervention_at": event.recorded_at,
        "overdue": state.without_overdue("intake"),
    }


def _held(meeting: Meeting, event: Event, day: str) -> Meeting:
    return replace(meeting, held_on=date.fromisoformat(day), held_recorded=event.recorded_at)


@_on(f.PeriodAgreed)
def _period(state: Trajectory, event: Event, data: f.PeriodAgreed) -> dict[str, Any]:
    start, end = date.fromisoformat(data.from_), date.fromisoformat(data.to)
    return {"period": Period(start, end, event.recorded_at)}


@_on(f.PeriodExtended)
def _extended(state: Trajectory, event: Event, data: f.PeriodExtended) -> dict[str, Any]:
    assert state.period is not None
    end = date.fromisoformat(data.to)
    return {"period": replace(state.period, end=end, recorded_at=event.recorded_at)}


@_on(f.VisitModeAgreed)
def _mode(state: Trajectory, event: Event, data: f.VisitModeAgreed) -> dict[str, Any]:
    if adds_a_kind(state.mode, data.mode) and state.consent.valid:
        return {"mode": data.mode, "consent": replace(state.consent, status="outdated")}
    return {"mode": data.mode}


def adds_a_kind(before: str | None, after: str) -> bool:
    """Whether a visit mode allows a kind of visit that the one before did not."""
    return before != "both" and before != after


@_on(f.TeacherConsentRecorded)
def _consent(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"consent": Consent("given")}


@_on(f.TeacherConsentRefused)
def _refused(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"consent": replace(state.consent, status="refused")}


@_on(f.TeacherConsentWithdrawn)
def _withdrawn(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"consent": Consent("withdrawn", local_day_of(event))}


@_on(f.DiagnosisVisitPlanned)
def _diagnosis_planned(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"diagnosis": Meeting(planned_at=data.at)}


@_on(f.DiagnosisVisitHeld)
def _diagnosis_held(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {
        "phase": "goal_setting",
        "diagnosis": _held(state.diagnosis, event, data.date),
        "last_intervention_at": event.recorded_at,
        "overdue": state.without_overdue("diagnosis"),
    }


@_on(f.GoalDrafted)
def _goal(state: Trajectory, event: Event, data: f.GoalDrafted) -> dict[str, Any]:
    goal = DraftGoal(data.text, data.area, data.grounds, data.concerns)
    return {"goals": {**state.goals, data.goal: goal}, "draft_version": data.version}


@_on(f.GoalReworded)
def _reworded(state: Trajectory, event: Event, data: f.GoalReworded) -> dict[str, Any]:
    goal = replace(state.goals[data.goal], text=data.text)
    return {"goals": {**state.goals, data.goal: goal}, "draft_version": data.version}


@_on(f.GoalDropped)
def _dropped(state: Trajectory, event: Event, data: f.GoalDropped) -> dict[str, Any]:
    goal = replace(state.goals[data.goal], dropped=True)
    return {"goals": {**state.goals, data.goal: goal}, "draft_version": data.version}


@_on(f.ClientConsultedOnGoals)
def _consulted(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {
        "consulted": True,
        "consulted_version": data.version,
        "last_intervention_at": event.recorded_at,
        "overdue": state.without_overdue("consultation"),
    }


@_on(f.GoalListFixed, f.GoalListAmended)
def _fixed(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {
        "phase": "guidance",
        "fixed_version": data.version,
        "fixed": data.goals,
        "fixed_at": state.fixed_at or event.recorded_at,
        "overdue": state.without_overdue("goal_list"),
    }


@_on(f.ClassVisitPlanned, f.UnannouncedVisitPlanned)
def _visit_planned(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    announced = isinstance(data, f.ClassVisitPlanned)
    visit = Visit(data.visit, len(state.visits), data.at, announced)
    return {"visits": {**state.visits, data.visit: visit}}


@_on(f.ClassVisitRescheduled)
def _rescheduled(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"visits": _visit(state, data.visit, at=data.at)}


@_on(f.ClassVisitCancelled)
def _visit_cancelled(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"visits": _visit(state, data.visit, cancelled=True)}


@_on(f.ClassVisitHeld)
def _visit_held(state: Trajectory, event: Event, data: f.ClassVisitHeld) -> dict[str, Any]:
    day = date.fromisoformat(data.date)
    return {
        "visits": _visit(state, data.visit, held_on=day, held_recorded=event.recorded_at),
        "last_intervention_at": event.recorded_at,
    }


@_on(f.FollowUpTalkPlanned)
def _talk_planned(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    changes = {"talk_at": data.at, "talk_planned_recorded": event.recorded_at}
    return {"visits": _visit(state, data.visit, **changes)}


@_on(f.FollowUpTalkHeld)
def _talk_held(state: Trajectory, event: Event, data: f.FollowUpTalkHeld) -> dict[str, Any]:
    talks = state.talks_held + 1
    reached = event.recorded_at if talks == state.agreed_visits else state.agreed_talks_at
    return {
        "visits": _visit(state, data.visit, talk_held_on=date.fromisoformat(data.date)),
        "talks_held": talks,
        "agreed_talks_at": reached,
        "last_intervention_at": event.recorded_at,
        "overdue": state.without_overdue(f"talk:{data.visit}"),
    }


@_on(f.SelfAssessmentSubmitted)
def _assessed(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"visits": _visit(state, data.visit, assessment="submitted")}


@_on(f.SelfAssessmentOmitted)
def _omitted(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"visits": _visit(state, data.visit, assessment="omitted")}


@_on(f.InterventionHoursLogged)
def _logged(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    total = state.hours.get(data.intervention, Decimal(0)) + Decimal(data.hours)
    return {"hours": {**state.hours, data.intervention: total}}


@_on(f.InterventionHoursCorrected)
def _corrected(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"hours": {**state.hours, data.intervention: Decimal(data.hours)}}


@_on(f.TrajectorySuspended)
def _suspended(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"suspended_since": local_day_of(event), "suspended_at": event.recorded_at}


@_on(f.TrajectoryResumed)
def _resumed(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    assert state.suspended_since is not None
    return {
        "paused": state.paused | days_until(state.suspended_since, local_day_of(event)),
        "suspended_since": None,
        "suspended_at": None,
    }


@_on(f.FinalReportDrafted)
def _drafted(state: Trajectory, event: Event, data: f.FinalReportDrafted) -> dict[str, Any]:
    reporting = state.phase == "guidance" and state.visits_complete
    return {"draft": data, "phase": "reporting" if reporting else state.phase}


@_on(f.TeacherResponseAdded)
def _response(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"response_after_issue": state.report is not None}


@_on(f.FinalReportIssued)
def _issued(state: Trajectory, event: Event, data: f.FinalReportIssued) -> dict[str, Any]:
    return {
        "phase": "reported",
        "report": Report(event.recorded_at, data.goal_results, data.overall),
        "overdue": state.without_overdue("report"),
    }


@_on(f.ClosingTalkHeld)
def _closing(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"closing_held": True}


@_on(f.FinalReportReceived)
def _received(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"receipts": state.receipts | {data.receiver}}


@_on(f.InvoiceBasisPrepared)
def _invoiced(state: Trajectory, event: Event, data: f.InvoiceBasisPrepared) -> dict[str, Any]:
    return {"invoice": data}


@_on(f.ReminderSent)
def _reminded(state: Trajectory, event: Event, data: f.ReminderSent) -> dict[str, Any]:
    return {
        "passed": state.passed | {f"{data.timer}/{data.moment}"},
        "reminded": state.reminded | {(data.timer, data.due)},
    }


@_on(f.TrajectoryStalled)
def _stalled(state: Trajectory, event: Event, data: f.TrajectoryStalled) -> dict[str, Any]:
    return {"passed": state.passed | {f"stalled/{data.since}"}}


@_on(f.PeriodEnding)
def _ending(state: Trajectory, event: Event, data: f.PeriodEnding) -> dict[str, Any]:
    return {"passed": state.passed | {f"period_ending/{data.working_days}@{data.to}"}}


@_on(f.ResponseTermEnded)
def _term_ended(state: Trajectory, event: Event, data: Any) -> dict[str, Any]:
    return {"passed": state.passed | {"response_term"}}


@_on(f.SuspendedLong)
def _long(state: Trajectory, event: Event, data: f.SuspendedLong) -> dict[str, Any]:
    return {"passed": state.passed | {f"suspended_long/{data.since}"}}
