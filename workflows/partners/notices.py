"""Who is told of what about a partner (docs/contract.md 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from events.partners.state import Partner, evolve
from events.succession import PersonReplaced
from workflows.telling import Tell, telling

_FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "PartnerRegistered": ("partner_registered", ("coordinator", "school_leader")),
    "PartnerActivated": (
        "partner_activated",
        ("partner_coordinator", "deputy", "school_leader"),
    ),
    "ContactLeft": ("contact_left", ("partner_coordinator", "school_leader")),
    "HandoverTaskOpened": ("handover", ("partner_coordinator",)),
    "SchoolLeaderVacant": ("successor_needed", ("coordinator",)),
    "AgreementEnding": ("agreement_ending", ("partner_coordinator", "school_leader")),
    "RelationCareDue": ("relation_care_due", ("partner_coordinator",)),
    "DormancyProposed": ("dormancy_proposed", ("partner_coordinator",)),
    "PartnerEnded": ("partner_ended", ("partner_coordinator", "deputy", "school_leader")),
    "PartnersMerged": ("partner_ended", ("partner_coordinator", "deputy", "school_leader")),
}


def _assigned(before: Partner, after: Partner, data: Any) -> Iterator[tuple[str, str]]:
    yield "coordinator_assigned", data.coordinator
    if data.deputy is not None:
        yield "coordinator_assigned", data.deputy
    yield "coordinator_assigned", "school_leader"


def _handed_over(before: Partner, after: Partner, data: Any) -> Iterator[tuple[str, str]]:
    yield "coordinator_assigned", data.successor
    yield "coordinator_assigned", "school_leader"


def _stood_in(before: Partner, after: Partner, data: Any) -> Iterator[tuple[str, str]]:
    yield "standing_in", data.coordinator


def _replaced(before: Partner, after: Partner, data: PersonReplaced) -> Iterator[tuple[str, str]]:
    yield "part_taken_over", data.person
    if data.previous is not None:
        yield "part_taken_over", data.previous
    yield "part_taken_over", "partner_coordinator"


def _vacated(before: Partner, after: Partner, data: Any) -> Iterator[tuple[str, str]]:
    """Of somebody with two parts, who was the school leader, the coordinators have heard."""
    if data.person != after.former_leader:
        yield "successor_needed", "school_leader"


def _overdue(before: Partner, after: Partner, data: Any) -> Iterator[tuple[str, str]]:
    """Where nobody was named to succeed one of the staff the board hears of it, too."""
    if data.level == 0:
        yield "overdue", _OWN.get(data.timer, "partner_coordinator")
    elif data.level == 1:
        yield "overdue", "coordinator"
        if data.timer in _OWN:
            yield "overdue", "board"
    else:
        yield "overdue", "hr"


_OWN = {"successor": "school_leader", "school_leader": "coordinator"}
"""Whose step the successor of one of the staff is."""

_DEPENDS: dict[str, Tell[Partner]] = {
    "CoordinatorAssigned": _assigned,
    "CoordinatorHandedOver": _handed_over,
    "CoordinatorVacant": _vacated,
    "DeputyVacant": _vacated,
    "DeputyStoodIn": _stood_in,
    "PersonReplaced": _replaced,
    "StepOverdue": _overdue,
}


def _find(state: Partner, recipient: str) -> str | None:
    """The school leader hears in the place of a coordinator who is not there; in that of a
    school leader the coordinators of the board do."""
    if recipient == "partner_coordinator":
        return state.coordinator or _find(state, "school_leader")
    if recipient == "school_leader":
        return state.school_leader or "coordinator"
    return state.deputy if recipient == "deputy" else recipient


notices = telling(evolve, _FIXED, _DEPENDS, _find)
