"""Contacts of a partner: the school always knows whom to call, and who leaves is succeeded."""

from __future__ import annotations

from events.event import Fact
from events.handover import HandoverCompleted, HandoverTaskOpened
from events.partners import facts as f
from events.partners.state import LIVE, Partner
from workflows.decision import Decision, Refused
from workflows.partners import commands as c
from workflows.ruling import Case


def add(case: Case[Partner], command: c.AddContact) -> Decision:
    if command.contact in case.state.contacts:
        raise Refused("command.invalid", "contact")
    return case.accept(f.ContactAdded(contact=command.contact, function=command.function))


def end(case: Case[Partner], command: c.EndContact) -> Decision:
    """Who goes for good is succeeded, and so is the last one: a school is never without a contact.

    Before activation nothing is handed over.
    """
    state = case.state
    if command.contact not in state.contacts:
        raise Refused("command.invalid", "contact")
    facts: list[Fact] = [f.ContactLeft(contact=command.contact, reason=command.reason)]
    succeeded = command.reason != "other" or len(state.contacts) == 1
    if succeeded and state.phase in LIVE:
        facts.append(HandoverTaskOpened(task=state.next_task("contact"), of=command.contact))
    return case.accept(*facts)


def complete_handover(case: Case[Partner], command: c.CompleteHandover) -> Decision:
    if command.task not in case.state.handovers:
        raise Refused("command.invalid", "task")
    if command.successor not in case.state.contacts:
        raise Refused("command.invalid", "successor")
    return case.accept(
        HandoverCompleted(task=command.task, successor=command.successor, note=command.note)
    )
