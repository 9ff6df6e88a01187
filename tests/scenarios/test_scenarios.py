"""Every scenario file holds on the pure rules; those of supervision reach all there is of it."""

from __future__ import annotations

import pytest

from events.supervision.facts import FACTS
from tests.properties.choices import CODES
from tests.scenarios.played import FILES, Witness, played, witnesses
from workflows.supervision.commands import COMMANDS

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


def _witnesses() -> list[Witness]:
    return witnesses("supervision")


@pytest.mark.parametrize("file", [file.name for file in FILES])
def test_a_scenario_holds_on_the_pure_rules(file: str) -> None:
    one = played()[file]
    assert one.failures == []
    assert one.passed == one.steps


def test_there_are_the_acceptance_scenario_and_eight_more() -> None:
    assert "a-basic-level-reached.yaml" in played()
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
