"""A partner as all staff reads it, and what waits for whom."""

from __future__ import annotations

import pytest

from events.partners import STORY
from tests.workflows.partners.register import AGREEMENT, ROAD, ROLES, at, id_of

WITHOUT_ACCOUNT = {"kees", "loes", "mats", "student", "trainer"}


@pytest.mark.parametrize("milestone", ROAD)
def test_who_reads_it(milestone: str) -> None:
    register = at(milestone)
    for by, roles in ROLES.items():
        reads = by not in WITHOUT_ACCOUNT
        for view in ("summary", "timeline", "export"):
            assert (register.view(view, by).refused is None) == reads, by
        assert STORY.sees_all(roles) == reads


def test_everybody_reads_everything() -> None:
    register = at("active")
    register.accept("anna", "LogContactMoment", channel="phone", text="gebeld over de opvang")
    whole = register.view("timeline", "auditor").body
    for by in set(ROLES) - WITHOUT_ACCOUNT:
        assert register.view("timeline", by).body == whole
        assert register.summary(by) == register.summary("auditor")


def test_a_contact_reads_nothing_of_it_whoever_else_that_is_not() -> None:
    register = at("active")
    people = {"primary_contact": id_of("teaching_contact"), "coordinator": id_of("anna")}
    register.accept("leader", "MarkDormant")
    register.accept("leader", "ActivatePartner", people, deputy=id_of("bram"))
    assert register.view("summary", "teaching_contact").refused is None
    assert register.view("summary", "kees").refused == "not_found"


def test_what_stands_in_a_summary() -> None:
    register = at("prospect")
    summary = register.summary()
    assert (summary["schools"], summary["co_location"], summary["attendance"]) == ([], None, None)
    assert (summary["motive"], summary["profile_match"], summary["capacity"]) == (None, None, None)
    register = at("active")
    register.accept("anna", "RecordAgreement", AGREEMENT, signed_on="2026-01-05")
    assert register.summary()["agreements"] == [AGREEMENT]


def test_tasks_of_the_leader_until_it_is_active() -> None:
    register = at("prospect")
    assert register.tasks("leader") == ["assess_fit"]
    register.accept("leader", "AssessFit", motive="other", explanation="x", profile_match="poor")
    assert register.tasks("leader") == ["activate"]
    assert at("active").tasks("leader") == []
    assert at("assessed").tasks("other_leader") == []


def test_a_late_task_says_so() -> None:
    register = at("active")
    register.leave("anna")
    register.accept("bram", "PlanRelationCare", on="2026-01-15", what="koffie")
    register.move("2026-01-19T12:00")
    item = {"process": "partners", "id": register.case}
    care = {"task": "relation_care", "due": "2026-01-15", "overdue": True}
    assert register.view("tasks", "bram").body["items"] == [{**item, **care}]
    for moment, late in (("2026-01-19T23:00", False), ("2026-01-20T00:30", True)):
        register.move(moment)
        term = {"task": "successor", "due": "2026-01-19", "overdue": late}
        assert register.view("tasks", "leader").body["items"] == [{**item, **term}]
