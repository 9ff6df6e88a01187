"""Who of the school looks after a partner: a coordinator and a deputy, also when staff leaves."""

from __future__ import annotations

import pytest

from tests.workflows.partners.register import PEOPLE, Register, at, id_of
from workflows.decision import Giver, Refused
from workflows.partners import RULES
from workflows.partners.commands import TakeOverPartner, VacateCoordinator

NO_DEPUTY = ("partner.deputy_missing", "deputy")


def _staff(register: Register) -> tuple[str | None, str | None, str | None]:
    """Coordinator, deputy and what is vacant, by key."""
    names = {person.id: key for key, person in register.scenario.people.items()}
    summary = register.summary()
    found = [summary[part] and names[summary[part]] for part in ("coordinator", "deputy")]
    return found[0], found[1], summary["vacant"]


@pytest.mark.parametrize("milestone", ["active", "dormant"])
@pytest.mark.parametrize("by", ["coordinator", "leader"])
def test_a_coordinator_is_assigned(milestone: str, by: str) -> None:
    register = at(milestone)
    assigned = register.accept(by, "AssignCoordinator", coordinator=id_of("carla"))
    assert assigned == ["CoordinatorAssigned"]
    assert _staff(register) == ("carla", "bram", None)


def test_by_nobody_else_and_not_before() -> None:
    data = {"coordinator": id_of("carla")}
    assert at("active").refuse("anna", "AssignCoordinator", data)[0] == "auth.role"
    found = at("active").refuse("other_leader", "AssignCoordinator", data)
    assert found[0] == "auth.not_assigned"
    for milestone in ("prospect", "assessed"):
        refused = at(milestone).refuse("leader", "AssignCoordinator", data)
        assert refused[0] == "state.not_allowed"


def test_a_coordinator_is_named() -> None:
    code = ("partner.coordinator_missing", "coordinator")
    assert at("active").refuse("leader", "AssignCoordinator", deputy=id_of("carla")) == code


def test_the_deputy_comes_up_only_where_another_comes_in_that_place() -> None:
    register = at("active")
    bram, carla = id_of("bram"), id_of("carla")
    assert register.refuse("leader", "AssignCoordinator", coordinator=bram) == NO_DEPUTY
    assert (
        register.refuse("leader", "AssignCoordinator", coordinator=bram, deputy=bram) == NO_DEPUTY
    )
    register.accept("leader", "AssignCoordinator", coordinator=bram, deputy=carla)
    assert _staff(register) == ("bram", "carla", None)
    register.accept("leader", "AssignCoordinator", coordinator=carla, deputy=bram)
    assert _staff(register) == ("carla", "bram", None)


def test_who_has_it_hands_it_over() -> None:
    for by in ("anna", "bram"):
        register = at("active")
        handed = register.accept(by, "HandOver", successor=id_of("carla"))
        assert handed == ["CoordinatorHandedOver"]
        assert _staff(register) == ("carla", "bram", None)
        assert register.events[-1].json()["data"]["previous"] == id_of("anna")


def test_to_somebody_else_than_the_two() -> None:
    register = at("active")
    for key in ("anna", "bram", "kees"):
        code = ("command.invalid", "successor")
        assert register.refuse("anna", "HandOver", successor=id_of(key)) == code
    for by in ("coordinator", "leader", "carla"):
        assert register.refuse(by, "HandOver", successor=id_of("carla"))[0] == "auth.role"


@pytest.mark.parametrize("milestone", ["active", "dormant"])
def test_the_deputy_stands_in_for_a_coordinator_who_left(milestone: str) -> None:
    register = at(milestone)
    register.leave("anna")
    assert register.types[-2:] == ["CoordinatorVacant", "DeputyStoodIn"]
    assert _staff(register) == ("bram", None, "coordinator")
    assert register.tasks("leader") == ["successor"]
    assert register.tasks("other_leader") == []
    assert register.events[-1].actor.person is None


def test_a_deputy_who_left_stands_in_for_nobody() -> None:
    register = at("active")
    register.leave("bram")
    assert register.types[-1] == "DeputyVacant"
    assert _staff(register) == ("anna", None, "deputy")
    register.leave("anna")
    assert register.types[-1] == "CoordinatorVacant"
    assert _staff(register) == (None, None, "coordinator")


def test_a_vacancy_ends_with_a_coordinator_and_a_deputy() -> None:
    register = at("active")
    register.leave("anna")
    register.accept("leader", "AssignCoordinator", coordinator=id_of("carla"))
    assert _staff(register) == ("carla", None, "deputy")
    assert [term["step"] for term in register.summary()["next"]] == ["successor"]
    both = {"coordinator": id_of("carla"), "deputy": id_of("bram")}
    register.accept("leader", "AssignCoordinator", both)
    assert _staff(register) == ("carla", "bram", None)
    assert register.summary()["next"] == []


def test_who_stands_in_may_hand_over_and_may_stay() -> None:
    register = at("active")
    register.leave("anna")
    register.accept("bram", "HandOver", successor=id_of("carla"))
    assert _staff(register) == ("carla", None, "deputy")
    register = at("active")
    register.leave("anna")
    both = {"coordinator": id_of("bram"), "deputy": id_of("carla")}
    register.accept("leader", "AssignCoordinator", both)
    assert _staff(register) == ("bram", "carla", None)


def test_a_dormant_partner_that_is_activated_has_nothing_vacant() -> None:
    register = at("dormant")
    register.leave("anna")
    people = {**PEOPLE, "coordinator": id_of("bram"), "deputy": id_of("carla")}
    register.accept("leader", "ActivatePartner", people)
    assert _staff(register) == ("bram", "carla", None)
    assert register.summary()["next"] == []


def test_the_process_is_refused_for_somebody_who_has_no_part_any_more() -> None:
    register = at("active")
    ctx = register.context("hr")
    process = Giver(None, ("process",))
    own = ctx.__class__(ctx.tenant, ctx.stream, ctx.command_id, process, ctx.now, ctx.settings)
    with pytest.raises(Refused) as refused:
        RULES.decide(register.state, VacateCoordinator(person=id_of("carla")), own)
    assert refused.value.code == "state.not_allowed"
    with pytest.raises(Refused) as refused:
        RULES.decide(at("assessed").state, VacateCoordinator(person=id_of("anna")), own)
    assert refused.value.code == "state.not_allowed"
    with pytest.raises(Refused) as refused:
        RULES.decide(at("ended").state, VacateCoordinator(person=id_of("anna")), own)
    assert refused.value.code == "state.final"


@pytest.mark.parametrize(
    "command",
    [VacateCoordinator(person=id_of("anna")), TakeOverPartner(partner=id_of("another"))],
)
def test_what_only_the_process_gives_is_nobody_s(command: VacateCoordinator) -> None:
    register = at("active")
    for by in register.scenario.people:
        with pytest.raises(Refused) as refused:
            RULES.decide(register.state, command, register.context(by))
        assert refused.value.code == "auth.role"
        assert type(command).__name__ not in register.offered(by)
