"""Somebody of the staff leaves: every partner of that person hears of it, once."""

from __future__ import annotations

from typing import Any

import pytest

from events.departures import STORY
from events.recording import Delivered
from tests.workflows.partners.register import (
    FIT,
    PEOPLE,
    REASON,
    ROLES,
    TENANT,
    Register,
    id_of,
)
from workflows.decision import Refused
from workflows.departures import RULES
from workflows.departures.rules import run_errand
from workflows.pure import parse


def _partner(register: Register, coordinator: str, deputy: str) -> str:
    register.register()
    register.accept("leader", "AssessFit", FIT)
    people = {**PEOPLE, "coordinator": id_of(coordinator), "deputy": id_of(deputy)}
    register.accept("leader", "ActivatePartner", people)
    return register.case


def _give(register: Register, by: str, data: dict[str, Any]) -> tuple[str | None, str | None]:
    answer = register.send(register.call(by, "StaffLeft", data, process="departures"))
    return answer.refused, answer.body.get("field")


def test_every_partner_in_which_the_person_has_a_part() -> None:
    register = Register()
    hers = [_partner(register, "anna", "bram") for _ in range(3)]
    deputed = _partner(register, "bram", "anna")
    other = _partner(register, "bram", "carla")
    ended = _partner(register, "anna", "bram")
    register.accept("leader", "EndPartner", REASON)
    departure = register.leave("anna", date="2026-01-02")
    summary = register.summary(stream=departure)
    assert (summary["state"], summary["partners"], summary["refused"]) == ("handled", 4, 0)
    assert (summary["person"], summary["date"]) == (id_of("anna"), "2026-01-02")
    for stream in hers:
        assert register.summary(stream=stream)["coordinator"] == id_of("bram")
    assert register.summary(stream=deputed)["vacant"] == "deputy"
    assert register.summary(stream=other)["vacant"] is None
    assert register.engine.streams[ended].events[-1].type == "PartnerEnded"
    cause = register.engine.streams[departure].events[0].event_id
    assert register.engine.streams[deputed].events[-1].causation_id == cause


def test_a_school_leader_leaves_partners_in_every_open_state() -> None:
    register = Register()
    active = _partner(register, "anna", "bram")
    both = _partner(register, "leader", "bram")
    register.register()
    prospect = register.case
    register.register(school_leader=id_of("other_leader"))
    summary = register.summary(stream=register.leave("leader"))
    assert (summary["partners"], summary["refused"]) == (3, 0)
    for stream in (active, both, prospect):
        assert register.summary(stream=stream)["school_leader_vacant"]
    assert not register.summary()["school_leader_vacant"]
    types = [event.type for event in register.engine.streams[both].events]
    assert types[-3:] == ["SchoolLeaderVacant", "CoordinatorVacant", "DeputyStoodIn"]


def test_who_coordinates_nothing_leaves_nothing() -> None:
    register = Register()
    summary = register.summary(stream=register.leave("carla"))
    assert (summary["state"], summary["partners"], summary["refused"]) == ("handled", 0, 0)


def test_it_is_said_by_hr_of_staff_and_not_beforehand() -> None:
    register = Register()
    person = {"person": id_of("anna")}
    for by in ROLES:
        assert _give(register, by, person)[0] == (None if by == "hr" else "auth.role")
    wrong = ("command.invalid", "person")
    for key in ("kees", "student", "trainer"):
        assert _give(register, "hr", {"person": id_of(key)}) == wrong
    assert _give(register, "hr", {"person": id_of("nobody")}) == wrong
    assert _give(register, "hr", {}) == wrong
    late = {**person, "date": "2026-01-06"}
    assert _give(register, "hr", late) == ("command.invalid", "date")


def test_a_repeat_is_answered_and_tells_nobody_again() -> None:
    register = Register()
    _partner(register, "anna", "bram")
    call = register.call("hr", "StaffLeft", {"person": id_of("anna")}, process="departures")
    first = register.send(call)
    before, told = len(register.events), len(register.engine.told)
    assert register.send(call).body == first.body
    assert (len(register.events), len(register.engine.told)) == (before, told)


def test_said_a_second_time_it_finds_nothing_to_do() -> None:
    register = Register()
    _partner(register, "anna", "bram")
    register.leave("anna")
    before = len(register.events)
    assert register.summary(stream=register.leave("anna"))["partners"] == 0
    assert len(register.events) == before


OFFERED_AT_THE_END = {
    "hr": {"CorrectRecord", "PlaceLegalHold", "RestrictProcessing", "RequestErasure"},
    "auditor": {"PlaceLegalHold"},
}


def test_it_takes_one_command_and_what_all_processes_take() -> None:
    register = Register()
    departure = register.leave("anna")
    stream = register.engine.streams[departure]
    again = register.call("hr", "StaffLeft", {"person": id_of("anna")}, departure, "departures")
    assert register.send(again).refused == "state.final"
    correction = {
        "event": stream.events[0].event_id,
        "reason": "Vergissing",
        "correction": "Zij bleef",
        "approved_by": id_of("auditor"),
    }
    call = register.call("hr", "CorrectRecord", correction, departure, "departures")
    assert register.send(call).refused is None
    for by in ROLES:
        offered = {
            name
            for name in RULES.commands
            if RULES.offered(stream.state, name, register.context(by))
        }
        assert offered == OFFERED_AT_THE_END.get(by, set()), by


def test_while_it_runs_nothing_else_may_be_said() -> None:
    register = Register()
    running = STORY.fold(register.engine.streams[register.leave("anna")].events[:1])
    assert (STORY.index(running).state, STORY.index(running).open) == ("running", True)
    command = parse(RULES, "StaffLeft", {"person": id_of("anna")})
    with pytest.raises(Refused) as refused:
        RULES.decide(running, command, register.context("hr"))
    assert refused.value.code == "state.not_allowed"


def test_it_is_handled_once() -> None:
    register = Register()
    stream = register.engine.streams[register.leave("anna")]
    (errand,) = RULES.errands(STORY.fold(stream.events[:1]))
    assert errand.person == id_of("anna")
    assert errand.parts == ("coordinator", "deputy", "school_leader")
    assert errand.cause == stream.events[0].event_id
    assert RULES.errands(stream.state) == ()
    delivered = Delivered(given=1, refused=0)
    with pytest.raises(Refused):
        run_errand(stream.state, errand, delivered, register.context("hr"))


def test_it_is_read_by_hr_coordinators_and_auditors() -> None:
    register = Register()
    departure = register.leave("anna")
    for by in ROLES:
        seen = register.view("summary", by, departure).refused is None
        assert seen == (by in ("hr", "coordinator", "second", "auditor")), by
        assert STORY.sees_all(ROLES[by]) == seen


def test_its_events_fold_alike_however_they_are_read() -> None:
    register = Register()
    stream = register.engine.streams[register.leave("anna")]
    assert [event.type for event in stream.events] == ["StaffLeft", "DepartureHandled"]
    assert STORY.fold(stream.events[1:], STORY.fold(stream.events[:1])) == stream.state
    index = STORY.index(stream.state)
    assert (index.state, index.open, index.parties) == ("handled", False, {"person": id_of("anna")})
    assert STORY.is_final(stream.state)
    assert stream.events[0].correlation_id == stream.id
    assert register.scenario.tenant == TENANT
