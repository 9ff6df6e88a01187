"""Handover: somebody with a part in a case is succeeded, and the successor has to be told all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events.case import CaseState, Fold
from events.event import Event, Fact, PersonId, Text


class HandoverTaskOpened(Fact):
    """``task`` names it within the case, ``of`` is who goes, ``to`` who comes, where known."""

    task: str
    of: PersonId
    to: PersonId | None = None


class HandoverCompleted(Fact):
    task: str
    successor: PersonId | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """An open task; ``opened_at`` is when it was recorded."""

    task: str
    of: str
    to: str | None
    opened_at: datetime

    def json(self) -> dict[str, Any]:
        """As a summary shows it."""
        return {"task": self.task, "of": self.of, "to": self.to}


@dataclass
class HandedCase(CaseState):
    """The state of a process whose people may be succeeded."""

    handovers: Mapping[str, Handover] = field(default_factory=dict)
    handovers_opened: int = 0

    def next_task(self, kind: str) -> str:
        """A name for the next handover, such as ``supervisor:1``."""
        return f"{kind}:{self.handovers_opened + 1}"


FOLD: Fold[HandedCase] = Fold()


@FOLD.on(HandoverTaskOpened)
def _opened(state: HandedCase, event: Event, data: HandoverTaskOpened) -> dict[str, Any]:
    task = Handover(data.task, data.of, data.to, event.recorded_at)
    return {
        "handovers": {**state.handovers, data.task: task},
        "handovers_opened": state.handovers_opened + 1,
    }


@FOLD.on(HandoverCompleted)
def _completed(state: HandedCase, event: Event, data: HandoverCompleted) -> dict[str, Any]:
    left = {name: task for name, task in state.handovers.items() if name != data.task}
    return {"handovers": left, "overdue": state.without_overdue(f"handover:{data.task}")}
