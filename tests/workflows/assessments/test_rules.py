"""Who assesses, when, and that the teacher is heard first: each rule refused and accepted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from events.assessments import STORY
from events.assessments.state import Assessment
from events.event import Actor, Event
from events.settings import TenantSettings
from workflows.assessments import RULES
from workflows.decision import Context, Giver, Refused
from workflows.pure import parse

TENANT = "0a3f2b1c-6e1d-4d8c-ab2f-8a5a1c2d3e4f"
NOW = datetime(2026, 1, 12, 9, tzinfo=UTC)
PLAN = {"from": "2026-01-19", "to": "2026-03-20"}
HEARD = {"account": "een andere lezing", "teacher_present": True}
OUTCOME = {"outcome": "insufficient", "grounds": "zie verslag"}


def id_of(key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{TENANT}/{key}"))


PARTIES = {key: id_of(key) for key in ("teacher", "manager", "client", "advisor", "mandate")}


class File:
    """One assessment trajectory, from its opening on."""

    def __init__(self) -> None:
        opened = {"trajectory": id_of("case"), "list_version": 2, **PARTIES}
        self.state: Assessment = STORY.initial()
        self._record("AssessmentTrajectoryOpened", opened)

    def _record(self, kind: str, data: dict[str, Any]) -> None:
        version = self.state.version + 1
        fact = STORY.facts[kind].model_validate(data)
        event = Event(
            id_of(f"event {version}"), id_of("stream"), version, kind, 1, "2026-01-12", NOW,
            Actor(None, "hr"), id_of("command"), None, id_of("stream"), 1, fact,
        )  # fmt: skip
        self.state = STORY.evolve(self.state, event)

    def give(self, by: str, command: str, **data: Any) -> list[str]:
        roles = (by,) if by in ("hr", "auditor", "coordinator") else ("teacher",)
        ctx = Context(
            TENANT, id_of("stream"), id_of("x"), Giver(id_of(by), roles), NOW, TenantSettings()
        )
        decision = RULES.decide(self.state, parse(RULES, command, data), ctx)
        for happened in decision.events:
            self._record(
                type(happened.fact).__name__, happened.fact.model_dump(mode="json", by_alias=True)
            )
        return [type(happened.fact).__name__ for happened in decision.events]

    def refuse(self, by: str, command: str, **data: Any) -> tuple[str, str | None]:
        with pytest.raises(Refused) as refused:
            self.give(by, command, **data)
        return refused.value.code, refused.value.field


def at(*steps: tuple[str, str, dict[str, Any]]) -> File:
    file = File()
    file.give("hr", "AssignAssessor", assessor=id_of("assessor"))
    for by, command, data in steps:
        file.give(by, command, **data)
    return file


PLANNED = ("hr", "SetPlan", PLAN)
STARTED = ("assessor", "StartAssessment", {})
HEARING = ("assessor", "HearTeacher", HEARD)


def test_the_assessor_is_somebody_else_than_all_who_are_in_it() -> None:
    file = File()
    for part in ("teacher", "manager", "client", "mandate"):
        wrong = ("command.invalid", "assessor")
        assert file.refuse("hr", "AssignAssessor", assessor=id_of(part)) == wrong
    same = ("assessor.same_as_advisor", "assessor")
    assert file.refuse("hr", "AssignAssessor", assessor=id_of("advisor")) == same
    assert file.give("hr", "AssignAssessor", assessor=id_of("assessor")) == ["AssessorAssigned"]


def test_and_is_staff() -> None:
    command = parse(RULES, "AssignAssessor", {"assessor": id_of("assessor")})
    assert RULES.people(command) == {"assessor": (id_of("assessor"), "staff")}


def test_another_one_may_come_until_it_is_issued() -> None:
    file = at(PLANNED, STARTED)
    wrong = ("command.invalid", "assessor")
    assert file.refuse("hr", "AssignAssessor", assessor=id_of("assessor")) == wrong
    file.give("hr", "AssignAssessor", assessor=id_of("other"))
    assert file.refuse("assessor", "HearTeacher", **HEARD)[0] == "auth.role"
    file.give("other", "HearTeacher", **HEARD)
    file.give("other", "IssueAssessment", **OUTCOME)
    late = file.refuse("hr", "AssignAssessor", assessor=id_of("assessor"))
    assert late[0] == "state.not_allowed"


def test_a_plan_has_an_assessor_and_two_days_at_least() -> None:
    assert File().refuse("hr", "SetPlan", **PLAN) == ("assessor.missing", None)
    file = at()
    assert file.refuse("hr", "SetPlan", to="2026-03-20") == ("period.invalid", "from")
    for to in (None, "", "2026-01-18", "2026-01-19"):
        wrong = ("period.invalid", "to")
        assert file.refuse("assessor", "SetPlan", **{**PLAN, "to": to}) == wrong
    assert file.give("assessor", "SetPlan", **{**PLAN, "to": "2026-01-20"}) == ["AssessmentPlanSet"]
    assert file.give("hr", "SetPlan", **PLAN) == ["AssessmentPlanSet"]


@pytest.mark.parametrize("present", [True, False])
def test_the_teacher_is_given_the_hearing_first(present: bool) -> None:
    file = at(PLANNED, STARTED)
    missing = ("assessment.teacher_not_heard", None)
    assert file.refuse("assessor", "IssueAssessment", **OUTCOME) == missing
    file.give("assessor", "HearTeacher", **{**HEARD, "teacher_present": present})
    assert file.give("assessor", "IssueAssessment", **OUTCOME) == ["AssessmentIssued"]


def test_each_step_in_its_turn() -> None:
    file = at()
    assert file.refuse("assessor", "StartAssessment")[0] == "state.not_allowed"
    assert file.refuse("assessor", "HearTeacher", **HEARD)[0] == "state.not_allowed"
    assert file.refuse("hr", "CloseAssessment")[0] == "state.not_allowed"
    file = at(PLANNED, STARTED, HEARING, HEARING, ("assessor", "IssueAssessment", OUTCOME))
    assert file.state.hearings == 2
    assert file.refuse("hr", "SetPlan", **PLAN)[0] == "state.not_allowed"
    assert file.give("hr", "CloseAssessment") == ["AssessmentClosed"]
    assert file.refuse("hr", "WithdrawAssessment", reason="te laat")[0] == "state.final"


@pytest.mark.parametrize("steps", [(), (PLANNED,), (PLANNED, STARTED), (PLANNED, STARTED, HEARING)])
def test_it_is_withdrawn_from_any_open_state(steps: tuple[Any, ...]) -> None:
    file = at(*steps)
    assert file.refuse("assessor", "WithdrawAssessment", reason="niet nodig")[0] == "auth.role"
    assert file.give("hr", "WithdrawAssessment", reason="niet nodig") == ["AssessmentWithdrawn"]


def test_only_the_assessor_of_this_case_takes_the_assessor_s_steps() -> None:
    file = at(PLANNED)
    for by in ("hr", "teacher", "manager", "advisor", "coordinator"):
        assert file.refuse(by, "StartAssessment")[0] == "auth.role"
