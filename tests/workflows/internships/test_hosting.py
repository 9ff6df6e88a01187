"""The host: still a partner, spoken for by who works there, also when somebody else takes over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.internships.office import (
    AGREEMENT,
    EVALUATION,
    NOWHERE,
    ROAD,
    SIGNERS,
    Office,
    at,
    id_of,
)

MILA = {"contact": id_of("mila"), "reason": "left"}
HOSTED = list(ROAD)[list(ROAD).index("matched") : list(ROAD).index("closed")]


def _ends(office: Office, contact: str) -> None:
    office.of_partner(office.host, "EndContact", {"contact": id_of(contact), "reason": "left"})


def _dormant(office: Office) -> None:
    office.of_partner(office.host, "MarkDormant", {})


def _ended(office: Office) -> None:
    office.of_partner(office.host, "EndPartner", {"reason": "Gestopt"})


def _merged(office: Office) -> str:
    """The host goes on as another partner, which takes over its people."""
    other = office.partner("outsider")
    office.of_partner(office.host, "MergePartners", {"into": other, "reason": "Samen verder"})
    return other


def _replaced(office: Office, **changes: Any) -> list[str]:
    return office.accept("coordinator", "ReplaceHostContact", {**MILA, **changes})


def _refused(office: Office, **changes: Any) -> tuple[str | None, str | None]:
    return office.refuse("coordinator", "ReplaceHostContact", {**MILA, **changes})


@pytest.mark.parametrize("milestone", HOSTED)
def test_from_the_match_until_it_is_closed(milestone: str) -> None:
    office = at(milestone)
    assert _replaced(office) == ["HostContactReplaced", "HandoverTaskOpened"]
    shown = office.summary("mila")
    assert (shown["contact"], shown["host"]) == (id_of("mila"), office.host)
    assert shown["handovers"] == [{"task": "contact:1", "of": id_of("arno"), "to": id_of("mila")}]
    assert office.view("summary", "arno").refused == "not_found"


@pytest.mark.parametrize("milestone", ["proposed", "approved"])
def test_not_before_there_is_one(milestone: str) -> None:
    assert _refused(at(milestone)) == ("state.not_allowed", None)


def test_by_the_coordinator_to_somebody_else_who_speaks_for_no_other_party() -> None:
    office = at("matched")
    assert office.refuse("teacher", "ReplaceHostContact", MILA) == ("auth.role", None)
    assert _refused(office, contact=id_of("arno")) == ("command.invalid", "contact")
    assert _refused(office, contact=id_of("arno"), host=office.host) == (
        "command.invalid",
        "contact",
    )
    office.propose("teaching_contact", school_leader=id_of("leading_contact"))
    office.accept("leading_contact", "ApproveInternship", {"replacement": "arranged"})
    office.accept("coordinator", "MatchHost", {"host": office.host, "contact": id_of("arno")})
    for other in ("teaching_contact", "leading_contact"):
        assert _refused(office, contact=id_of(other)) == ("command.invalid", "contact")


def test_to_a_contact_of_the_host() -> None:
    office = at("drafted")
    assert _refused(office, contact=id_of("outsider")) == ("host.contact_unknown", None)
    _ends(office, "mila")
    assert _refused(office) == ("host.contact_unknown", None)


def test_a_host_that_sleeps_is_still_one_a_host_that_ended_is_none() -> None:
    office = at("drafted")
    _dormant(office)
    _replaced(office)
    office = at("drafted")
    _ended(office)
    assert _refused(office) == ("host.not_active", None)


def test_another_partner_is_active_and_knows_the_contact() -> None:
    office = at("running")
    assert _refused(office, host=NOWHERE) == ("host.not_active", None)
    other = office.partner("outsider")
    assert _refused(office, host=other) == ("host.contact_unknown", None)
    _replaced(office, contact=id_of("outsider"), host=other)
    assert (office.summary()["host"], office.summary()["contact"]) == (other, id_of("outsider"))
    office.of_partner(other, "MarkDormant", {})
    assert _refused(office, contact=id_of("outsider"), host=other) == (
        "command.invalid",
        "contact",
    )


def test_who_stays_with_a_host_that_merged_hands_nothing_over() -> None:
    office = at("signed")
    other = _merged(office)
    office.move("2026-04-13T17:00")
    assert office.refuse("coordinator", "StartInternship") == ("host.not_active", None)
    assert _replaced(office, contact=id_of("arno"), reason="other", host=other) == [
        "HostContactReplaced"
    ]
    assert (office.summary()["host"], office.summary()["handovers"]) == (other, [])
    assert "host" not in office.state.links_since
    office.accept("coordinator", "StartInternship")


def test_the_new_contact_signs_and_evaluates_what_the_former_did_not() -> None:
    office = at("partly")
    _replaced(office)
    assert office.refuse("arno", "SignAgreement", {"version": 1}) == ("auth.not_assigned", None)
    office.accept("mila", "SignAgreement", {"version": 1})
    signed = office.summary()["agreement"]["versions"][0]["signed"]
    assert [one["person"] for one in signed] == [id_of("teacher"), id_of("mila")]
    office = at("signed")
    _replaced(office)
    assert office.refuse("mila", "SignAgreement", {"version": 1}) == ("state.not_allowed", None)
    office = at("recorded")
    _replaced(office)
    office.accept("mila", "SubmitEvaluation", EVALUATION)


def test_links_of_the_former_contact_serve_no_more_also_if_that_person_returns() -> None:
    office = at("drafted")
    before = office.state.version
    _replaced(office)
    office.accept(
        "coordinator", "ReplaceHostContact", {"contact": id_of("arno"), "reason": "other"}
    )
    assert office.state.links_since["host"] > before


def test_nobody_signs_who_no_longer_works_there() -> None:
    office = at("partly")
    _ends(office, "arno")
    assert office.refuse("arno", "SignAgreement", {"version": 1}) == ("host.contact_unknown", None)
    office.accept("leader", "SignAgreement", {"version": 1})
    _replaced(office)
    office.accept("mila", "SignAgreement", {"version": 1})


def test_nobody_evaluates_who_no_longer_works_there() -> None:
    office = at("recorded")
    _ends(office, "arno")
    assert office.refuse("arno", "SubmitEvaluation", EVALUATION) == ("host.contact_unknown", None)
    office.accept("teacher", "SubmitEvaluation", EVALUATION)


@pytest.mark.parametrize("becomes", [_dormant, _ended])
def test_who_works_there_signs_and_evaluates_whatever_became_of_the_partner(becomes: Any) -> None:
    office = at("partly")
    becomes(office)
    office.accept("arno", "SignAgreement", {"version": 1})
    office = at("recorded")
    becomes(office)
    for signer in SIGNERS:
        office.accept(signer, "SubmitEvaluation", EVALUATION)


def test_it_is_drafted_and_begun_with_a_host_that_is_still_there() -> None:
    office = at("supervised")
    _ended(office)
    assert office.refuse("coordinator", "DraftAgreement", AGREEMENT) == ("host.not_active", None)
    office = at("supervised")
    _dormant(office)
    office.accept("coordinator", "DraftAgreement", AGREEMENT)
    for signer in SIGNERS:
        office.accept(signer, "SignAgreement", {"version": 1})
    office.move("2026-04-13T08:00")
    office.accept("teacher", "StartInternship")
    office = at("signed")
    _ended(office)
    office.move("2026-04-13T08:00")
    assert office.refuse("teacher", "StartInternship") == ("host.not_active", None)
