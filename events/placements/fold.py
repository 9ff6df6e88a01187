"""How each event changes a student placement: `evolve(state, event) -> state`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from events import agreement, handover, terms
from events.case import Fold, local_day_of
from events.event import Event
from events.handover import Handover
from events.placements import facts as f
from events.placements.state import Mentor, Place, Placement
from events.process import Paper
from events.succession import PersonReplaced

evolve: Fold[Placement] = Fold(terms.FOLD, agreement.FOLD, handover.FOLD)
_on = evolve.on


@_on(f.PlacementRequested)
def _requested(state: Placement, event: Event, data: f.PlacementRequested) -> dict[str, Any]:
    return {
        "phase": "requested",
        "request": data,
        "requested_at": event.recorded_at,
        "institute_trainer": data.institute_trainer,
        "route": data.route,
        "end": date.fromisoformat(data.to),
    }


@_on(f.PlaceOffered)
def _offered(state: Placement, event: Event, data: f.PlaceOffered) -> dict[str, Any]:
    return {
        "phase": "offered",
        "place": _place(data),
        "offered_at": event.recorded_at,
        "overdue": state.without_overdue("offer"),
    }


def _place(data: f.PlaceOffered | f.PlacementTransferred) -> Place:
    return Place(data.school, data.school_kind, data.school_trainer, data.school_leader)


@_on(f.PlaceAccepted)
def _accepted(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {
        "phase": "accepted",
        "arranging_since": event.recorded_at,
        "overdue": state.without_overdue("answer"),
    }


@_on(f.OfferDeclined)
def _declined(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {
        "phase": "requested",
        "requested_at": event.recorded_at,
        "place": None,
        "handovers": _of_the_college(state),
        "overdue": state.without_overdue("answer"),
    }


def _of_the_college(state: Placement) -> dict[str, Handover]:
    """The handovers that are left when a school is: those of the school go with it."""
    kept = "institute_trainer:"
    return {name: task for name, task in state.handovers.items() if name.startswith(kept)}


@_on(PersonReplaced)
def _succeeded(state: Placement, event: Event, data: PersonReplaced) -> dict[str, Any]:
    parties = [party for party, part in f.SIGNERS.items() if part == data.part]
    links = agreement.links_anew(state, event, parties[0]) if parties else {}
    if data.part == "institute_trainer":
        return {"institute_trainer": data.person, **links}
    assert state.place is not None
    return {"place": replace(state.place, **{data.part: data.person}), **links}


@_on(f.MentorAssigned, f.MentorReplaced)
def _mentor(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {"mentor": Mentor(data.mentor, data.qualification)}


@_on(f.VogRecorded)
def _vog(state: Placement, event: Event, data: f.VogRecorded) -> dict[str, Any]:
    return {"vog": data}


@_on(f.AgreementDrafted, f.AgreementAmended)
def _drafted(state: Placement, event: Event, data: f.PlacementAgreement) -> dict[str, Any]:
    changes = agreement.drafted(state, event, data)
    version: agreement.Version = changes["versions"][-1]
    papers = {**state.papers, version.number: _paper(state, version)}
    return {**changes, "phase": "agreement_drafted", "papers": papers}


def _paper(state: Placement, version: agreement.Version) -> Paper:
    """As it was drafted: who is replaced later, or a period that moves, leaves it as it is."""
    request, place = state.request, state.place
    assert request is not None
    assert place is not None
    return Paper(
        kind="placement_agreement",
        version=version.number,
        drafted_at=version.drafted_at,
        parties={party: state.parties[part] for party, part in f.SIGNERS.items()},
        facts={
            "school": place.school,
            "route": state.route,
            "phase": request.phase,
            "period": {"from": request.from_, "to": state.end.isoformat()},
        },
        fields=version.fields,
    )


@_on(f.AgreementSigned)
def _signed(state: Placement, event: Event, data: f.AgreementSigned) -> dict[str, Any]:
    changes = agreement.signed(state, event, data)
    everybody = changes["versions"][-1].signed >= set(f.PARTIES)
    return {
        **changes,
        "phase": "agreement_signed" if everybody else "agreement_partially_signed",
    }


@_on(f.PlacementStarted)
def _started(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {
        "phase": "running",
        "started_at": event.recorded_at,
        "overdue": state.without_overdue("start"),
    }


@_on(f.TalkPlanned)
def _planned(state: Placement, event: Event, data: f.TalkPlanned) -> dict[str, Any]:
    return {"planned": {**state.planned, data.talk: data.at}}


def _unplanned(state: Placement, *talks: str) -> dict[str, str]:
    """What is still planned without these talks."""
    return {talk: at for talk, at in state.planned.items() if talk not in talks}


@_on(f.StartTalkHeld)
def _start_talk(state: Placement, event: Event, data: f.StartTalkHeld) -> dict[str, Any]:
    return {
        "talks": replace(state.talks, start=data.date),
        "planned": _unplanned(state, "start"),
    }


@_on(f.ProgressTalkHeld)
def _progress_talk(state: Placement, event: Event, data: f.ProgressTalkHeld) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "talks": replace(state.talks, progress=(*state.talks.progress, data.judgement)),
        "planned": _unplanned(state, "progress"),
        "overdue": state.without_overdue("progress_talk"),
    }
    if data.judgement == "insufficient" and state.three_party_since is None:
        changes["three_party_since"] = event.recorded_at
    return changes


@_on(f.ThreePartyTalkHeld)
def _three_party(state: Placement, event: Event, data: f.ThreePartyTalkHeld) -> dict[str, Any]:
    return {
        "talks": replace(state.talks, three_party=data.date),
        "planned": _unplanned(state, "three_party"),
        "three_party_since": None,
        "overdue": state.without_overdue("three_party_talk"),
    }


@_on(f.FinalTalkHeld)
def _final_talk(state: Placement, event: Event, data: f.FinalTalkHeld) -> dict[str, Any]:
    return {
        "talks": replace(state.talks, final=data.date),
        "planned": _unplanned(state, "final"),
    }


@_on(f.LessonVisitHeld)
def _lesson_visit(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {"lesson_visits": state.lesson_visits + 1}


@_on(f.SelfAssessmentSubmitted)
def _self_assessed(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {"self_assessments": state.self_assessments + 1}


@_on(f.AssessmentAdvised)
def _advised(state: Placement, event: Event, data: f.AssessmentAdvised) -> dict[str, Any]:
    return {"advice": {**state.advice, data.role: data.advice}}


@_on(f.AssessmentDecided)
def _decided(state: Placement, event: Event, data: f.AssessmentDecided) -> dict[str, Any]:
    return {
        "phase": "final_assessed",
        "outcome": data.outcome,
        "planned": _unplanned(state, "progress") if state.talks.progress else state.planned,
        "overdue": state.without_overdue("final_assessment"),
    }


@_on(f.AssessmentCosigned)
def _cosigned(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {"cosigned": True}


@_on(f.RouteChanged)
def _route(state: Placement, event: Event, data: f.RouteChanged) -> dict[str, Any]:
    return {"route": data.route}


@_on(f.PlacementInterrupted)
def _interrupted(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {"phase": "interrupted", "interrupted_since": local_day_of(event), "planned": {}}


@_on(f.PlacementResumed)
def _resumed(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return {"phase": "running", **_going_on(state, event)}


def _going_on(state: Placement, event: Event) -> dict[str, Any]:
    """The end of an interruption, if there was one: its days count for no term."""
    return {"paused": state.paused_by(local_day_of(event)), "interrupted_since": None}


@_on(f.PeriodExtended)
def _extended(state: Placement, event: Event, data: f.PeriodExtended) -> dict[str, Any]:
    """Terms that hang on the end of the period are no more overdue where it lies ahead."""
    longer = state.with_(end=date.fromisoformat(data.to))
    today = local_day_of(event)
    days = {"progress_talk": longer.halfway, "final_assessment": longer.end}
    anew = [timer for timer, day in days.items() if day >= today]
    return {
        "end": longer.end,
        "extended_at": event.recorded_at,
        "overdue": state.without_overdue(*anew),
    }


@_on(f.PlacementTransferred)
def _transferred(state: Placement, event: Event, data: f.PlacementTransferred) -> dict[str, Any]:
    return {
        "phase": "transferred",
        **_going_on(state, event),
        "place": _place(data),
        "arranging_since": event.recorded_at,
        "mentor": None,
        "planned": {},
        "voided": len(state.versions),
        "handovers": _of_the_college(state),
        "advice": {},
        "transfers": state.transfers + 1,
    }


@_on(f.GuidanceHoursRegistered)
def _hours(state: Placement, event: Event, data: f.GuidanceHoursRegistered) -> dict[str, Any]:
    total = state.hours.get(data.role, Decimal(0)) + Decimal(data.hours)
    return {"hours": {**state.hours, data.role: total}}


@_on(f.PlacementRejected)
def _rejected(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return _ended(state, event, "rejected")


@_on(f.PlacementWithdrawn)
def _withdrawn(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return _ended(state, event, "withdrawn")


@_on(f.PlacementEndedEarly)
def _ended_early(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return _ended(state, event, "ended_early")


@_on(f.PlacementCompleted)
def _completed(state: Placement, event: Event, data: Any) -> dict[str, Any]:
    return _ended(state, event, "completed")


def _ended(state: Placement, event: Event, phase: str) -> dict[str, Any]:
    return {"phase": phase, **_going_on(state, event), "overdue": {}, "planned": {}}
