"""The workflows of all processes, as a worker runs them."""

from workflows.assessments.workflow import AssessmentProcess
from workflows.departures.workflow import DepartureProcess
from workflows.internships.workflow import InternshipProcess
from workflows.partners.workflow import PartnerProcess
from workflows.placements.workflow import PlacementProcess
from workflows.supervision.workflow import SupervisionProcess

PROCESSES: tuple[type, ...] = (
    SupervisionProcess,
    InternshipProcess,
    PlacementProcess,
    AssessmentProcess,
    PartnerProcess,
    DepartureProcess,
)
