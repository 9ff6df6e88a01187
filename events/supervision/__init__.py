"""The story of a supervision trajectory: its facts, its fold and its views, put together."""

from events.process import Story
from events.supervision.access import positions, redacted, rights, visible
from events.supervision.facts import DOCUMENTS, FACTS
from events.supervision.figures import figures
from events.supervision.fold import evolve
from events.supervision.invoice import outlives
from events.supervision.state import Trajectory
from events.supervision.views import agenda, index, summary, tasks

STORY = Story(
    name="supervision",
    facts=FACTS,
    initial=Trajectory,
    evolve=evolve,
    index=index,
    rights=rights,
    visible=visible,
    redacted=redacted,
    positions=positions,
    summary=summary,
    figures=figures,
    tasks=tasks,
    agenda=agenda,
    documents=DOCUMENTS,
    outlives=outlives,
)
