"""Student placements in samen opleiden: what happened in one, and how it is read (003)."""

from events.placements.facts import DOCUMENTS, FACTS
from events.placements.figures import figures
from events.placements.fold import evolve
from events.placements.state import Placement
from events.placements.views import (
    SEEN_BY,
    agenda,
    index,
    paper,
    rights,
    summary,
    tasks,
)
from events.process import Story

STORY = Story(
    name="placements",
    facts=FACTS,
    initial=Placement,
    evolve=evolve,
    index=index,
    rights=rights,
    summary=summary,
    figures=figures,
    tasks=tasks,
    agenda=agenda,
    seen_by=SEEN_BY,
    paper=paper,
    documents=DOCUMENTS,
    retention="student_record",
)
