"""The partner and the departure of staff as a player knows them (contract 4 and 5)."""

from __future__ import annotations

from datetime import date, timedelta

from tests.properties.processes.others import staff
from tests.properties.processes.play import (
    CORRECTION,
    EVERYWHERE,
    TEXTS,
    UNKNOWN,
    Data,
    Play,
    Source,
    Turn,
    reasoned,
)

LEADING = ("coordinator", "school_leader")
HOLDING = ("partner_coordinator", "deputy")
CARING = ("coordinator", "school_leader", "teacher", *HOLDING)
KINDS = (
    "municipality", "neighbourhood_team", "youth_care", "therapist", "guidance_service",
    "childcare", "police", "civil_society", "freelance_teacher", "guest_lesson_organisation",
    "staff_trainer", "teacher_college", "library", "welfare_work", "health_service",
    "consultancy", "school", "secondment_agency", "company",
)  # fmt: skip
OF_A_PUPIL = "Gesproken over leerling Bram en zijn ouders"
WARNING = "contact.maybe_pupil_data"
LIVE = frozenset({"active", "dormant"})
OPEN = frozenset({"prospect", "assessed", *LIVE})


def _registration(s: Source) -> Data:
    extra: Data = {
        "schools": ["De Windvaan", "Het Baken"],
        "co_location": s.one(("own_room", "same_building", "neighbour", "elsewhere")),
        "attendance": s.text(),
        "contribution": s.text(),
        "purpose": s.text(),
    }
    return {
        "name": s.text(),
        "kind": s.one(KINDS),
        "levels": s.one((["pupil"], ["group", "organisation"])),
        "obligation": s.one(("prescribed", "additional")),
        "origin": s.one(("offered", "sought", "parent", "network")),
        "school_leader": s.holder("school_leader"),
        **{key: value for key, value in extra.items() if s.maybe(1)},
    }


def _fit(s: Source) -> Data:
    return {
        "motive": s.one(("vision", "social_task", "nearness", "workload", "other")),
        "explanation": s.text(),
        "profile_match": s.one(("good", "partly", "poor")),
        **({"capacity": s.text()} if s.maybe(1) else {}),
    }


def _activation(s: Source) -> Data:
    """Now and then with one person in two places."""
    coordinator = s.one(s.board.staff())
    others = [person for person in s.board.staff() if person != coordinator or s.rarely()]
    return {
        "primary_contact": _contact(s),
        "coordinator": coordinator,
        "deputy": s.one(others),
    }


def _change(s: Source) -> Data:
    """One of its particulars, which was something else before."""
    key, options = s.one(
        (
            ("name", TEXTS),
            ("kind", KINDS),
            ("levels", (["pupil"], ["group", "organisation"])),
            ("co_location", ("own_room", "elsewhere")),
            ("purpose", TEXTS),
        )
    )
    others = [option for option in options if option != s.case.get(key) or s.rarely()]
    return {key: s.one(others)}


def _leader(s: Source) -> Data:
    leaders = s.board.holders("school_leader")
    others = [one for one in leaders if one != s.case.get("school_leader") or s.rarely()]
    return {"school_leader": s.one(others), **reasoned(s)}


def _contact(s: Source) -> str:
    return s.one([*s.case.get("contacts", ()), *s.board.holders("contact")])


def _current(s: Source) -> str:
    return s.one(s.case.get("contacts") or s.board.holders("contact"))


def _newcomer(s: Source) -> str:
    known = [] if s.rarely() else s.case.get("contacts", ())
    everybody = s.board.holders("contact")
    return s.one([person for person in everybody if person not in known] or everybody)


def _handover(s: Source) -> Data:
    open_tasks = [task["task"] for task in s.case.get("handovers", ())]
    return {"task": s.one(open_tasks or ["contact:1"]), "successor": _current(s), **s.note()}


def _coordinator(s: Source) -> Data:
    deputy = {"deputy": s.one(s.board.staff())} if s.maybe() else {}
    return {"coordinator": s.one(s.board.staff()), **deputy}


def _moment(s: Source) -> Data:
    return {
        **s.dated(),
        "channel": s.one(("visit", "phone", "mail", "meeting", "event")),
        **({"contact": _current(s)} if s.maybe(1) else {}),
        "text": s.one((s.text(), OF_A_PUPIL)),
    }


def _windows(s: Source) -> Data:
    hours = ("10:00", "09:00") if s.rarely() else ("09:00", "12:30")
    return {"windows": [{"day": s.one(("mon", "fri")), "from": hours[0], "to": hours[1]}]}


def _subsidy(s: Source) -> Data:
    return {
        "scheme": s.one(("Subsidie Noord", "Brede school")),
        "status": s.one(("requested", "granted", "rejected", "ended")),
        **({"until": s.day(5, 200)} if s.maybe(1) else {}),
    }


def _agreement(s: Source) -> Data:
    """Ends so that the reminders of 60 and 20 days may come within a walk."""
    start = s.today - timedelta(days=s.chance.number(0, 20))
    end = start if s.rarely() else s.today + timedelta(days=s.chance.number(15, 90))
    return {
        "agreement": s.one(("Huur", "Samenwerking")),
        "subject": s.text(),
        "from": str(start),
        "to": str(end),
        **({"signed_on": s.day(-5, 9 if s.rarely() else 0)} if s.maybe(1) else {}),
    }


def _merge(s: Source) -> Data:
    others = [id_ for id_, _ in s.cases("partners")]
    return {"into": s.one([*others, UNKNOWN] if s.rarely() else others or [UNKNOWN]), **reasoned(s)}


def _forward(s: Source) -> Turn | None:
    case = s.case
    if case["state"] in ("prospect", "assessed"):
        return ("AssessFit" if case["state"] == "prospect" else "ActivatePartner"), None
    if case["state"] == "dormant":
        return "ActivatePartner", None
    if case["school_leader_vacant"]:
        return "ReplaceSchoolLeader", None
    if len(case["contacts"]) < 2:
        return "AddContact", None
    if case["vacant"]:
        return "AssignCoordinator", None
    if case["handovers"]:
        return "CompleteHandover", None
    quiet = not case["last_contact"] or s.today - date.fromisoformat(
        case["last_contact"]
    ) > timedelta(days=60)
    return ("LogContactMoment", None) if quiet else None


PARTNERS = Play(
    process="partners",
    opening="RegisterPartner",
    by={
        "RegisterPartner": ("coordinator", "school_leader", "teacher"),
        "ChangePartner": (*LEADING, "partner_coordinator"),
        "ReplaceSchoolLeader": LEADING,
        "AssessFit": LEADING,
        "ActivatePartner": LEADING,
        "AddContact": (*LEADING, *HOLDING),
        "EndContact": (*LEADING, *HOLDING),
        "CompleteHandover": (*LEADING, *HOLDING),
        "AssignCoordinator": LEADING,
        "HandOver": HOLDING,
        "LogContactMoment": CARING,
        "PlanRelationCare": CARING,
        "SetAvailability": ("coordinator", *HOLDING),
        "RecordSubsidyStatus": (*LEADING, "partner_coordinator"),
        "RecordAgreement": (*LEADING, "partner_coordinator"),
        "MarkDormant": (*LEADING, "partner_coordinator"),
        "EndPartner": LEADING,
        "MergePartners": ("coordinator",),
        "CorrectRecord": ("hr",),
    },
    when={
        "ChangePartner": OPEN,
        "ReplaceSchoolLeader": OPEN,
        "AssessFit": frozenset({"prospect", "assessed"}),
        "ActivatePartner": frozenset({"assessed", "dormant"}),
        "AddContact": OPEN,
        "EndContact": OPEN,
        "CompleteHandover": LIVE,
        "AssignCoordinator": LIVE,
        "HandOver": LIVE,
        "LogContactMoment": OPEN,
        "PlanRelationCare": LIVE,
        "SetAvailability": LIVE,
        "RecordSubsidyStatus": LIVE,
        "RecordAgreement": LIVE,
        "MarkDormant": frozenset({"active"}),
        "EndPartner": OPEN,
        "MergePartners": OPEN,
    },
    data={
        **CORRECTION,
        "RegisterPartner": _registration,
        "ChangePartner": _change,
        "ReplaceSchoolLeader": _leader,
        "AssessFit": _fit,
        "ActivatePartner": _activation,
        "AddContact": lambda s: {
            "contact": _newcomer(s),
            **({"function": s.text()} if s.maybe(1) else {}),
        },
        "EndContact": lambda s: {
            "contact": _current(s),
            "reason": s.one(("left", "other_work", "other")),
        },
        "CompleteHandover": _handover,
        "AssignCoordinator": _coordinator,
        "HandOver": lambda s: {"successor": s.one(s.board.staff()), **s.note()},
        "LogContactMoment": _moment,
        "PlanRelationCare": lambda s: {"on": s.day(-9 if s.rarely() else 0, 40), "what": s.text()},
        "SetAvailability": _windows,
        "RecordSubsidyStatus": _subsidy,
        "RecordAgreement": _agreement,
        "MarkDormant": lambda s: reasoned(s) if s.maybe(1) else {},
        "EndPartner": reasoned,
        "MergePartners": _merge,
    },
    parts=lambda case: {
        "partner_coordinator": (case["coordinator"],),
        "deputy": (case["deputy"],),
        "school_leader": (case["school_leader"],),
    },
    forward=_forward,
    states=OPEN | {"ended"},
    ends=frozenset({"ended"}),
    summary=frozenset(
        {
            "state", "name", "kind", "levels", "obligation", "origin", "schools", "co_location",
            "attendance", "contribution", "purpose", "motive", "profile_match", "school_leader",
            "primary_contact", "contacts", "coordinator", "deputy", "vacant",
            "school_leader_vacant", "availability", "agreements", "subsidies", "contact_moments",
            "last_contact", "relation_care",
            "merged_into", "handovers", "overdue", "next",
        }
    ),
    hasty=("ActivatePartner", "AssignCoordinator", "MergePartners"),
    required={
        "AssessFit": {"motive": "partner.motive_missing"},
        "ActivatePartner": {
            "primary_contact": "partner.contact_missing",
            "coordinator": "partner.coordinator_missing",
            "deputy": "partner.deputy_missing",
        },
    },
    warns={
        "LogContactMoment": lambda data: WARNING if data["text"] == OF_A_PUPIL else None,
    },
    endings=frozenset({"EndPartner", "MergePartners"}),
    everywhere=EVERYWHERE | {"teacher"},
)  # fmt: skip

DEPARTURES = Play(
    process="departures",
    opening="StaffLeft",
    by={"StaffLeft": ("hr",), "CorrectRecord": ("hr",)},
    when={},
    data={
        **CORRECTION,
        "StaffLeft": lambda s: {"person": _leaver(s), **s.dated()},
    },
    parts=lambda _: {},
    forward=lambda _: None,
    states=frozenset({"running", "handled"}),
    ends=frozenset({"handled"}),
    summary=frozenset({"state", "person", "date", "partners", "refused"}),
)


def _leaver(s: Source) -> str:
    """Mostly somebody whom a partner has as its coordinator, deputy or school leader."""
    named = [person for _, case in s.cases("partners") for person in staff(case) if person]
    return s.one(named if named and not s.rarely() else s.board.staff())
