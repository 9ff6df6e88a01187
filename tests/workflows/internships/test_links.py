"""Links of a party: revoked, none serves or is asked for until the coordinator sends one."""

from __future__ import annotations

import pytest

from tests.workflows.internships.office import Office, at, id_of

HOST = {"party": "host"}


def _revoked(milestone: str = "partly") -> Office:
    office = at(milestone)
    office.accept("coordinator", "RevokeSigningLink", HOST)
    assert office.refuse("arno", "RequestFreshLink") == ("link.expired", None)
    return office


def test_a_link_that_was_revoked_on_the_way_signs_nothing() -> None:
    office = at("partly")
    followed = {"version": len(office.state.versions), "link": office.state.version}
    office.accept("coordinator", "RevokeSigningLink", HOST)
    assert office.refuse("arno", "SignAgreement", followed) == ("link.expired", None)
    office.accept("coordinator", "SendSigningLink", HOST)
    office.accept("arno", "SignAgreement", {**followed, "link": office.state.version})


def test_the_coordinator_sends_one() -> None:
    office = _revoked()
    assert office.accept("coordinator", "SendSigningLink", HOST) == ["SigningLinkSent"]
    assert office.events[-1].data.person == id_of("arno")
    assert office.state.links_since["host"] == office.state.version
    office.accept("arno", "RequestFreshLink")


def test_a_new_version_lets_the_party_in_again() -> None:
    office = _revoked()
    office.accept("coordinator", "AmendAgreement", {"costs": "Reiskosten", "reason": "Vergeten"})
    office.accept("arno", "RequestFreshLink")


def test_a_new_contact_has_links_of_one_s_own() -> None:
    office = _revoked()
    replaced = {"contact": id_of("mila"), "reason": "left"}
    office.accept("coordinator", "ReplaceHostContact", replaced)
    office.accept("mila", "RequestFreshLink")


def test_to_evaluate_too() -> None:
    office = _revoked("recorded")
    office.accept("coordinator", "SendSigningLink", HOST)
    office.accept("arno", "RequestFreshLink")


def test_by_the_coordinator_to_a_party_of_which_something_is_asked() -> None:
    office = at("partly")
    assert office.refuse("arno", "SendSigningLink", HOST) == ("auth.role", None)
    for party, refused in (
        ("supplier", ("command.invalid", "party")),
        ("teacher", ("state.not_allowed", None)),
    ):
        assert office.refuse("coordinator", "SendSigningLink", {"party": party}) == refused


@pytest.mark.parametrize("milestone", ["supervised", "signed", "running", "shared"])
def test_otherwise_there_is_nothing_to_send(milestone: str) -> None:
    assert at(milestone).refuse("coordinator", "SendSigningLink", HOST) == (
        "state.not_allowed",
        None,
    )
