"""The agreement: complete, on free days, version by version, and signed by all."""

from __future__ import annotations

import pytest

from tests.workflows.internships.office import (
    AGREEMENT,
    PROPOSAL,
    SIGNERS,
    Office,
    at,
    follow,
    id_of,
)

ONE, OTHER = "a" * 64, "b" * 64
BEFORE_SIGNING = ("proposed", "approved", "matched", "supervised")


def _amended(office: Office, **changes: object) -> None:
    assert office.accept(
        "coordinator", "AmendAgreement", {**changes, "reason": "Anders afgesproken"}
    ) == ["AgreementAmended"]


def _refused_amendment(office: Office, **changes: object) -> tuple[str | None, str | None]:
    return office.refuse("coordinator", "AmendAgreement", {**changes, "reason": "Anders"})


def test_it_is_drafted_once_a_supervisor_is_named() -> None:
    office = at("matched")
    assert office.refuse("coordinator", "DraftAgreement", AGREEMENT) == (
        "host.supervisor_missing",
        None,
    )
    office.accept("coordinator", "NameHostSupervisor", {"supervisor": id_of("jeroen")})
    assert office.refuse("teacher", "DraftAgreement", AGREEMENT) == ("auth.role", None)
    assert office.accept("coordinator", "DraftAgreement", AGREEMENT) == ["AgreementDrafted"]
    shown = office.summary()
    assert shown["state"] == "agreement_drafted"
    assert {key: shown["agreement"][key] for key in AGREEMENT} == AGREEMENT
    assert (shown["attendance"]["agreed"], shown["agreement"]["version"]) == (2, 1)


@pytest.mark.parametrize("milestone", ["proposed", "approved"])
def test_it_needs_a_host(milestone: str) -> None:
    assert at(milestone).refuse("coordinator", "DraftAgreement", AGREEMENT) == (
        "state.not_allowed",
        None,
    )


@pytest.mark.parametrize("milestone", ["drafted", "partly", "signed", "running"])
def test_it_is_drafted_once(milestone: str) -> None:
    assert at(milestone).refuse("coordinator", "DraftAgreement", AGREEMENT) == (
        "state.not_allowed",
        None,
    )


@pytest.mark.parametrize("field", AGREEMENT)
@pytest.mark.parametrize("value", ["left out", None, "", "  "])
def test_a_missing_field_is_named(field: str, value: str | None) -> None:
    data = {**AGREEMENT, field: value}
    if value == "left out":
        del data[field]
    office = at("supervised")
    assert office.refuse("coordinator", "DraftAgreement", data) == (
        "agreement.field_missing",
        field,
    )


def test_the_days_are_in_order() -> None:
    office = at("supervised")
    data = {**AGREEMENT, "to": "2026-04-12"}
    assert office.refuse("coordinator", "DraftAgreement", data) == ("command.invalid", "to")
    office.accept("coordinator", "DraftAgreement", {**AGREEMENT, "to": "2026-04-13"})


def _with_another(office: Office) -> str:
    """A second internship of the teacher, on 20 to 24 April."""
    first = office.case
    office.propose(**{"from": "2026-04-20", "to": "2026-04-24"})
    second, office.case = office.case, first
    return second


def test_no_two_internships_on_one_day() -> None:
    office = at("supervised")
    second = _with_another(office)
    data = {**AGREEMENT, "to": "2026-04-20"}
    assert office.refuse("coordinator", "DraftAgreement", data) == ("internship.overlap", None)
    office.accept("coordinator", "DraftAgreement", AGREEMENT)
    assert _refused_amendment(office, to="2026-04-20") == ("internship.overlap", None)
    office.case, first = second, office.case
    office.accept("leader", "CancelInternship", {"reason": "Te veel"})
    office.case = first
    _amended(office, to="2026-04-20")


def test_days_of_a_version_make_way_for_those_of_the_next() -> None:
    office = at("drafted")
    _amended(office, **{"from": "2026-05-11", "to": "2026-05-15"})
    assert office.propose(**{"from": "2026-04-13", "to": "2026-04-17"}).refused is None
    assert office.propose(**{"from": "2026-05-15", "to": "2026-05-15"}).refused == (
        "internship.overlap"
    )


def test_days_of_a_proposal_make_way_for_those_of_the_agreement() -> None:
    office = Office()
    office.propose(**{"from": "2026-04-06", "to": "2026-04-10"})
    office.accept("leader", "ApproveInternship", {"replacement": "not_needed"})
    office.accept("coordinator", "MatchHost", {"host": office.host, "contact": id_of("arno")})
    office.accept("coordinator", "NameHostSupervisor", {"supervisor": id_of("jeroen")})
    office.accept("coordinator", "DraftAgreement", {**AGREEMENT, "from": "2026-04-09"})
    assert office.propose(**{"from": "2026-04-06", "to": "2026-04-08"}).refused is None


def test_an_amendment_changes_what_is_given_and_voids_signatures() -> None:
    office = at("signed")
    _amended(office, half_days=9, costs="Reiskosten")
    shown = office.summary()
    assert shown["state"] == "agreement_drafted"
    agreement = shown["agreement"]
    assert {key: agreement[key] for key in AGREEMENT} == {
        **AGREEMENT,
        "half_days": 9,
        "costs": "Reiskosten",
    }
    assert (agreement["version"], agreement["signed"], agreement["complete"]) == (2, [], False)
    first, second = agreement["versions"]
    assert [one["party"] for one in first["signed"]] == ["teacher", "school", "host"]
    assert [one["person"] for one in first["signed"]] == [id_of(key) for key in SIGNERS]
    assert (first["void"], second["void"], second["signed"]) == (True, False, [])


@pytest.mark.parametrize("field", AGREEMENT)
def test_an_amendment_empties_nothing(field: str) -> None:
    office = at("drafted")
    assert _refused_amendment(office, **{field: ""}) == ("agreement.field_missing", field)
    assert _refused_amendment(office, **{field: None}) == ("agreement.field_missing", field)


def test_an_amendment_that_changes_nothing_is_none() -> None:
    office = at("partly")
    assert _refused_amendment(office) == ("command.invalid", "goal")
    assert _refused_amendment(office, costs="Geen") == ("command.invalid", "costs")


def test_an_amendment_keeps_the_days_in_order() -> None:
    assert _refused_amendment(at("drafted"), to="2026-04-12") == ("command.invalid", "to")


@pytest.mark.parametrize("milestone", [*BEFORE_SIGNING, "running", "evaluated", "shared"])
def test_an_amendment_comes_between_draft_and_start(milestone: str) -> None:
    assert _refused_amendment(at(milestone), half_days=3) == ("state.not_allowed", None)


def test_all_three_sign_in_any_order() -> None:
    office = at("drafted")
    for signer, state in (("arno", "partially_signed"), ("teacher", "partially_signed")):
        assert office.accept(signer, "SignAgreement", {"version": 1}) == ["AgreementSigned"]
        assert office.summary()["state"] == state
    assert office.summary()["agreement"]["missing"] == ["school"]
    office.accept("leader", "SignAgreement", {"version": 1})
    shown = office.summary()
    assert (shown["state"], shown["agreement"]["complete"]) == ("signed", True)


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ("coordinator", "auth.role"),
        ("hr", "auth.role"),
        ("other_teacher", "auth.not_assigned"),
        ("other_leader", "auth.not_assigned"),
        ("jeroen", "auth.not_assigned"),
        ("outsider", "auth.not_assigned"),
    ],
)
def test_nobody_signs_for_another(by: str, code: str) -> None:
    assert at("drafted").refuse(by, "SignAgreement", {"version": 1}) == (code, None)


def test_a_party_signs_a_version_once() -> None:
    office = at("partly")
    assert office.refuse("teacher", "SignAgreement", {"version": 1}) == ("state.not_allowed", None)


@pytest.mark.parametrize("milestone", [*BEFORE_SIGNING, "signed", "running", "shared"])
def test_there_is_a_time_to_sign(milestone: str) -> None:
    for signer in ("teacher", "leader"):
        assert at(milestone).refuse(signer, "SignAgreement", {"version": 1}) == (
            "state.not_allowed",
            None,
        )


@pytest.mark.parametrize("version", [0, -1, 2])
def test_a_version_that_is_not_there_is_not_signed(version: int) -> None:
    assert at("drafted").refuse("teacher", "SignAgreement", {"version": version}) == (
        "command.invalid",
        "version",
    )


def test_an_older_version_is_not_signed() -> None:
    office = at("drafted")
    _amended(office, half_days=9)
    for signer in ("teacher", "leader"):
        assert office.refuse(signer, "SignAgreement", {"version": 1}) == (
            "agreement.version_superseded",
            "version",
        )
    assert office.refuse("arno", "SignAgreement", {"version": 1}) == ("link.expired", "version")


@pytest.mark.parametrize("milestone", ["signed", "running", "recorded", "evaluated", "shared"])
def test_an_older_version_is_told_apart_as_long_as_the_case_is_open(milestone: str) -> None:
    office = at("drafted")
    _amended(office, half_days=2, costs="Reiskosten")
    follow(office, "drafted", milestone)
    assert office.refuse("teacher", "SignAgreement", {"version": 1}) == (
        "agreement.version_superseded",
        "version",
    )
    assert office.refuse("arno", "SignAgreement", {"version": 1}) == ("link.expired", "version")
    assert office.refuse("teacher", "SignAgreement", {"version": 2}) == ("state.not_allowed", None)
    assert office.refuse("teacher", "SignAgreement", {"version": 3}) == (
        "command.invalid",
        "version",
    )


def test_the_supervisor_stands_in_the_version_that_names_one() -> None:
    office = at("signed")
    assert office.summary()["agreement"]["supervisor"] == id_of("jeroen")
    office.accept(
        "coordinator", "ReplaceHostSupervisor", {"supervisor": id_of("mila"), "reason": "left"}
    )
    assert office.summary()["agreement"]["supervisor"] == id_of("jeroen")
    _amended(office)
    assert office.summary()["agreement"]["supervisor"] == id_of("mila")
    assert office.events[-1].data.supervisor == id_of("mila")
    assert _refused_amendment(office) == ("command.invalid", "goal")


def test_the_supervisor_is_not_given_by_hand() -> None:
    data = {**AGREEMENT, "supervisor": id_of("mila")}
    assert at("supervised").refuse("coordinator", "DraftAgreement", data) == (
        "command.invalid",
        "supervisor",
    )


def test_all_sign_the_same_document() -> None:
    office = at("drafted")
    office.accept("teacher", "SignAgreement", {"version": 1, "document": ONE})
    assert office.refuse("leader", "SignAgreement", {"version": 1, "document": OTHER}) == (
        "agreement.version_superseded",
        "document",
    )
    office.accept("leader", "SignAgreement", {"version": 1, "document": ONE})
    office.accept("arno", "SignAgreement", {"version": 1})
    assert office.summary()["agreement"]["document"] == ONE


def test_a_fresh_link_is_for_who_has_something_to_sign() -> None:
    office = at("drafted")
    assert office.refuse("jeroen", "RequestFreshLink") == ("auth.not_assigned", None)
    assert office.refuse("teacher", "RequestFreshLink") == ("auth.role", None)
    assert office.accept("arno", "RequestFreshLink") == ["SigningLinkSent"]
    office.accept("arno", "SignAgreement", {"version": 1})
    assert office.refuse("arno", "RequestFreshLink") == ("state.not_allowed", None)


@pytest.mark.parametrize("milestone", ["matched", "signed", "running", "evaluated", "shared"])
def test_otherwise_there_is_no_fresh_link(milestone: str) -> None:
    assert at(milestone).refuse("arno", "RequestFreshLink") == ("state.not_allowed", None)


def test_a_fresh_link_is_also_for_who_is_to_evaluate() -> None:
    office = at("recorded")
    assert office.accept("arno", "RequestFreshLink") == ["SigningLinkSent"]
    assert office.accept("coordinator", "RevokeSigningLink", {"party": "host"}) == [
        "SigningLinkRevoked"
    ]
    office.accept("arno", "SubmitEvaluation", {"text": "Graag weer"})
    assert office.refuse("arno", "RequestFreshLink") == ("state.not_allowed", None)
    assert office.refuse("coordinator", "RevokeSigningLink", {"party": "host"}) == (
        "state.not_allowed",
        None,
    )


def test_links_are_revoked_of_a_party_that_has_yet_to_sign() -> None:
    office = at("partly")
    for party, refused in (
        ("supplier", ("command.invalid", "party")),
        ("teacher", ("state.not_allowed", None)),
    ):
        assert office.refuse("coordinator", "RevokeSigningLink", {"party": party}) == refused
    assert office.refuse("arno", "RevokeSigningLink", {"party": "host"}) == ("auth.role", None)
    assert office.accept("coordinator", "RevokeSigningLink", {"party": "host"}) == [
        "SigningLinkRevoked"
    ]
    assert office.state.links_revoked == {"host"}


@pytest.mark.parametrize("milestone", ["supervised", "signed", "running", "shared"])
def test_otherwise_there_is_no_link_to_revoke(milestone: str) -> None:
    assert at(milestone).refuse("coordinator", "RevokeSigningLink", {"party": "host"}) == (
        "state.not_allowed",
        None,
    )


def test_the_same_signature_again_is_the_same_answer() -> None:
    office = at("drafted")
    call = office.call("arno", "SignAgreement", {"version": 1}, office.case)
    first = office.send(call)
    assert first.refused is None
    _amended(office, half_days=9)
    assert office.send(call) == first
    assert office.summary()["agreement"]["signed"] == []


def test_a_proposal_is_not_an_agreement() -> None:
    office = at("proposed")
    assert office.summary()["agreement"] is None
    assert office.summary()["attendance"]["agreed"] == PROPOSAL["half_days"]
