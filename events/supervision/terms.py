"""The terms that run in a supervision trajectory (contract 3, deadlines): when each one ends."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from events.calendar import add_working_days, instant, local_day
from events.case import days_until
from events.settings import TenantSettings
from events.supervision.state import Trajectory
from events.terms import Term

ORDER = ("accept", "intake", "diagnosis", "consultation", "goal_list", "talk", "report")


def paused_days(state: Trajectory, today: date) -> frozenset[date]:
    """The suspended days up to, not including, today: as if it were resumed today."""
    if state.suspended_since is None:
        return state.paused
    return state.paused | days_until(state.suspended_since, today)


def open_terms(state: Trajectory, settings: TenantSettings, today: date) -> list[Term]:
    """The steps still to be taken, by the end of their term."""
    if state.ended or state.requested_at is None:
        return []
    paused = paused_days(state, today)
    actor = "advisor" if state.advisor else "coordinator"

    def term(timer: str, since: datetime, days: int, by: str = actor) -> Term:
        return Term(timer, by, add_working_days(local_day(since, settings), days, settings, paused))

    found: list[Term] = []
    if state.accepted_at is None:
        found.append(term("accept", state.requested_at, settings.accept, "coordinator"))
    elif state.intake.held_recorded is None:
        found.append(term("intake", state.accepted_at, settings.intake))
    elif state.diagnosis.held_recorded is None:
        found.append(term("diagnosis", state.intake.held_recorded, settings.diagnosis))
    else:
        since = state.diagnosis.held_recorded
        if not state.consulted:
            found.append(term("consultation", since, settings.consultation))
        if state.fixed_version is None:
            found.append(term("goal_list", since, settings.goal_list))
    found.extend(
        term(f"talk:{visit.name}", visit.held_recorded, settings.talk)
        for visit in state.held_visits
        if visit.talk_held_on is None and visit.held_recorded
    )
    if state.agreed_talks_at and state.report is None:
        found.append(term("report", state.agreed_talks_at, settings.report))
    return sorted(found, key=lambda t: (t.last_day, rank(t.timer)))


def rank(timer: str) -> int:
    """A timer's place in the table of the contract."""
    return ORDER.index(timer.partition(":")[0])


def response_term_end(state: Trajectory, settings: TenantSettings, today: date) -> datetime | None:
    """When the teacher can no longer respond to the issued report: 24:00 of the last day."""
    if state.report is None:
        return None
    since = local_day(state.report.recorded_at, settings)
    paused = paused_days(state, today)
    last = add_working_days(since, settings.response_term, settings, paused)
    return instant(last + timedelta(days=1), time(0), settings)


def closable_from(state: Trajectory, settings: TenantSettings, today: date) -> datetime | None:
    """From when the trajectory may be closed without both receipts."""
    if state.report is None:
        return None
    since = local_day(state.report.recorded_at, settings)
    day = add_working_days(since, settings.close, settings, paused_days(state, today))
    return instant(day, time(0), settings)
