"""The register of partners: whom a school works with, and who looks after that (001)."""

from events.partners.facts import ABOUT, FACTS
from events.partners.figures import figures
from events.partners.state import Partner, evolve
from events.partners.views import agenda, index, rights, summary, tasks
from events.process import Story

STORY = Story(
    name="partners",
    facts=FACTS,
    initial=Partner,
    evolve=evolve,
    is_final=lambda state: state.ended and not state.merging,
    index=index,
    rights=rights,
    summary=summary,
    figures=figures,
    tasks=tasks,
    agenda=agenda,
    seen_by=None,
    retention="business_record",
    about=ABOUT,
)
