"""When a teacher internship acts by itself (docs/contract.md 2): each moment passes once."""

from __future__ import annotations

from collections.abc import Iterable

from events.internships.state import Internship
from events.internships.terms import open_terms
from events.settings import TenantSettings
from events.terms import ReminderSent, Term
from workflows.decision import Deadline
from workflows.internships.agreeing import SIGNING
from workflows.waiting import morning, overdue

LAST_DAY = "last_day"
"""The moment at which who has yet to evaluate or share is reminded."""


def deadlines(state: Internship, settings: TenantSettings) -> list[Deadline]:
    """Those still to pass, soonest first."""
    if state.ended or state.period is None:
        return []
    terms = open_terms(state, settings)
    found = [*overdue(terms, state, settings), *_reminders(terms, state, settings)]
    if state.started_at is None:
        found += SIGNING.deadlines(state, state.period[0], settings)
    return sorted(found, key=lambda deadline: deadline.due)


def _reminders(
    terms: Iterable[Term], state: Internship, settings: TenantSettings
) -> Iterable[Deadline]:
    receivers = {"evaluation": state.not_evaluated, "sharing": ("teacher",)}
    for term in terms:
        key, due = f"{term.timer}/{LAST_DAY}", morning(term.last_day, settings)
        skipped = term.arose is not None and due < term.arose
        if term.timer in receivers and key not in state.passed and not skipped:
            reminder = ReminderSent(
                timer=term.timer,
                due=term.last_day.isoformat(),
                moment=LAST_DAY,
                to=receivers[term.timer],
            )
            yield Deadline(term.timer, due, key, reminder)
