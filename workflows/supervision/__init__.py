"""Traject werkbegeleiding: its rules, put together."""

from events.supervision import STORY
from events.supervision.access import case_roles
from workflows.decision import Rules
from workflows.stewardship import stewarded
from workflows.supervision.commands import COMMANDS, people
from workflows.supervision.deadlines import deadlines, pass_deadline
from workflows.supervision.notices import notices
from workflows.supervision.offers import offered
from workflows.supervision.rules import decide

RULES = stewarded(
    Rules(
        story=STORY,
        commands=COMMANDS,
        opening="RequestTrajectory",
        decide=decide,
        deadlines=deadlines,
        pass_deadline=pass_deadline,
        notices=notices,
        offered=offered,
        people=people,
        opens={"EscalateTrajectory": "assessments"},
    ),
    case_roles,
)
