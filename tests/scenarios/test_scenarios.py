"""Every scenario file holds on the pure rules, and together they reach all there is."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from events.supervision.facts import FACTS
from tests.properties.choices import CODES
from tests.properties.desk import drive
from workflows.pure import PureEngine
from workflows.scenarios import Answer, Call, load, run_file
from workflows.supervision.commands import COMMANDS

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
INEXPRESSIBLE = frozenset({"command.id_reused"})
"""A step has a command id of its own: a file cannot use one twice for different things."""

TIMERS = ("accept", "intake", "diagnosis", "consultation", "goal_list", "talk", "report")
LEVELS = (0, 1, 2)
MOMENTS = frozenset({"after_visit", "before_talk", "receipt"})
PERIOD_ENDING = (20, 5)

NOTICES = frozenset(
    {
        "trajectory_requested", "trajectory_accepted", "trajectory_declined", "advisor_assigned",
        "advisor_replaced", "intake_planned", "consent_requested", "consent_refused",
        "consent_withdrawn", "diagnosis_visit_planned", "goals_consulted", "goal_list_fixed",
        "visit_planned", "visit_rescheduled", "visit_cancelled", "talk_planned",
        "timetable_clash", "timetable_changed", "interim_report", "report_drafted",
        "teacher_response", "final_report", "suspended", "resumed", "closed", "escalated",
        "aborted", "self_assessment_due", "receipt_due", "stalled", "period_ending",
        "suspended_long", "overdue",
    }
)  # fmt: skip
WARNINGS = frozenset({"goals.maybe_not_single", "warning.improvement_track_incomplete"})


class Witness(PureEngine):
    """Remembers what commands were answered."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: Counter[str] = Counter()
        self.commands: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()

    async def give(self, call: Call) -> Answer:
        answer = await super().give(call)
        if answer.refused is not None:
            self.refusals[answer.refused] += 1
        else:
            self.commands[call.command] += 1
            self.warnings.update(answer.body["warnings"])
        return answer

    def events(self, kind: str) -> list[Any]:
        """The data of all events of this type."""
        return [
            event.data
            for stream in self.streams.values()
            for event in stream.events
            if event.type == kind
        ]


@cache
def _played() -> dict[str, tuple[Witness, int, list[str]]]:
    """File name -> (what was seen, steps passed, failures)."""
    found: dict[str, tuple[Witness, int, list[str]]] = {}
    for file in FILES:
        witness = Witness()
        outcome = drive(run_file(file, witness))
        found[file.name] = (witness, outcome.passed, outcome.failures)
    return found


def _witnesses() -> list[Witness]:
    return [witness for witness, _, _ in _played().values()]


@pytest.mark.parametrize("file", [file.name for file in FILES])
def test_a_scenario_holds_on_the_pure_rules(file: str) -> None:
    _, passed, failures = _played()[file]
    assert failures == []
    assert passed == len(load(Path(__file__).parent / file).steps)


def test_there_are_the_acceptance_scenario_and_eight_more() -> None:
    assert "a-basic-level-reached.yaml" in _played()
    assert len(FILES) >= 9


def test_the_scenarios_meet_every_refusal() -> None:
    met = {code for witness in _witnesses() for code in witness.refusals}
    assert CODES - INEXPRESSIBLE - met == set()
    assert met - CODES == set(), "a refusal that the contract does not know"


def test_the_scenarios_give_every_command() -> None:
    assert set(COMMANDS) - {name for w in _witnesses() for name in w.commands} == set()


def test_the_scenarios_meet_every_event() -> None:
    assert {kind for kind in FACTS if not any(w.events(kind) for w in _witnesses())} == set()


def test_the_scenarios_meet_every_warning() -> None:
    assert WARNINGS - {code for w in _witnesses() for code in w.warnings} == set()


def test_the_scenarios_send_every_notice() -> None:
    sent = {notice.kind for witness in _witnesses() for notice in witness.told}
    assert NOTICES - sent == set()
    assert sent - NOTICES == set(), "a notice that the contract does not know"


def test_the_scenarios_pass_every_deadline_at_every_level() -> None:
    overdue = {
        (step.timer.partition(":")[0], step.level)
        for witness in _witnesses()
        for step in witness.events("StepOverdue")
    }
    assert {(timer, level) for timer in TIMERS for level in LEVELS} - overdue == set()


def test_nothing_else_is_ever_overdue() -> None:
    timers = {
        step.timer.partition(":")[0]
        for witness in _witnesses()
        for step in witness.events("StepOverdue")
    }
    assert timers == set(TIMERS)


def test_the_scenarios_send_every_reminder() -> None:
    reminders = {r.moment for witness in _witnesses() for r in witness.events("ReminderSent")}
    assert reminders == MOMENTS
    near = {e.working_days for witness in _witnesses() for e in witness.events("PeriodEnding")}
    assert near >= set(PERIOD_ENDING)
