"""Student placements: their rules, put together."""

from events.placements import STORY
from workflows.placements.deadlines import deadlines
from workflows.placements.notices import notices
from workflows.placements.rules import TABLE

RULES = TABLE.rules_of(STORY, opening="RequestPlacement", deadlines=deadlines, notices=notices)
