"""Student placements in samen opleiden: what happened in one, and how it is read (003)."""

from events.placements.facts import DOCUMENTS, FACTS
from events.placements.fold import evolve
from events.placements.state import Placement
from events.placements.views import (
    SEEN_BY,
    agenda,
    index,
    paper,
    redacted,
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
    is_final=lambda state: state.ended,
    index=index,
    rights=rights,
    visible=lambda state, event, view: True,
    redacted=redacted,
    positions=lambda held: True,
    summary=summary,
    tasks=tasks,
    agenda=agenda,
    seen_by=SEEN_BY,
    paper=paper,
    documents=DOCUMENTS,
)
