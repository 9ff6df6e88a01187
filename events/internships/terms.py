"""The terms that run in a teacher internship (docs/contract.md 2): when each one ends."""

from __future__ import annotations

from events.calendar import add_working_days
from events.internships.state import Internship
from events.settings import TenantSettings
from events.terms import Term


def open_terms(state: Internship, settings: TenantSettings) -> list[Term]:
    """The steps still to be taken, by the end of their term."""
    if state.ended or state.agreement is None or state.period is None:
        return []
    first, last = state.period
    if state.started_at is None:
        return [Term("start", "coordinator", first, state.agreement.drafted_at, anew=True)]
    found: list[Term] = []
    if state.not_evaluated:
        day = add_working_days(last, settings.evaluation, settings)
        found.append(Term("evaluation", "coordinator", day, state.started_at))
    if not state.shared:
        day = add_working_days(last, settings.sharing, settings)
        found.append(Term("sharing", "teacher", day, state.started_at))
    return sorted(found, key=lambda term: term.last_day)
