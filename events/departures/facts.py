"""What can happen when somebody of the staff leaves (docs/contract.md 5)."""

from __future__ import annotations

from events.event import Fact, PersonId
from events.rectification import RecordCorrected


class StaffLeft(Fact):
    person: PersonId
    date: str


class DepartureHandled(Fact):
    """``partners`` took note of it; ``refused`` had changed hands in between."""

    partners: int
    refused: int


FACTS: dict[str, type[Fact]] = {
    "RecordCorrected": RecordCorrected,
} | {fact.__name__: fact for fact in Fact.__subclasses__() if fact.__module__ == __name__}
