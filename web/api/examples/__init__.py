"""One example of every command's data, for the description of the API. Everybody is invented."""

from typing import Any

from web.api.examples.assessments import ASSESSMENTS
from web.api.examples.departures import DEPARTURES
from web.api.examples.internships import INTERNSHIPS
from web.api.examples.partners import PARTNERS
from web.api.examples.placements import PLACEMENTS
from web.api.examples.stewardship import STEWARDSHIP
from web.api.examples.supervision import SUPERVISION

EXAMPLES: dict[str, dict[str, Any]] = {
    "supervision": SUPERVISION | STEWARDSHIP,
    "internships": INTERNSHIPS | STEWARDSHIP,
    "placements": PLACEMENTS | STEWARDSHIP,
    "partners": PARTNERS | STEWARDSHIP,
    "departures": DEPARTURES | STEWARDSHIP,
    "assessments": ASSESSMENTS | STEWARDSHIP,
}
"""Per process, per command."""
