"""The Begeleidings-Beoordelingstraject that an escalation opens (domain 2.2)."""

from events.assessments.facts import FACTS
from events.assessments.state import Assessment, evolve
from events.assessments.views import ALL_CASES, index, redacted, rights, summary, tasks
from events.process import Story

STORY = Story(
    name="assessments",
    facts=FACTS,
    initial=Assessment,
    evolve=evolve,
    is_final=lambda state: state.ended,
    index=index,
    rights=rights,
    visible=lambda state, event, view: True,
    redacted=redacted,
    positions=lambda held: True,
    summary=summary,
    tasks=tasks,
    agenda=lambda state, view: [],
    seen_by=ALL_CASES,
    documents={"AssessmentIssued": "assessment"},
)
