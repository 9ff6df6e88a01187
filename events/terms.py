"""Terms: the steps that somebody has to take in time, and what is recorded when nobody does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from events.case import CaseState, Fold
from events.event import Event, Fact


@dataclass(frozen=True, slots=True)
class Term:
    """A step that somebody has to take by the end of ``last_day`` (a local day).

    ``arose`` is when the term began to run, where its last day may have been past by then.
    ``anew``: with another last day it is another term, whose moments have yet to pass.
    """

    timer: str
    by: str
    last_day: date
    arose: datetime | None = None
    anew: bool = False

    def moment(self, level: int) -> str:
        """The key of the deadline at which it is overdue at that level."""
        return f"{self.timer}/{level}" + (f"@{self.last_day}" if self.anew else "")


def steps_json(terms: Iterable[Term]) -> list[dict[str, Any]]:
    """The steps still to be taken, as a summary shows them."""
    return [{"step": term.timer, "by": term.by, "due": term.last_day.isoformat()} for term in terms]


def task_json(task: str, last_day: date | None, today: date) -> dict[str, Any]:
    """Something that waits for somebody, with the last day where there is a term."""
    late = last_day is not None and last_day < today
    return {"task": task, "due": last_day and last_day.isoformat(), "overdue": late}


def tasks_json(terms: Iterable[Term], rights: frozenset[str], today: date) -> list[dict[str, Any]]:
    """The open steps of whoever has these parts in the case, as tasks."""
    return [task_json(term.timer, term.last_day, today) for term in terms if term.by in rights]


class StepOverdue(Fact):
    """``due`` is the term's last day; level 0 the one whose step it is, 1 coordinator, 2 hr."""

    timer: str
    due: str
    level: int


class ReminderSent(Fact):
    """``due`` is the local day; a timer may have several moments; ``to`` are roles in the case."""

    timer: str
    due: str
    moment: str
    to: tuple[str, ...]


FOLD: Fold[CaseState] = Fold()


@FOLD.on(StepOverdue)
def _overdue(state: CaseState, event: Event, data: StepOverdue) -> dict[str, Any]:
    moment = f"{data.timer}/{data.level}"
    return {
        "passed": state.passed | {moment, f"{moment}@{data.due}"},
        "overdue": {**state.overdue, data.timer: data.due},
    }


@FOLD.on(ReminderSent)
def _reminded(state: CaseState, event: Event, data: ReminderSent) -> dict[str, Any]:
    return {"passed": state.passed | {f"{data.timer}/{data.moment}"}}
