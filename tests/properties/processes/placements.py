"""The student placement as a player knows it (contract 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from tests.properties.processes.board import IDS, ROLES
from tests.properties.processes.play import (
    CORRECTION,
    EVERYWHERE,
    Case,
    Data,
    Play,
    Source,
    Turn,
    handed_over,
    nothing,
    reasoned,
    signature,
)

GUIDES = ("mentor", "school_trainer", "institute_trainer")
BEFORE = frozenset({"requested", "offered"})
AGREED = frozenset({"agreement_drafted", "agreement_partially_signed", "agreement_signed"})
PLACED = frozenset({"accepted", "transferred", *AGREED})
STARTED = frozenset({"running", "interrupted", "final_assessed"})
RUNNING = frozenset({"running"})
CLOSING = frozenset({"running", "final_assessed"})
ENDS = frozenset({"completed", "rejected", "withdrawn", "ended_early"})
OPEN = BEFORE | PLACED | STARTED
SIGNING = frozenset({"agreement_drafted", "agreement_partially_signed"})
JUDGED = ("sufficient", "insufficient", "insufficient")
TERMS = ("assignment", "supervision", "assessment", "confidentiality", "allowance")


def _request(s: Source) -> Data:
    """An institute trainer under the own name, now and then another's."""
    own = "institute_trainer" in ROLES[s.giver] and not s.rarely()
    return {
        "student": s.holder("student"),
        "institute_trainer": IDS[s.giver] if own else s.holder("institute_trainer"),
        "route": s.one(("full_time", "part_time", "career_switcher", "other")),
        "phase": s.text(),
        **s.span(2, 20, 60),
        "questions": [s.text() for _ in range(s.chance.number(0, 2))],
        **({"qualities": s.text()} if s.maybe(1) else {}),
        **({"contract": s.maybe(1)} if s.maybe() else {}),
    }


def _place(s: Source) -> Data:
    return {"school": s.school(), "school_leader": s.holder("school_leader")}


def _mentor(s: Source) -> Data:
    return {"mentor": s.holder("mentor"), "qualification": s.one(("qualified", "in_training"))}


def _successor(part: str) -> Callable[[Source], Data]:
    return lambda s: {part: s.holder(part), **reasoned(s)}


def _vog(s: Source) -> Data:
    age = s.one((-2, 183, 184, 185, 200)) if s.seldom() else s.chance.number(3, 150)
    return {"issued_on": str(s.today - timedelta(days=age)), **s.dated()}


def _terms(s: Source) -> Data:
    """Now and then without the role of one of those who guide."""
    guides = GUIDES[s.chance.number(0, 2) :] if s.rarely() else GUIDES
    return {
        **{field: s.text() for field in TERMS},
        "days": s.one((["mon", "tue"], ["fri"], ["mon", "tue", "wed", "thu", "fri"])),
        "hours_per_week": s.one(("8", "16.5", "40")),
        "roles": {guide: {"tasks": s.text(), "hours": s.one(("0.5", "2"))} for guide in guides},
    }


def _amendment(s: Source) -> Data:
    terms = _terms(s)
    keys = s.one((("assignment",), ("days", "hours_per_week"), ("roles",), tuple(terms)))
    return {**{key: terms[key] for key in keys}, "reason": s.text()}


def _talk(s: Source) -> Data:
    return {**s.dated(), "text": s.text()}


def _resumption(s: Source) -> Data:
    period = s.case.get("period") or {"to": str(s.today)}
    later = period["to"] if s.seldom() else s.day(20, 90)
    return {"to": later} if s.maybe(1) else {}


def _forward(s: Source) -> Turn | None:
    case = s.case
    if case["state"] in BEFORE:
        return ("OfferPlace" if case["state"] == "requested" else "AcceptPlace"), None
    if case["state"] in ("accepted", "transferred"):
        return ("DraftAgreement" if case["mentor"] else "AssignMentor"), None
    if case["state"] in SIGNING:
        return "SignAgreement", _signatory(s)
    if case["state"] == "agreement_signed":
        if case["vog"]["needed"] and not case["vog"]["issued_on"] and not s.seldom():
            return "RecordVog", None
        return ("StartPlacement", None) if str(s.today) >= case["period"]["from"] else None
    if case["state"] == "interrupted":
        return ("Resume", None) if s.maybe(1) else None
    return _guiding(s), None


def _signatory(s: Source) -> str:
    missing = s.one(s.case["agreement"]["missing"])
    if missing == "school":
        return s.one((s.case["school_leader"], s.holder("board")))
    return s.case["student" if missing == "student" else "institute_trainer"]


def _guiding(s: Source) -> str:
    """What is still missing on the way to completion, first things first."""
    case, talks, advice = s.case, s.case["talks"], s.case["advice"]
    decided = case["state"] == "final_assessed"
    missing = [
        ("AssignMentor", case["mentor"] is None),
        ("RecordStartTalk", not talks["start"]),
        ("RecordProgressTalk", not talks["progress"]),
        ("RecordThreePartyTalk", bool(case["three_party_due"])),
        ("AdviseAssessment", not (advice["mentor"] and advice["school_trainer"]) and not decided),
        ("DecideAssessment", not decided),
        ("RecordFinalTalk", not talks["final"]),
        ("CosignAssessment", not case["assessment"]["cosigned"] and not s.seldom()),
    ]
    return next((command for command, lacking in missing if lacking), "CompletePlacement")


def _parts(case: Case) -> Mapping[str, Sequence[str | None]]:
    mentor = (case["mentor"] or {}).get("person")
    named = ("student", "institute_trainer", "school_trainer", "school_leader")
    return {**{part: (case[part],) for part in named}, "mentor": (mentor,)}


def _party(s: Source) -> Data:
    return {"party": s.one(("student", "school", "college"))}


PLAY = Play(
    process="placements",
    opening="RequestPlacement",
    by={
        "RequestPlacement": ("institute_trainer", "coordinator"),
        "RejectRequest": ("coordinator",),
        "OfferPlace": ("school_trainer",),
        "AcceptPlace": ("student", "institute_trainer"),
        "DeclineOffer": ("student", "institute_trainer"),
        "AssignMentor": ("school_trainer",),
        "ReplaceMentor": ("school_trainer",),
        "ReplaceSchoolLeader": ("coordinator", "school_trainer"),
        "ReplaceSchoolTrainer": ("coordinator", "school_leader"),
        "ReplaceInstituteTrainer": ("coordinator", "institute_trainer"),
        "CompleteHandover": ("school_trainer", "coordinator"),
        "RecordVog": ("school_trainer", "hr"),
        "DraftAgreement": ("school_trainer", "coordinator"),
        "AmendAgreement": ("school_trainer", "coordinator"),
        "SignAgreement": ("student", "school_leader", "board", "institute_trainer"),
        "RequestFreshLink": ("student", "institute_trainer"),
        "SendSigningLink": ("coordinator",),
        "RevokeSigningLink": ("coordinator",),
        "StartPlacement": ("school_trainer",),
        "PlanTalk": GUIDES,
        "RecordStartTalk": GUIDES,
        "RecordFinalTalk": GUIDES,
        "RecordProgressTalk": GUIDES,
        "RecordThreePartyTalk": ("school_trainer", "institute_trainer"),
        "RecordLessonVisit": ("school_trainer", "institute_trainer"),
        "SubmitSelfAssessment": ("student",),
        "AdviseAssessment": ("mentor", "school_trainer"),
        "DecideAssessment": ("institute_trainer",),
        "CosignAssessment": ("board",),
        "CompletePlacement": ("coordinator", "school_trainer"),
        "ChangeRoute": ("institute_trainer",),
        "InterruptPlacement": ("school_trainer", "institute_trainer"),
        "Resume": ("school_trainer", "institute_trainer"),
        "TransferPlacement": ("coordinator", "institute_trainer"),
        "WithdrawPlacement": ("student", "institute_trainer"),
        "EndPlacementEarly": ("school_trainer", "institute_trainer"),
        "RegisterGuidanceHours": GUIDES,
        "CorrectRecord": ("hr",),
    },
    when={
        "RejectRequest": frozenset({"requested"}),
        "OfferPlace": frozenset({"requested"}),
        "AcceptPlace": frozenset({"offered"}),
        "DeclineOffer": frozenset({"offered"}),
        "AssignMentor": PLACED | CLOSING,
        "ReplaceMentor": PLACED | CLOSING,
        "ReplaceSchoolLeader": OPEN - {"requested"},
        "ReplaceSchoolTrainer": OPEN - {"requested"},
        "ReplaceInstituteTrainer": OPEN,
        "CompleteHandover": OPEN,
        "RecordVog": OPEN,
        "DraftAgreement": frozenset({"accepted", "transferred"}),
        "AmendAgreement": AGREED,
        "SignAgreement": SIGNING,
        "RequestFreshLink": AGREED,
        "SendSigningLink": AGREED,
        "RevokeSigningLink": AGREED,
        "StartPlacement": frozenset({"agreement_signed"}),
        "PlanTalk": PLACED | CLOSING,
        "RecordStartTalk": CLOSING,
        "RecordFinalTalk": CLOSING,
        "RecordProgressTalk": CLOSING,
        "RecordThreePartyTalk": CLOSING,
        "RecordLessonVisit": RUNNING,
        "SubmitSelfAssessment": RUNNING,
        "AdviseAssessment": RUNNING,
        "DecideAssessment": RUNNING,
        "CosignAssessment": frozenset({"final_assessed"}),
        "CompletePlacement": frozenset({"final_assessed"}),
        "ChangeRoute": OPEN,
        "InterruptPlacement": RUNNING,
        "Resume": frozenset({"interrupted"}),
        "TransferPlacement": PLACED | {"running", "interrupted"},
        "WithdrawPlacement": BEFORE | PLACED,
        "EndPlacementEarly": STARTED | PLACED,
        "RegisterGuidanceHours": STARTED | PLACED,
    },
    data={
        **CORRECTION,
        "RequestPlacement": _request,
        "RejectRequest": reasoned,
        "OfferPlace": _place,
        "AcceptPlace": nothing,
        "DeclineOffer": reasoned,
        "AssignMentor": _mentor,
        "ReplaceMentor": lambda s: {
            **_mentor(s),
            "reason": s.one(("left", "absence", "on_request", "other")),
        },
        "ReplaceSchoolLeader": _successor("school_leader"),
        "ReplaceSchoolTrainer": _successor("school_trainer"),
        "ReplaceInstituteTrainer": _successor("institute_trainer"),
        "CompleteHandover": handed_over,
        "RecordVog": _vog,
        "DraftAgreement": _terms,
        "AmendAgreement": _amendment,
        "SignAgreement": signature,
        "RequestFreshLink": nothing,
        "SendSigningLink": _party,
        "RevokeSigningLink": _party,
        "StartPlacement": nothing,
        "PlanTalk": lambda s: {
            "talk": s.one(("start", "progress", "three_party", "final")),
            "at": f"{s.day(1, 30)}T15:30",
        },
        "RecordStartTalk": _talk,
        "RecordFinalTalk": _talk,
        "RecordProgressTalk": lambda s: {
            **_talk(s),
            "judgement": s.one(JUDGED),
        },
        "RecordThreePartyTalk": _talk,
        "RecordLessonVisit": _talk,
        "SubmitSelfAssessment": lambda s: {"text": s.text()},
        "AdviseAssessment": lambda s: {"advice": s.one(JUDGED), "text": s.text()},
        "DecideAssessment": lambda s: {
            "outcome": s.one(JUDGED),
            "grounds": s.text(),
        },
        "CosignAssessment": nothing,
        "CompletePlacement": nothing,
        "ChangeRoute": lambda s: {"route": s.one(("full_time", "part_time")), **reasoned(s)},
        "InterruptPlacement": lambda s: {
            "category": s.one(("absence", "leave", "study", "other")),
            **({"note": s.text()} if s.seldom() else {}),
        },
        "Resume": _resumption,
        "TransferPlacement": lambda s: {
            **_place(s),
            "school_trainer": s.holder("school_trainer"),
            **reasoned(s),
        },
        "WithdrawPlacement": reasoned,
        "EndPlacementEarly": reasoned,
        "RegisterGuidanceHours": lambda s: {
            "hours": s.one(("0.25", "1", "1.25", "2.5")),
            **s.dated(),
        },
    },
    parts=_parts,
    forward=_forward,
    states=OPEN | ENDS,
    ends=ENDS,
    summary=frozenset(
        {
            "state", "student", "institute_trainer", "school_trainer", "school_leader", "mentor",
            "school", "school_kind", "route", "phase", "period", "questions", "vog", "agreement",
            "talks", "planned_talks", "three_party_due", "lesson_visits", "self_assessments",
            "advice", "assessment", "guidance_hours", "interrupted_days", "transfers", "handovers",
            "overdue", "next",
        }
    ),
    paused=frozenset(
        {
            "Resume", "EndPlacementEarly", "TransferPlacement", "RegisterGuidanceHours",
            "RecordVog", "ChangeRoute", "CorrectRecord", "ReplaceSchoolLeader",
            "ReplaceSchoolTrainer", "ReplaceInstituteTrainer",
        }
    ),
    everywhere=EVERYWHERE | {"board"},
    subject=frozenset({"SubmitSelfAssessment"}),
    hasty=(
        "StartPlacement", "CompletePlacement", "DecideAssessment", "DraftAgreement",
        "CosignAssessment", "InterruptPlacement",
    ),
    required={
        "RequestPlacement": {"from": "period.invalid", "to": "period.invalid"},
        "OfferPlace": {"school": "school.not_qualified"},
        "AssignMentor": {"qualification": "mentor.not_qualified"},
        "DraftAgreement": dict.fromkeys(
            (*TERMS, "days", "hours_per_week", "roles"), "agreement.field_missing"
        ),
    },
    anybody={"OfferPlace": "requested"},
    endings=frozenset({"RejectRequest", "WithdrawPlacement", "EndPlacementEarly"}),
    lenient=frozenset({"RequestFreshLink"}),
)  # fmt: skip
