"""Rules of the host: which partner it is, who speaks for it there, and who supervises."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from events.handover import HandoverCompleted, HandoverTaskOpened
from events.internships import facts as f
from events.internships.state import Internship
from events.recording import Need
from workflows.decision import Decision, Refused
from workflows.internships import commands as c
from workflows.ruling import Case

ACTIVE = frozenset({"active"})
LASTING = ACTIVE | {"dormant"}
"""States of a partner with which what was begun goes on."""
KNOWN = LASTING | {"ended"}
"""States of a partner that has been active: whoever works there may supervise to the end, and sign
and evaluate what was agreed on."""


def host_is(host: str, states: Collection[str]) -> Need:
    return Need(
        process="partners", stream=host, states=tuple(sorted(states)), refusal="host.not_active"
    )


def works_there(host: str, person: str, refusal: str) -> Need:
    """Whoever is a current contact of the partner."""
    known = host_is(host, KNOWN)
    return known.model_copy(update={"party": person, "part": "contact", "refusal": refusal})


def still_there(state: Internship) -> Need:
    assert state.host is not None
    return host_is(state.host, LASTING)


def in_person(case: Case[Internship], decision: Decision) -> Decision:
    """What a contact does counts only while that is somebody of the host."""
    state = case.state
    if case.role != "contact":
        return decision
    assert state.host is not None
    assert state.contact is not None
    return replace(decision, needs=[works_there(state.host, state.contact, _UNKNOWN)])


_UNKNOWN = "host.contact_unknown"


def match_host(case: Case[Internship], command: c.MatchHost) -> Decision:
    state = case.state
    if state.approved is None:
        raise Refused("state.not_allowed")
    _check_apart(state, command.contact)
    return case.accept(
        f.HostMatched(host=command.host, contact=command.contact),
        needs=[
            host_is(command.host, ACTIVE),
            works_there(command.host, command.contact, _UNKNOWN),
        ],
    )


def replace_contact(case: Case[Internship], command: c.ReplaceHostContact) -> Decision:
    """Whoever goes tells the successor all; who stays, with a host that has become another
    partner, has nobody to tell."""
    state, previous = case.state, case.state.contact
    if previous is None or state.host is None:
        raise Refused("state.not_allowed")
    host = command.host or state.host
    if command.contact == previous and host == state.host:
        raise Refused("command.invalid", "contact")
    _check_apart(state, command.contact)
    replaced = f.HostContactReplaced(
        contact=command.contact, previous=previous, reason=command.reason, host=command.host
    )
    task = HandoverTaskOpened(task=state.next_task("contact"), of=previous, to=command.contact)
    there = host_is(host, LASTING if host == state.host else ACTIVE)
    return case.accept(
        replaced,
        *([] if command.contact == previous else [task]),
        needs=[there, works_there(host, command.contact, _UNKNOWN)],
    )


def _check_apart(state: Internship, contact: str) -> None:
    """The host is not spoken for by whoever signs for another party."""
    if contact in (state.parts["teacher"], state.parts["school_leader"]):
        raise Refused("command.invalid", "contact")


def name_supervisor(case: Case[Internship], command: c.NameHostSupervisor) -> Decision:
    if case.state.supervisor is not None:
        raise Refused("state.not_allowed")
    supervisor, known = _supervisor(case.state, command.supervisor)
    return case.accept(f.HostSupervisorNamed(supervisor=supervisor), needs=[known])


def replace_supervisor(case: Case[Internship], command: c.ReplaceHostSupervisor) -> Decision:
    """Whoever goes tells the successor all (the handover is a task until that was done)."""
    previous = case.state.supervisor
    if previous is None:
        raise Refused("state.not_allowed")
    supervisor, known = _supervisor(case.state, command.supervisor)
    if supervisor == previous:
        raise Refused("command.invalid", "supervisor")
    replaced = f.HostSupervisorReplaced(
        supervisor=supervisor, previous=previous, reason=command.reason
    )
    task = case.state.next_task("supervisor")
    opened = HandoverTaskOpened(task=task, of=previous, to=supervisor)
    return case.accept(replaced, opened, needs=[known])


def _supervisor(state: Internship, person: str | None) -> tuple[str, Need]:
    """Somebody who works at the host (002 T2-44), and is not the one to be supervised."""
    if person is None:
        raise Refused("host.supervisor_missing", "supervisor")
    if person == state.parts["teacher"]:
        raise Refused("command.invalid", "supervisor")
    assert state.host is not None
    return person, works_there(state.host, person, "host.supervisor_missing")


def complete_handover(case: Case[Internship], command: c.CompleteHandover) -> Decision:
    if command.task not in case.state.handovers:
        raise Refused("command.invalid", "task")
    return case.accept(HandoverCompleted(task=command.task, note=command.note))
