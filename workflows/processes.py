"""The workflows of all processes, as a worker runs them."""

from workflows.assessments.workflow import AssessmentProcess
from workflows.departures.workflow import DepartureProcess
from workflows.partners.workflow import PartnerProcess
from workflows.supervision.workflow import SupervisionProcess

PROCESSES: tuple[type, ...] = (
    SupervisionProcess,
    AssessmentProcess,
    PartnerProcess,
    DepartureProcess,
)
