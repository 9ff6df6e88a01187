"""A student placement as it is read: who may, and what stands where (docs/contract.md 3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from events.agreement import agreement_json
from events.calendar import local_day
from events.event import amount
from events.placements import facts as f
from events.placements.state import ARRANGING, SIGNING, Placement
from events.placements.terms import BY, open_terms, rank
from events.process import ALL_CASES, Paper, Reader, View
from events.recording import CaseIndex
from events.terms import steps_json, tasks_json

OFFERING = "offering"
"""Any school trainer of the board, while a request waits for a place: reads it and may offer."""
SEEN_BY = ALL_CASES | {"board", "school_trainer"}
"""Who may come upon a placement without having a part in it: the board co-signs, and any school
trainer may offer a place to a student who asks for one."""


TALKING = frozenset({"student", "mentor", "school_trainer", "institute_trainer"})
"""Whose agenda holds the planned talks."""


def case_roles(state: Placement, person: str | None, roles: tuple[str, ...]) -> frozenset[str]:
    """The roles under which a person has a part in this case (contract 1, Who acts).

    The board signs for the school and co-signs, and any school trainer may take up a request:
    but not who is the case's student or institute trainer, and so another party.
    """
    held = set(ALL_CASES & set(roles))
    held |= {part for part, party in state.parties.items() if party == person and part in roles}
    if person not in (state.parties.get("student"), state.parties.get("institute_trainer")):
        held |= {"board"} & set(roles)
        if state.phase == "requested" and "school_trainer" in roles:
            held.add(OFFERING)
    return frozenset(held)


def rights(state: Placement, reader: Reader) -> frozenset[str]:
    """The reader's roles in this case; nobody reads the own one as anything but its student."""
    held = case_roles(state, reader.person, reader.roles)
    if "board" in held and not (state.phase in SIGNING or state.outcome is not None):
        held -= {"board"}
    if held and reader.person == state.parties.get("student"):
        return frozenset({"student"})
    return held


def index(state: Placement) -> CaseIndex:
    """What lists need to find the case."""
    return CaseIndex(state=state.phase, open=not state.ended, parties=state.parties)


def paper(state: Placement, version: int) -> Paper | None:
    """An agreement as it was drafted in that version."""
    return state.papers.get(version)


def summary(state: Placement, view: View) -> dict[str, Any]:
    """Where the case stands."""
    today = local_day(view.now, view.settings)
    request, place = state.request, state.place
    assert request is not None
    return {
        "process": "placements",
        "state": state.phase,
        "student": request.student,
        "institute_trainer": state.institute_trainer,
        "school_trainer": place.school_trainer if place else None,
        "school_leader": place.school_leader if place else None,
        "mentor": _mentor(state),
        "school": place.school if place else None,
        "school_kind": place.kind if place else None,
        "route": state.route,
        "phase": request.phase,
        "period": {"from": request.from_, "to": state.end.isoformat()},
        "questions": list(request.questions),
        "qualities": request.qualities,
        "contract": request.contract,
        "vog": _vog(state, view),
        "agreement": agreement_json(state, f.PARTIES),
        "talks": {
            "start": state.talks.start,
            "progress": list(state.talks.progress),
            "three_party": state.talks.three_party,
            "final": state.talks.final,
        },
        "planned_talks": dict(state.planned),
        "three_party_due": state.three_party_since is not None,
        "lesson_visits": state.lesson_visits,
        "self_assessments": state.self_assessments,
        "advice": {role: state.advice.get(role) for role in ("mentor", "school_trainer")},
        "assessment": {"outcome": state.outcome, "cosigned": state.cosigned},
        "guidance_hours": _hours(state),
        "interrupted_days": len(state.paused_by(today)),
        "transfers": state.transfers,
        "handovers": [task.json() for task in state.handovers.values()],
        "overdue": sorted(state.overdue, key=lambda timer: (state.overdue[timer], rank(timer))),
        "next": steps_json(open_terms(state, view.settings, today)),
    }


def _mentor(state: Placement) -> dict[str, str] | None:
    if state.mentor is None:
        return None
    return {"person": state.mentor.person, "qualification": state.mentor.qualification}


def _vog(state: Placement, view: View) -> dict[str, Any]:
    return {
        "needed": state.vog_needed(view.settings),
        "issued_on": state.vog.issued_on if state.vog else None,
        "seen_on": state.vog.date if state.vog else None,
    }


def _hours(state: Placement) -> dict[str, str]:
    total = sum(state.hours.values(), Decimal(0))
    booked = {role: amount(state.hours.get(role, Decimal(0))) for role in f.GUIDES}
    return {**booked, "total": amount(total)}


def tasks(state: Placement, view: View) -> list[dict[str, Any]]:
    """What waits for this reader in this case; the last day where there is a term."""
    if state.ended or state.suspended:
        return []
    today = local_day(view.now, view.settings)
    found = tasks_json(open_terms(state, view.settings, today), view.rights, today)
    waiting = [*_arranging(state, view), *_guiding(state, view, today.isoformat())]
    return [*found, *({"task": task, "due": None, "overdue": False} for task in waiting)]


def _arranging(state: Placement, view: View) -> list[str]:
    """Before the start: a mentor, an agreement, its signatures, the certificate of conduct."""
    if state.phase not in ARRANGING:
        return []
    trains = "school_trainer" in view.rights
    unsigned = state.missing(f.PARTIES) if state.agreement else ()
    certificate = state.vog is None and state.vog_needed(view.settings)
    return _waiting(
        assign_mentor=trains and state.mentor is None,
        draft_agreement=trains and state.mentor is not None and state.agreement is None,
        sign=any(f.SIGNERS[party] in view.rights for party in unsigned),
        record_vog=certificate and bool(view.rights & {"school_trainer", "hr"}),
    )


def _guiding(state: Placement, view: View, today: str) -> list[str]:
    """From the start on: talks, advice, co-signature; and what successors are to be told."""
    rights, trains = view.rights, "school_trainer" in view.rights
    found: list[str] = []
    if rights & {"coordinator", "school_trainer"}:
        found += [f"handover:{task}" for task in state.handovers]
    if state.phase not in ("running", "final_assessed"):
        return found
    decided = state.outcome is not None
    over = decided or state.end.isoformat() <= today
    advisers = {"mentor", "school_trainer"} & rights
    return found + _waiting(
        start_talk=trains and state.talks.start is None,
        final_talk=trains and over and state.talks.final is None,
        advise=over and not decided and bool(advisers - set(state.advice)),
        cosign=decided and not state.cosigned and "board" in rights,
        complete=trains and state.cosigned and state.talks_complete,
    )


def _waiting(**steps: bool) -> list[str]:
    """The names of those that wait."""
    return [step for step, waits in steps.items() if waits]


def agenda(state: Placement, view: View) -> list[dict[str, Any]]:
    """The first day while it lies ahead, this person's last days, and the talks to come."""
    if state.ended or state.suspended or not view.rights & set(state.parties):
        return []
    today = local_day(view.now, view.settings)
    days = {term.timer: term.last_day for term in open_terms(state, view.settings, today)}
    terms = [(timer, day) for timer, day in days.items() if BY[timer] in view.rights]
    if state.phase in ARRANGING:
        terms = [("start", state.start)]
    found = [{"kind": timer, "at": day.isoformat()} for timer, day in terms if day >= today]
    if view.rights & TALKING:
        talks = state.planned.items()
        found += [{"kind": "talk", "talk": talk, "at": at} for talk, at in talks]
    return found
