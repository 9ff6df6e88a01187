"""School holidays come from a file, by region."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from events.calendar import add_working_days, is_working_day
from events.holidays import UnknownRegion, closed_days
from events.settings import TenantSettings


def board(region: str) -> TenantSettings:
    return TenantSettings(region=region, closed=closed_days(region))


def test_a_region_has_its_own_holidays() -> None:
    week = date(2026, 2, 17), date(2026, 2, 24)
    assert [is_working_day(day, board("midden")) for day in week] == [False, True]
    assert [is_working_day(day, board("noord")) for day in week] == [True, False]


def test_public_holidays_hold_everywhere() -> None:
    assert add_working_days(date(2026, 4, 2), 1, board("zuid")) == date(2026, 4, 7)


def test_days_come_in_order() -> None:
    days = closed_days("zuid")
    assert list(days) == sorted(days, key=lambda span: (span.from_, span.to))


def test_an_unknown_region_is_refused_by_name() -> None:
    with pytest.raises(UnknownRegion, match="no region 'oost'; there are midden, noord, zuid"):
        closed_days("oost")


def test_a_board_may_bring_a_file_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[eiland]]\nname = "Storm"\ndays = ["2026-11-23"]\n')
    assert [span.name for span in closed_days("eiland", own)] == ["Storm"]
