"""The story of a teacher internship (docentstage): its facts, its fold and its views."""

from events.internships.access import redacted, rights
from events.internships.facts import DOCUMENTS, FACTS
from events.internships.figures import figures
from events.internships.state import Internship, evolve
from events.internships.views import agenda, index, paper, summary, tasks
from events.process import Story

STORY = Story(
    name="internships",
    facts=FACTS,
    initial=Internship,
    evolve=evolve,
    index=index,
    rights=rights,
    redacted=redacted,
    summary=summary,
    figures=figures,
    tasks=tasks,
    agenda=agenda,
    paper=paper,
    documents=DOCUMENTS,
)
