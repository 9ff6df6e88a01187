"""The moments at which a supervision trajectory acts by itself (contract 3, deadlines)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from events.calendar import add_working_days, local_day
from events.settings import TenantSettings
from events.supervision import facts as f
from events.supervision.state import Trajectory, Visit
from events.supervision.terms import open_terms, response_term_end
from workflows.decision import Deadline
from workflows.waiting import morning, overdue, passing


def deadlines(state: Trajectory, settings: TenantSettings) -> list[Deadline]:
    """Those still to pass, soonest first. None once the case has ended."""
    if state.ended or state.last_recorded_at is None:
        return []
    if state.suspended:
        return _suspended_long(state, settings)
    today = local_day(state.last_recorded_at, settings)
    found = [
        *overdue(open_terms(state, settings, today), state, settings),
        *_self_assessments(state, settings),
        *_stalled(state, settings),
        *_period_ending(state, settings),
        *_after_report(state, settings, today),
    ]
    return sorted(found, key=lambda d: d.due)


pass_deadline = passing(deadlines)


def _self_assessments(state: Trajectory, settings: TenantSettings) -> list[Deadline]:
    """Reminders to the teacher: after the visit and before the planned talk, one a day at most."""
    found: dict[tuple[str, date], Deadline] = {}
    for visit in state.held_visits:
        if visit.assessment is not None or visit.talk_held_on is not None:
            continue
        timer = f"self_assessment:{visit.name}"
        for day, moment, arose in _reminder_days(visit, settings, state.paused):
            due = morning(day, settings)
            told = f"{timer}/{moment}" in state.passed and moment == "after_visit"
            if told or due < arose or (timer, day.isoformat()) in state.reminded:
                continue
            fact = f.ReminderSent.model_validate(
                {"timer": timer, "due": day.isoformat(), "moment": moment, "to": ["teacher"]}
            )
            key = f"{timer}/{moment}@{day}"
            found.setdefault((timer, day), Deadline(timer, due, key, fact))
    return list(found.values())


def _reminder_days(
    visit: Visit, settings: TenantSettings, paused: frozenset[date]
) -> list[tuple[date, str, datetime]]:
    """(day, which moment, when the timer arose)."""
    assert visit.held_recorded is not None
    held = local_day(visit.held_recorded, settings)
    after = add_working_days(held, settings.self_assessment_after_visit, settings, paused)
    days = [(after, "after_visit", visit.held_recorded)]
    if visit.talk_at and visit.talk_planned_recorded:
        talk = date.fromisoformat(visit.talk_at[:10])
        before = add_working_days(talk, -settings.self_assessment_before_talk, settings)
        if before not in paused:
            days.append((before, "before_talk", visit.talk_planned_recorded))
    return days


def _stalled(state: Trajectory, settings: TenantSettings) -> list[Deadline]:
    """Nothing held for a while in guidance: once a stretch."""
    if state.phase != "guidance" or state.fixed_at is None:
        return []
    since = max(filter(None, (state.fixed_at, state.last_intervention_at)))
    start = local_day(since, settings)
    key = f"stalled/{start}"
    if key in state.passed:
        return []
    day = add_working_days(start, settings.stalled, settings, state.paused)
    fact = f.TrajectoryStalled(since=start.isoformat())
    return [Deadline("stalled", morning(day, settings), key, fact)]


def _period_ending(state: Trajectory, settings: TenantSettings) -> list[Deadline]:
    period = state.period
    if period is None:
        return []
    found: list[Deadline] = []
    for days in settings.period_ending:
        key = f"period_ending/{days}@{period.end}"
        day = add_working_days(period.end, -days, settings)
        due = morning(day, settings)
        if key in state.passed or due < period.recorded_at or day in state.paused:
            continue
        fact = f.PeriodEnding(to=period.end.isoformat(), working_days=days)
        found.append(Deadline("period_ending", due, key, fact))
    return found


def _after_report(state: Trajectory, settings: TenantSettings, today: date) -> list[Deadline]:
    """The teacher's response term, and the reminder of receipts."""
    end = response_term_end(state, settings, today)
    if end is None or state.report is None:
        return []
    found: list[Deadline] = []
    if not state.response_after_issue and "response_term" not in state.passed:
        last_day = local_day(end - timedelta(seconds=1), settings)
        fact = f.ResponseTermEnded(due=last_day.isoformat())
        found.append(Deadline("response_term", end, "response_term", fact))
    waiting = [who for who in ("teacher", "client") if who not in state.receipts]
    if waiting and "receipt/receipt" not in state.passed:
        since = local_day(state.report.recorded_at, settings)
        day = add_working_days(since, settings.receipt, settings, state.paused)
        reminder = f.ReminderSent.model_validate(
            {"timer": "receipt", "due": day.isoformat(), "moment": "receipt", "to": waiting}
        )
        found.append(Deadline("receipt", morning(day, settings), "receipt/receipt", reminder))
    return found


def _suspended_long(state: Trajectory, settings: TenantSettings) -> list[Deadline]:
    since = state.suspended_since
    key = f"suspended_long/{since}"
    if since is None or key in state.passed:
        return []
    day = since + timedelta(days=settings.suspended_long_days)
    fact = f.SuspendedLong(since=since.isoformat())
    return [Deadline("suspended_long", morning(day, settings), key, fact)]
