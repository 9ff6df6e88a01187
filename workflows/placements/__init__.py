"""Student placements: their rules, put together."""

from events.placements import STORY
from workflows.decision import Rules
from workflows.placements.commands import COMMANDS, people
from workflows.placements.deadlines import deadlines, pass_deadline
from workflows.placements.notices import notices
from workflows.placements.rules import TABLE

RULES = Rules(
    story=STORY,
    commands=COMMANDS,
    opening="RequestPlacement",
    decide=TABLE.decide,
    deadlines=deadlines,
    pass_deadline=pass_deadline,
    notices=notices,
    offered=TABLE.offered,
    people=people,
)
