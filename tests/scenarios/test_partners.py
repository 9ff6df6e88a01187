"""The scenarios of partners and departures reach all there is of both."""

from __future__ import annotations

from events import departures, partners, stewardship
from tests.scenarios.played import Witness, witnesses
from workflows.departures.commands import COMMANDS as DEPARTURES
from workflows.partners.commands import COMMANDS as PARTNERS

CODES = frozenset(
    {
        "auth.not_assigned", "auth.role", "command.invalid", "partner.contact_missing",
        "partner.coordinator_missing", "partner.deputy_missing", "partner.merge_impossible",
        "partner.motive_missing", "state.final", "state.not_allowed",
    }
)  # fmt: skip
BY_THE_PROCESS = frozenset({"VacateCoordinator", "TakeOverPartner"})
NOTICES = frozenset(
    {
        "partner_registered", "partner_activated", "contact_left", "handover",
        "coordinator_assigned", "standing_in", "successor_needed", "agreement_ending",
        "relation_care_due", "dormancy_proposed", "partner_ended", "overdue", "part_taken_over",
        "staff_left", "departure_handled",
    }
)  # fmt: skip


def _witnesses() -> list[Witness]:
    return [*witnesses("partners"), *witnesses("departures")]


def test_every_refusal_is_met_and_no_other() -> None:
    assert {code for witness in _witnesses() for code in witness.refusals} == CODES


def test_every_command_is_given() -> None:
    given = {name for witness in _witnesses() for name in witness.commands}
    assert given == (set(PARTNERS) | set(DEPARTURES)) - BY_THE_PROCESS


def test_every_event_is_met() -> None:
    facts = {*partners.STORY.facts, *departures.STORY.facts} - stewardship.FACTS.keys()
    assert {kind for kind in facts if not any(w.events(kind) for w in _witnesses())} == set()


def test_every_notice_is_sent_and_no_other() -> None:
    assert {notice.kind for witness in _witnesses() for notice in witness.told} == NOTICES


def test_the_warning_is_given() -> None:
    warnings = {code for witness in _witnesses() for code in witness.warnings}
    assert warnings == {"contact.maybe_pupil_data"}


def test_every_term_runs_out_at_every_level() -> None:
    overdue = {
        (step.timer.partition(":")[0], step.level)
        for witness in _witnesses()
        for step in witness.events("StepOverdue")
    }
    timers = ("successor", "school_leader", "handover")
    assert overdue == {(timer, level) for timer in timers for level in range(3)}
