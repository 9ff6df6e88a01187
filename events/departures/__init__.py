"""Departures of staff: what that person looked after does not fall between two stools."""

from events.departures.facts import FACTS
from events.departures.state import Departure, evolve
from events.departures.views import index, redacted, rights, summary
from events.process import Story

STORY = Story(
    name="departures",
    facts=FACTS,
    initial=Departure,
    evolve=evolve,
    is_final=lambda state: state.ended,
    index=index,
    rights=rights,
    visible=lambda state, event, view: True,
    redacted=redacted,
    positions=lambda held: True,
    summary=summary,
    tasks=lambda state, view: [],
    agenda=lambda state, view: [],
    about={"StaffLeft": "person"},
)
