"""Departures of staff: the rules, put together."""

from events.departures import STORY
from workflows.decision import Rules
from workflows.departures.commands import COMMANDS, people
from workflows.departures.rules import TABLE, errands, notices, run_errand
from workflows.waiting import no_deadlines, passing

RULES = Rules(
    story=STORY,
    commands=COMMANDS,
    opening="StaffLeft",
    decide=TABLE.decide,
    deadlines=no_deadlines,
    pass_deadline=passing(no_deadlines),
    notices=notices,
    offered=TABLE.offered,
    people=people,
    errands=errands,
    run_errand=run_errand,
)
