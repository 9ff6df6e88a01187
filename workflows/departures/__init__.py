"""Departures of staff: the rules, put together."""

from events.departures import STORY
from workflows.departures.rules import TABLE, errands, notices, run_errand

RULES = TABLE.rules_of(
    STORY, opening="StaffLeft", notices=notices, errands=errands, run_errand=run_errand
)
