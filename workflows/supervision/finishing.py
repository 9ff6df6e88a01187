"""Rules of hours, suspension, the reports and every way a trajectory ends."""

from __future__ import annotations

from datetime import timedelta

from events.assessments.facts import AssessmentTrajectoryOpened
from events.event import Fact, amount, stream_id
from events.recording import CaseIndex, Draft, Opening
from events.supervision import facts as f
from events.supervision.invoice import interventions, invoice_basis
from events.supervision.state import Meeting, Trajectory
from events.supervision.terms import closable_from, response_term_end
from workflows.decision import Decision, Refused
from workflows.supervision import commands as c
from workflows.supervision.beginning import open_trajectory_claim
from workflows.supervision.ruling import Case, logged


def log_hours(case: Case, command: c.LogHours) -> Decision:
    _billable(case, command.intervention)
    fact = f.InterventionHoursLogged(intervention=command.intervention, hours=command.hours)
    return _with_invoice(case, fact)


def correct_hours(case: Case, command: c.CorrectHours) -> Decision:
    _billable(case, command.intervention)
    before = case.state.hours.get(command.intervention)
    fact = f.InterventionHoursCorrected(
        intervention=command.intervention,
        hours=command.hours,
        previous_hours=amount(before) if before is not None else "0.00",
        reason=command.reason,
    )
    return _with_invoice(case, fact)


def _billable(case: Case, intervention: str) -> None:
    """Hours belong to a held intervention, and come within the window after the end."""
    state = case.state
    name = intervention.partition(":")[2]
    if name and name not in state.visits:
        raise Refused("command.invalid", "intervention")
    if not interventions(state).get(intervention, False):
        raise Refused("state.not_allowed")
    window = timedelta(days=case.ctx.settings.hours_window_days)
    if state.ended_on is not None and case.today > state.ended_on + window:
        raise Refused("hours.window_closed")


def _with_invoice(case: Case, fact: Fact) -> Decision:
    if not case.state.ended:
        return case.accept(fact)
    return case.accept(fact, invoice_basis(case.after([fact])))


def suspend(case: Case, command: c.Suspend) -> Decision:
    if "note" in command.model_fields_set:
        raise Refused("suspend.note_not_allowed", "note")
    cancelled = [
        f.ClassVisitCancelled(visit=visit.name, at=visit.at) for visit in case.state.planned_visits
    ]
    return case.accept(f.TrajectorySuspended(category=command.category), *cancelled)


def resume(case: Case, command: c.Resume) -> Decision:
    since = case.state.suspended_since
    if since is None:
        raise Refused("state.not_allowed")
    days = (case.today - since).days
    resumed: Fact = f.TrajectoryResumed(days=days)
    period = case.state.period
    if period is None or days < 1:
        return case.accept(resumed)
    end = period.end + timedelta(days=days)
    extended = f.PeriodExtended(
        to=end.isoformat(), previous_to=period.end.isoformat(), suspended_days=days
    )
    return case.accept(resumed, extended)


def interim_report(case: Case, command: c.IssueInterimReport) -> Decision:
    return case.accept(f.InterimReportIssued(text=command.text))


def draft_report(case: Case, command: c.DraftFinalReport) -> Decision:
    results = command.goal_results or {}
    if not set(results) <= case.state.fixed_names:
        raise Refused("command.invalid", "goal_results")
    fact = f.FinalReportDrafted(
        sections=command.sections or f.Sections(), goal_results=results, overall=command.overall
    )
    return case.accept(fact)


def issue_report(case: Case, command: c.IssueFinalReport) -> Decision:
    state = case.state
    if not state.visits_complete:
        raise Refused("report.too_few_visits")  # 004 T4-32
    draft = state.draft
    if draft is None:
        raise Refused("report.section_missing", "sections")
    for section in f.Sections.model_fields:
        if not getattr(draft.sections, section):
            raise Refused("report.section_missing", f"sections.{section}")  # 004 T4-39..43
    if not state.fixed_names <= set(draft.goal_results):
        raise Refused("report.goal_result_missing", "goal_results")  # 004 T4-05
    issued = f.FinalReportIssued(
        sections=draft.sections,
        goal_results={g: r for g, r in draft.goal_results.items() if g in state.fixed_names},
        overall=draft.overall,
        list_version=state.fixed_version or 0,
    )
    return case.accept(issued, *logged("report", command.hours))


def add_response(case: Case, command: c.AddTeacherResponse) -> Decision:
    state = case.state
    if state.draft is None:
        raise Refused("state.not_allowed")
    end = response_term_end(state, case.ctx.settings, case.today)
    if end is not None and case.ctx.now >= end:
        raise Refused("state.not_allowed")
    return case.accept(f.TeacherResponseAdded(text=command.text))


def closing_talk(case: Case, command: c.RecordClosingTalk) -> Decision:
    if case.state.closing_held:
        raise Refused("state.not_allowed")
    day = case.day(command.date)
    held: Fact = f.ClosingTalkHeld(date=day)
    return case.accept(held, *logged("closing", command.hours), on=day)


def confirm_receipt(case: Case, command: c.ConfirmReceipt) -> Decision:
    if case.role in case.state.receipts:
        raise Refused("state.not_allowed")
    return case.accept(f.FinalReportReceived.model_validate({"receiver": case.role}))


def close(case: Case, command: c.CloseTrajectory) -> Decision:
    state = case.state
    open_from = closable_from(state, case.ctx.settings, case.today)
    waiting = open_from is None or case.ctx.now < open_from
    if waiting and not {"teacher", "client"} <= state.receipts:
        raise Refused("close.receipt_missing")
    return _end(case, f.TrajectoryClosed(outcome=command.outcome))


def escalate(case: Case, command: c.EscalateTrajectory) -> Decision:
    state, ctx = case.state, case.ctx
    if state.report is None or state.report.overall == "sufficient":
        raise Refused("escalation.progress_sufficient")  # 004 T4-10
    if command.mandate is None:
        raise Refused("escalation.mandate_missing", "mandate")
    end = response_term_end(state, ctx.settings, case.today)
    if not state.response_after_issue and end is not None and ctx.now < end:
        raise Refused("escalation.response_term_open")
    assessment = stream_id(ctx.tenant, ctx.command_id)
    opened = AssessmentTrajectoryOpened(
        trajectory=ctx.stream,
        teacher=state.teacher,
        manager=state.manager,
        client=state.client,
        advisor=state.advisor or "",
        mandate=command.mandate,
        list_version=state.fixed_version or 0,
    )
    opening = Opening(
        process="assessments",
        stream=assessment,
        events=[Draft.of(opened, case.today.isoformat())],
        index=CaseIndex(
            state="opened",
            open=True,
            parties={"teacher": state.teacher, "manager": state.manager},
        ),
    )
    fact = f.TrajectoryEscalated(mandate=command.mandate, assessment=assessment)
    return _end(case, fact, openings=[opening])


def abort(case: Case, command: c.AbortTrajectory) -> Decision:
    state = case.state
    if (case.role == "hr") != (command.category is not None):
        raise Refused("command.invalid", "category")
    if "category" in command.model_fields_set and case.role != "hr":
        raise Refused("command.invalid", "category")
    if not command.reason:
        raise Refused("abort.reason_missing", "reason")
    warnings = []
    if case.role == "client" and state.intake.held_on is not None:
        warnings = ["warning.improvement_track_incomplete"]  # domain 3.2
    aborted = f.TrajectoryAborted(reason=command.reason, category=command.category)
    return _end(case, aborted, *_cancellations(state), warnings=warnings)


def _cancellations(state: Trajectory) -> list[Fact]:
    """What was planned and will not be held, by planned instant."""
    found: list[tuple[str, int, Fact]] = []
    meetings: list[tuple[Meeting, type[f.IntakeCancelled | f.DiagnosisVisitCancelled]]] = [
        (state.intake, f.IntakeCancelled),
        (state.diagnosis, f.DiagnosisVisitCancelled),
    ]
    for rank, (meeting, kind) in enumerate(meetings):
        if meeting.planned_at and meeting.held_on is None:
            found.append((meeting.planned_at, rank, kind(at=meeting.planned_at)))
    for visit in state.visits.values():
        if visit.planned:
            found.append((visit.at, 2, f.ClassVisitCancelled(visit=visit.name, at=visit.at)))
        if visit.talk_at and visit.talk_held_on is None:
            talk = f.FollowUpTalkCancelled(visit=visit.name, at=visit.talk_at)
            found.append((visit.talk_at, 3, talk))
    return [fact for _, _, fact in sorted(found, key=lambda item: item[:2])]


def _end(
    case: Case,
    *facts: Fact,
    warnings: list[str] | None = None,
    openings: list[Opening] | None = None,
) -> Decision:
    """The end: what happened, then the invoice basis; the teacher is free for another case."""
    return case.accept(
        *facts,
        invoice_basis(case.after(facts)),
        warnings=warnings or [],
        openings=openings or [],
        releases=[open_trajectory_claim(case.state.teacher)],
    )
