"""Partners: the rules of the register, put together."""

from events.partners import STORY
from workflows.decision import Rules
from workflows.partners.commands import COMMANDS, people
from workflows.partners.deadlines import deadlines, pass_deadline
from workflows.partners.merging import errands, run_errand
from workflows.partners.notices import notices
from workflows.partners.rules import TABLE

RULES = Rules(
    story=STORY,
    commands=COMMANDS,
    opening="RegisterPartner",
    decide=TABLE.decide,
    deadlines=deadlines,
    pass_deadline=pass_deadline,
    notices=notices,
    offered=TABLE.offered,
    people=people,
    errands=errands,
    run_errand=run_errand,
    own=frozenset({"VacateCoordinator", "TakeOverPartner"}),
)
