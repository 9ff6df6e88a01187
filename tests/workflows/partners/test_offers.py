"""What is offered agrees with what is decided: nothing is accepted that was not offered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.partners.register import (
    AGREEMENT,
    FIT,
    MOMENT,
    NOWHERE,
    PARTNER,
    PEOPLE,
    REASON,
    ROAD,
    ROLES,
    Register,
    at,
    id_of,
)
from workflows.decision import Refused
from workflows.partners import RULES
from workflows.pure import parse
from workflows.stewardship import COMMANDS as STEWARDSHIP


def _right(register: Register) -> dict[str, dict[str, Any]]:
    """For each command data that suit the case, as far as any do."""
    state = register.state
    pair = {"coordinator": id_of("carla"), "deputy": id_of("client")}
    current = state.contacts[0] if state.contacts else id_of("kees")
    tasks = list(state.handovers) or ["contact:1"]
    return {
        "RegisterPartner": PARTNER,
        "ChangePartner": {"kind": "library"},
        "ReplaceSchoolLeader": {"school_leader": id_of("other_leader"), **REASON},
        "AssessFit": FIT,
        "ActivatePartner": PEOPLE,
        "AddContact": {"contact": id_of("mats")},
        "EndContact": {"contact": current, "reason": "left"},
        "CompleteHandover": {"task": tasks[0], "successor": current},
        "AssignCoordinator": pair,
        "HandOver": {"successor": id_of("carla")},
        "LogContactMoment": MOMENT,
        "PlanRelationCare": {"on": "2027-01-01", "what": "koffie"},
        "SetAvailability": {"windows": []},
        "RecordSubsidyStatus": {"scheme": "Cultuur", "status": "requested"},
        "RecordAgreement": AGREEMENT,
        "MarkDormant": {},
        "EndPartner": REASON,
        "MergePartners": {**REASON, "into": NOWHERE},
        "VacateCoordinator": {"person": id_of("anna")},
        "TakeOverPartner": {"partner": NOWHERE},
        "CorrectRecord": {
            "event": register.events[0].event_id,
            "reason": "Vergissing",
            "correction": "Anders",
            "approved_by": id_of("auditor"),
        },
    }


def _agrees(register: Register) -> None:
    """Offered is exactly what is accepted with data that suit the case."""
    right = _right(register)
    assert set(right) == set(RULES.commands) - set(STEWARDSHIP)
    for by in ROLES:
        offered = register.offered(by)
        for name, data in right.items():
            try:
                RULES.decide(register.state, parse(RULES, name, data), register.context(by))
                code = None
            except Refused as refused:
                code = refused.code
            assert (code is None) == (name in offered), f"{name} by {by}: {code}"


@pytest.mark.parametrize("milestone", ROAD)
def test_in_every_state(milestone: str) -> None:
    _agrees(at(milestone))


def test_with_and_without_contacts_and_handovers() -> None:
    register = at("prospect")
    register.accept("leader", "AddContact", contact=id_of("kees"))
    _agrees(register)
    register = at("active")
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    assert "CompleteHandover" not in register.offered("anna")
    _agrees(register)
    register.accept("anna", "AddContact", contact=id_of("loes"))
    _agrees(register)


def test_with_a_vacancy() -> None:
    register = at("active")
    register.leave("anna")
    _agrees(register)
    register.leave("bram")
    _agrees(register)
    register.leave("leader")
    _agrees(register)


def test_what_outsiders_may_do_is_nothing() -> None:
    register = at("active")
    for by in ("kees", "student", "trainer", "client", "board", "auditor"):
        assert register.offered(by) - set(STEWARDSHIP) == set()
