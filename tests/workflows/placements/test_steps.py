"""Every command at every milestone by everybody: who may give it, when, and what is offered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from tests.workflows.placements.desk import (
    ADVICE,
    AGREEMENT,
    MILESTONES,
    PROGRESS,
    REQUEST,
    ROLES,
    TRANSFER,
    Desk,
    id_of,
)
from workflows.decision import Refused
from workflows.placements.commands import COMMANDS

ARRANGING = {"accepted", "mentored", "drafted", "partially", "signed", "transferred"}
GUIDED = {"running", "talked", "advised", "insufficient", "handing"}
ASSESSED = {"assessed", "cosigned", "untalked"}
BEGUN = GUIDED | ASSESSED
ENDED = {"completed", "rejected", "withdrawn", "ended_early"}
OPEN = set(MILESTONES) - ENDED
PLACED = OPEN - {"requested"}
UNMENTORED = {"accepted", "transferred"}

MENTOR = {"mentor": id_of("second"), "qualification": "qualified"}
DATA: dict[str, Mapping[str, Any]] = {
    "RequestPlacement": REQUEST,
    "RejectRequest": {"reason": "geen plaats"},
    "OfferPlace": {"school": "De Regenboog", "school_leader": id_of("leader")},
    "AcceptPlace": {},
    "DeclineOffer": {"reason": "te ver"},
    "AssignMentor": MENTOR,
    "ReplaceMentor": {**MENTOR, "reason": "left"},
    "ReplaceSchoolLeader": {"school_leader": id_of("heir"), "reason": "weg"},
    "ReplaceSchoolTrainer": {"school_trainer": id_of("heir"), "reason": "weg"},
    "ReplaceInstituteTrainer": {"institute_trainer": id_of("heir"), "reason": "weg"},
    "CompleteHandover": {"task": "mentor:1"},
    "RecordVog": {"issued_on": "2025-12-01"},
    "DraftAgreement": AGREEMENT,
    "AmendAgreement": {"allowance": "€ 100", "reason": "vergeten"},
    "SignAgreement": {"version": 1},
    "RequestFreshLink": {},
    "SendSigningLink": {"party": "college"},
    "RevokeSigningLink": {"party": "college"},
    "StartPlacement": {},
    "PlanTalk": {"talk": "progress", "at": "2026-04-09T15:30"},
    "RecordStartTalk": {"text": "kennisgemaakt"},
    "RecordProgressTalk": PROGRESS,
    "RecordThreePartyTalk": {"text": "plan gemaakt"},
    "RecordFinalTalk": {"text": "afgerond"},
    "RecordLessonVisit": {"text": "rekenles gezien"},
    "SubmitSelfAssessment": {"text": "ik groei"},
    "AdviseAssessment": ADVICE,
    "DecideAssessment": {"outcome": "sufficient", "grounds": "behaald"},
    "CosignAssessment": {},
    "CompletePlacement": {},
    "ChangeRoute": {"route": "part_time", "reason": "werk"},
    "InterruptPlacement": {"category": "leave"},
    "Resume": {},
    "TransferPlacement": TRANSFER,
    "WithdrawPlacement": {"reason": "ik stop"},
    "EndPlacementEarly": {"reason": "gestopt"},
    "RegisterGuidanceHours": {"hours": "1.5"},
}
"""What is right wherever the command may come, and the replaced mentor is ``mentor``."""

TRAINERS = {"school_trainer", "institute_trainer"}
GUIDES = {"mentor", *TRAINERS}
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "RejectRequest": ({"coordinator"}, {"requested"}),
    "OfferPlace": ({"school_trainer", "offering"}, {"requested"}),
    "AcceptPlace": ({"student", "institute_trainer"}, {"offered"}),
    "DeclineOffer": ({"student", "institute_trainer"}, {"offered"}),
    "AssignMentor": ({"school_trainer"}, UNMENTORED),
    "ReplaceMentor": ({"school_trainer"}, (ARRANGING | BEGUN) - UNMENTORED - {"handing"}),
    "ReplaceSchoolLeader": ({"coordinator", "school_trainer"}, PLACED),
    "ReplaceSchoolTrainer": ({"coordinator", "school_leader"}, PLACED),
    "ReplaceInstituteTrainer": ({"coordinator", "institute_trainer"}, OPEN),
    "CompleteHandover": ({"school_trainer", "coordinator"}, {"handing"}),
    "RecordVog": ({"school_trainer", "hr"}, OPEN),
    "DraftAgreement": ({"school_trainer", "coordinator"}, {"mentored"}),
    "AmendAgreement": ({"school_trainer", "coordinator"}, {"drafted", "partially", "signed"}),
    "SignAgreement": (
        {"student", "school_leader", "board", "institute_trainer"},
        {"drafted", "partially"},
    ),
    "RequestFreshLink": ({"student", "institute_trainer"}, {"drafted", "partially"}),
    "SendSigningLink": ({"coordinator"}, {"drafted", "partially"}),
    "RevokeSigningLink": ({"coordinator"}, {"drafted", "partially"}),
    "StartPlacement": ({"school_trainer"}, {"signed"}),
    "PlanTalk": (GUIDES, (ARRANGING - UNMENTORED) | GUIDED | {"untalked"}),
    "RecordStartTalk": (GUIDES, (GUIDED - {"talked", "advised"}) | {"untalked"}),
    "RecordProgressTalk": (GUIDES, GUIDED | {"untalked"}),
    "RecordThreePartyTalk": (TRAINERS, {"insufficient"}),
    "RecordFinalTalk": (GUIDES, (GUIDED - {"talked", "advised"}) | {"untalked"}),
    "RecordLessonVisit": (TRAINERS, GUIDED),
    "SubmitSelfAssessment": ({"student"}, GUIDED),
    "AdviseAssessment": ({"mentor", "school_trainer"}, GUIDED),
    "DecideAssessment": ({"institute_trainer"}, {"advised"}),
    "CosignAssessment": ({"board"}, {"assessed", "untalked"}),
    "CompletePlacement": ({"coordinator", "school_trainer"}, {"cosigned"}),
    "ChangeRoute": ({"institute_trainer"}, OPEN),
    "InterruptPlacement": (TRAINERS, GUIDED),
    "Resume": (TRAINERS, {"interrupted"}),
    "TransferPlacement": (
        {"coordinator", "institute_trainer"},
        (ARRANGING - {"transferred"}) | GUIDED | {"interrupted"},
    ),
    "WithdrawPlacement": ({"student", "institute_trainer"}, {"requested", "offered"} | ARRANGING),
    "EndPlacementEarly": (TRAINERS, BEGUN | {"interrupted"}),
    "RegisterGuidanceHours": (GUIDES, BEGUN | {"interrupted"}),
}
"""Who may give it, and at which milestones those data are accepted (docs/contract.md 3)."""

EARLY: dict[str, tuple[str, set[str]]] = {
    "StartPlacement": (
        "agreement.not_fully_signed",
        ({"requested", "offered"} | ARRANGING) - {"signed"},
    ),
    "DecideAssessment": (
        "assessment.advice_missing",
        {"requested", "offered"} | ARRANGING | (GUIDED - {"advised"}),
    ),
    "DraftAgreement": ("mentor.not_qualified", UNMENTORED),
    "CompletePlacement": ("talks.missing", (GUIDED - {"talked", "advised"}) | {"untalked"}),
    "CompleteHandover": ("command.invalid", OPEN - {"handing", "interrupted"}),
}
"""Where something is still missing, a command has a code of its own."""

OWN = {
    ("CompletePlacement", "talked"): "assessment.advice_missing",
    ("CompletePlacement", "advised"): "assessment.advice_missing",
    ("CompletePlacement", "assessed"): "assessment.cosignature_missing",
    ("ReplaceMentor", "handing"): "command.invalid",
    ("TransferPlacement", "transferred"): "command.invalid",
    ("SignAgreement", "transferred"): "agreement.version_superseded",
}
OTHERS = {("ReplaceMentor", "handing"), ("TransferPlacement", "transferred")}
"""Where a command is right with other data: another mentor, another school."""
SUSPENDED = {
    "Resume", "EndPlacementEarly", "TransferPlacement", "RegisterGuidanceHours", "RecordVog",
    "ChangeRoute", "ReplaceSchoolLeader", "ReplaceSchoolTrainer", "ReplaceInstituteTrainer",
}  # fmt: skip


@cache
def _stage(milestone: str) -> Desk:
    """A case that is only decided on, so that it serves for many."""
    return Desk().travel(milestone)


def _part(desk: Desk, by: str) -> set[str]:
    """The roles that a person has in the case, reckoned from who is named in it."""
    person = id_of(by)
    state, held = desk.state, set(ROLES[by])
    named = state.parties
    mine = held & {"hr", "coordinator", "auditor"}
    mine |= {role for role in held if named.get(role) == person}
    own = {named["student"], named["institute_trainer"]}
    if "board" in held and person not in own:
        mine.add("board")
    if "school_trainer" in held and state.phase == "requested" and person not in own:
        mine.add("offering")
    return mine


def _expected(desk: Desk, milestone: str, by: str, command: str) -> str | None:
    """The code that the contract gives for these data, None where it is accepted."""
    givers, when = ALLOWED[command]
    if not givers & _part(desk, by):
        if command == "SubmitSelfAssessment":
            return "auth.not_subject"
        return "auth.not_assigned" if givers & set(ROLES[by]) else "auth.role"
    if milestone in ENDED:
        return "state.final"
    if milestone == "interrupted" and command not in SUSPENDED:
        return "state.suspended"
    if milestone in when:
        return None
    code, early = EARLY.get(command, ("", set[str]()))
    if milestone in early:
        return code
    return OWN.get((command, milestone), "state.not_allowed")


def _signed_already(desk: Desk, by: str, command: str) -> bool:
    """Whether this person's party has signed, or, for a revoked link, the college."""
    agreement = desk.state.agreement
    if agreement is None or command not in ("SignAgreement", "RequestFreshLink"):
        return False
    mine = _part(desk, by)
    order = (("student", "student"), ("school_leader", "school"), ("board", "school"))
    party = next((party for role, party in order if role in mine), "college")
    return party in agreement.signed


def test_the_table_knows_every_command() -> None:
    assert set(ALLOWED) | {"RequestPlacement", "CorrectRecord"} == set(COMMANDS)


@pytest.mark.parametrize("command", ALLOWED)
@pytest.mark.parametrize("milestone", MILESTONES)
def test_a_command_at_a_milestone(milestone: str, command: str) -> None:
    desk = _stage(milestone)
    for by in ROLES:
        expected = _expected(desk, milestone, by, command)
        if expected is None and _signed_already(desk, by, command):
            expected = "state.not_allowed"
        try:
            desk.decides(by, command, DATA[command])
            got = None
        except Refused as refused:
            got = refused.code
        assert got == expected, f"{command} by {by}"
        fitting = expected == "command.invalid" and (command, milestone) in OTHERS
        assert desk.offers(by, command) == (expected is None or fitting), f"{command} by {by}"


@pytest.mark.parametrize("milestone", MILESTONES)
def test_a_request_begins_a_placement(milestone: str) -> None:
    desk = _stage(milestone)
    with pytest.raises(Refused) as refused:
        desk.decides("coordinator", "RequestPlacement", REQUEST)
    standing = "state.suspended" if milestone == "interrupted" else "state.not_allowed"
    assert refused.value.code == ("state.final" if milestone in ENDED else standing)
    assert not desk.offers("coordinator", "RequestPlacement")


@pytest.mark.parametrize("milestone", MILESTONES)
def test_a_record_is_corrected_at_any_time(milestone: str) -> None:
    desk = _stage(milestone)
    data = {
        "event": desk.events[0].event_id,
        "reason": "vergissing",
        "correction": "het was jaar 4",
        "approved_by": id_of("auditor"),
    }
    desk.decides("hr", "CorrectRecord", data)
    assert desk.offers("hr", "CorrectRecord")
    with pytest.raises(Refused, match=r"auth\.role"):
        desk.decides("trainer", "CorrectRecord", data)
    assert not desk.offers("trainer", "CorrectRecord")
