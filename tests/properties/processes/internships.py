"""The teacher internship as a player knows it (contract 2)."""

from __future__ import annotations

from datetime import date, timedelta

from tests.properties.processes.play import (
    CORRECTION,
    UNKNOWN,
    Data,
    Play,
    Source,
    Turn,
    handed_over,
    nothing,
    reasoned,
    signature,
)

PARTIES = {"teacher": "teacher", "school": "school_leader", "host": "contact"}
BEFORE = frozenset({"proposed", "matched", "agreement_drafted", "partially_signed", "signed"})
DRAFTED = frozenset({"agreement_drafted", "partially_signed", "signed"})
SIGNING = frozenset({"agreement_drafted", "partially_signed"})
AFTER = frozenset({"running", "evaluated", "shared"})
ENDS = frozenset({"closed", "cancelled", "ended_early"})
REASONS = ("left", "absence", "other")
TERMS = ("goal", "times", "tasks", "insurance", "confidentiality", "costs")


def _proposal(s: Source) -> Data:
    earlier = [id_ for id_, _ in s.cases("internships")]
    return {
        "question": s.text(),
        "kind": s.one(("exploratory", "update", "investigating", "deepening")),
        "half_days": s.one((1, 2, 2, 3, 9, 10, 0 if s.rarely() else 4)),
        "school": s.school(),
        "school_leader": s.holder("school_leader"),
        **({"follows": s.one(earlier)} if earlier and s.maybe(1) else {}),
        **(s.span(3, 16, 8) if s.maybe(1) else {}),
    }


def _match(s: Source) -> Data:
    """Mostly an active partner and one of its contacts."""
    partners = s.cases("partners")
    fit = [(id_, case) for id_, case in partners if case["state"] == "active"]
    host, case = s.one(fit or partners or [(UNKNOWN, {"contacts": []})])
    if s.seldom():
        host, case = s.one([*partners, (UNKNOWN, {"contacts": []})])
    contacts = [] if s.rarely() else list(case["contacts"])
    return {"host": host, "contact": s.one(contacts or [s.holder("contact")])}


def _of_the_host(s: Source) -> str:
    known = dict(s.cases("partners")).get(s.case.get("host") or "", {})
    contacts = [] if s.rarely() else list(known.get("contacts", ()))
    return s.one(contacts or s.board.holders("contact"))


def _terms(s: Source) -> Data:
    texts = {field: s.text() for field in TERMS}
    return {**texts, **s.span(3, 16, 8), "half_days": 0 if s.rarely() else s.one((1, 1, 2, 3))}


def _planned(s: Source, terms: Data) -> Data:
    """As many half-days as agreed from the first day on, where they fit in."""
    first = date.fromisoformat(min(terms["from"], terms["to"]))
    halves = [
        {"date": str(first + timedelta(days=ahead)), "part": part}
        for ahead in range((date.fromisoformat(terms["to"]) - first).days + 1)
        for part in ("morning", "afternoon")
    ]
    return {"schedule": halves[: terms["half_days"]]} if s.maybe() else {}


def _drafted(s: Source) -> Data:
    terms = _terms(s)
    return {**terms, **_planned(s, terms)}


def _party(s: Source) -> Data:
    return {"party": s.one(("teacher", "school", "host", "host"))}


def _new_contact(s: Source) -> Data:
    """Mostly somebody else of the host, now and then of another partner."""
    if not s.seldom():
        return {"contact": _of_the_host(s), "reason": s.one(REASONS)}
    return {**_match(s), "reason": s.one(REASONS)}


def _amendment(s: Source) -> Data:
    terms = _terms(s)
    keys = s.one((("goal",), ("from", "to"), ("half_days", "costs"), tuple(terms)))
    planned = {"schedule": []} if s.maybe() else {}
    return {**{key: terms[key] for key in keys}, **planned, "reason": s.text()}


def _half_day(s: Source) -> Data:
    agreement = s.case.get("agreement") or {}
    start = date.fromisoformat(agreement.get("from", str(s.today)))
    end = min(date.fromisoformat(agreement.get("to", str(s.today))), s.today)
    ahead = s.chance.number(-1 if s.rarely() else 0, max(0, (end - start).days))
    attended = s.maybe()
    return {
        "date": str(min(start + timedelta(days=ahead), s.today)),
        "part": s.one(("morning", "afternoon")),
        "attended": attended,
        **({} if attended else {"reason": s.text()}),
    }


def _forward(s: Source) -> Turn | None:
    case, agreement = s.case, s.case["agreement"]
    if case["state"] == "proposed":
        return ("MatchHost" if case["approved"] else "ApproveInternship"), None
    if case["state"] == "matched":
        return ("DraftAgreement" if case["supervisor"] else "NameHostSupervisor"), None
    if case["state"] in SIGNING:
        return "SignAgreement", case[PARTIES[s.one(agreement["missing"])]]
    if case["state"] == "signed":
        return ("StartInternship", None) if str(s.today) >= agreement["from"] else None
    if case["state"] == "running":
        return _running(s)
    return ("ShareOutcome" if case["state"] == "evaluated" else "CloseInternship"), None


def _running(s: Source) -> Turn | None:
    attendance, agreement = s.case["attendance"], s.case["agreement"]
    recorded = attendance["attended"] + attendance["missed"]
    over = str(s.today) > agreement["to"]
    if recorded < attendance["agreed"] and not over:
        return ("RecordHalfDay", None) if s.maybe() else None
    missing = s.case["evaluations"]["missing"]
    if not s.case["shared"] and (not missing or s.maybe(1)):
        return "ShareOutcome", None
    return "SubmitEvaluation", s.case[PARTIES[s.one(missing)]]


PLAY = Play(
    process="internships",
    opening="ProposeInternship",
    by={
        "ProposeInternship": ("teacher",),
        "ApproveInternship": ("school_leader",),
        "MatchHost": ("coordinator",),
        "NameHostSupervisor": ("coordinator",),
        "DraftAgreement": ("coordinator",),
        "AmendAgreement": ("coordinator",),
        "SignAgreement": ("teacher", "school_leader", "contact"),
        "RequestFreshLink": ("contact",),
        "SendSigningLink": ("coordinator",),
        "RevokeSigningLink": ("coordinator",),
        "StartInternship": ("coordinator", "teacher"),
        "RecordHalfDay": ("teacher", "coordinator", "contact"),
        "ReplaceHostSupervisor": ("coordinator",),
        "ReplaceHostContact": ("coordinator",),
        "ReplaceSchoolLeader": ("coordinator",),
        "CompleteHandover": ("coordinator", "teacher"),
        "SubmitEvaluation": ("teacher", "school_leader", "contact"),
        "ShareOutcome": ("teacher",),
        "CloseInternship": ("coordinator",),
        "CancelInternship": ("teacher", "school_leader", "coordinator"),
        "EndInternshipEarly": ("coordinator", "school_leader"),
        "CorrectRecord": ("hr",),
    },
    when={
        "ApproveInternship": frozenset({"proposed"}),
        "MatchHost": frozenset({"proposed", "matched"}),
        "NameHostSupervisor": frozenset({"matched"}),
        "DraftAgreement": frozenset({"matched"}),
        "AmendAgreement": DRAFTED,
        "SignAgreement": SIGNING,
        "RequestFreshLink": DRAFTED | AFTER,
        "SendSigningLink": DRAFTED | AFTER,
        "RevokeSigningLink": DRAFTED | AFTER,
        "StartInternship": frozenset({"signed"}),
        "RecordHalfDay": frozenset({"running"}),
        "ReplaceHostContact": (BEFORE - {"proposed"}) | AFTER,
        "ReplaceSchoolLeader": BEFORE | AFTER,
        "ReplaceHostSupervisor": (BEFORE - {"proposed"}) | AFTER,
        "CompleteHandover": (BEFORE - {"proposed"}) | AFTER,
        "SubmitEvaluation": frozenset({"running"}),
        "ShareOutcome": frozenset({"running", "evaluated"}),
        "CloseInternship": frozenset({"shared"}),
        "CancelInternship": BEFORE,
        "EndInternshipEarly": AFTER,
    },
    data={
        **CORRECTION,
        "ProposeInternship": _proposal,
        "ApproveInternship": lambda s: {
            "replacement": s.one(("arranged", "not_needed")),
            **({"note": s.mark("Aantekening")} if s.maybe() else {}),
        },
        "MatchHost": _match,
        "NameHostSupervisor": lambda s: {"supervisor": _of_the_host(s)},
        "DraftAgreement": _drafted,
        "AmendAgreement": _amendment,
        "SignAgreement": signature,
        "RequestFreshLink": nothing,
        "SendSigningLink": _party,
        "RevokeSigningLink": _party,
        "StartInternship": nothing,
        "RecordHalfDay": _half_day,
        "ReplaceHostSupervisor": lambda s: {
            "supervisor": _of_the_host(s),
            "reason": s.one(REASONS),
        },
        "ReplaceHostContact": _new_contact,
        "ReplaceSchoolLeader": lambda s: {
            "school_leader": s.holder("school_leader"),
            "reason": s.text(),
        },
        "CompleteHandover": handed_over,
        "SubmitEvaluation": lambda s: {
            "text": s.mark("Terugblik"),
            **({"worth": s.one((1, 3, 5))} if s.maybe(1) else {}),
        },
        "ShareOutcome": lambda s: {
            "with": s.one(("team", "school", "region", "network")),
            "what": s.text(),
            **({"material": s.text()} if s.maybe(1) else {}),
        },
        "CloseInternship": nothing,
        "CancelInternship": reasoned,
        "EndInternshipEarly": reasoned,
    },
    parts=lambda case: {part: (case[part],) for part in ("teacher", "school_leader", "contact")},
    forward=_forward,
    states=BEFORE | AFTER | ENDS,
    ends=ENDS,
    summary=frozenset(
        {
            "state", "teacher", "school", "school_leader", "question", "kind", "follows",
            "approved", "replacement", "host", "contact", "supervisor", "agreement", "attendance",
            "evaluations", "shared", "handovers", "overdue", "next",
        }
    ),
    subject=frozenset({"ProposeInternship", "ShareOutcome"}),
    hasty=("StartInternship", "CloseInternship", "SubmitEvaluation", "ShareOutcome", "MatchHost"),
    required={
        "NameHostSupervisor": {"supervisor": "host.supervisor_missing"},
        "DraftAgreement": dict.fromkeys(
            (*TERMS, "from", "to", "half_days"), "agreement.field_missing"
        ),
    },
    warns={
        "ProposeInternship": lambda data: "internship.short" if data["half_days"] < 10 else None
    },
    endings=frozenset({"CancelInternship", "EndInternshipEarly"}),
    lenient=frozenset({"RequestFreshLink"}),
)  # fmt: skip
