"""Whether a case may be erased, looked at once more by the command that does it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.erasure import refusal_of
from events.case import CaseState
from events.settings import TenantSettings
from events.stewardship import Erasure
from workflows.registry import RULES

STORY = RULES["supervision"].story
LONG_AGO = datetime.now(UTC) - timedelta(days=3 * 365)
AHEAD = datetime.now(UTC) + timedelta(days=3 * 365)


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (None, {"erasure": Erasure("objection", "hr", "auditor")}),
        ("erasure.not_requested", {}),
        ("erasure.not_approved", {"erasure": Erasure("objection", "hr")}),
        ("erasure.same_person", {"erasure": Erasure("objection", "hr", "hr")}),
        ("erasure.on_hold", {"erasure": Erasure("objection", "hr", "auditor"), "hold": True}),
        ("retention.running", {"erasure": Erasure("retention", "hr", "auditor")}),
        (
            "retention.running",
            {"erasure": Erasure("retention", "hr", "auditor"), "ended_at": datetime.now(UTC)},
        ),
        (None, {"erasure": Erasure("retention", "hr", "auditor"), "ended_at": LONG_AGO}),
        # The clock of a test's case runs ahead, and with it the day on which it was approved.
        (
            None,
            {
                "erasure": Erasure("retention", "hr", "auditor"),
                "ended_at": datetime.now(UTC),
                "last_recorded_at": AHEAD,
            },
        ),
    ],
)
def test_only_what_is_approved_and_not_kept_is_erased(
    refusal: str | None, changes: dict[str, Any]
) -> None:
    assert refusal_of(CaseState().with_(**changes), STORY, TenantSettings()) == refusal
