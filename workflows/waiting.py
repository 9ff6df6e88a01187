"""Deadlines that all processes share: terms that run out, and what a passed deadline records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TypeVar

from events.calendar import MORNING, add_working_days, instant, local_day
from events.case import CaseState
from events.event import PROCESS_ROLE
from events.settings import TenantSettings
from events.terms import StepOverdue, Term
from workflows.decision import Context, Deadline, Decision, Happened, Refused

S = TypeVar("S")


def morning(day: date, settings: TenantSettings) -> datetime:
    """09:00 of a local day: when what is due on a day happens."""
    return instant(day, MORNING, settings)


def overdue(terms: Iterable[Term], state: CaseState, settings: TenantSettings) -> list[Deadline]:
    """At 09:00 of the working day after each term; then the coordinator, then hr.

    A moment that was past when its term arose is skipped (contract 1).
    """
    found: list[Deadline] = []
    steps = list(enumerate((1, settings.overdue_coordinator, settings.overdue_hr)))
    for term in terms:
        for level, days in steps:
            key = term.moment(level)
            if key in state.passed:
                continue
            day = add_working_days(term.last_day, days, settings, state.paused)
            due = morning(day, settings)
            if term.arose and due < term.arose:
                continue
            fact = StepOverdue(timer=term.timer, due=term.last_day.isoformat(), level=level)
            found.append(Deadline(term.timer, due, key, fact))
    return found


def passing(
    deadlines: Callable[[S, TenantSettings], list[Deadline]],
) -> Callable[[S, Deadline, Context], Decision]:
    """What a passed deadline records: refused when it no longer applies, or not yet."""

    def pass_deadline(state: S, deadline: Deadline, ctx: Context) -> Decision:
        still = {d.key: d for d in deadlines(state, ctx.settings)}.get(deadline.key)
        if still is None or still.due > ctx.now:
            raise Refused("state.not_allowed")
        day = local_day(ctx.now, ctx.settings).isoformat()
        return Decision(PROCESS_ROLE, [Happened(day, still.fact)])

    return pass_deadline


def no_deadlines(_state: object, _settings: TenantSettings) -> list[Deadline]:
    """A process for which no source names a term."""
    return []
