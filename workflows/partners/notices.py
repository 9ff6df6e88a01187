"""Who is told of what about a partner (docs/contract.md 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from events.partners.state import Partner, evolve
from workflows.telling import Tell, telling

_FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "PartnerRegistered": ("partner_registered", ("coordinator", "school_leader")),
    "PartnerActivated": (
        "partner_activated",
        ("partner_coordinator", "deputy", "school_leader"),
    ),
    "ContactLeft": ("contact_left", ("partner_coordinator", "school_leader")),
    "HandoverTaskOpened": ("handover", ("partner_coordinator",)),
    "CoordinatorVacant": ("successor_needed", ("school_leader",)),
    "DeputyVacant": ("successor_needed", ("school_leader",)),
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


def _overdue(before: Partner, after: Partner, data: Any) -> Iterator[tuple[str, str]]:
    """Where nobody was named to succeed a coordinator the board hears of it, too."""
    if data.level == 0:
        own = "school_leader" if data.timer == "successor" else "partner_coordinator"
        yield "overdue", own
    elif data.level == 1:
        yield "overdue", "coordinator"
        if data.timer == "successor":
            yield "overdue", "board"
    else:
        yield "overdue", "hr"


_DEPENDS: dict[str, Tell[Partner]] = {
    "CoordinatorAssigned": _assigned,
    "CoordinatorHandedOver": _handed_over,
    "DeputyStoodIn": _stood_in,
    "StepOverdue": _overdue,
}


def _find(state: Partner, recipient: str) -> str | None:
    """The school leader hears in the place of a coordinator who is not there."""
    if recipient == "partner_coordinator":
        return state.coordinator or state.school_leader
    if recipient in ("deputy", "school_leader"):
        return getattr(state, recipient)
    return recipient


notices = telling(evolve, _FIXED, _DEPENDS, _find)
