"""A partner's state follows from its events alone, however they are read."""

from __future__ import annotations

import json
from datetime import date

import pytest

from events.calendar import add_months
from events.event import event_from_json
from events.partners import STORY
from events.partners.facts import FACTS
from tests.workflows.partners.register import (
    AGREEMENT,
    MOMENT,
    PEOPLE,
    REASON,
    ROAD,
    Register,
    at,
    id_of,
)


def _eventful() -> tuple[Register, str]:
    """A partner to which all happened that can, and the one that it took over before."""
    register = at("active")
    stays = register.case
    register.register(name="Het Vlinderdal")
    goes = register.case
    register.accept("leader", "AddContact", contact=id_of("mats"))
    register.accept("coordinator", "MergePartners", REASON, into=stays)
    register.case = stays
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.accept("anna", "PlanRelationCare", on="2026-02-02", what="koffie")
    register.accept("anna", "RecordSubsidyStatus", scheme="Cultuur", status="granted")
    register.accept(
        "anna", "SetAvailability", windows=[{"day": "mon", "from": "09:00", "to": "12:00"}]
    )
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    register.move("2026-02-10T12:00")
    register.accept("anna", "CompleteHandover", task="contact:1", successor=id_of("mats"))
    register.accept("anna", "LogContactMoment", MOMENT)
    register.accept("anna", "HandOver", successor=id_of("carla"))
    register.accept("leader", "AssignCoordinator", coordinator=id_of("anna"))
    register.leave("anna")
    both = {"coordinator": id_of("bram"), "deputy": id_of("carla")}
    register.accept("leader", "AssignCoordinator", both)
    register.leave("carla")
    register.move("2027-03-01T12:00")
    register.leave("leader")
    leader = {"school_leader": id_of("other_leader"), **REASON}
    register.accept("coordinator", "ReplaceSchoolLeader", leader)
    back = {"school_leader": id_of("leader"), **REASON}
    register.accept("coordinator", "ReplaceSchoolLeader", back)
    register.accept("leader", "ChangePartner", kind="library")
    register.accept("leader", "MarkDormant")
    register.accept("leader", "ActivatePartner", {**PEOPLE, "deputy": id_of("carla")})
    correction = {"reason": "Vergissing", "correction": "Anders", "approved_by": id_of("auditor")}
    register.accept("hr", "CorrectRecord", correction, event=register.events[0].event_id)
    register.accept("leader", "EndPartner", REASON)
    return register, goes


@pytest.mark.parametrize("milestone", ROAD)
def test_at_once_or_one_by_one(milestone: str) -> None:
    register = at(milestone)
    assert STORY.fold(register.events) == register.state
    half = len(register.events) // 2
    assert STORY.fold(register.events[half:], STORY.fold(register.events[:half])) == register.state


def test_events_survive_being_written_down() -> None:
    register, goes = _eventful()
    seen: set[str] = set()
    for stream in (register.case, goes):
        events = register.engine.streams[stream].events
        written = json.dumps([event.json() for event in events])
        read = [event_from_json(raw, FACTS) for raw in json.loads(written)]
        assert read == events
        assert STORY.fold(read) == register.engine.streams[stream].state
        seen |= {event.type for event in read}
    assert seen == set(FACTS)


def test_a_fold_changes_no_earlier_state() -> None:
    register, _ = _eventful()
    states = [STORY.initial()]
    for event in register.events:
        states.append(STORY.evolve(states[-1], event))
    for number, state in enumerate(states):
        assert STORY.fold(register.events[:number]) == state


def test_the_index_names_everybody_with_a_part() -> None:
    register = at("prospect")
    assert STORY.index(register.state).parties == {"school_leader": id_of("leader")}
    register = at("active")
    register.accept("anna", "AddContact", contact=id_of("loes"))
    index = STORY.index(register.state)
    assert (index.state, index.open) == ("active", True)
    assert index.parties == {
        "school_leader": id_of("leader"),
        "coordinator": id_of("anna"),
        "deputy": id_of("bram"),
        "contact:1": id_of("kees"),
        "contact:2": id_of("loes"),
    }
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    register.leave("anna")
    assert STORY.index(register.state).parties == {
        "school_leader": id_of("leader"),
        "coordinator": id_of("bram"),
        "contact:1": id_of("loes"),
    }
    assert STORY.index(at("ended").state).open is False


def test_a_past_state_is_that_of_then() -> None:
    register = at("active")
    register.move("2026-02-01T12:00")
    register.leave("anna")
    then = register.scenario.instant("2026-01-31T12:00")
    body = register.view("summary", "leader", as_of=then).body
    assert (body["coordinator"], body["vacant"], body["next"]) == (id_of("anna"), None, [])


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_months_on(day: str, months: int, found: str) -> None:
    assert add_months(date.fromisoformat(day), months).isoformat() == found
