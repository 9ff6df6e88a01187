"""Every term at its very moment, the dates counted by hand."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.workflows.placements.desk import PROGRESS, TRANSFER, Desk

ZONE = ZoneInfo("Europe/Amsterdam")
INSUFFICIENT = {**PROGRESS, "judgement": "insufficient"}


def _late(desk: Desk, timer: str) -> list[tuple[str, str, int]]:
    """(local moment, last day, level) of every time that a term was overdue."""
    return [
        (f"{event.recorded_at.astimezone(ZONE):%Y-%m-%dT%H:%M}", event.data.due, event.data.level)
        for event in desk.events
        if event.type == "StepOverdue" and event.data.timer == timer
    ]


def _levels(due: str, *moments: str) -> list[tuple[str, str, int]]:
    return [(f"{moment}T09:00", due, level) for level, moment in enumerate(moments)]


@pytest.mark.parametrize(
    ("milestone", "timer", "due", "moments"),
    [
        # Ten working days after 2 February, over a week's holiday, end on the 23rd.
        ("requested", "offer", "2026-02-23", ("2026-02-24", "2026-03-02", "2026-03-09")),
        ("offered", "answer", "2026-02-23", ("2026-02-24", "2026-03-02", "2026-03-09")),
        ("accepted", "start", "2026-02-02", ("2026-02-03", "2026-02-09", "2026-02-23")),
        ("signed", "start", "2026-02-02", ("2026-02-03", "2026-02-09", "2026-02-23")),
        # Halfway 2 February and 26 June is 15 April.
        ("running", "progress_talk", "2026-04-15", ("2026-04-16", "2026-04-22", "2026-04-29")),
        ("insufficient", "three_party_talk", "2026-02-23",
         ("2026-02-24", "2026-03-02", "2026-03-09")),
        ("running", "final_assessment", "2026-07-10", ("2026-07-13", "2026-07-17", "2026-07-24")),
    ],
)  # fmt: skip
def test_a_step_is_overdue_at_three_levels(
    milestone: str, timer: str, due: str, moments: tuple[str, ...]
) -> None:
    desk = Desk().travel(milestone)
    desk.move("2026-09-01T00:00")
    assert _late(desk, timer) == _levels(due, *moments)
    assert timer in desk.summary()["overdue"]


def test_not_a_minute_too_early_and_only_once() -> None:
    desk = Desk().travel("requested")
    desk.move("2026-02-24T08:59")
    assert _late(desk, "offer") == []
    assert desk.summary()["next"] == [{"step": "offer", "by": "coordinator", "due": "2026-02-23"}]
    desk.move("2026-02-24T09:00")
    assert len(_late(desk, "offer")) == 1


def test_a_declined_offer_begins_the_terms_anew() -> None:
    desk = Desk().travel("requested")
    offer = {"school": "De Regenboog", "school_leader": desk.people["leader"].id}
    desk.move("2026-03-10T10:00")
    assert len(_late(desk, "offer")) == 3
    desk.accepted(desk.give("trainer", "OfferPlace", offer))
    assert desk.summary()["overdue"] == []
    desk.move("2026-04-08T10:00")
    assert _late(desk, "answer") == _levels("2026-03-24", "2026-03-25", "2026-03-31", "2026-04-07")
    desk.accepted(desk.give("student", "DeclineOffer", {"reason": "te ver"}))
    assert desk.summary()["overdue"] == []
    desk.move("2026-05-08T10:00")
    again = _levels("2026-04-22", "2026-04-23", "2026-04-29", "2026-05-06")
    assert _late(desk, "offer")[3:] == again
    desk.accepted(desk.give("trainer", "OfferPlace", offer))
    desk.move("2026-06-08T10:00")
    assert _late(desk, "answer")[3:] == _levels(
        "2026-05-22", "2026-05-25", "2026-05-29", "2026-06-05"
    )


def test_a_moment_that_was_past_when_its_term_arose_is_skipped() -> None:
    desk = Desk().travel("offered")
    desk.move("2026-02-05T10:00")
    desk.accepted(desk.give("student", "AcceptPlace"))
    desk.move("2026-03-05T10:00")
    assert _late(desk, "start") == _levels("2026-02-02", "", "2026-02-09", "2026-02-23")[1:]


def test_no_talk_of_before_the_start_is_asked_for_after_a_late_one() -> None:
    desk = Desk().travel("signed")
    desk.move("2026-04-20T10:00")
    desk.accepted(desk.give("trainer", "StartPlacement"))
    desk.move("2026-06-01T10:00")
    assert _late(desk, "progress_talk") == _levels("2026-04-15", "", "2026-04-22", "2026-04-29")[1:]


@pytest.mark.parametrize(
    ("to", "due"),
    [
        ("2026-06-26", "2026-04-15"),  # 144 days: 72
        ("2026-06-25", "2026-04-14"),  # 143 days: 71, rounded down
        ("2026-02-03", "2026-02-02"),  # one day: none
    ],
)
def test_halfway(to: str, due: str) -> None:
    desk = Desk().travel("running", to=to)
    terms = {term["step"]: term["due"] for term in desk.summary()["next"]}
    assert terms["progress_talk"] == due


def test_interrupted_working_days_move_what_is_open() -> None:
    desk = Desk().travel("insufficient")
    # Ten working days after 2 February end on the 23rd; Wednesday 4 to Wednesday 11 are five more.
    desk.move("2026-02-04T12:00")
    desk.accepted(desk.give("trainer", "InterruptPlacement", {"category": "leave"}))
    desk.move("2026-02-10T12:00")
    terms = {term["step"]: term["due"] for term in desk.summary()["next"]}
    assert terms["three_party_talk"] == "2026-02-27"  # as if it went on today
    desk.move("2026-02-11T12:00")
    desk.accepted(desk.give("trainer", "Resume"))
    desk.move("2026-03-31T12:00")
    assert _late(desk, "three_party_talk") == _levels(
        "2026-03-02", "2026-03-03", "2026-03-09", "2026-03-16"
    )


def test_a_day_halfway_moves_as_many_working_days() -> None:
    desk = Desk().travel("running")
    desk.move("2026-02-11T12:00")
    desk.accepted(desk.give("trainer", "InterruptPlacement", {"category": "leave"}))
    # Wednesday 11 to Wednesday 25 February, a week of which is a holiday: five working days.
    desk.move("2026-02-25T12:00")
    desk.accepted(desk.give("trainer", "Resume"))
    terms = {term["step"]: term["due"] for term in desk.summary()["next"]}
    assert terms == {"progress_talk": "2026-04-22", "final_assessment": "2026-07-10"}


def test_nothing_falls_due_while_it_stands_still_and_levels_wait() -> None:
    desk = Desk().travel("insufficient")
    desk.move("2026-02-24T10:00")
    assert len(_late(desk, "three_party_talk")) == 1
    desk.accepted(desk.give("trainer", "InterruptPlacement", {"category": "absence"}))
    desk.move("2026-03-10T10:00")
    assert len(_late(desk, "three_party_talk")) == 1
    assert desk.summary()["overdue"] == ["three_party_talk"]
    desk.accepted(desk.give("trainer", "Resume"))
    # Ten working days stood still: 2 and 9 March become 16 and 23 March.
    desk.move("2026-04-01T10:00")
    assert _late(desk, "three_party_talk") == _levels(
        "2026-02-23", "2026-02-24", "2026-03-16", "2026-03-23"
    )


def test_an_end_that_moves_gives_new_moments() -> None:
    desk = Desk().travel("running")
    desk.move("2026-07-20T10:00")
    assert [late[2] for late in _late(desk, "final_assessment")] == [0, 1]
    assert set(desk.summary()["overdue"]) == {"progress_talk", "final_assessment"}
    desk.accepted(desk.give("trainer", "InterruptPlacement", {"category": "study"}))
    desk.move("2026-07-21T10:00")
    desk.accepted(desk.give("trainer", "Resume", {"to": "2026-07-31"}))
    # The assessment lies ahead again; the talk, halfway on 2 May, does not.
    assert desk.summary()["overdue"] == ["progress_talk"]
    desk.move("2026-09-15T10:00")
    assert _late(desk, "final_assessment")[2:] == _levels(
        "2026-08-14", "2026-08-17", "2026-08-21", "2026-08-28"
    )
    assert len(_late(desk, "progress_talk")) == 3


def test_a_talk_that_was_held_is_not_asked_for_again() -> None:
    desk = Desk().travel("insufficient")
    desk.accepted(desk.give("college", "RecordThreePartyTalk", {"text": "plan"}))
    desk.move("2026-06-01T10:00")
    assert _late(desk, "progress_talk") == _late(desk, "three_party_talk") == []
    desk.accepted(desk.give("mentor", "RecordProgressTalk", INSUFFICIENT))
    desk.move("2026-06-16T09:00")
    assert _late(desk, "three_party_talk") == _levels("2026-06-15", "2026-06-16")


def test_a_transfer_stops_the_terms_of_the_placement_until_it_starts_again() -> None:
    desk = Desk().travel("insufficient")
    desk.accepted(desk.give("coordinator", "TransferPlacement", TRANSFER))
    assert desk.summary()["next"] == []
    desk.move("2026-06-01T10:00")
    assert _late(desk, "three_party_talk") == _late(desk, "start") == []


@pytest.mark.parametrize("milestone", ["rejected", "withdrawn", "ended_early", "completed"])
def test_nothing_falls_due_after_the_end(milestone: str) -> None:
    desk = Desk().travel(milestone)
    before = desk.types()
    desk.move("2027-02-02T10:00")
    assert desk.types() == before
    assert desk.summary()["overdue"] == desk.summary()["next"] == []


def _signatures(desk: Desk) -> list[tuple[str, str, tuple[str, ...]]]:
    kinds = {"ReminderSent": "to", "SignaturesMissing": "missing"}
    return [
        (
            f"{event.recorded_at.astimezone(ZONE):%Y-%m-%dT%H:%M}",
            event.type,
            getattr(event.data, kinds[event.type]),
        )
        for event in desk.events
        if event.type in kinds
    ]


def test_who_has_not_signed_is_reminded_then_the_coordinator_told() -> None:
    # Five working days before Monday 2 March, over a holiday: Monday 23 February; two: the 26th.
    desk = Desk().travel("partially", **{"from": "2026-03-02"})
    desk.move("2026-02-24T10:00")
    desk.accepted(desk.give("leader", "SignAgreement", {"version": 1}))
    desk.move("2026-03-09T10:00")
    assert _signatures(desk) == [
        ("2026-02-23T09:00", "ReminderSent", ("school", "college")),
        ("2026-02-26T09:00", "SignaturesMissing", ("college",)),
    ]


def test_each_version_is_reminded_of_once_and_never_late() -> None:
    desk = Desk().travel("drafted", **{"from": "2026-03-02"})
    desk.move("2026-02-24T10:00")
    amendment = {"allowance": "€ 100", "reason": "vergeten"}
    desk.accepted(desk.give("trainer", "AmendAgreement", amendment))
    desk.move("2026-03-09T10:00")
    everybody = ("student", "school", "college")
    assert _signatures(desk) == [
        ("2026-02-23T09:00", "ReminderSent", everybody),
        ("2026-02-26T09:00", "SignaturesMissing", everybody),
    ]


def test_nobody_is_reminded_once_all_have_signed() -> None:
    desk = Desk().travel("signed", **{"from": "2026-03-02"})
    desk.move("2026-03-01T10:00")
    assert _signatures(desk) == []
