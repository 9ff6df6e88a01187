"""Who is told of what about a partner, exactly: never the giver, nobody twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.workflows.partners.register import AGREEMENT, PEOPLE, REASON, Register, at, id_of

Told = Counter[tuple[str, str]]


def _each(kind: str, *receivers: str) -> Told:
    return Counter((receiver, kind) for receiver in receivers)


def test_of_a_registration() -> None:
    register = Register()
    told = register.told(lambda: register.register("second"))
    assert told == _each("partner_registered", "coordinator", "leader")
    told = register.told(lambda: register.register("teacher"))
    assert told == _each("partner_registered", "coordinator", "second", "leader")


@pytest.mark.parametrize(
    ("milestone", "by", "command", "data", "told"),
    [
        ("assessed", "coordinator", "ActivatePartner", PEOPLE,
         _each("partner_activated", "anna", "bram", "leader")),
        ("prospect", "coordinator", "EndPartner", REASON, _each("partner_ended", "leader")),
        ("active", "leader", "EndPartner", REASON, _each("partner_ended", "anna", "bram")),
        ("active", "coordinator", "EndContact", {"contact": id_of("kees"), "reason": "other"},
         _each("contact_left", "anna", "leader") + _each("handover", "anna")),
        ("active", "bram", "EndContact", {"contact": id_of("kees"), "reason": "left"},
         _each("contact_left", "anna", "leader") + _each("handover", "anna")),
        ("active", "leader", "AssignCoordinator", {"coordinator": id_of("carla")},
         _each("coordinator_assigned", "carla")),
        ("active", "coordinator", "AssignCoordinator",
         {"coordinator": id_of("bram"), "deputy": id_of("carla")},
         _each("coordinator_assigned", "bram", "carla", "leader")),
        ("active", "anna", "HandOver", {"successor": id_of("carla")},
         _each("coordinator_assigned", "carla", "leader")),
        ("active", "coordinator", "ReplaceSchoolLeader",
         {"school_leader": id_of("other_leader"), **REASON},
         _each("part_taken_over", "other_leader", "leader", "anna")),
        ("prospect", "leader", "ReplaceSchoolLeader",
         {"school_leader": id_of("other_leader"), **REASON},
         _each("part_taken_over", "other_leader")),
        ("active", "anna", "ChangePartner", {"kind": "library"}, Counter()),
        ("active", "anna", "MarkDormant", {}, Counter()),
        ("active", "anna", "RecordAgreement", AGREEMENT, Counter()),
        ("active", "teacher", "LogContactMoment", {"channel": "mail", "text": "x"}, Counter()),
        ("prospect", "leader", "AddContact", {"contact": id_of("kees")}, Counter()),
    ],
)  # fmt: skip
def test_of_a_command(
    milestone: str, by: str, command: str, data: dict[str, Any], told: Told
) -> None:
    register = at(milestone)
    assert register.told(lambda: register.accept(by, command, data)) == told


def test_of_a_prospect_s_contact_the_leader_hears_in_place_of_a_coordinator() -> None:
    register = at("prospect")
    register.accept("leader", "AddContact", contact=id_of("kees"))
    data = {"contact": id_of("kees"), "reason": "left"}
    told = register.told(lambda: register.accept("coordinator", "EndContact", data))
    assert told == _each("contact_left", "leader")


def test_of_a_departure_everybody_hears_once() -> None:
    register = at("active")
    told = register.told(lambda: register.leave("anna"))
    assert told == (
        _each("staff_left", "coordinator", "second")
        + _each("successor_needed", "leader")
        + _each("standing_in", "bram")
        + _each("departure_handled", "hr")
    )
    told = register.told(lambda: register.leave("bram"))
    assert told[("leader", "successor_needed")] == 1
    assert ("bram", "standing_in") not in told


def test_of_a_deputy_s_departure() -> None:
    register = at("active")
    told = register.told(lambda: register.leave("bram"))
    assert told[("leader", "successor_needed")] == 1
    assert not any(kind == "standing_in" for _, kind in told)


def test_of_a_school_leader_s_departure_the_coordinators_hear() -> None:
    register = at("active")
    told = register.told(lambda: register.leave("leader"))
    assert told == (
        _each("staff_left", "coordinator", "second")
        + _each("successor_needed", "coordinator", "second")
        + _each("departure_handled", "hr")
    )
    told = register.told(lambda: register.leave("anna"))
    assert told[("second", "successor_needed")] == 1
    data = {"contact": id_of("kees"), "reason": "other"}
    register.leave("bram")
    told = register.told(lambda: register.accept("second", "EndContact", data))
    assert told == _each("contact_left", "coordinator") + _each("handover", "coordinator")
    leader = {"school_leader": id_of("other_leader"), **REASON}
    told = register.told(lambda: register.accept("second", "ReplaceSchoolLeader", leader))
    assert told == _each("part_taken_over", "other_leader")


@pytest.mark.parametrize("part", ["coordinator", "deputy"])
def test_of_two_parts_of_one_person_everybody_hears_once(part: str) -> None:
    register = at("assessed")
    register.accept("leader", "ActivatePartner", {**PEOPLE, part: id_of("leader")})
    told = register.told(lambda: register.leave("leader"))
    assert told == (
        _each("staff_left", "coordinator", "second")
        + _each("successor_needed", "coordinator", "second")
        + _each("departure_handled", "hr")
        + (_each("standing_in", "bram") if part == "coordinator" else Counter())
    )


def test_of_a_leader_s_place_that_stays_empty_coordinators_board_and_hr_hear() -> None:
    register = at("prospect")
    register.leave("leader")
    coordinators = _each("overdue", "coordinator", "second")
    assert register.told(lambda: register.move("2026-01-20T09:00")) == coordinators
    told = register.told(lambda: register.move("2026-01-26T09:00"))
    assert told == coordinators + _each("overdue", "board")
    assert register.told(lambda: register.move("2026-02-02T09:00")) == _each("overdue", "hr")


def test_of_a_merge() -> None:
    register = at("active")
    stays = register.case
    register.register(school_leader=id_of("other_leader"))
    into = {**REASON, "into": stays}
    told = register.told(lambda: register.accept("coordinator", "MergePartners", into))
    assert told == _each("partner_ended", "other_leader")


def test_of_terms_that_run_out() -> None:
    register = at("active")
    register.accept("anna", "AddContact", contact=id_of("loes"))
    register.accept("anna", "EndContact", contact=id_of("loes"), reason="left")
    assert register.told(lambda: register.move("2026-01-20T09:00")) == _each("overdue", "anna")
    told = register.told(lambda: register.move("2026-01-26T09:00"))
    assert told == _each("overdue", "coordinator", "second")
    assert register.told(lambda: register.move("2026-02-02T09:00")) == _each("overdue", "hr")


def test_of_a_vacancy_the_board_hears_too() -> None:
    register = at("active")
    register.leave("anna")
    assert register.told(lambda: register.move("2026-01-20T09:00")) == _each("overdue", "leader")
    told = register.told(lambda: register.move("2026-01-26T09:00"))
    assert told == _each("overdue", "coordinator", "second", "board")
    assert register.told(lambda: register.move("2026-02-02T09:00")) == _each("overdue", "hr")


def test_the_leader_hears_of_a_handover_while_nobody_coordinates() -> None:
    register = at("active")
    register.leave("bram")
    register.leave("anna")
    data = {"contact": id_of("kees"), "reason": "left"}
    told = register.told(lambda: register.accept("coordinator", "EndContact", data))
    assert told == _each("contact_left", "leader") + _each("handover", "leader")
    told = register.told(lambda: register.move("2026-01-20T09:00"))
    assert told == Counter({("leader", "overdue"): 2})


def test_of_what_falls_due() -> None:
    register = at("active")
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.accept("anna", "PlanRelationCare", on="2026-02-02", what="koffie")
    told = register.told(lambda: register.move("2026-02-02T09:00"))
    assert told == _each("relation_care_due", "anna")
    told = register.told(lambda: register.move("2026-11-01T09:00"))
    assert told == _each("agreement_ending", "anna", "leader")
    told = register.told(lambda: register.move("2027-01-05T09:00"))
    assert told == _each("agreement_ending", "anna", "leader") + _each("dormancy_proposed", "anna")
