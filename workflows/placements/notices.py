"""Who is told of what in a student placement (docs/contract.md 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from events.placements.facts import SIGNERS
from events.placements.fold import evolve
from events.placements.state import Placement
from events.placements.terms import BY
from workflows.telling import Tell, telling

PARTS = ("student", "institute_trainer", "school_trainer", "school_leader", "mentor")

_ALL_FOUR = ("student", "mentor", "school_trainer", "institute_trainer")
_SIGNING = ("agreement_to_sign", tuple(SIGNERS.values()))

_FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "PlacementRequested": ("placement_requested", ("coordinator", "student")),
    "PlacementRejected": ("placement_rejected", ("institute_trainer", "student")),
    "PlaceOffered": ("place_offered", ("student", "institute_trainer")),
    "PlaceAccepted": ("place_accepted", ("school_trainer", "coordinator")),
    "MentorAssigned": ("mentor_assigned", ("mentor", "student")),
    "HandoverTaskOpened": ("handover", ("coordinator",)),
    "AgreementDrafted": _SIGNING,
    "AgreementAmended": _SIGNING,
    "SignaturesMissing": ("signatures_missing", ("coordinator",)),
    "PlacementStarted": ("placement_started", ("student", "mentor", "institute_trainer")),
    "TalkPlanned": ("placement_talk_planned", _ALL_FOUR),
    "AssessmentDecided": ("assessment_decided", ("student", "mentor", "school_trainer", "board")),
    "AssessmentCosigned": ("assessment_cosigned", ("student", "institute_trainer", "coordinator")),
    "PlacementInterrupted": ("placement_interrupted", _ALL_FOUR),
    "PlacementResumed": ("placement_resumed", _ALL_FOUR),
    "PlacementCompleted": ("placement_completed", (*_ALL_FOUR, "coordinator")),
    "PlacementWithdrawn": ("placement_withdrawn", (*_ALL_FOUR, "coordinator")),
    "PlacementEndedEarly": ("placement_ended_early", (*_ALL_FOUR, "coordinator")),
}


def _declined(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    yield "offer_declined", before.parties["school_trainer"]
    yield "offer_declined", "coordinator"


def _replaced(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    for recipient in (data.mentor, data.previous, "student"):
        yield "mentor_replaced", recipient


def _taken_over(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    for recipient in (data.person, data.previous, "student"):
        yield "part_taken_over", recipient


def _link(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    yield "signing_link", data.person
    yield "fresh_link_sent", "coordinator"


def _signed(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    if after.phase == "agreement_signed":
        for recipient in (*SIGNERS.values(), "school_trainer"):
            yield "agreement_complete", recipient


def _progress(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    if data.judgement == "insufficient":
        for recipient in _ALL_FOUR:
            yield "three_party_talk_due", recipient


def _transferred(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    left = (before.parties.get(part) for part in ("school_trainer", "mentor"))
    for recipient in ("student", "institute_trainer", "school_trainer", *filter(None, left)):
        yield "placement_transferred", recipient


def _reminded(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    for party in data.to:
        yield "signature_due", SIGNERS[party]


def _overdue(before: Placement, after: Placement, data: Any) -> Iterator[tuple[str, str]]:
    yield "overdue", (BY[data.timer], "coordinator", "hr")[data.level]


_DEPENDS: dict[str, Tell[Placement]] = {
    "OfferDeclined": _declined,
    "MentorReplaced": _replaced,
    "PersonReplaced": _taken_over,
    "SigningLinkSent": _link,
    "AgreementSigned": _signed,
    "ProgressTalkHeld": _progress,
    "PlacementTransferred": _transferred,
    "ReminderSent": _reminded,
    "StepOverdue": _overdue,
}


def _find(state: Placement, recipient: str) -> str | None:
    return state.parties.get(recipient) if recipient in PARTS else recipient


notices = telling(evolve, _FIXED, _DEPENDS, _find)
