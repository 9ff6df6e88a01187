"""Begeleidings-Beoordelingstraject: its rules, put together."""

from events.assessments import STORY
from workflows.assessments.rules import TABLE, notices

RULES = TABLE.rules_of(STORY, opening=None, notices=notices)
