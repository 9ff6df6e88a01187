"""Every timer of the contract at its very moment, the dates counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.properties.desk import Desk, id_of
from tests.properties.roads import travel

ZONE = ZoneInfo("Europe/Amsterdam")


def _at(start: str, to: str, **road: str) -> tuple[Desk, str]:
    """A case at a milestone, every step of the way taken at one moment."""
    desk = Desk()
    desk.move(start)
    return desk, travel(desk, to, pace=timedelta(0), **road)


def _passed(desk: Desk, stream: str, kind: str) -> list[tuple[str, ...]]:
    """(local moment, what it says) of every deadline of this kind, in order."""
    found: list[tuple[str, ...]] = []
    for event in desk.events(stream):
        if event.type == kind:
            local: datetime = event.recorded_at.astimezone(ZONE)
            said = [str(value) for value in event.json()["data"].values()]
            found.append((local.isoformat(timespec="minutes")[:16], *said))
    return found


@pytest.mark.parametrize(
    ("milestone", "timer", "due", "moments"),
    [
        # From Monday 5 January. 5 wd: the 12th. 10 wd: the 19th. 15 wd: the 26th.
        ("requested", "accept", "2026-01-12", ("01-13", "01-19", "01-26")),
        ("accepted", "intake", "2026-01-19", ("01-20", "01-26", "02-02")),
        # Level 2, 10 wd after 26 January, is 9 February.
        ("diagnosis", "diagnosis", "2026-01-26", ("01-27", "02-02", "02-09")),
        ("goal_setting", "consultation", "2026-01-12", ("01-13", "01-19", "01-26")),
        ("goal_setting", "goal_list", "2026-01-19", ("01-20", "01-26", "02-02")),
        ("visiting", "talk:V1", "2026-01-08", ("01-09", "01-15", "01-22")),
        ("talked", "report", "2026-01-19", ("01-20", "01-26", "02-02")),
    ],
)
def test_a_step_is_overdue_at_three_levels(
    milestone: str, timer: str, due: str, moments: tuple[str, ...]
) -> None:
    desk, stream = _at("2026-01-05T10:00", milestone)
    desk.move("2026-02-13T23:59")
    steps = [found for found in _passed(desk, stream, "StepOverdue") if found[1] == timer]
    assert steps == [
        (f"2026-{day}T09:00", timer, due, str(level)) for level, day in enumerate(moments)
    ]


def test_not_a_minute_too_early() -> None:
    desk, stream = _at("2026-01-05T10:00", "requested")
    desk.move("2026-01-13T08:59")
    assert _passed(desk, stream, "StepOverdue") == []
    desk.move("2026-01-13T09:00")
    assert len(_passed(desk, stream, "StepOverdue")) == 1


def test_holidays_and_summer_time_move_the_moments() -> None:
    # From Friday 20 March: 5 wd end on the 27th. Monday 30 March has summer time: 07:00 UTC.
    desk, stream = _at("2026-03-20T10:00", "requested")
    desk.move("2026-05-08T00:00")
    events = [event for event in desk.events(stream) if event.type == "StepOverdue"]
    # Level 1, 5 wd after 27 March: 30, 31, 1, 2 and, after Easter, 7 April. Level 2: 14 April.
    assert [event.recorded_at.isoformat() for event in events] == [
        "2026-03-30T07:00:00+00:00",
        "2026-04-07T07:00:00+00:00",
        "2026-04-14T07:00:00+00:00",
    ]


def test_suspended_days_move_an_open_term() -> None:
    desk, stream = _at("2026-01-05T10:00", "requested")
    desk.give("coordinator", "AcceptRequest", {"hourly_rate": "118"}, stream)
    desk.give("coordinator", "AssignAdvisor", {"advisor": id_of("advisor")}, stream)
    # Suspended from Wednesday 7 to Wednesday 14 January: five working days. 19 becomes 26 January.
    desk.move("2026-01-07T12:00")
    assert desk.give("hr", "Suspend", {"category": "leave"}, stream).refused is None
    desk.move("2026-01-14T12:00")
    assert desk.give("hr", "Resume", {}, stream).refused is None
    desk.move("2026-01-27T08:59")
    assert _passed(desk, stream, "StepOverdue") == []
    desk.move("2026-01-27T09:00")
    assert _passed(desk, stream, "StepOverdue") == [
        ("2026-01-27T09:00", "intake", "2026-01-26", "0")
    ]


def test_suspended_and_resumed_on_one_day_moves_nothing() -> None:
    desk, stream = _at("2026-01-05T10:00", "diagnosis")
    desk.give("hr", "Suspend", {"category": "other"}, stream)
    answer = desk.give("hr", "Resume", {}, stream)
    assert [event["type"] for event in answer.body["events"]] == ["TrajectoryResumed"]
    assert desk.read("summary", "hr", stream).body["suspended_days"] == 0


@pytest.mark.parametrize(
    ("resumed", "end"),
    [("2026-01-06", "2026-06-27"), ("2026-01-12", "2026-07-03"), ("2026-02-04", "2026-07-26")],
)
def test_the_period_shifts_by_the_real_days(resumed: str, end: str) -> None:
    desk, stream = _at("2026-01-05T10:00", "diagnosis")
    desk.give("client", "Suspend", {"category": "absence"}, stream)
    desk.move(f"{resumed}T23:30")
    desk.give("client", "Resume", {}, stream)
    assert desk.read("summary", "hr", stream).body["period"]["to"] == end


def test_a_long_suspension_is_told_of_once() -> None:
    # The thirtieth day after 5 January is Wednesday 4 February.
    desk, stream = _at("2026-01-05T10:00", "diagnosis")
    desk.give("hr", "Suspend", {"category": "absence"}, stream)
    desk.move("2026-04-01T00:00")
    assert _passed(desk, stream, "SuspendedLong") == [("2026-02-04T09:00", "2026-01-05")]
    assert _passed(desk, stream, "StepOverdue") == []


def test_reminders_of_a_self_assessment() -> None:
    # Held on Monday 5 January: the second working day is the 7th. Talk on the 15th: the 14th.
    desk, stream = _at("2026-01-05T10:00", "visiting")
    desk.give("advisor", "PlanFollowUpTalk", {"visit": "V1", "at": "2026-01-15T15:30"}, stream)
    desk.move("2026-02-01T00:00")
    moments = [found[0] for found in _passed(desk, stream, "ReminderSent")]
    assert moments == ["2026-01-07T09:00", "2026-01-14T09:00"]


@pytest.mark.parametrize(
    ("talk", "moments"),
    [
        ("2026-01-08T15:30", ["2026-01-07T09:00"]),  # both on one day: one reminder
        ("2026-01-06T15:30", ["2026-01-07T09:00"]),  # 09:00 of the 5th was past at once
        ("2026-01-12T15:30", ["2026-01-07T09:00", "2026-01-09T09:00"]),  # Monday: the Friday before
    ],
)
def test_reminders_skip_what_is_past_and_never_come_twice_a_day(
    talk: str, moments: list[str]
) -> None:
    desk, stream = _at("2026-01-05T10:00", "visiting")
    desk.give("advisor", "PlanFollowUpTalk", {"visit": "V1", "at": talk}, stream)
    desk.move("2026-02-01T00:00")
    assert [found[0] for found in _passed(desk, stream, "ReminderSent")] == moments


def test_no_reminder_once_assessed() -> None:
    desk, stream = _at("2026-01-05T10:00", "visiting")
    ratings = {"G1": "partly", "G2": "reached"}
    desk.give("teacher", "SubmitSelfAssessment", {"visit": "V1", "ratings": ratings}, stream)
    desk.move("2026-02-01T00:00")
    assert _passed(desk, stream, "ReminderSent") == []


def test_a_stall_once_a_stretch() -> None:
    # The fifteenth working day after 5 January is Monday the 26th.
    desk, stream = _at("2026-01-05T10:00", "guidance")
    desk.move("2026-02-02T10:00")
    assert _passed(desk, stream, "TrajectoryStalled") == [("2026-01-26T09:00", "2026-01-05")]
    # A consultation begins another stretch: 15 wd after 2 February, over a holiday, is 2 March.
    data = {"version": 2, "client": id_of("client")}
    assert desk.give("advisor", "RecordClientConsultation", data, stream).refused is None
    desk.move("2026-04-30T10:00")
    assert _passed(desk, stream, "TrajectoryStalled") == [
        ("2026-01-26T09:00", "2026-01-05"),
        ("2026-03-02T09:00", "2026-02-02"),
    ]


def test_the_end_of_the_period_comes_near_twice() -> None:
    # The period ends on Friday 26 June: 5 wd before is the 19th, 20 wd before is 29 May.
    desk, stream = _at("2026-01-05T10:00", "diagnosis")
    desk.move("2026-06-30T10:00")
    assert _passed(desk, stream, "PeriodEnding") == [
        ("2026-05-29T09:00", "2026-06-26", "20"),
        ("2026-06-19T09:00", "2026-06-26", "5"),
    ]


def test_a_period_that_moves_gives_new_moments() -> None:
    desk, stream = _at("2026-01-05T10:00", "diagnosis")
    desk.move("2026-06-22T10:00")
    # To Friday 3 July: 20 wd before is 5 June, which is past; 5 wd before is 26 June.
    data = {"to": "2026-07-03", "client": id_of("client"), "reason": "nog een bezoek"}
    assert desk.give("advisor", "ExtendPeriod", data, stream).refused is None
    desk.move("2026-07-31T10:00")
    assert _passed(desk, stream, "PeriodEnding")[2:] == [("2026-06-26T09:00", "2026-07-03", "5")]


def test_the_response_term_and_the_receipts() -> None:
    # Issued on Friday 20 March. Receipts: 5 wd is the 27th. The term: 24:00 of 7 April.
    desk, stream = _at("2026-03-20T10:00", "reported")
    desk.give("client", "ConfirmReceipt", {}, stream)
    desk.move("2026-05-30T10:00")
    assert _passed(desk, stream, "ResponseTermEnded") == [("2026-04-08T00:00", "2026-04-07")]
    reminders = _passed(desk, stream, "ReminderSent")
    assert reminders == [("2026-03-27T09:00", "receipt", "2026-03-27", "receipt", "['teacher']")]


def test_no_response_term_ends_after_a_response() -> None:
    desk, stream = _at("2026-03-20T10:00", "reported")
    desk.give("teacher", "AddTeacherResponse", {"text": "Ik zie het anders"}, stream)
    desk.move("2026-05-30T10:00")
    assert _passed(desk, stream, "ResponseTermEnded") == []


@pytest.mark.parametrize(
    ("at", "code"), [("2026-04-07T23:59", None), ("2026-04-08T00:00", "state.not_allowed")]
)
def test_a_response_until_the_last_minute(at: str, code: str | None) -> None:
    desk, stream = _at("2026-03-20T10:00", "reported")
    desk.move(at)
    assert desk.give("teacher", "AddTeacherResponse", {"text": "Nog iets"}, stream).refused == code


@pytest.mark.parametrize(
    ("at", "code"),
    [("2026-04-07T23:59", "escalation.response_term_open"), ("2026-04-08T00:00", None)],
)
def test_no_escalation_before_the_term_is_over(at: str, code: str | None) -> None:
    desk, stream = _at("2026-03-20T10:00", "reported")
    desk.move(at)
    data = {"mandate": id_of("board")}
    assert desk.give("client", "EscalateTrajectory", data, stream).refused == code


@pytest.mark.parametrize(
    ("at", "code"), [("2026-04-13T23:59", "close.receipt_missing"), ("2026-04-14T00:00", None)]
)
def test_closing_without_receipts_from_the_fifteenth_working_day(at: str, code: str | None) -> None:
    desk, stream = _at("2026-03-20T10:00", "reported")
    desk.move(at)
    data = {"outcome": "no_follow_up"}
    assert desk.give("client", "CloseTrajectory", data, stream).refused == code


@pytest.mark.parametrize(
    ("at", "code"), [("2026-04-19T23:59", None), ("2026-04-20T00:00", "hours.window_closed")]
)
def test_hours_until_the_thirtieth_day_after_the_end(at: str, code: str | None) -> None:
    # The end is on 20 March; the thirtieth calendar day after it is 19 April.
    desk, stream = _at("2026-03-20T10:00", "closed")
    desk.move(at)
    data = {"intervention": "report", "hours": "0.25"}
    assert desk.give("advisor", "LogHours", data, stream).refused == code


def test_nothing_falls_due_after_the_end() -> None:
    for end in ("closed", "escalated", "aborted", "declined"):
        desk, stream = _at("2026-01-05T10:00", end)
        told, types = len(desk.engine.told), desk.types(stream)
        desk.move("2027-01-05T10:00")
        assert desk.types(stream) == types
        assert len(desk.engine.told) == told
