"""Who may give which command, and in which state of a placement (docs/contract.md 3)."""

from __future__ import annotations

from events.placements.state import ARRANGING, BEFORE_START, OPEN, SIGNING
from events.placements.views import OFFERING
from workflows.agreements import (
    RequestFreshLink,
    RevokeSigningLink,
    SendSigningLink,
    SignAgreement,
)
from workflows.decision import Command
from workflows.placements import commands as c
from workflows.steps import Step
from workflows.succeeding import (
    ReplaceInstituteTrainer,
    ReplaceSchoolLeader,
    ReplaceSchoolTrainer,
)

REQUESTED = frozenset({"requested"})
OFFERED = frozenset({"offered"})
RUNNING = frozenset({"running"})
ASSESSED = frozenset({"final_assessed"})
UNDER_WAY = RUNNING | ASSESSED
"""From the start until completion, unless interrupted."""
INTERRUPTED = frozenset({"interrupted"})

_ANSWERING = ("student", "institute_trainer")
_TRAINERS = ("school_trainer", "institute_trainer")
_GUIDES = ("mentor", *_TRAINERS)
_TRAINER = ("school_trainer",)
_DRAFTING = ("school_trainer", "coordinator")

STEPS: dict[type[Command], Step] = {
    c.RequestPlacement: Step(("institute_trainer", "coordinator"), frozenset({""})),
    c.RejectRequest: Step(("coordinator",), REQUESTED),
    c.OfferPlace: Step((OFFERING, *_TRAINER), REQUESTED),
    c.AcceptPlace: Step(_ANSWERING, OFFERED),
    c.DeclineOffer: Step(_ANSWERING, OFFERED),
    c.AssignMentor: Step(_TRAINER, ARRANGING | UNDER_WAY),
    c.ReplaceMentor: Step(_TRAINER, ARRANGING | UNDER_WAY),
    ReplaceSchoolLeader: Step(("coordinator", "school_trainer"), OPEN, suspended=True),
    ReplaceSchoolTrainer: Step(("coordinator", "school_leader"), OPEN, suspended=True),
    ReplaceInstituteTrainer: Step(("coordinator", "institute_trainer"), OPEN, suspended=True),
    c.CompleteHandover: Step(_DRAFTING, OPEN),
    c.RecordVog: Step(("school_trainer", "hr"), OPEN, suspended=True),
    c.DraftAgreement: Step(_DRAFTING, ARRANGING - SIGNING),
    c.AmendAgreement: Step(_DRAFTING, SIGNING),
    SignAgreement: Step(
        ("student", "school_leader", "board", "institute_trainer"), ARRANGING | UNDER_WAY
    ),
    RequestFreshLink: Step(_ANSWERING, SIGNING),
    SendSigningLink: Step(("coordinator",), SIGNING),
    RevokeSigningLink: Step(("coordinator",), SIGNING),
    c.StartPlacement: Step(
        _TRAINER,
        frozenset({"agreement_signed"}),
        early="agreement.not_fully_signed",
        early_in=BEFORE_START - {"agreement_signed"},
    ),
    c.PlanTalk: Step(_GUIDES, ARRANGING | UNDER_WAY),
    c.RecordStartTalk: Step(_GUIDES, UNDER_WAY),
    c.RecordProgressTalk: Step(_GUIDES, UNDER_WAY),
    c.RecordThreePartyTalk: Step(_TRAINERS, UNDER_WAY),
    c.RecordFinalTalk: Step(_GUIDES, UNDER_WAY),
    c.RecordLessonVisit: Step(_TRAINERS, RUNNING),
    c.SubmitSelfAssessment: Step(("student",), RUNNING),
    c.AdviseAssessment: Step(("mentor", "school_trainer"), RUNNING),
    c.DecideAssessment: Step(
        ("institute_trainer",),
        RUNNING,
        early="assessment.advice_missing",
        early_in=BEFORE_START,
    ),
    c.CosignAssessment: Step(("board",), ASSESSED),
    c.CompletePlacement: Step(("coordinator", "school_trainer"), UNDER_WAY),
    c.ChangeRoute: Step(("institute_trainer",), OPEN, suspended=True),
    c.InterruptPlacement: Step(_TRAINERS, RUNNING),
    c.Resume: Step(_TRAINERS, INTERRUPTED, suspended=True),
    c.TransferPlacement: Step(
        ("coordinator", "institute_trainer"), ARRANGING | RUNNING | INTERRUPTED, suspended=True
    ),
    c.WithdrawPlacement: Step(_ANSWERING, BEFORE_START),
    c.EndPlacementEarly: Step(_TRAINERS, UNDER_WAY | INTERRUPTED, suspended=True),
    c.RegisterGuidanceHours: Step(_GUIDES, UNDER_WAY | INTERRUPTED, suspended=True),
}
