"""What a trajectory came to is how it ended, and not what its report found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.settings import TenantSettings
from events.supervision.figures import figures
from events.supervision.state import Report, Trajectory
from web.texts import LANGUAGES, texts

REPORT = Report(datetime(2026, 3, 2, 9, tzinfo=UTC), {}, "insufficient")


@pytest.mark.parametrize(
    ("phase", "closed", "outcome"),
    [
        ("guidance", None, None),
        ("reported", None, None),
        ("closed", "further_guidance", "further_guidance"),
        ("escalated", None, "escalated"),
        ("aborted", None, "aborted"),
        ("declined", None, "declined"),
    ],
)
def test_the_outcome_is_how_it_ended(phase: str, closed: str | None, outcome: str | None) -> None:
    report = REPORT if phase in ("reported", "closed", "escalated") else None
    state = Trajectory(phase=phase, report=report, outcome=closed)
    assert figures(state, TenantSettings()).outcome == outcome
    for language in LANGUAGES:
        assert outcome is None or outcome in texts(language).events["terms"]
