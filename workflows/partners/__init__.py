"""Partners: the rules of the register, put together."""

from events.partners import STORY
from workflows.partners.deadlines import deadlines
from workflows.partners.merging import errands, run_errand
from workflows.partners.notices import notices
from workflows.partners.rules import TABLE

RULES = TABLE.rules_of(
    STORY,
    opening="RegisterPartner",
    deadlines=deadlines,
    notices=notices,
    errands=errands,
    run_errand=run_errand,
    own=frozenset({"VacateCoordinator", "TakeOverPartner"}),
)
