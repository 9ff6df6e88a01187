"""From the first idea to a partner that is worked with: who, when, and what may not be missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.partners.register import (
    FIT,
    PARTNER,
    PEOPLE,
    REASON,
    ROAD,
    ROLES,
    Register,
    at,
    id_of,
)

ALLOWED = {"auth.role": None, "auth.not_assigned": None}


def _refusals(register: Register, command: str, data: dict[str, Any]) -> dict[str, str | None]:
    """By whom it is refused for who gives it, and with which code."""
    found: dict[str, str | None] = {}
    for by in ROLES:
        answer = register.send(register.call(by, command, data, register.case))
        if answer.refused in ALLOWED:
            found[by] = answer.refused
    return found


@pytest.mark.parametrize("by", ["coordinator", "leader", "teacher", "carla", "other_leader"])
def test_who_may_register(by: str) -> None:
    assert Register().register(by).refused is None


@pytest.mark.parametrize("by", ["client", "hr", "auditor", "board", "kees", "student", "trainer"])
def test_who_may_not(by: str) -> None:
    assert Register().register(by).refused == "auth.role"


def test_it_is_registered_once() -> None:
    register = at("prospect")
    assert register.refuse("coordinator", "RegisterPartner", PARTNER)[0] == "state.not_allowed"
    assert at("ended").refuse("coordinator", "RegisterPartner", PARTNER)[0] == "state.final"


def test_the_school_leader_is_one() -> None:
    answer = Register().register(school_leader=id_of("teacher"))
    assert (answer.refused, answer.body["field"]) == ("command.invalid", "school_leader")


def test_levels_are_told_once_each() -> None:
    register = Register()
    register.register(levels=["group", "pupil", "group"])
    assert register.summary()["levels"] == ["group", "pupil"]


def test_the_fit_may_be_assessed_again_until_active() -> None:
    register = at("assessed")
    register.accept("coordinator", "AssessFit", FIT, motive="workload", capacity=3)
    summary = register.summary()
    assert (summary["state"], summary["motive"], summary["capacity"]) == ("assessed", "workload", 3)
    register.accept("leader", "ActivatePartner", PEOPLE)
    assert register.refuse("leader", "AssessFit", FIT)[0] == "state.not_allowed"


@pytest.mark.parametrize("motive", [None, "", " "])
def test_a_choice_has_a_motive(motive: str | None) -> None:
    register = at("prospect")
    code = ("partner.motive_missing", "motive")
    assert register.refuse("leader", "AssessFit", FIT, motive=motive) == code


def test_only_the_leader_it_names_and_the_coordinators_assess_and_activate() -> None:
    others = {by for by in ROLES if by not in ("coordinator", "second", "leader")}
    for milestone, command, data in (
        ("prospect", "AssessFit", FIT),
        ("assessed", "ActivatePartner", PEOPLE),
        ("prospect", "EndPartner", REASON),
    ):
        found = _refusals(at(milestone), command, data)
        assert set(found) >= others
        assert found.pop("other_leader") == "auth.not_assigned"
        assert set(found.values()) == {"auth.role"}


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("primary_contact", "partner.contact_missing"),
        ("coordinator", "partner.coordinator_missing"),
        ("deputy", "partner.deputy_missing"),
    ],
)
@pytest.mark.parametrize("milestone", ["assessed", "dormant"])
def test_activation_needs_three_people(milestone: str, missing: str, code: str) -> None:
    register = at(milestone)
    data = {key: value for key, value in PEOPLE.items() if key != missing}
    assert register.refuse("leader", "ActivatePartner", data) == (code, missing)
    assert register.refuse("leader", "ActivatePartner", {**PEOPLE, missing: ""}) == (code, missing)


def test_they_are_asked_for_in_this_order() -> None:
    register = at("assessed")
    one = {"coordinator": id_of("anna")}
    assert register.refuse("leader", "ActivatePartner")[0] == "partner.contact_missing"
    contact = {"primary_contact": id_of("kees")}
    assert register.refuse("leader", "ActivatePartner", contact)[0] == "partner.coordinator_missing"
    both = {**contact, **one, "deputy": id_of("anna")}
    assert register.refuse("leader", "ActivatePartner", both)[0] == "partner.deputy_missing"


def test_a_prospect_has_to_be_assessed_first() -> None:
    register = at("prospect")
    assert register.refuse("leader", "ActivatePartner", PEOPLE)[0] == "partner.motive_missing"
    assert at("active").refuse("leader", "ActivatePartner", PEOPLE)[0] == "state.not_allowed"


def test_a_primary_contact_becomes_a_contact() -> None:
    register = at("assessed")
    register.accept("leader", "AddContact", contact=id_of("loes"))
    register.accept("leader", "ActivatePartner", PEOPLE)
    summary = register.summary()
    assert summary["contacts"] == [id_of("loes"), id_of("kees")]
    assert summary["primary_contact"] == id_of("kees")
    assert (summary["coordinator"], summary["deputy"]) == (id_of("anna"), id_of("bram"))


def test_a_dormant_partner_is_activated_with_other_people() -> None:
    register = at("dormant")
    people = {
        "primary_contact": id_of("loes"),
        "coordinator": id_of("carla"),
        "deputy": id_of("anna"),
    }
    register.accept("coordinator", "ActivatePartner", people)
    summary = register.summary()
    assert summary["state"] == "active"
    assert summary["contacts"] == [id_of("kees"), id_of("loes")]
    assert (summary["primary_contact"], summary["deputy"]) == (id_of("loes"), id_of("anna"))


@pytest.mark.parametrize("milestone", list(ROAD)[:-1])
def test_the_end_comes_from_everywhere(milestone: str) -> None:
    register = at(milestone)
    assert register.accept("coordinator", "EndPartner", REASON) == ["PartnerEnded"]
    assert register.summary()["state"] == "ended"
    assert register.refuse("coordinator", "EndPartner", REASON)[0] == "state.final"


def test_only_who_is_active_becomes_dormant() -> None:
    for milestone in ("prospect", "assessed", "dormant"):
        assert at(milestone).refuse("leader", "MarkDormant")[0] == "state.not_allowed"
    for by in ("coordinator", "leader", "anna"):
        assert at("active").accept(by, "MarkDormant") == ["PartnerMarkedDormant"]
    assert at("active").refuse("bram", "MarkDormant")[0] == "auth.role"


def test_what_was_recorded_is_rectified_beside_it() -> None:
    register = at("ended")
    correction = {
        "event": register.events[-1].event_id,
        "reason": "Vergissing",
        "correction": "Anders",
        "approved_by": id_of("auditor"),
    }
    assert register.refuse("leader", "CorrectRecord", correction)[0] == "auth.role"
    assert register.accept("hr", "CorrectRecord", correction) == ["RecordCorrected"]
    other = {**correction, "event": id_of("nothing")}
    assert register.refuse("hr", "CorrectRecord", other) == ("command.invalid", "event")
