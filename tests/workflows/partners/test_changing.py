"""What is known of a partner changes, and is kept as it is from then on."""

from __future__ import annotations

import pytest

from tests.workflows.partners.register import PARTNER, REASON, ROAD, at

NEW = {
    "name": "Stadsbibliotheek Noord",
    "kind": "library",
    "levels": ["pupil", "group"],
    "obligation": "prescribed",
    "origin": "parent",
    "schools": ["De Windvaan"],
    "co_location": "neighbour",
    "attendance": "elke dinsdag",
    "contribution": "een boekenkring",
    "purpose": "lezen",
}
PARTNER_AS_IS = {key: value for key, value in PARTNER.items() if key != "school_leader"}


@pytest.mark.parametrize("milestone", [one for one in ROAD if one != "ended"])
def test_in_every_open_state_all_of_it(milestone: str) -> None:
    register = at(milestone)
    assert register.accept("leader", "ChangePartner", NEW) == ["PartnerChanged"]
    summary = register.summary()
    assert {key: summary[key] for key in NEW} == NEW
    assert summary["state"] == milestone
    assert summary["school_leader"] == PARTNER["school_leader"]


def test_only_what_is_different_is_kept() -> None:
    register = at("active")
    levels = {"levels": ["organisation", "organisation"]}
    register.accept("coordinator", "ChangePartner", {**PARTNER_AS_IS, **levels})
    assert register.events[-1].json()["data"] == {"levels": ["organisation"]}


@pytest.mark.parametrize(
    "data",
    [{}, {"kind": None}, PARTNER_AS_IS, {"levels": ["group"] * 2}, {"purpose": " ", "schools": []}],
)
def test_no_change_is_refused(data: dict[str, object]) -> None:
    assert at("active").refuse("leader", "ChangePartner", data) == ("command.invalid", None)


def test_what_no_longer_holds_is_left_out() -> None:
    register = at("active")
    register.accept("leader", "ChangePartner", attendance="elke week", schools=["De Windvaan"])
    register.accept("leader", "ChangePartner", attendance="", schools=[])
    assert (register.summary()["attendance"], register.summary()["schools"]) == (None, [])


def test_by_who_decides_and_not_after_the_end() -> None:
    for by in ("coordinator", "leader", "anna"):
        at("active").accept(by, "ChangePartner", NEW)
    register = at("active")
    assert register.refuse("other_leader", "ChangePartner", NEW)[0] == "auth.not_assigned"
    for by in ("bram", "teacher", "hr"):
        assert register.refuse(by, "ChangePartner", NEW)[0] == "auth.role"
    register.accept("leader", "EndPartner", REASON)
    assert register.refuse("leader", "ChangePartner", NEW)[0] == "state.final"
