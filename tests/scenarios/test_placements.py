"""The scenarios of placements reach together all there is of them (docs/contract.md 3)."""

from __future__ import annotations

from activities.letters.placements import KINDS
from events.placements.facts import FACTS
from events.placements.terms import BY
from tests.scenarios.played import witnesses
from workflows.placements.commands import COMMANDS

REFUSALS = {
    "auth.role", "auth.not_assigned", "auth.not_subject", "command.invalid", "state.not_allowed",
    "state.suspended", "state.final", "suspend.note_not_allowed", "period.invalid",
    "school.not_qualified", "school.capacity_full", "mentor.not_qualified", "mentor.own_assessor",
    "vog.missing", "vog.too_old", "role.description_missing", "agreement.field_missing",
    "agreement.version_superseded", "agreement.not_fully_signed", "talks.missing",
    "assessment.advice_missing", "assessment.cosignature_missing", "link.expired",
}  # fmt: skip
SHARED_NOTICES = {
    "agreement_to_sign", "signing_link", "fresh_link_sent", "agreement_complete",
    "signature_due", "signatures_missing", "part_taken_over", "handover", "overdue",
}  # fmt: skip


def test_the_scenarios_meet_every_refusal() -> None:
    assert {code for one in witnesses("placements") for code in one.refusals} == REFUSALS


def test_the_scenarios_give_every_command() -> None:
    given = {name for one in witnesses("placements") for name in one.commands}
    assert set(COMMANDS) - given == set()


def test_the_scenarios_meet_every_event() -> None:
    seen = witnesses("placements")
    assert {kind for kind in FACTS if not any(one.events(kind) for one in seen)} == set()


def test_the_scenarios_send_every_notice() -> None:
    sent = {notice.kind for one in witnesses("placements") for notice in one.told}
    assert sent == SHARED_NOTICES | set(KINDS)


def test_the_scenarios_pass_every_deadline_at_every_level() -> None:
    seen = witnesses("placements")
    overdue = {(said.timer, said.level) for one in seen for said in one.events("StepOverdue")}
    assert overdue == {(timer, level) for timer in BY for level in (0, 1, 2)}
    assert any(one.events("ReminderSent") for one in seen)
    assert any(one.events("SignaturesMissing") for one in seen)
