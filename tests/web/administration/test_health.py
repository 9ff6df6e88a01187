"""What is said to be wrong, and what only waits as it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events.settings import ClosedDays, TenantSettings
from events.store.condition import Condition, Late, Model, Waiting
from web.administration.health import Looked, findings

AUTUMN = {"name": "Herfst", "from": date(2026, 10, 12), "to": date(2026, 10, 16)}
SETTINGS = TenantSettings(closed=(ClosedDays.model_validate(AUTUMN),))
FRIDAY = datetime(2026, 10, 9, 15, 30, tzinfo=UTC)


def level(now: datetime, name: str, **told: Any) -> str:
    nothing = Condition(now, 1, Waiting(), (), (), {}, Late(), None)
    condition = replace(nothing, **told)
    looked = Looked(condition, True, [], None, 0, SETTINGS)
    (found,) = (one for one in findings(looked) if one.name == name)
    return found.level


@pytest.mark.parametrize(
    ("days", "expected"),
    [(3, "ok"), (10, "ok"), (11, "warn"), (12, "warn"), (13, "bad")],
)
def test_mail_is_late_by_the_days_on_which_it_may_go(days: int, expected: str) -> None:
    """Of a Friday evening before a week off, the first such day is a Monday ten days on."""
    mail = {"waiting": Waiting(2, FRIDAY)}
    assert level(FRIDAY + timedelta(days=days), "mail", mail=mail) == expected
    assert level(FRIDAY + timedelta(days=days), "mail", mail={}) == "ok"


@pytest.mark.parametrize(("seconds", "expected"), [(1, "ok"), (90, "warn"), (400, "bad")])
def test_a_model_is_late_by_what_it_misses(seconds: int, expected: str) -> None:
    missed = Model("cases", 1, FRIDAY - timedelta(seconds=seconds), 0)
    assert level(FRIDAY, "model", models=(missed,)) == expected
    assert level(FRIDAY, "model", models=(Model("cases", 0, None, 0),)) == "ok"
