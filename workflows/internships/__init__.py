"""Teacher internship (docentstage): its rules, put together."""

from events.internships import STORY
from workflows.internships.deadlines import deadlines
from workflows.internships.notices import notices
from workflows.internships.rules import TABLE

RULES = TABLE.rules_of(STORY, opening="ProposeInternship", deadlines=deadlines, notices=notices)
