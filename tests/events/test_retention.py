"""How long cases are kept: by class and by the board's own terms, counted from the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.retention import due, is_due
from events.settings import RETENTION, TenantSettings
from workflows.registry import RULES


def test_a_term_is_counted_in_months_from_the_local_day_of_the_end() -> None:
    settings = TenantSettings.model_validate(
        {"retention": {"student_record": {"months": 1, "ground": "kort"}}}
    )
    end = datetime(2026, 1, 30, 23, 30, tzinfo=UTC)  # 31 January in Amsterdam
    assert due(end, "student_record", settings).isoformat() == "2026-02-28"
    assert due(end, "personnel_file", settings).isoformat() == "2028-01-31"
    assert due(end, "business_record", settings).isoformat() == "2033-01-31"
    night = datetime(2026, 2, 27, 22, 59, tzinfo=UTC)
    assert not is_due(end, "student_record", settings, night)
    assert is_due(end, "student_record", settings, night + timedelta(minutes=1))
    assert not is_due(None, "student_record", settings, night + timedelta(days=10_000))


def test_every_process_names_a_class_that_has_a_term() -> None:
    classes = {name: rules.story.retention for name, rules in RULES.items()}
    assert set(classes.values()) == set(RETENTION)
    assert (classes["placements"], classes["partners"]) == ("student_record", "business_record")


@pytest.mark.parametrize(
    "wrong",
    [
        {"unknown": {"months": 1, "ground": "x"}},
        {"student_record": {"months": 0, "ground": "x"}},
        {"student_record": {"months": 1, "ground": ""}},
        {"student_record": {"months": 1}},
        {"student_record": 12},
        "24 months",
    ],
)
def test_a_board_says_for_how_long_and_why(wrong: Any) -> None:
    with pytest.raises(ValueError, match="retention"):
        TenantSettings.model_validate({"retention": wrong})
