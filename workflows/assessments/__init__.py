"""Begeleidings-Beoordelingstraject: its rules, put together."""

from events.assessments import STORY
from workflows.assessments.commands import COMMANDS, people
from workflows.assessments.rules import decide, offered
from workflows.decision import Context, Deadline, Decision, Refused, Rules


def _no_deadlines(state: object, deadline: Deadline, ctx: Context) -> Decision:
    raise Refused("state.not_allowed")


RULES = Rules(
    story=STORY,
    commands=COMMANDS,
    opening=None,
    decide=decide,
    deadlines=lambda state, settings: [],
    pass_deadline=_no_deadlines,
    notices=lambda before, after, events: [],
    offered=offered,
    people=people,
)
