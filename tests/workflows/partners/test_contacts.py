"""Contacts come and go; who leaves is succeeded, and somebody is the primary one again."""

from __future__ import annotations

import pytest

from tests.workflows.partners.register import PEOPLE, Register, at, id_of

INVALID = ("command.invalid", "contact")


def _contacts(register: Register) -> tuple[list[str], str | None]:
    summary = register.summary()
    return summary["contacts"], summary["primary_contact"]


@pytest.mark.parametrize("by", ["coordinator", "leader", "anna", "bram"])
def test_who_looks_after_a_partner_adds_contacts(by: str) -> None:
    assert at("active").accept(by, "AddContact", contact=id_of("loes")) == ["ContactAdded"]


def test_nobody_else_does() -> None:
    register = at("active")
    contact = {"contact": id_of("loes")}
    assert register.refuse("teacher", "AddContact", contact)[0] == "auth.role"
    assert register.refuse("other_leader", "AddContact", contact)[0] == "auth.not_assigned"
    assert register.refuse("carla", "EndContact", contact, reason="left")[0] == "auth.role"


def test_a_contact_is_one_once_and_only_who_is_one_leaves() -> None:
    register = at("prospect")
    register.accept("leader", "AddContact", contact=id_of("kees"))
    assert register.refuse("leader", "AddContact", contact=id_of("kees")) == INVALID
    assert register.refuse("leader", "EndContact", contact=id_of("loes"), reason="left") == INVALID
    assert register.refuse("leader", "AddContact", contact=id_of("student")) == INVALID
    register.accept("leader", "EndContact", contact=id_of("kees"), reason="other")
    register.accept("leader", "AddContact", contact=id_of("kees"))


@pytest.mark.parametrize("milestone", ["prospect", "assessed"])
def test_before_activation_nothing_is_handed_over(milestone: str) -> None:
    register = at(milestone)
    register.accept("leader", "AddContact", contact=id_of("loes"))
    left = register.accept("leader", "EndContact", contact=id_of("loes"), reason="left")
    assert left == ["ContactLeft"]
    handover = {"task": "contact:1", "successor": id_of("loes")}
    assert register.refuse("leader", "CompleteHandover", handover)[0] == "state.not_allowed"


@pytest.mark.parametrize("milestone", ["active", "dormant"])
@pytest.mark.parametrize("reason", ["left", "other_work"])
def test_who_leaves_is_succeeded(milestone: str, reason: str) -> None:
    register = at(milestone)
    register.accept("anna", "AddContact", contact=id_of("loes"))
    left = register.accept("anna", "EndContact", contact=id_of("kees"), reason=reason)
    assert left == ["ContactLeft", "HandoverTaskOpened"]
    assert _contacts(register) == ([id_of("loes")], None)
    assert register.summary()["handovers"] == [
        {"task": "contact:1", "of": id_of("kees"), "to": None}
    ]
    assert "handover:contact:1" in register.tasks("anna")
    assert "handover:contact:1" in register.tasks("second")
    assert "handover:contact:1" not in register.tasks("bram")
    done = register.accept("bram", "CompleteHandover", task="contact:1", successor=id_of("loes"))
    assert done == ["HandoverCompleted"]
    assert _contacts(register) == ([id_of("loes")], id_of("loes"))
    assert register.summary()["handovers"] == []


def test_a_handover_is_of_an_open_task_to_a_current_contact() -> None:
    register = at("active")
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    give = {"task": "contact:1", "successor": id_of("loes")}
    wrong = ("command.invalid", "successor")
    assert register.refuse("anna", "CompleteHandover", give) == wrong
    assert register.refuse("anna", "CompleteHandover", give, successor=id_of("kees")) == wrong
    register.accept("anna", "AddContact", contact=id_of("loes"))
    task = ("command.invalid", "task")
    assert register.refuse("anna", "CompleteHandover", give, task="contact:2") == task
    register.accept("anna", "CompleteHandover", give)
    assert register.refuse("anna", "CompleteHandover", give) == task


def test_only_the_successor_of_the_primary_contact_becomes_it() -> None:
    register = at("active")
    for key in ("loes", "mats", "teaching_contact"):
        register.accept("anna", "AddContact", contact=id_of(key))
    for key in ("kees", "loes"):
        register.accept("anna", "EndContact", contact=id_of(key), reason="left")
    tasks = [task["task"] for task in register.summary()["handovers"]]
    assert tasks == ["contact:1", "contact:2"]
    register.accept("anna", "CompleteHandover", task="contact:2", successor=id_of("mats"))
    assert register.summary()["primary_contact"] is None
    other = id_of("teaching_contact")
    register.accept("anna", "CompleteHandover", task="contact:1", successor=other)
    assert register.summary()["primary_contact"] == other


def test_who_was_none_after_all_leaves_the_place_to_the_first_of_the_others() -> None:
    register = at("active")
    register.accept("anna", "AddContact", contact=id_of("loes"))
    left = register.accept("anna", "EndContact", contact=id_of("kees"), reason="other")
    assert left == ["ContactLeft"]
    assert _contacts(register) == ([id_of("loes")], id_of("loes"))


@pytest.mark.parametrize("milestone", ["active", "dormant"])
@pytest.mark.parametrize("reason", ["left", "other_work", "other"])
def test_the_last_one_is_always_succeeded(milestone: str, reason: str) -> None:
    register = at(milestone)
    left = register.accept("anna", "EndContact", contact=id_of("kees"), reason=reason)
    assert left == ["ContactLeft", "HandoverTaskOpened"]
    assert _contacts(register) == ([], None)
    register.accept("anna", "AddContact", contact=id_of("mats"))
    register.accept("anna", "CompleteHandover", task="contact:1", successor=id_of("mats"))
    assert _contacts(register) == ([id_of("mats")], id_of("mats"))


def test_the_last_one_is_succeeded_also_where_the_primary_one_is_not_yet() -> None:
    register = at("active")
    register.accept("anna", "AddContact", contact=id_of("loes"))
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    register.accept("anna", "EndContact", contact=id_of("loes"), reason="other")
    register.accept("anna", "AddContact", contact=id_of("mats"))
    register.accept("anna", "CompleteHandover", task="contact:2", successor=id_of("mats"))
    assert register.summary()["primary_contact"] is None
    register.accept("anna", "CompleteHandover", task="contact:1", successor=id_of("mats"))
    assert register.summary()["primary_contact"] == id_of("mats")


def test_a_new_contact_waits_for_the_handover_of_the_primary_one() -> None:
    register = at("active")
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    register.accept("anna", "AddContact", contact=id_of("mats"))
    assert _contacts(register) == ([id_of("mats")], None)


def test_a_reactivated_partner_has_a_primary_contact_whatever_was_open() -> None:
    register = at("dormant")
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    people = {**PEOPLE, "primary_contact": id_of("loes")}
    register.accept("leader", "ActivatePartner", people)
    assert _contacts(register) == ([id_of("loes")], id_of("loes"))
    register.accept("anna", "AddContact", contact=id_of("mats"))
    register.accept("anna", "CompleteHandover", task="contact:1", successor=id_of("mats"))
    assert register.summary()["primary_contact"] == id_of("loes")
