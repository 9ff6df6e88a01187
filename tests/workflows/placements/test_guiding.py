"""Talks, hours, interruption, route and assessment: each accepted, and refused by its codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.placements.desk import ADVICE, PROGRESS, ROAD, TRANSFER, Desk, id_of

INSUFFICIENT = {**PROGRESS, "judgement": "insufficient"}


@pytest.mark.parametrize(
    ("by", "command", "data"),
    [
        ("mentor", "RecordStartTalk", {"text": "kennisgemaakt"}),
        ("trainer", "RecordProgressTalk", PROGRESS),
        ("college", "RecordFinalTalk", {"text": "afgerond"}),
        ("college", "RecordLessonVisit", {"text": "rekenles"}),
        ("mentor", "RegisterGuidanceHours", {"hours": "1"}),
    ],
)
def test_what_is_held_has_its_own_day(by: str, command: str, data: dict[str, Any]) -> None:
    desk = Desk().travel("running")
    desk.move("2026-03-02T10:00")
    future = {**data, "date": "2026-03-03"}
    assert desk.give(by, command, future).refused == "command.invalid"
    answer = desk.accepted(desk.give(by, command, {**data, "date": "2026-02-27"}))
    event = answer.body["events"][0]
    assert (event["occurred_on"], event["data"]["date"]) == ("2026-02-27", "2026-02-27")


@pytest.mark.parametrize(
    ("by", "command", "data", "field"),
    [
        ("mentor", "RecordStartTalk", {"text": ""}, "text"),
        ("mentor", "RecordProgressTalk", {"judgement": "good", "text": "x"}, "judgement"),
        ("mentor", "RecordProgressTalk", {"text": "x"}, "judgement"),
        ("mentor", "RecordFinalTalk", {}, "text"),
        ("college", "RecordLessonVisit", {"text": " "}, "text"),
        ("student", "SubmitSelfAssessment", {}, "text"),
        ("mentor", "AdviseAssessment", {"advice": "yes", "text": "x"}, "advice"),
        ("college", "DecideAssessment", {"outcome": "sufficient"}, "grounds"),
        ("college", "ChangeRoute", {"route": "full_time", "reason": "x"}, "route"),
        ("college", "ChangeRoute", {"route": "evening", "reason": "x"}, "route"),
        ("trainer", "InterruptPlacement", {"category": "illness"}, "category"),
        ("trainer", "InterruptPlacement", {}, "category"),
        ("trainer", "EndPlacementEarly", {}, "reason"),
        ("mentor", "RegisterGuidanceHours", {"hours": "1.1"}, "hours"),
        ("mentor", "RegisterGuidanceHours", {"hours": "0"}, "hours"),
        ("mentor", "RegisterGuidanceHours", {"hours": "-1"}, "hours"),
        ("mentor", "RegisterGuidanceHours", {}, "hours"),
        ("hr", "CorrectRecord", {"event": id_of("nothing"), "reason": "x", "correction": "y",
                                 "approved_by": id_of("auditor")}, "event"),
    ],
)  # fmt: skip
def test_values_that_cannot_be(by: str, command: str, data: dict[str, Any], field: str) -> None:
    desk = Desk().travel("running")
    answer = desk.give(by, command, data)
    assert (answer.refused, answer.body["field"]) == ("command.invalid", field)


def test_progress_talks_each_count_and_three_parties_talk_after_a_bad_one() -> None:
    desk = Desk().travel("insufficient")
    desk.accepted(desk.give("mentor", "RecordProgressTalk", INSUFFICIENT))
    talk = {"text": "plan gemaakt", "date": "2026-02-02"}
    desk.accepted(desk.give("college", "RecordThreePartyTalk", talk))
    assert desk.give("college", "RecordThreePartyTalk", talk).refused == "state.not_allowed"
    desk.accepted(desk.give("mentor", "RecordProgressTalk", PROGRESS))
    summary = desk.summary()
    assert summary["talks"]["progress"] == ["insufficient", "insufficient", "sufficient"]
    assert (summary["talks"]["three_party"], summary["three_party_due"]) == ("2026-02-02", False)
    desk.accepted(desk.give("mentor", "RecordProgressTalk", INSUFFICIENT))
    assert desk.summary()["three_party_due"] is True


def test_hours_add_up_under_the_role_of_who_books_them() -> None:
    desk = Desk().travel("running")
    for by, hours in (("mentor", "0.25"), ("mentor", "12"), ("trainer", "1.5"), ("college", "2")):
        desk.accepted(desk.give(by, "RegisterGuidanceHours", {"hours": hours}))
    assert desk.summary()["guidance_hours"] == {
        "mentor": "12.25",
        "school_trainer": "1.50",
        "institute_trainer": "2.00",
        "total": "15.75",
    }


@pytest.mark.parametrize("note", ["griep", "", None])
def test_no_note_why_it_is_interrupted(note: str | None) -> None:
    desk = Desk().travel("running")
    answer = desk.give("trainer", "InterruptPlacement", {"category": "absence", "note": note})
    assert answer.refused == "suspend.note_not_allowed"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("2026-06-25", "period.invalid"),
        ("2026-06-26", "period.invalid"),
        ("2026-06-27", None),
        ("2026-07-31", None),
        ("2026-08-01", "school.not_qualified"),
    ],
)
def test_an_end_that_moves(to: str, code: str | None) -> None:
    desk = Desk().travel("interrupted")
    answer = desk.give("college", "Resume", {"to": to})
    assert answer.refused == code
    if code is None:
        types = [event["type"] for event in answer.body["events"]]
        assert types == ["PlacementResumed", "PeriodExtended"]
        assert desk.summary()["period"]["to"] == to


def test_an_end_moves_only_where_the_school_has_room() -> None:
    desk = Desk().travel("interrupted")
    case = desk.case
    for _ in range(2):
        desk.travel("offered", **{"from": "2026-06-29", "to": "2026-07-17"})
    desk.case = case
    full = desk.give("trainer", "Resume", {"to": "2026-06-29"})
    assert full.refused == "school.capacity_full"
    desk.accepted(desk.give("trainer", "Resume", {"to": "2026-06-28"}))


def test_a_later_end_takes_the_place_for_longer() -> None:
    desk = Desk().travel("interrupted")
    desk.accepted(desk.give("trainer", "Resume", {"to": "2026-07-10"}))
    later = {"from": "2026-07-10", "to": "2026-07-24"}
    desk.travel("offered", **later)
    answer = desk.request(**later)
    offer = {"school": "De Regenboog", "school_leader": id_of("leader")}
    answer = desk.give("trainer", "OfferPlace", offer)
    assert answer.refused == "school.capacity_full"


def test_interrupted_days_are_calendar_days() -> None:
    desk = Desk().travel("interrupted")
    desk.move("2026-02-11T10:00")
    assert desk.summary()["interrupted_days"] == 9
    answer = desk.accepted(desk.give("college", "Resume"))
    assert [event["data"] for event in answer.body["events"]] == [{"days": 9}]
    desk.accepted(desk.give("college", "InterruptPlacement", {"category": "other"}))
    desk.accepted(desk.give("college", "Resume"))
    assert desk.summary()["interrupted_days"] == 9
    desk.accepted(desk.give("college", "InterruptPlacement", {"category": "other"}))
    desk.move("2026-02-13T10:00")
    desk.accepted(desk.give("college", "EndPlacementEarly", {"reason": "gestopt"}))
    desk.move("2026-03-13T10:00")
    assert desk.summary()["interrupted_days"] == 11


def test_the_last_advice_of_each_counts() -> None:
    desk = Desk().travel("advised")
    desk.accepted(desk.give("mentor", "AdviseAssessment", {**ADVICE, "advice": "insufficient"}))
    advice = {"mentor": "insufficient", "school_trainer": "sufficient"}
    assert desk.summary()["advice"] == advice
    outcome = {"outcome": "sufficient", "grounds": "portfolio"}
    desk.accepted(desk.give("college", "DecideAssessment", outcome))
    assert desk.summary()["assessment"] == {"outcome": "sufficient", "cosigned": False}


def test_one_advice_is_not_enough() -> None:
    desk = Desk().travel("running")
    outcome = {"outcome": "sufficient", "grounds": "portfolio"}
    for by in ("mentor", "trainer"):
        answer = desk.give("college", "DecideAssessment", outcome)
        assert answer.refused == "assessment.advice_missing"
        desk.accepted(desk.give(by, "AdviseAssessment", ADVICE))
    desk.accepted(desk.give("college", "DecideAssessment", outcome))


@pytest.mark.parametrize("missing", ["RecordStartTalk", "RecordProgressTalk", "RecordFinalTalk"])
def test_completion_asks_for_each_talk(missing: str) -> None:
    """One that was forgotten before the assessment is recorded after it."""
    desk = Desk().travel("untalked")
    talks = {"RecordStartTalk": {"text": "a"}, "RecordFinalTalk": {"text": "b"}}
    left = {**talks, "RecordProgressTalk": PROGRESS}
    forgotten = left.pop(missing)
    for command, data in left.items():
        desk.accepted(desk.give("trainer", command, data))
    desk.accepted(desk.give("board", "CosignAssessment"))
    assert desk.give("coordinator", "CompletePlacement").refused == "talks.missing"
    desk.accepted(desk.give("trainer", missing, forgotten))
    desk.accepted(desk.give("coordinator", "CompletePlacement"))


def test_completion_waits_for_the_talk_of_three_parties() -> None:
    desk = Desk().travel("untalked")
    desk.accepted(desk.give("trainer", "RecordProgressTalk", INSUFFICIENT))
    desk.accepted(desk.give("trainer", "RecordStartTalk", {"text": "a"}))
    desk.accepted(desk.give("trainer", "RecordFinalTalk", {"text": "b"}))
    desk.accepted(desk.give("board", "CosignAssessment"))
    assert desk.give("trainer", "CompletePlacement").refused == "talks.missing"
    desk.accepted(desk.give("trainer", "RecordThreePartyTalk", {"text": "plan"}))
    desk.accepted(desk.give("trainer", "CompletePlacement"))


def test_a_progress_talk_after_the_assessment_makes_up_for_one_only() -> None:
    desk = Desk().travel("untalked")
    desk.accepted(desk.give("mentor", "RecordProgressTalk", PROGRESS))
    assert desk.give("mentor", "RecordProgressTalk", PROGRESS).refused == "state.not_allowed"
    assert not desk.offers("mentor", "RecordProgressTalk")


PLAN = {"talk": "start", "at": "2026-02-10T15:30"}


def _plan(desk: Desk, talk: str, at: str = "2026-06-01T09:00") -> str | None:
    return desk.give("mentor", "PlanTalk", {"talk": talk, "at": at}).refused


def test_a_planned_talk_moves_and_goes_once_it_is_held() -> None:
    desk = Desk().travel("mentored")
    desk.accepted(desk.give("college", "PlanTalk", PLAN))
    desk.accepted(desk.give("mentor", "PlanTalk", {**PLAN, "at": "2026-02-11T09:00"}))
    desk.accepted(desk.give("trainer", "PlanTalk", {"talk": "final", "at": "2026-06-20T12:00"}))
    assert desk.summary()["planned_talks"] == {
        "start": "2026-02-11T09:00",
        "final": "2026-06-20T12:00",
    }
    for step in ("drafted", "partially", "signed", "running"):
        for by, command, data in ROAD[step]:
            desk.accepted(desk.give(by, command, data))
    desk.accepted(desk.give("mentor", "RecordStartTalk", {"text": "kennisgemaakt"}))
    assert desk.summary()["planned_talks"] == {"final": "2026-06-20T12:00"}
    assert _plan(desk, "start") == "state.not_allowed"
    desk.accepted(desk.give("mentor", "RecordFinalTalk", {"text": "afgerond"}))
    assert desk.summary()["planned_talks"] == {}
    assert _plan(desk, "final") == "state.not_allowed"


def test_only_a_talk_that_may_come_is_planned() -> None:
    desk = Desk().travel("running")
    assert _plan(desk, "three_party") == "state.not_allowed"
    assert _plan(desk, "progress", "2026-04-01") == "command.invalid"
    assert _plan(desk, "progress") is None
    insufficient = {"judgement": "insufficient", "text": "te weinig"}
    desk.accepted(desk.give("mentor", "RecordProgressTalk", insufficient))
    assert desk.summary()["planned_talks"] == {}
    assert _plan(desk, "three_party") is None
    assert _plan(desk, "progress") is None
    desk.accepted(desk.give("college", "RecordThreePartyTalk", {"text": "plan gemaakt"}))
    assert set(desk.summary()["planned_talks"]) == {"progress"}
    for step in ("advised", "assessed"):
        for by, command, data in ROAD[step]:
            desk.accepted(desk.give(by, command, data))
    assert desk.summary()["planned_talks"] == {}
    assert _plan(desk, "progress") == "state.not_allowed"
    assert _plan(desk, "final") is None


@pytest.mark.parametrize(
    ("by", "command", "data"),
    [
        ("trainer", "InterruptPlacement", {"category": "leave"}),
        ("coordinator", "TransferPlacement", TRANSFER),
        ("college", "EndPlacementEarly", {"reason": "gestopt"}),
    ],
)
def test_a_break_takes_what_was_planned(by: str, command: str, data: dict[str, Any]) -> None:
    desk = Desk().travel("running")
    assert _plan(desk, "start") is None
    desk.accepted(desk.give(by, command, data))
    assert desk.summary()["planned_talks"] == {}
