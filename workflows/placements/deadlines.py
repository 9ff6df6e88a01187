"""The moments at which a student placement acts by itself (docs/contract.md 3)."""

from __future__ import annotations

from events.calendar import local_day
from events.placements.state import SIGNING as SIGNED_IN
from events.placements.state import Placement
from events.placements.terms import open_terms
from events.settings import TenantSettings
from workflows.decision import Deadline
from workflows.placements.arranging import SIGNING
from workflows.waiting import overdue


def deadlines(state: Placement, settings: TenantSettings) -> list[Deadline]:
    """Those still to pass, soonest first. None once it has ended, or while it stands still."""
    if state.ended or state.suspended or state.last_recorded_at is None:
        return []
    today = local_day(state.last_recorded_at, settings)
    found = overdue(open_terms(state, settings, today), state, settings)
    if state.phase in SIGNED_IN:
        found += SIGNING.deadlines(state, state.start, settings)
    return sorted(found, key=lambda deadline: deadline.due)
