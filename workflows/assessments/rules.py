"""Rules of an assessment trajectory: another assessor than the advisor (domain 2.2)."""

from __future__ import annotations

from events.assessments import Assessment, AssessorAssigned
from events.calendar import local_day
from workflows.assessments.commands import AssignAssessor
from workflows.decision import Command, Context, Decision, Happened, Refused


def decide(state: Assessment, command: Command, ctx: Context) -> Decision:
    """What an accepted command records; raises Refused."""
    assert isinstance(command, AssignAssessor)
    _allowed(state, ctx)
    assert state.opened is not None
    if command.assessor in (state.opened.teacher, state.opened.manager, state.assessor):
        raise Refused("command.invalid", "assessor")
    if command.assessor == state.opened.advisor:
        raise Refused("assessor.same_as_advisor", "assessor")
    day = local_day(ctx.now, ctx.settings).isoformat()
    return Decision("hr", [Happened(day, AssessorAssigned(assessor=command.assessor))])


def _allowed(state: Assessment, ctx: Context) -> None:
    if "hr" not in ctx.giver.roles:
        raise Refused("auth.role")
    if state.phase != "opened":
        raise Refused("state.not_allowed")


def offered(state: Assessment, command: str, ctx: Context) -> bool:
    """Whether this person may give the command now, whatever its data turns out to be."""
    try:
        _allowed(state, ctx)
    except Refused:
        return False
    return True
