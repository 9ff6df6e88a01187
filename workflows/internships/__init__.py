"""Teacher internship (docentstage): its rules, put together."""

from events.internships import STORY
from workflows.decision import Rules
from workflows.internships.commands import COMMANDS, people
from workflows.internships.deadlines import deadlines
from workflows.internships.notices import notices
from workflows.internships.rules import TABLE
from workflows.waiting import passing

RULES = Rules(
    story=STORY,
    commands=COMMANDS,
    opening="ProposeInternship",
    decide=TABLE.decide,
    deadlines=deadlines,
    pass_deadline=passing(deadlines),
    notices=notices,
    offered=TABLE.offered,
    people=people,
)
