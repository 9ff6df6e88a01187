"""Rules of the proposal: its days, its approval, and who leads the school meanwhile."""

from __future__ import annotations

from events.internships import facts as f
from events.internships.state import Internship
from events.recording import Claim
from workflows.decision import Decision, Refused
from workflows.internships import commands as c
from workflows.ruling import Case
from workflows.succeeding import ReplaceSchoolLeader, succeed


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


def replace_leader(case: Case[Internship], command: ReplaceSchoolLeader) -> Decision:
    return succeed(case, "school_leader", command, case.state.parts, ("teacher", "contact"))
