"""The scenarios of internships reach together all there is of them (docs/contract.md 2)."""

from __future__ import annotations

from events.internships.facts import FACTS
from tests.scenarios.played import witnesses
from workflows.internships.commands import COMMANDS

REFUSALS = {
    "auth.role", "auth.not_assigned", "auth.not_subject", "command.invalid", "state.not_allowed",
    "state.final", "host.not_active", "host.contact_unknown", "host.supervisor_missing",
    "agreement.field_missing", "agreement.version_superseded", "agreement.not_fully_signed",
    "link.expired", "internship.overlap", "sandwich.after_missing",
}  # fmt: skip
NOTICES = {
    "internship_proposed", "internship_approved", "host_matched", "supervisor_named", "handover",
    "agreement_to_sign", "signing_link", "fresh_link_sent", "agreement_complete",
    "internship_started", "half_day_missed", "outcome_shared", "internship_closed",
    "internship_cancelled", "internship_ended_early", "part_taken_over", "signature_due",
    "signatures_missing", "evaluation_due", "sharing_due", "overdue",
}  # fmt: skip
REMINDERS = {"signatures", "evaluation", "sharing"}
TERMS = ("start", "evaluation", "sharing")


def test_the_scenarios_meet_every_refusal() -> None:
    assert REFUSALS - {code for one in witnesses("internships") for code in one.refusals} == set()


def test_the_scenarios_give_every_command() -> None:
    given = {name for one in witnesses("internships") for name in one.commands}
    assert set(COMMANDS) - given == set()


def test_the_scenarios_meet_every_event() -> None:
    seen = witnesses("internships")
    assert {kind for kind in FACTS if not any(one.events(kind) for one in seen)} == set()


def test_the_scenarios_meet_the_warning() -> None:
    assert any(one.warnings["internship.short"] for one in witnesses("internships"))


def test_the_scenarios_send_every_notice() -> None:
    sent = {notice.kind for one in witnesses("internships") for notice in one.told}
    assert NOTICES - sent == set()


def test_the_scenarios_pass_every_deadline_at_every_level() -> None:
    seen = witnesses("internships")
    reminders = {said.timer for one in seen for said in one.events("ReminderSent")}
    overdue = {(said.timer, said.level) for one in seen for said in one.events("StepOverdue")}
    assert REMINDERS - reminders == set()
    assert {(timer, level) for timer in TERMS for level in (0, 1, 2)} - overdue == set()
