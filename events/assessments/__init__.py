"""The Begeleidings-Beoordelingstraject that an escalation opens (domain 2.2)."""

from events.assessments.facts import FACTS
from events.assessments.figures import figures
from events.assessments.state import Assessment, evolve
from events.assessments.views import ALL_CASES, index, rights, summary, tasks
from events.process import Story

STORY = Story(
    name="assessments",
    facts=FACTS,
    initial=Assessment,
    evolve=evolve,
    index=index,
    rights=rights,
    summary=summary,
    figures=figures,
    tasks=tasks,
    seen_by=ALL_CASES,
    documents={"AssessmentIssued": "assessment"},
)
