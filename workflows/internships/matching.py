"""Rules up to the agreement: the proposal, the approval, the host and who supervises there."""

from __future__ import annotations

from events.handover import HandoverCompleted, HandoverTaskOpened
from events.internships import facts as f
from events.internships.state import Internship
from events.recording import Claim, Need
from workflows.decision import Decision, Refused
from workflows.internships import commands as c
from workflows.ruling import Case

KNOWN = ("active", "dormant", "ended")
"""States of a partner that has been active: whoever works there may supervise to the end."""


def days_claim(teacher: str, during: tuple[str, str] | None = None) -> Claim:
    """No two internships of one teacher on the same day; without days: all that are held."""
    return Claim(
        kind="internship_days", subject=teacher, during=during, refusal="internship.overlap"
    )


def propose(case: Case[Internship], command: c.ProposeInternship) -> Decision:
    teacher = case.ctx.giver.person
    assert teacher is not None
    if command.school_leader == teacher:
        raise Refused("command.invalid", "school_leader")
    proposed = f.InternshipProposed(
        teacher=teacher,
        question=command.question,
        kind=command.kind,
        half_days=command.half_days,
        school=command.school,
        school_leader=command.school_leader,
        follows=command.follows,
        **{"from": command.from_},
        to=command.to,
    )
    short = command.half_days < case.ctx.settings.internship_advised  # 002 T2-46
    days = (command.from_, command.to) if command.from_ and command.to else None
    return case.accept(
        proposed,
        warnings=["internship.short"] if short else [],
        claims=[days_claim(teacher, days)] if days else [],
    )


def approve(case: Case[Internship], command: c.ApproveInternship) -> Decision:
    if case.state.approved is not None:
        raise Refused("state.not_allowed")
    return case.accept(f.InternshipApproved(replacement=command.replacement, note=command.note))


def match_host(case: Case[Internship], command: c.MatchHost) -> Decision:
    state = case.state
    if state.approved is None:
        raise Refused("state.not_allowed")
    if command.contact in (state.parts["teacher"], state.parts["school_leader"]):
        raise Refused("command.invalid", "contact")
    active = Need(
        process="partners", stream=command.host, states=("active",), refusal="host.not_active"
    )
    known = active.model_copy(
        update={"party": command.contact, "part": "contact", "refusal": "host.contact_unknown"}
    )
    return case.accept(
        f.HostMatched(host=command.host, contact=command.contact), needs=[active, known]
    )


def name_supervisor(case: Case[Internship], command: c.NameHostSupervisor) -> Decision:
    if case.state.supervisor is not None:
        raise Refused("state.not_allowed")
    supervisor, works_there = _supervisor(case.state, command.supervisor)
    return case.accept(f.HostSupervisorNamed(supervisor=supervisor), needs=[works_there])


def replace_supervisor(case: Case[Internship], command: c.ReplaceHostSupervisor) -> Decision:
    """Whoever goes tells the successor all (the handover is a task until that was done)."""
    previous = case.state.supervisor
    if previous is None:
        raise Refused("state.not_allowed")
    supervisor, works_there = _supervisor(case.state, command.supervisor)
    if supervisor == previous:
        raise Refused("command.invalid", "supervisor")
    replaced = f.HostSupervisorReplaced(
        supervisor=supervisor, previous=previous, reason=command.reason
    )
    task = case.state.next_task("supervisor")
    opened = HandoverTaskOpened(task=task, of=previous, to=supervisor)
    return case.accept(replaced, opened, needs=[works_there])


def _supervisor(state: Internship, person: str | None) -> tuple[str, Need]:
    """Somebody who works at the host (002 T2-44), and is not the one to be supervised."""
    if person is None:
        raise Refused("host.supervisor_missing", "supervisor")
    if person == state.parts["teacher"]:
        raise Refused("command.invalid", "supervisor")
    assert state.host is not None
    works_there = Need(
        process="partners",
        stream=state.host,
        states=KNOWN,
        party=person,
        part="contact",
        refusal="host.supervisor_missing",
    )
    return person, works_there


def complete_handover(case: Case[Internship], command: c.CompleteHandover) -> Decision:
    if command.task not in case.state.handovers:
        raise Refused("command.invalid", "task")
    return case.accept(HandoverCompleted(task=command.task, note=command.note))
