"""Who of the school looks after a partner: never one person alone (001 T1-42)."""

from __future__ import annotations

from events.event import Fact
from events.partners import facts as f
from events.partners.state import Partner
from workflows.decision import Decision, Refused
from workflows.partners import commands as c
from workflows.ruling import Case
from workflows.succeeding import ReplaceSchoolLeader, succeed


def activate(case: Case[Partner], command: c.ActivatePartner) -> Decision:
    contact, coordinator, deputy = command.primary_contact, command.coordinator, command.deputy
    if contact is None:
        raise Refused("partner.contact_missing", "primary_contact")
    if coordinator is None:
        raise Refused("partner.coordinator_missing", "coordinator")
    if deputy is None or deputy == coordinator:
        raise Refused("partner.deputy_missing", "deputy")
    return case.accept(
        f.PartnerActivated(primary_contact=contact, coordinator=coordinator, deputy=deputy)
    )


def assign(case: Case[Partner], command: c.AssignCoordinator) -> Decision:
    """The present deputy may become coordinator only where somebody else becomes deputy."""
    state = case.state
    if command.coordinator is None:
        raise Refused("partner.coordinator_missing", "coordinator")
    if command.coordinator == (command.deputy or state.deputy):
        raise Refused("partner.deputy_missing", "deputy")
    return case.accept(
        f.CoordinatorAssigned(
            coordinator=command.coordinator, deputy=command.deputy, previous=state.coordinator
        )
    )


def hand_over(case: Case[Partner], command: c.HandOver) -> Decision:
    if command.successor in (case.state.coordinator, case.state.deputy):
        raise Refused("command.invalid", "successor")
    return case.accept(
        f.CoordinatorHandedOver(
            successor=command.successor, previous=case.state.coordinator, note=command.note
        )
    )


def vacate(case: Case[Partner], command: c.VacateCoordinator) -> Decision:
    """Somebody left the school; the deputy stands in for a coordinator at once.

    The school leader goes first, so that who left is not asked for a successor.
    """
    state, person = case.state, command.person
    facts: list[Fact] = []
    if person == state.school_leader:
        facts.append(f.SchoolLeaderVacant(person=person))
    if person == state.deputy:
        facts.append(f.DeputyVacant(person=person))
    elif person == state.coordinator:
        facts.append(f.CoordinatorVacant(person=person))
        if state.deputy is not None:
            facts.append(f.DeputyStoodIn(coordinator=state.deputy))
    if not facts:
        raise Refused("state.not_allowed")
    return case.accept(*facts)


def replace_leader(case: Case[Partner], command: ReplaceSchoolLeader) -> Decision:
    """Another school leader, also where the one before has left."""
    leader = case.state.school_leader
    parties = {} if leader is None else {"school_leader": leader}
    return succeed(case, "school_leader", command, parties, vacant=True)
