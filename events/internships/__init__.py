"""The story of a teacher internship (docentstage): its facts, its fold and its views."""

from events.internships.access import redacted, rights
from events.internships.facts import DOCUMENTS, FACTS
from events.internships.state import Internship, evolve
from events.internships.views import agenda, index, paper, summary, tasks
from events.process import Story

STORY = Story(
    name="internships",
    facts=FACTS,
    initial=Internship,
    evolve=evolve,
    is_final=lambda state: state.ended,
    index=index,
    rights=rights,
    visible=lambda state, event, view: True,
    redacted=redacted,
    positions=lambda held: True,
    summary=summary,
    tasks=tasks,
    agenda=agenda,
    paper=paper,
    documents=DOCUMENTS,
)
