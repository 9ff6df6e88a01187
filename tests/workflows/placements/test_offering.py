"""Requests, offers and transfers: whose they are, which school may, and whether it has room."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.placements.desk import REQUEST, TRANSFER, Desk, id_of

OFFER = {"school": "De Regenboog", "school_leader": id_of("leader")}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"from": None}, "period.invalid", "from"),
        ({"to": ""}, "period.invalid", "to"),
        ({"to": "2026-02-02"}, "period.invalid", "to"),
        ({"to": "2026-02-01"}, "period.invalid", "to"),
        ({"to": "2026-02-30"}, "command.invalid", "to"),
        ({"route": "evening"}, "command.invalid", "route"),
        ({"phase": ""}, "command.invalid", "phase"),
        ({"questions": [""]}, "command.invalid", "questions.0"),
        ({"questions": None}, "command.invalid", "questions"),
        ({"contract": "ja"}, "command.invalid", "contract"),
        ({"student": id_of("teacher")}, "command.invalid", "student"),
        ({"institute_trainer": id_of("trainer")}, "command.invalid", "institute_trainer"),
        ({"institute_trainer": id_of("other_college")}, "auth.not_assigned", None),
        ({"wish": "dichtbij"}, "command.invalid", "wish"),
    ],
)
def test_a_request_that_is_refused(changes: dict[str, Any], code: str, field: str | None) -> None:
    answer = Desk().request(**changes)
    assert (answer.refused, answer.body["field"]) == (code, field)


def test_nobody_is_the_own_trainer() -> None:
    desk = Desk()
    desk.people["college"] = desk.people["everything"]
    everything = id_of("everything")
    answer = desk.request(student=everything, institute_trainer=everything)
    assert answer.refused == "command.invalid"


def test_who_is_a_coordinator_too_requests_for_others_as_that() -> None:
    desk = Desk()
    answer = desk._send("everything", "RequestPlacement", REQUEST, None)
    assert desk.accepted(answer).body["events"][0]["actor"]["role"] == "coordinator"
    own = {**REQUEST, "institute_trainer": id_of("everything")}
    answer = desk._send("everything", "RequestPlacement", own, None)
    assert answer.body["events"][0]["actor"]["role"] == "institute_trainer"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"school": "De Klimop"}, None),  # a shell school trains too
        ({"school": None}, "school.not_qualified"),
        ({"school": ""}, "school.not_qualified"),
        ({"school": "De Onbekende"}, "school.not_qualified"),
        ({"school": "De Kade"}, "school.not_qualified"),  # core for research only
        ({"school": "De Meent"}, "school.not_qualified"),  # a day too short
        ({"school": "Het Anker"}, "school.capacity_full"),  # no place at all
        ({"school_leader": id_of("mentor")}, "command.invalid"),
        ({"school_leader": None}, "command.invalid"),
    ],
)
def test_which_school_may_offer(changes: dict[str, Any], code: str | None) -> None:
    desk = Desk().travel("requested")
    assert desk.give("trainer", "OfferPlace", {**OFFER, **changes}).refused == code


def test_the_quality_status_lasts_through_the_last_day() -> None:
    desk = Desk().travel("requested", to="2026-06-25")
    assert desk.give("trainer", "OfferPlace", {**OFFER, "school": "De Meent"}).refused is None
    assert desk.summary()["school_kind"] == "core"


def test_nobody_stands_for_two_parties() -> None:
    student = id_of("training_student")
    desk = Desk().travel("requested", student=student)
    leading = {**OFFER, "school_leader": student}
    assert desk.give("trainer", "OfferPlace", leading).refused == "command.invalid"
    assert desk.give("training_student", "OfferPlace", OFFER).refused == "auth.not_assigned"
    desk.accepted(desk.give("trainer", "OfferPlace", OFFER))
    desk.accepted(desk.give("training_student", "AcceptPlace"))
    for changes in ({"school_leader": student}, {"school_trainer": student}):
        answer = desk.give("coordinator", "TransferPlacement", {**TRANSFER, **changes})
        assert answer.refused == "command.invalid"


def _offered(desk: Desk, school: str, **request: Any) -> str | None:
    desk.accepted(desk.request(**request))
    return desk.give("trainer", "OfferPlace", {**OFFER, "school": school}).refused


def test_no_more_students_than_a_school_has_room_for() -> None:
    desk = Desk()
    assert [_offered(desk, "De Regenboog") for _ in range(3)] == [
        None,
        None,
        "school.capacity_full",
    ]
    # On other days, and at another school, there is room.
    assert _offered(desk, "De Regenboog", **{"from": "2026-06-27", "to": "2026-07-31"}) is None
    assert _offered(desk, "De Klimop") is None
    # The last day counts.
    later = {"from": "2026-06-26", "to": "2026-07-31"}
    assert _offered(desk, "De Klimop", **later) == "school.capacity_full"


def test_room_is_counted_day_by_day() -> None:
    """Two halves of a year are never there at once."""
    desk = Desk()
    assert _offered(desk, "De Regenboog", to="2026-03-31") is None
    assert _offered(desk, "De Regenboog", **{"from": "2026-04-01"}) is None
    assert _offered(desk, "De Regenboog") is None
    assert _offered(desk, "De Regenboog", to="2026-02-28") == "school.capacity_full"


@pytest.mark.parametrize(
    ("milestone", "by", "command", "data"),
    [
        ("offered", "student", "DeclineOffer", {"reason": "te ver"}),
        ("offered", "student", "WithdrawPlacement", {"reason": "ik stop"}),
        ("interrupted", "college", "EndPlacementEarly", {"reason": "gestopt"}),
        ("cosigned", "trainer", "CompletePlacement", {}),
        ("running", "college", "TransferPlacement", TRANSFER),
    ],
)
def test_a_place_is_free_again(milestone: str, by: str, command: str, data: dict[str, Any]) -> None:
    desk = Desk()
    assert _offered(desk, "De Regenboog") is None
    desk.travel(milestone)
    holding = desk.case
    assert _offered(desk, "De Regenboog") == "school.capacity_full"
    waiting, desk.case = desk.case, holding
    desk.accepted(desk.give(by, command, data))
    desk.case = waiting
    assert desk.give("trainer", "OfferPlace", OFFER).refused is None


def test_a_transfer_needs_room_for_the_days_that_are_left() -> None:
    desk = Desk()
    assert _offered(desk, "De Klimop", to="2026-03-31") is None
    desk.travel("running")
    answer = desk.give("college", "TransferPlacement", TRANSFER)
    assert answer.refused == "school.capacity_full"
    desk.move("2026-04-01T09:00")
    desk.accepted(desk.give("college", "TransferPlacement", TRANSFER))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"school": "De Regenboog"}, "command.invalid"),
        ({"school": None}, "school.not_qualified"),
        ({"school": "De Kade"}, "school.not_qualified"),
        ({"school": "Het Anker"}, "school.capacity_full"),
        ({"school_trainer": id_of("mentor")}, "command.invalid"),
        ({"school_leader": id_of("mentor")}, "command.invalid"),
        ({"reason": " "}, "command.invalid"),
    ],
)
def test_a_transfer_that_is_refused(changes: dict[str, Any], code: str) -> None:
    desk = Desk().travel("running")
    answer = desk.give("coordinator", "TransferPlacement", {**TRANSFER, **changes})
    assert answer.refused == code


def test_a_transfer_leaves_behind_what_belongs_to_the_school() -> None:
    desk = Desk().travel("handing")
    desk.accepted(desk.give("second", "RegisterGuidanceHours", {"hours": "2.25"}))
    desk.accepted(desk.give("second", "AdviseAssessment", {"advice": "sufficient", "text": "ja"}))
    desk.accepted(desk.give("second", "RecordStartTalk", {"text": "kennisgemaakt"}))
    desk.accepted(desk.give("coordinator", "TransferPlacement", TRANSFER))
    after = desk.summary()
    assert after["mentor"] is None
    assert after["agreement"] is None
    assert after["handovers"] == []
    assert after["advice"] == {"mentor": None, "school_trainer": None}
    assert after["guidance_hours"]["mentor"] == "2.25"
    assert after["talks"]["start"] == "2026-02-02"
    assert after["transfers"] == 1
