"""What reports count of a student placement."""

from __future__ import annotations

from decimal import Decimal

from events.figures import Figures
from events.placements.facts import PARTIES
from events.placements.state import ARRANGING, Placement
from events.settings import TenantSettings


def figures(state: Placement, _settings: TenantSettings) -> Figures:
    """Hours are those of all who guide; signatures are waited for until the start."""
    request = state.request
    waits = state.agreement is not None and state.phase in ARRANGING
    return Figures(
        school=state.place.school if state.place else None,
        first_day=request.from_ if request else None,
        last_day=state.end.isoformat() if request else None,
        hours=sum(state.hours.values(), Decimal(0)),
        outcome=state.outcome,
        unsigned=len(state.missing(PARTIES)) if waits else 0,
    )
