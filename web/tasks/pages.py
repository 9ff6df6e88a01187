"""Which commands have a page of their own here."""

from __future__ import annotations

from collections.abc import Mapping

from web.tasks import visits
from web.tasks.sheet import OwnPage, of

_SUPERVISION = {
    "RecordDiagnosisVisit": visits.diagnosis,
    "RecordVisit": visits.class_visit,
}
TASK_PAGES: Mapping[tuple[str, str], OwnPage] = {
    ("supervision", command): of(make) for command, make in _SUPERVISION.items()
}
"""By process and command."""
