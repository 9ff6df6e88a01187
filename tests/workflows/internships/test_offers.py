"""What is offered agrees with what is decided: nothing is accepted that was not offered."""

from __future__ import annotations

from typing import Any

import pytest

from events.internships.facts import PARTIES
from tests.workflows.internships.office import (
    AGREEMENT,
    EVALUATION,
    OUTCOME,
    PROPOSAL,
    ROAD,
    ROLES,
    Office,
    at,
    id_of,
)
from workflows.decision import Command, Refused
from workflows.internships import RULES
from workflows.pure import parse
from workflows.stewardship import COMMANDS as STEWARDSHIP

REASON = {"reason": "Het kan niet"}


def _right(office: Office) -> dict[str, dict[str, Any]]:
    """For each command data that suit the case, as far as any do."""
    today = office.context("hr").now.date().isoformat()
    halves = [
        {"date": day, "part": part, "attended": True}
        for day in ("2026-04-13", "2026-04-14", "2026-04-15")
        for part in ("morning", "afternoon")
        if day <= today and (day, part) not in office.state.half_days
    ]
    handovers = list(office.state.handovers) or ["supervisor:1"]
    asked = office.state.missing(PARTIES) or office.state.not_evaluated or PARTIES
    return {
        "ProposeInternship": PROPOSAL,
        "ApproveInternship": {"replacement": "arranged"},
        "MatchHost": {"host": office.host, "contact": id_of("arno")},
        "NameHostSupervisor": {"supervisor": id_of("jeroen")},
        "ReplaceHostSupervisor": {"supervisor": id_of("mila"), "reason": "left"},
        "ReplaceHostContact": {"contact": id_of("mila"), "reason": "left"},
        "ReplaceSchoolLeader": {"school_leader": id_of("other_leader"), **REASON},
        "DraftAgreement": AGREEMENT,
        "AmendAgreement": {"half_days": 7, "reason": "Meer"},
        "SignAgreement": {"version": max(1, len(office.state.versions))},
        "RequestFreshLink": {},
        "SendSigningLink": {"party": asked[0]},
        "RevokeSigningLink": {"party": asked[0]},
        "StartInternship": {},
        "RecordHalfDay": (halves or [{"date": today, "part": "morning", "attended": True}])[0],
        "CompleteHandover": {"task": handovers[0]},
        "SubmitEvaluation": EVALUATION,
        "ShareOutcome": OUTCOME,
        "CloseInternship": {},
        "CancelInternship": REASON,
        "EndInternshipEarly": REASON,
        "CorrectRecord": {
            "event": office.events[0].event_id,
            "reason": "Vergissing",
            "correction": "Anders",
            "approved_by": id_of("auditor"),
        },
    }


def _refusal(office: Office, command: Command, by: str) -> str | None:
    """The code with which the rules refuse; None where they do not."""
    try:
        RULES.decide(office.state, command, office.context(by))
    except Refused as refused:
        return refused.code
    return None


def _agrees(office: Office) -> None:
    """Offered is exactly what is accepted with data that suit the case."""
    right = _right(office)
    assert set(right) == set(RULES.commands) - set(STEWARDSHIP)
    for by in ROLES:
        offered = office.offered(by)
        for name, data in right.items():
            command = parse(RULES, name, data)
            code = _refusal(office, command, by)
            assert (code is None) == (name in offered), f"{name} by {by}: {code}"


@pytest.mark.parametrize("milestone", ROAD)
def test_at_every_milestone(milestone: str) -> None:
    _agrees(at(milestone))


def test_after_an_amendment() -> None:
    office = at("signed")
    office.accept("coordinator", "AmendAgreement", {"half_days": 5, "reason": "Meer"})
    _agrees(office)


def test_while_links_are_revoked() -> None:
    office = at("partly")
    office.accept("coordinator", "RevokeSigningLink", {"party": "host"})
    _agrees(office)


def test_with_a_handover() -> None:
    office = at("running")
    handed = {"supervisor": id_of("arno"), "reason": "absence"}
    office.accept("coordinator", "ReplaceHostSupervisor", handed)
    _agrees(office)


def test_on_the_day_it_may_start_and_the_days_before() -> None:
    office = at("signed")
    for moment in ("2026-04-12T23:00", "2026-04-13T07:00", "2026-04-30T07:00"):
        office.move(moment)
        _agrees(office)


def test_while_half_days_are_recorded() -> None:
    office = at("signed")
    office.accept("coordinator", "AmendAgreement", {"half_days": 4, "reason": "Meer"})
    for signer in ("teacher", "leader", "arno"):
        office.accept(signer, "SignAgreement", {"version": 2})
    office.move("2026-04-13T17:00")
    office.accept("teacher", "StartInternship")
    for part in ("morning", "afternoon"):
        _agrees(office)
        half_day = {"date": "2026-04-13", "part": part, "attended": True}
        office.accept("teacher", "RecordHalfDay", half_day)
    assert "RecordHalfDay" not in office.offered("teacher")
    office.move("2026-04-14T17:00")
    _agrees(office)
    office.move("2026-04-18T17:00")
    _agrees(office)


def test_while_some_have_evaluated() -> None:
    office = at("recorded")
    office.accept("arno", "SubmitEvaluation", EVALUATION)
    _agrees(office)
    office.accept("teacher", "ShareOutcome", OUTCOME)
    _agrees(office)


@pytest.mark.parametrize("command", ["CancelInternship", "EndInternshipEarly"])
def test_after_a_lapse(command: str) -> None:
    office = at("signed" if command == "CancelInternship" else "recorded")
    office.accept("coordinator", command, REASON)
    _agrees(office)
