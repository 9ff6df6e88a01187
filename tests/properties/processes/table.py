"""The processes that are played, each with its play and its witness."""

from __future__ import annotations

from tests.properties.processes import assessments, internships, partners, placements
from tests.properties.processes.play import Play
from tests.properties.processes.seen_internships import Internship
from tests.properties.processes.seen_others import Assessment, Departure, Partner
from tests.properties.processes.seen_placements import Placement
from tests.properties.processes.witness import Witness

PLAYS: dict[str, Play] = {
    play.process: play
    for play in (
        internships.PLAY,
        placements.PLAY,
        partners.PARTNERS,
        partners.DEPARTURES,
        assessments.PLAY,
    )
}
WITNESSES: dict[str, type[Witness]] = {
    "internships": Internship,
    "placements": Placement,
    "partners": Partner,
    "departures": Departure,
    "assessments": Assessment,
}
