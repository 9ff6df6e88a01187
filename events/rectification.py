"""Rectification: what was recorded wrongly stays, with the correction beside it (AVG art. 16)."""

from __future__ import annotations

from events.event import Fact, PersonId, Text


class RecordCorrected(Fact):
    """Stands beside the event it corrects; both are kept."""

    event: str
    reason: Text
    correction: Text
    approved_by: PersonId
