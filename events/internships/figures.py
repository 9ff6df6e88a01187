"""What reports count of a teacher internship."""

from __future__ import annotations

from events.figures import Figures
from events.internships.facts import PARTIES
from events.internships.state import Internship
from events.settings import TenantSettings


def figures(state: Internship, _settings: TenantSettings) -> Figures:
    """Signatures are waited for from the draft of the agreement until the start."""
    proposed, period = state.proposed, state.period
    waits = state.agreement is not None and state.started_at is None and not state.ended
    return Figures(
        school=proposed.school if proposed else None,
        first_day=period[0].isoformat() if period else None,
        last_day=period[1].isoformat() if period else None,
        unsigned=len(state.missing(PARTIES)) if waits else 0,
    )
