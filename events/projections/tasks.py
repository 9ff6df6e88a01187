"""The read model of tasks: what waits in each open case, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from events.projections.projection import Case, Projection, array

COLUMNS: Mapping[str, str] = {
    "person": "uuid",
    "place": "smallint",
    "roles": "text[]",
    "also": "text[]",
    "task": "text",
    "due": "text",
    "overdue": "boolean",
}


def rows(case: Case) -> Iterator[tuple[Any, ...]]:
    """A row a task of a person, or of anybody with one of the roles."""
    for told in case.seats.told(case.story.tasks, case.settings, case.now):
        item = told.item
        yield (
            told.person,
            told.place,
            array(told.roles),
            array(told.also) if told.also else None,
            item["task"],
            item["due"],
            item["overdue"],
        )


TASKS = Projection("tasks", 1, COLUMNS, rows)
