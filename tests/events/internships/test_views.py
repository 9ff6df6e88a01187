"""An internship as it is read: summary, tasks, agenda and the agreement's paper."""

from __future__ import annotations

from typing import Any

import pytest

from events.internships import STORY
from tests.workflows.internships.office import (
    AGREEMENT,
    EVALUATION,
    OUTCOME,
    Office,
    at,
    id_of,
)

SUMMARY = {
    "state", "teacher", "school", "school_leader", "question", "kind", "follows", "period",
    "approved", "replacement", "host", "contact", "supervisor", "agreement", "attendance",
    "evaluations", "shared", "handovers", "overdue", "next",
}  # fmt: skip
DAY = AGREEMENT["from"]


def _tasks(office: Office, by: str) -> list[tuple[str, str | None, bool]]:
    items = office.view("tasks", by).body["items"]
    return [
        (item["task"], item["due"], item["overdue"]) for item in items if item["id"] == office.case
    ]


def _agenda(office: Office, by: str) -> list[tuple[str, str]]:
    items = office.view("agenda", by).body["items"]
    return [(item["kind"], item["at"]) for item in items if item["id"] == office.case]


@pytest.mark.parametrize("milestone", ["proposed", "signed", "closed"])
def test_a_summary_always_has_the_same_fields(milestone: str) -> None:
    assert set(at(milestone).summary()) >= SUMMARY


def test_where_a_running_internship_stands() -> None:
    shown = at("recorded").summary()
    expected: dict[str, Any] = {
        "state": "running",
        "teacher": id_of("teacher"),
        "school": "De Klinker",
        "school_leader": id_of("leader"),
        "kind": "deepening",
        "follows": None,
        "period": {"from": "2026-04-13", "to": "2026-04-17"},
        "approved": True,
        "replacement": "arranged",
        "contact": id_of("arno"),
        "supervisor": id_of("jeroen"),
        "attendance": {"agreed": 2, "attended": 1, "missed": 1},
        "evaluations": {"submitted": [], "missing": ["teacher", "school", "host"]},
        "shared": False,
        "handovers": [],
        "overdue": [],
        "next": [
            {"step": "evaluation", "by": "coordinator", "due": "2026-04-24"},
            {"step": "sharing", "by": "teacher", "due": "2026-05-15"},
        ],
    }
    assert {key: shown[key] for key in expected} == expected


def test_parties_stand_in_their_order_whoever_came_first() -> None:
    office = at("recorded")
    office.accept("arno", "SubmitEvaluation", EVALUATION)
    office.accept("teacher", "SubmitEvaluation", EVALUATION)
    assert office.summary()["evaluations"] == {
        "submitted": ["teacher", "host"],
        "missing": ["school"],
    }


def test_late_steps_stand_in_order_of_their_term() -> None:
    office = at("recorded")
    office.move("2026-05-18T09:00")
    assert office.summary()["overdue"] == ["evaluation", "sharing"]


@pytest.mark.parametrize(
    ("milestone", "waits"),
    [
        ("proposed", {"leader": [("approve", None, False)]}),
        ("approved", {"coordinator": [("match_host", None, False)]}),
        ("matched", {"coordinator": [("name_supervisor", None, False)]}),
        ("supervised", {"coordinator": [("draft_agreement", None, False)]}),
        ("drafted", {key: [("sign", DAY, False)] for key in ("teacher", "leader", "arno")}),
        ("partly", {key: [("sign", DAY, False)] for key in ("leader", "arno")}),
        ("signed", {"coordinator": [("start", DAY, False)]}),
        ("running", {"teacher": [("attendance", "2026-04-17", False)]}),
        (
            "recorded",
            {
                "teacher": [("evaluate", "2026-04-24", False), ("sharing", "2026-05-15", False)],
                "leader": [("evaluate", "2026-04-24", False)],
                "arno": [("evaluate", "2026-04-24", False)],
                "coordinator": [("evaluation", "2026-04-24", False)],
            },
        ),
        ("evaluated", {"teacher": [("sharing", "2026-05-15", False)]}),
        ("shared", {"coordinator": [("close", None, False)]}),
        ("closed", {}),
    ],
)
def test_what_waits_for_whom(milestone: str, waits: dict[str, Any]) -> None:
    office = at(milestone)
    everybody = ("teacher", "leader", "arno", "jeroen", "coordinator", "hr", "auditor")
    found = {by: _tasks(office, by) for by in everybody}
    assert {by: tasks for by, tasks in found.items() if tasks} == waits


def test_what_is_late_is_said() -> None:
    office = at("partly")
    office.move("2026-04-14T08:00")
    assert _tasks(office, "arno") == [("sign", DAY, True)]
    assert _tasks(office, "coordinator") == [("start", DAY, True)]


def test_a_handover_waits_for_the_coordinator() -> None:
    office = at("signed")
    replaced = {"supervisor": id_of("mila"), "reason": "left"}
    office.accept("coordinator", "ReplaceHostSupervisor", replaced)
    assert ("handover:supervisor:1", None, False) in _tasks(office, "second")
    assert _tasks(office, "teacher") == []


def test_the_first_day_is_planned_while_it_lies_ahead() -> None:
    office = Office()
    office.propose(**{"from": "2026-04-13", "to": "2026-04-17"})
    assert _agenda(office, "teacher") == [("start", "2026-04-13")]
    office = at("signed")
    for by in ("teacher", "leader", "arno", "jeroen"):
        assert _agenda(office, by) == [("start", "2026-04-13")]
    for by in ("coordinator", "hr"):
        assert _agenda(office, by) == []
    office.move("2026-04-14T00:00")
    assert _agenda(office, "teacher") == []


def test_the_last_days_of_terms_are_planned_for_whose_step_it_is() -> None:
    office = at("running")
    evaluation, sharing = ("evaluation", "2026-04-24"), ("sharing", "2026-05-15")
    assert _agenda(office, "teacher") == [evaluation, sharing]
    assert _agenda(office, "leader") == [evaluation]
    assert _agenda(office, "jeroen") == []
    office = at("recorded")
    office.accept("arno", "SubmitEvaluation", EVALUATION)
    assert _agenda(office, "arno") == []
    office.accept("teacher", "ShareOutcome", OUTCOME)
    assert _agenda(office, "teacher") == [evaluation]


def test_after_the_end_nothing_is_planned() -> None:
    office = at("running")
    office.accept("leader", "EndInternshipEarly", {"reason": "Verhuisd"})
    assert _agenda(office, "teacher") == []


def test_a_paper_says_what_a_version_said() -> None:
    office = at("drafted")
    drafted = office.engine.now
    office.accept(
        "coordinator", "ReplaceHostSupervisor", {"supervisor": id_of("mila"), "reason": "left"}
    )
    office.move("2026-03-20T10:00")
    office.accept("coordinator", "AmendAgreement", {"costs": "Reiskosten", "reason": "Vergeten"})
    first, second = STORY.paper(office.state, 1), STORY.paper(office.state, 2)
    assert first is not None
    assert second is not None
    assert (first.kind, first.version, first.drafted_at) == ("internship_agreement", 1, drafted)
    planned = {"schedule": {"morning": [], "afternoon": []}}
    assert first.fields == {**AGREEMENT, **planned}
    assert [name for name in first.fields if name != "schedule"] == list(AGREEMENT)
    assert second.fields == {**AGREEMENT, **planned, "costs": "Reiskosten"}
    assert first.parties == {
        "teacher": id_of("teacher"),
        "school": id_of("leader"),
        "host": id_of("arno"),
    }
    assert first.facts == {
        "question": "Hoe wordt een lasrobot geprogrammeerd?",
        "kind": "deepening",
        "school": "De Klinker",
        "host": office.host,
        "supervisor": id_of("jeroen"),
    }
    assert second.facts["supervisor"] == id_of("mila")


@pytest.mark.parametrize(
    ("milestone", "version"), [("supervised", 1), ("drafted", 2), ("drafted", 0)]
)
def test_there_is_no_paper_of_a_version_that_is_not_there(milestone: str, version: int) -> None:
    assert STORY.paper(at(milestone).state, version) is None


def test_documents_of_the_case_are_told_of() -> None:
    assert set(STORY.documents) <= set(STORY.facts)
