"""Who hears of each event: exactly these, and never the giver (docs/contract.md 3)."""

from __future__ import annotations

import pytest

from tests.workflows.placements.desk import PROGRESS, ROLES, TRANSFER, Desk
from tests.workflows.placements.test_steps import DATA

SIGNERS = ("student", "leader", "college")
ALL_FOUR = ("student", "mentor", "trainer", "college")
COORDINATORS = ("coordinator", "everything")
BOARD = ("board", "everything", "training_student")
NOBODY: tuple[str, ...] = ()

TOLD: list[tuple[str, str, str, str, tuple[str, ...]]] = [
    ("requested", "coordinator", "RejectRequest", "placement_rejected", ("college", "student")),
    ("requested", "trainer", "OfferPlace", "place_offered", ("student", "college")),
    ("offered", "college", "AcceptPlace", "place_accepted", ("trainer", *COORDINATORS)),
    ("offered", "student", "DeclineOffer", "offer_declined", ("trainer", *COORDINATORS)),
    ("accepted", "trainer", "AssignMentor", "mentor_assigned", ("second", "student")),
    ("handing", "trainer", "CompleteHandover", "", NOBODY),
    ("accepted", "hr", "RecordVog", "", NOBODY),
    ("mentored", "trainer", "DraftAgreement", "agreement_to_sign", SIGNERS),
    ("signed", "coordinator", "AmendAgreement", "agreement_to_sign", SIGNERS),
    ("drafted", "student", "SignAgreement", "", NOBODY),
    ("drafted", "coordinator", "RevokeSigningLink", "", NOBODY),
    ("signed", "trainer", "StartPlacement", "placement_started", ("student", "mentor", "college")),
    ("mentored", "trainer", "PlanTalk", "placement_talk_planned", ALL_FOUR),
    ("running", "college", "PlanTalk", "placement_talk_planned", ALL_FOUR),
    ("running", "mentor", "RecordStartTalk", "", NOBODY),
    ("running", "mentor", "RecordProgressTalk", "", NOBODY),
    ("insufficient", "trainer", "RecordThreePartyTalk", "", NOBODY),
    ("running", "mentor", "RecordFinalTalk", "", NOBODY),
    ("running", "college", "RecordLessonVisit", "", NOBODY),
    ("running", "student", "SubmitSelfAssessment", "", NOBODY),
    ("running", "mentor", "AdviseAssessment", "", NOBODY),
    ("advised", "college", "DecideAssessment", "assessment_decided",
     ("student", "mentor", "trainer", *BOARD)),
    ("assessed", "board", "CosignAssessment", "assessment_cosigned",
     ("student", "college", *COORDINATORS)),
    ("cosigned", "coordinator", "CompletePlacement", "placement_completed",
     (*ALL_FOUR, *COORDINATORS)),
    ("running", "college", "ChangeRoute", "", NOBODY),
    ("running", "trainer", "InterruptPlacement", "placement_interrupted", ALL_FOUR),
    ("interrupted", "college", "Resume", "placement_resumed", ALL_FOUR),
    ("running", "coordinator", "TransferPlacement", "placement_transferred",
     ("student", "college", "other_trainer", "trainer", "mentor")),
    ("offered", "student", "WithdrawPlacement", "placement_withdrawn",
     ("student", "trainer", "college", *COORDINATORS)),
    ("mentored", "college", "WithdrawPlacement", "placement_withdrawn",
     (*ALL_FOUR, *COORDINATORS)),
    ("interrupted", "trainer", "EndPlacementEarly", "placement_ended_early",
     (*ALL_FOUR, *COORDINATORS)),
    ("running", "mentor", "RegisterGuidanceHours", "", NOBODY),
]  # fmt: skip


@pytest.mark.parametrize(("milestone", "by", "command", "kind", "to"), TOLD)
def test_who_is_told(milestone: str, by: str, command: str, kind: str, to: tuple[str, ...]) -> None:
    desk = Desk().travel(milestone)
    before = len(desk.told())
    desk.accepted(desk.give(by, command, DATA[command]))
    expected = sorted((person, kind) for person in to if person != by)
    assert sorted(desk.told(before)) == expected


def test_a_request_is_told_of() -> None:
    desk = Desk()
    desk.accepted(desk.request())
    kind = "placement_requested"
    assert sorted(desk.told()) == [(who, kind) for who in sorted((*COORDINATORS, "student"))]


def test_a_replaced_mentor_leaves_something_to_hand_over() -> None:
    desk = Desk().travel("mentored")
    before = len(desk.told())
    desk.accepted(desk.give("trainer", "ReplaceMentor", DATA["ReplaceMentor"]))
    replaced = [(who, "mentor_replaced") for who in ("second", "mentor", "student")]
    handed = [(who, "handover") for who in COORDINATORS]
    assert sorted(desk.told(before)) == sorted((*replaced, *handed))


@pytest.mark.parametrize(
    ("by", "command", "old"),
    [
        ("trainer", "ReplaceSchoolLeader", "leader"),
        ("leader", "ReplaceSchoolTrainer", "trainer"),
        ("college", "ReplaceInstituteTrainer", "college"),
    ],
)
def test_who_goes_leaves_something_to_hand_over(by: str, command: str, old: str) -> None:
    desk = Desk().travel("running")
    before = len(desk.told())
    desk.accepted(desk.give(by, command, DATA[command]))
    taken_over = [(who, "part_taken_over") for who in ("heir", old, "student") if who != by]
    handed = [(who, "handover") for who in COORDINATORS]
    assert sorted(desk.told(before)) == sorted((*taken_over, *handed))


def test_who_asks_for_a_link_gets_it() -> None:
    desk = Desk().travel("drafted")
    before = len(desk.told())
    desk.accepted(desk.give("student", "RequestFreshLink"))
    assert sorted(desk.told(before)) == [
        ("coordinator", "fresh_link_sent"),
        ("everything", "fresh_link_sent"),
        ("student", "signing_link"),
    ]


@pytest.mark.parametrize("last", ["leader", "board"])
def test_all_are_told_of_the_last_signature(last: str) -> None:
    desk = Desk().travel("partially")
    desk.accepted(desk.give("college", "SignAgreement", {"version": 1}))
    before = len(desk.told())
    desk.accepted(desk.give(last, "SignAgreement", {"version": 1}))
    told = {(who, "agreement_complete") for who in (*SIGNERS, "trainer") if who != last}
    assert set(desk.told(before)) == told


def test_every_bad_progress_talk_is_told_of() -> None:
    desk = Desk().travel("insufficient")
    before = len(desk.told())
    talk = {**PROGRESS, "judgement": "insufficient"}
    desk.accepted(desk.give("college", "RecordProgressTalk", talk))
    told = {(who, "three_party_talk_due") for who in ("student", "mentor", "trainer")}
    assert set(desk.told(before)) == told


def test_nobody_is_told_of_the_mentor_there_is_not() -> None:
    desk = Desk().travel("accepted")
    before = len(desk.told())
    desk.accepted(desk.give("coordinator", "TransferPlacement", TRANSFER))
    kind = "placement_transferred"
    told = {(who, kind) for who in ("student", "college", "other_trainer", "trainer")}
    assert set(desk.told(before)) == told


@pytest.mark.parametrize(
    ("milestone", "first"),
    [
        ("requested", COORDINATORS),
        ("offered", ("college",)),
        ("accepted", ("trainer",)),
        ("talked", ("college",)),
        ("insufficient", ("college",)),
    ],
)
def test_who_hears_of_a_step_that_is_late(milestone: str, first: tuple[str, ...]) -> None:
    desk = Desk().travel(milestone)
    before = len(desk.told())
    desk.move("2026-09-01T00:00")
    levels = [event.data.level for event in desk.events if event.type == "StepOverdue"]
    hearers = (first, COORDINATORS, ("hr",))
    assert set(levels) == {0, 1, 2}
    assert sorted(desk.told(before)) == sorted(
        (who, "overdue") for level in levels for who in hearers[level]
    )


def test_missing_signatures_are_told_to_those_who_miss_and_to_the_coordinators() -> None:
    desk = Desk().travel("partially", **{"from": "2026-03-02"})
    before = len(desk.told())
    desk.move("2026-02-27T10:00")
    assert sorted(desk.told(before)) == [
        ("college", "signature_due"),
        ("coordinator", "signatures_missing"),
        ("everything", "signatures_missing"),
        ("leader", "signature_due"),
    ]


def test_everybody_here_has_a_role() -> None:
    assert {key for key, roles in ROLES.items() if "board" in roles} == set(BOARD)
    assert {key for key, roles in ROLES.items() if "coordinator" in roles} == set(COORDINATORS)
