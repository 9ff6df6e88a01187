"""Working days and the ends of terms, with values counted by hand on a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from events.calendar import (
    NoWorkingDays,
    add_working_days,
    instant,
    is_working_day,
    local_day,
    local_instant,
)
from events.settings import TenantSettings
from events.supervision.state import Report, Trajectory
from events.supervision.terms import closable_from, open_terms, paused_days, response_term_end

SETTINGS = TenantSettings.model_validate(
    {
        "closed": [
            {"from": "2026-02-14", "to": "2026-02-22", "name": "Voorjaarsvakantie"},
            {"from": "2026-04-03", "to": "2026-04-03", "name": "Goede Vrijdag"},
            {"from": "2026-04-06", "to": "2026-04-06", "name": "Tweede Paasdag"},
            {"from": "2026-12-19", "to": "2027-01-03", "name": "Kerstvakantie"},
        ]
    }
)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-01-05", 1, "2026-01-06"),  # Monday to Tuesday
        ("2026-01-09", 1, "2026-01-12"),  # over a weekend
        ("2026-01-10", 1, "2026-01-12"),  # from a Saturday
        ("2026-01-11", 5, "2026-01-16"),  # from a Sunday, a whole week
        ("2026-02-13", 1, "2026-02-23"),  # over a school holiday
        ("2026-02-12", 5, "2026-02-26"),  # one day before it, four after
        ("2026-02-18", 1, "2026-02-23"),  # from within it
        ("2026-04-02", 1, "2026-04-07"),  # over Easter
        ("2026-03-27", 1, "2026-03-30"),  # over the change to summer time
        ("2026-10-23", 1, "2026-10-26"),  # over the change to winter time
        ("2026-12-17", 3, "2027-01-05"),  # over the end of a year
        ("2028-02-28", 2, "2028-03-01"),  # over a leap day
        ("2026-01-12", -1, "2026-01-09"),  # back over a weekend
        ("2026-01-11", -1, "2026-01-09"),  # back from a Sunday
        ("2026-02-24", -2, "2026-02-13"),  # back over a school holiday
        ("2027-01-05", -3, "2026-12-17"),  # back over the end of a year
        ("2026-01-05", 0, "2026-01-05"),
    ],
)
def test_so_many_working_days_later_or_earlier(start: str, count: int, end: str) -> None:
    assert add_working_days(_day(start), count, SETTINGS) == _day(end)


@pytest.mark.parametrize(
    ("count", "paused", "end"),
    [
        (3, ["2026-01-06", "2026-01-07"], "2026-01-12"),  # Thursday, Friday, Monday
        (1, ["2026-01-05"], "2026-01-06"),  # the first day itself never counts
        (1, ["2026-01-10", "2026-01-11"], "2026-01-06"),  # a paused weekend stops nothing
        (5, ["2026-01-12"], "2026-01-13"),  # the last day moves
        (5, ["2026-01-13"], "2026-01-12"),  # a day after the end changes nothing
    ],
)
def test_suspended_days_do_not_count(count: int, paused: list[str], end: str) -> None:
    days = {_day(day) for day in paused}
    assert add_working_days(_day("2026-01-05"), count, SETTINGS, days) == _day(end)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-05", True),
        ("2026-01-10", False),
        ("2026-01-11", False),
        ("2026-02-13", True),
        ("2026-02-16", False),
        ("2026-02-23", True),
        ("2026-12-31", False),
        ("2027-01-01", False),
        ("2027-01-04", True),
    ],
)
def test_which_days_count(day: str, works: bool) -> None:
    assert is_working_day(_day(day), SETTINGS) is works


def test_a_calendar_without_working_days_is_told_of() -> None:
    closed = TenantSettings.model_validate(
        {"closed": [{"from": "2020-01-01", "to": "2060-12-31", "name": "altijd"}]}
    )
    with pytest.raises(NoWorkingDays):
        add_working_days(_day("2026-01-05"), 1, closed)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-02-10T08:30", "2026-02-10T07:30"),
        ("2026-03-27T09:00", "2026-03-27T08:00"),  # the last working day of winter time
        ("2026-03-30T09:00", "2026-03-30T07:00"),  # the first of summer time
        ("2026-03-29T00:00", "2026-03-28T23:00"),  # the day itself has 23 hours
        ("2026-03-30T00:00", "2026-03-29T22:00"),
        ("2026-10-25T00:00", "2026-10-24T22:00"),  # this one has 25
        ("2026-10-26T00:00", "2026-10-25T23:00"),
        ("2027-01-01T00:00", "2026-12-31T23:00"),
    ],
)
def test_local_moments_through_the_year(local: str, utc: str) -> None:
    assert local_instant(local, SETTINGS.zone) == _utc(utc)
    day, _, at = local.partition("T")
    assert instant(_day(day), time.fromisoformat(at), SETTINGS) == _utc(utc)


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-01-05T22:59:59", "2026-01-05"),
        ("2026-01-05T23:00:00", "2026-01-06"),
        ("2026-03-28T22:59:59", "2026-03-28"),
        ("2026-03-28T23:00:00", "2026-03-29"),
        ("2026-03-29T21:59:59", "2026-03-29"),
        ("2026-03-29T22:00:00", "2026-03-30"),
        ("2026-10-25T22:59:59", "2026-10-25"),
        ("2026-12-31T23:00:00", "2027-01-01"),
    ],
)
def test_the_local_day_of_an_instant(utc: str, day: str) -> None:
    assert local_day(_utc(utc), SETTINGS) == _day(day)


def _reported(at: str) -> Trajectory:
    return Trajectory().with_(
        phase="reported",
        requested_at=_utc("2026-01-05T09:00"),
        accepted_at=_utc("2026-01-05T09:30"),
        report=Report(_utc(at), {"G1": "reached"}, "insufficient"),
    )


@pytest.mark.parametrize(
    ("issued", "end"),
    [
        # 23 to 27 March, 30 March to 2 April, 7 April; the clock changes on 29 March.
        ("2026-03-20T10:00", "2026-04-07T22:00"),
        # Issued at 00:30 local on Saturday the 21st: the same ten days.
        ("2026-03-20T23:30", "2026-04-07T22:00"),
        # Friday 16 October: ten days, the last is Friday the 30th, in winter time.
        ("2026-10-16T10:00", "2026-10-30T23:00"),
        # Friday 11 December: 14 to 18 December, 4 to 8 January.
        ("2026-12-11T10:00", "2027-01-08T23:00"),
    ],
)
def test_when_the_response_term_ends(issued: str, end: str) -> None:
    state = _reported(issued)
    assert response_term_end(state, SETTINGS, _day(issued[:10])) == _utc(end)


def test_suspended_days_move_the_response_term() -> None:
    # Suspended on 25 March, resumed on 1 April: 23, 24 March, 1, 2, 7 to 10, 13, 14 April.
    paused = frozenset(date(2026, 3, day) for day in range(25, 32))
    state = _reported("2026-03-20T10:00").with_(paused=paused)
    assert response_term_end(state, SETTINGS, _day("2026-04-02")) == _utc("2026-04-14T22:00")


def test_suspended_days_run_up_to_today_as_if_it_were_the_day_of_resuming() -> None:
    state = Trajectory().with_(suspended_since=_day("2026-03-25"))
    assert paused_days(state, _day("2026-03-25")) == frozenset()
    assert paused_days(state, _day("2026-03-27")) == {_day("2026-03-25"), _day("2026-03-26")}


def test_from_when_a_trajectory_may_be_closed_without_receipts() -> None:
    # The fifteenth working day after 20 March is Tuesday 14 April; allowed from its 00:00.
    state = _reported("2026-03-20T10:00")
    assert closable_from(state, SETTINGS, _day("2026-03-20")) == _utc("2026-04-13T22:00")


def test_nothing_to_close_or_respond_to_without_a_report() -> None:
    today = _day("2026-03-20")
    assert response_term_end(Trajectory(), SETTINGS, today) is None
    assert closable_from(Trajectory(), SETTINGS, today) is None
    assert open_terms(Trajectory(), SETTINGS, today) == []
