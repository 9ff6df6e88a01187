"""The read model of cases: a row a case, with what lists show of it and what reports count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from events.event import instant_text
from events.process import ALL_CASES, Reader, View
from events.projections.projection import Case, Projection, array
from events.projections.seats import ANYBODY
from events.store.instants import instant, microseconds
from events.store.sealing import canonical

ROW = frozenset(
    {
        "id", "process", "version", "suspended", "school", "teacher", "client", "manager",
        "advisor", "assessor", "period", "visits", "talks_held", "overdue", "next", "duration_days",
        "student", "mentor", "route", "host", "name", "kind", "levels", "school_leader",
        "coordinator", "deputy", "vacant", "school_leader_vacant", "primary_contact",
        "last_contact", "merged_into", "person", "date", "partners",
    }
)  # fmt: skip
"""What of a summary stands in a list: nothing whose reading is noted case by case."""

SOUGHT = frozenset({"schools", "obligation"})
"""What else of a summary a list can be searched by (contract 4)."""

OFFICE = tuple(sorted(ALL_CASES))

COLUMNS: Mapping[str, str] = {
    "process": "text",
    "state": "text",
    "open": "boolean",
    "created_us": "bigint",
    "updated_us": "bigint",
    "ended_us": "bigint",
    "suspended": "boolean",
    "parties": "json",
    "closed_to": "uuid[]",
    "overdue": "integer",
    "oldest_due": "text",
    "school": "text",
    "first_day": "text",
    "last_day": "text",
    "visits_agreed": "integer",
    "visits_held": "integer",
    "goals": "integer",
    "goals_reached": "integer",
    "hours": "numeric",
    "amount": "numeric",
    "outcome": "text",
    "unsigned": "integer",
    "without_deputy": "boolean",
    "stalled": "boolean",
    "shown": "json",
    "sought": "json",
}


def rows(case: Case) -> Iterator[tuple[Any, ...]]:
    """The one row of a case."""
    index, figures = case.index, case.story.figures(case.state, case.settings)
    ended_at, overdue = case.state.ended_at, case.state.overdue
    summary = summary_of(case)
    yield (
        case.story.name,
        index.state,
        index.open,
        case.created_us,
        case.updated_us,
        ended_at and microseconds(ended_at),
        case.state.suspended,
        _json(index.parties),
        array(case.seats.closed_to(OFFICE)),
        len(overdue),
        min(overdue.values(), default=None),
        figures.school,
        figures.first_day,
        figures.last_day,
        figures.visits_agreed,
        figures.visits_held,
        figures.goals,
        figures.goals_reached,
        figures.hours,
        figures.amount,
        figures.outcome,
        figures.unsigned,
        figures.without_deputy,
        figures.stalled,
        _json(shown(case, summary)),
        _json({key: value for key, value in summary.items() if key in SOUGHT}),
    )


def summary_of(case: Case) -> dict[str, Any]:
    """The summary for who has no part in the case and sees all cases of the board."""
    reader = Reader(ANYBODY, OFFICE)
    rights = case.story.rights(case.state, reader)
    content: dict[str, Any] = {"id": case.stream, "process": case.story.name}
    content |= case.story.summary(case.state, View(reader, rights, case.now, case.settings))
    content["version"] = case.version if case.story.positions(rights) else None
    return content


def shown(case: Case, summary: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a list. Who sees all cases may see each event, so that the last one counts."""
    return {key: value for key, value in summary.items() if key in ROW} | {
        "state": case.index.state,
        "open": case.index.open,
        "created_at": instant_text(instant(case.created_us)),
        "updated_at": instant_text(instant(case.updated_us)),
    }


def _json(value: Any) -> str:
    return canonical(value).decode()


CASES = Projection("cases", 2, COLUMNS, rows, since=1)
"""Since version 2 the outcome of a trajectory is how it ended, not what its report found."""
