"""Who is told of what, exactly: never the giver, unless it asked for the letter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.internships.office import (
    AGREEMENT,
    EVALUATION,
    OUTCOME,
    PROPOSAL,
    SIGNERS,
    Office,
    at,
    id_of,
)

HALF_DAY = {"date": "2026-04-13", "part": "afternoon"}
REASON = {"reason": "Het kan niet"}
CONTACT = {"contact": id_of("mila"), "reason": "left"}
SUPERVISOR = {"supervisor": id_of("mila")}


def _caused(office: Office, by: str, command: str, data: dict[str, Any]) -> set[tuple[str, str]]:
    """(receiver, kind) of the notices that a command on the case causes."""
    names = {id_of(key): key for key in office.scenario.people}
    before = len(office.told)
    office.accept(by, command, data)
    found = [(names[one.to], one.kind) for one in office.told[before:]]
    assert len(found) == len(set(found))
    return set(found)


def _all(kind: str, *receivers: str) -> set[tuple[str, str]]:
    return {(receiver, kind) for receiver in receivers}


COORDINATORS = ("coordinator", "second")


def test_a_proposal() -> None:
    office = Office()
    office.propose()
    kinds = [(one.to, one.kind) for one in office.told if one.kind.startswith("internship")]
    assert kinds == [
        (id_of(key), "internship_proposed") for key in ("leader", "coordinator", "second")
    ]


@pytest.mark.parametrize(
    ("milestone", "by", "command", "data", "told"),
    [
        (
            "proposed", "leader", "ApproveInternship", {"replacement": "arranged"},
            _all("internship_approved", "teacher", *COORDINATORS),
        ),
        (
            "matched", "second", "NameHostSupervisor", SUPERVISOR,
            _all("supervisor_named", "teacher"),
        ),
        (
            "running", "second", "ReplaceHostSupervisor", {**SUPERVISOR, "reason": "left"},
            _all("supervisor_named", "teacher") | _all("handover", "coordinator"),
        ),
        (
            "supervised", "coordinator", "DraftAgreement", AGREEMENT,
            _all("agreement_to_sign", *SIGNERS),
        ),
        (
            "partly", "coordinator", "AmendAgreement", {"half_days": 3, "reason": "Meer"},
            _all("agreement_to_sign", *SIGNERS),
        ),
        ("drafted", "teacher", "SignAgreement", {"version": 1}, set()),
        ("drafted", "coordinator", "RevokeSigningLink", {"party": "host"}, set()),
        (
            "drafted", "arno", "RequestFreshLink", {},
            _all("signing_link", "arno") | _all("fresh_link_sent", *COORDINATORS),
        ),
        (
            "drafted", "second", "SendSigningLink", {"party": "host"},
            _all("signing_link", "arno") | _all("fresh_link_sent", "coordinator"),
        ),
        (
            "matched", "second", "ReplaceHostContact", CONTACT,
            _all("part_taken_over", "mila", "arno", "teacher") | _all("handover", "coordinator"),
        ),
        (
            "partly", "second", "ReplaceHostContact", CONTACT,
            _all("part_taken_over", "mila", "arno", "teacher")
            | _all("agreement_to_sign", "mila")
            | _all("handover", "coordinator"),
        ),
        (
            "signed", "second", "ReplaceHostContact", CONTACT,
            _all("part_taken_over", "mila", "arno", "teacher") | _all("handover", "coordinator"),
        ),
        (
            "running", "coordinator", "ReplaceSchoolLeader",
            {"school_leader": id_of("other_leader"), "reason": "Pensioen"},
            _all("part_taken_over", "other_leader", "leader", "teacher"),
        ),
        (
            "recorded", "teacher", "SubmitEvaluation", EVALUATION, set(),
        ),
        (
            "evaluated", "teacher", "ShareOutcome", OUTCOME,
            _all("outcome_shared", "leader", "arno", *COORDINATORS),
        ),
        ("shared", "coordinator", "CloseInternship", {}, _all("internship_closed", *SIGNERS)),
        (
            "approved", "teacher", "CancelInternship", REASON,
            _all("internship_cancelled", "leader"),
        ),
        (
            "matched", "coordinator", "CancelInternship", REASON,
            _all("internship_cancelled", *SIGNERS),
        ),
        (
            "running", "leader", "EndInternshipEarly", REASON,
            _all("internship_ended_early", "teacher", "arno"),
        ),
        (
            "running", "second", "RecordHalfDay",
            {**HALF_DAY, "attended": False, "reason": "Overleg"},
            _all("half_day_missed", "coordinator"),
        ),
        ("running", "teacher", "RecordHalfDay", {**HALF_DAY, "attended": True}, set()),
    ],
)  # fmt: skip
def test_what_happens_is_told(
    milestone: str, by: str, command: str, data: dict[str, Any], told: set[tuple[str, str]]
) -> None:
    assert _caused(at(milestone), by, command, data) == told


def test_a_match() -> None:
    office = at("approved")
    match = {"host": office.host, "contact": id_of("arno")}
    assert _caused(office, "coordinator", "MatchHost", match) == _all(
        "host_matched", "teacher", "leader"
    )


def test_the_last_signature_of_a_version() -> None:
    office = at("partly")
    assert _caused(office, "arno", "SignAgreement", {"version": 1}) == set()
    assert _caused(office, "leader", "SignAgreement", {"version": 1}) == _all(
        "agreement_complete", "teacher", "arno", *COORDINATORS
    )
    office.accept("coordinator", "AmendAgreement", {"half_days": 3, "reason": "Meer"})
    for signer in ("teacher", "leader"):
        assert _caused(office, signer, "SignAgreement", {"version": 2}) == set()
    assert _caused(office, "arno", "SignAgreement", {"version": 2}) == _all(
        "agreement_complete", "teacher", "leader", *COORDINATORS
    )


def test_a_start() -> None:
    office = at("signed")
    office.move("2026-04-13T08:00")
    assert _caused(office, "teacher", "StartInternship", {}) == _all("internship_started", "leader")


def test_corrections_and_handovers_tell_nobody() -> None:
    office = at("running")
    office.accept("coordinator", "ReplaceHostSupervisor", {**SUPERVISOR, "reason": "left"})
    assert _caused(office, "teacher", "CompleteHandover", {"task": "supervisor:1"}) == set()
    correction = {
        "event": office.events[0].event_id,
        "reason": "Vergissing",
        "correction": "Twee robots",
        "approved_by": id_of("auditor"),
    }
    assert _caused(office, "hr", "CorrectRecord", correction) == set()


def test_nobody_hears_of_another_s_internship() -> None:
    office = at("closed")
    parts = {id_of(key) for key in ("teacher", "leader", "arno", "coordinator", "second", "hr")}
    assert {one.to for one in office.told} <= parts
    assert PROPOSAL["school_leader"] in {one.to for one in office.told}
