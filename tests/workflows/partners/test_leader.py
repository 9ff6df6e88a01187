"""The school leader of a partner goes: another one comes, or the coordinators see to it."""

from __future__ import annotations

import pytest

from tests.workflows.partners.register import FIT, PEOPLE, REASON, ROAD, Register, at, id_of

OPEN = [milestone for milestone in ROAD if milestone != "ended"]
OTHER = {"school_leader": id_of("other_leader"), **REASON}
TERM = {"step": "school_leader", "by": "coordinator", "due": "2026-01-19"}


def _leader(register: Register) -> tuple[str | None, bool]:
    summary = register.summary()
    return summary["school_leader"], summary["school_leader_vacant"]


@pytest.mark.parametrize("milestone", OPEN)
@pytest.mark.parametrize("by", ["coordinator", "leader"])
def test_another_one_takes_over(milestone: str, by: str) -> None:
    register = at(milestone)
    assert register.accept(by, "ReplaceSchoolLeader", OTHER) == ["PersonReplaced"]
    assert _leader(register) == (id_of("other_leader"), False)
    said = register.events[-1].json()["data"]
    assert said == {
        "part": "school_leader",
        "person": id_of("other_leader"),
        "previous": id_of("leader"),
        "reason": REASON["reason"],
    }
    assert register.refuse("leader", "EndPartner", REASON)[0] == "auth.not_assigned"
    register.accept("other_leader", "EndPartner", REASON)


def test_by_nobody_else_not_the_same_and_not_after_the_end() -> None:
    register = at("active")
    for by in ("anna", "bram", "teacher", "hr"):
        assert register.refuse(by, "ReplaceSchoolLeader", OTHER)[0] == "auth.role"
    assert register.refuse("other_leader", "ReplaceSchoolLeader", OTHER)[0] == "auth.not_assigned"
    for key in ("leader", "anna"):
        same = {**OTHER, "school_leader": id_of(key)}
        wrong = ("command.invalid", "school_leader")
        assert register.refuse("leader", "ReplaceSchoolLeader", same) == wrong
    assert at("ended").refuse("leader", "ReplaceSchoolLeader", OTHER)[0] == "state.final"


@pytest.mark.parametrize("milestone", OPEN)
def test_who_leaves_the_school_leaves_the_place_to_the_coordinators(milestone: str) -> None:
    register = at(milestone)
    register.leave("leader")
    assert register.types[-1] == "SchoolLeaderVacant"
    assert _leader(register) == (None, True)
    assert register.summary()["next"] == [TERM]
    assert "school_leader" in register.tasks("second")
    assert register.tasks("leader") == []
    register.accept("second", "ReplaceSchoolLeader", OTHER)
    assert _leader(register) == (id_of("other_leader"), False)
    assert "previous" not in register.events[-1].json()["data"]
    assert register.summary()["next"] == []


def test_what_waits_for_the_leader_waits_for_the_coordinators() -> None:
    register = at("prospect")
    register.leave("leader")
    assert register.tasks("coordinator") == ["school_leader", "assess_fit"]
    register.accept("coordinator", "AssessFit", FIT)
    register.accept("coordinator", "ActivatePartner", PEOPLE)
    register.leave("anna")
    steps = [(term["step"], term["by"]) for term in register.summary()["next"]]
    assert steps == [("successor", "coordinator"), ("school_leader", "coordinator")]
    assert register.tasks("second") == ["successor", "school_leader"]
    register.accept("coordinator", "ReplaceSchoolLeader", OTHER)
    assert register.tasks("other_leader") == ["successor"]
    assert register.tasks("second") == []


def test_the_term_runs_out_and_a_further_one_is_anew() -> None:
    register = at("prospect")
    register.leave("leader")
    register.move("2026-01-21T12:00")
    assert register.summary()["overdue"] == ["school_leader"]
    register.accept("coordinator", "ReplaceSchoolLeader", OTHER)
    assert register.summary()["overdue"] == []
    register.leave("other_leader")
    register.move("2026-02-05T09:00")
    said = [(moment, said["level"]) for moment, said in register.passed("StepOverdue")]
    # 10 wd after Wednesday 21 January is 4 February.
    assert said == [("2026-01-20T09:00", 0), ("2026-02-05T09:00", 0)]


def test_of_a_partner_that_ended_nobody_asks_a_leader() -> None:
    register = at("active")
    register.leave("leader")
    register.accept("coordinator", "EndPartner", REASON)
    assert register.summary()["next"] == []
    register.move("2026-03-01T12:00")
    assert register.passed("StepOverdue") == []
