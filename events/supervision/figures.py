"""What reports count of a supervision trajectory."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from events.calendar import local_day
from events.figures import Figures
from events.settings import TenantSettings
from events.supervision.state import Trajectory


def figures(state: Trajectory, settings: TenantSettings) -> Figures:
    """Hours are all that were logged; the amount is that of the last invoice basis."""
    report, period, invoice = state.report, state.period, state.invoice
    results = Counter(report.goal_results.get(goal.goal) for goal in state.fixed) if report else {}
    return Figures(
        school=state.school,
        first_day=period.start.isoformat() if period else None,
        last_day=period.end.isoformat() if period else None,
        visits_agreed=state.agreed_visits,
        visits_held=len(state.held_visits),
        goals=len(state.fixed),
        goals_reached=results.get("reached", 0),
        hours=sum(state.hours.values(), Decimal(0)),
        amount=Decimal(invoice.total) if invoice else None,
        outcome=_outcome(state),
        stalled=_stalled(state, settings),
    )


def _outcome(state: Trajectory) -> str | None:
    """What its closing came to, or that it ended in another way: escalated, aborted, declined."""
    return state.outcome or (state.phase if state.ended else None)


def _stalled(state: Trajectory, settings: TenantSettings) -> bool:
    """Whether it was recorded as stalled and nothing was held since."""
    if state.phase != "guidance" or state.fixed_at is None:
        return False
    since = max(filter(None, (state.fixed_at, state.last_intervention_at)))
    return f"stalled/{local_day(since, settings)}" in state.passed
