"""Begeleidings-Beoordelingstraject: its rules, put together."""

from events.assessments import STORY
from workflows.assessments.commands import COMMANDS, people
from workflows.assessments.rules import TABLE, notices
from workflows.decision import Rules
from workflows.waiting import no_deadlines, passing

RULES = Rules(
    story=STORY,
    commands=COMMANDS,
    opening=None,
    decide=TABLE.decide,
    deadlines=no_deadlines,
    pass_deadline=passing(no_deadlines),
    notices=notices,
    offered=TABLE.offered,
    people=people,
)
