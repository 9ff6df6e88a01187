"""One example of every command's data, for the description of the API. Everybody is invented."""

from typing import Any

from web.api.examples.assessments import ASSESSMENTS
from web.api.examples.departures import DEPARTURES
from web.api.examples.internships import INTERNSHIPS
from web.api.examples.partners import PARTNERS
from web.api.examples.placements import PLACEMENTS
from web.api.examples.supervision import SUPERVISION

EXAMPLES: dict[str, dict[str, Any]] = {
    "supervision": SUPERVISION,
    "internships": INTERNSHIPS,
    "placements": PLACEMENTS,
    "partners": PARTNERS,
    "departures": DEPARTURES,
    "assessments": ASSESSMENTS,
}
"""Per process, per command."""
