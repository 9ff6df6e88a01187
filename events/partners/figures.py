"""What reports count of a partner."""

from __future__ import annotations

from events.figures import Figures
from events.partners.state import LIVE, Partner
from events.settings import TenantSettings


def figures(state: Partner, _settings: TenantSettings) -> Figures:
    """A partner that is worked with has a deputy (001 T1-42)."""
    return Figures(without_deputy=state.phase in LIVE and state.deputy is None)
