"""What reports count of an assessment trajectory."""

from __future__ import annotations

from events.assessments.state import Assessment
from events.figures import Figures
from events.settings import TenantSettings


def figures(state: Assessment, _settings: TenantSettings) -> Figures:
    """Its period and what came of it."""
    first, last = state.period or (None, None)
    return Figures(first_day=first, last_day=last, outcome=state.outcome)
