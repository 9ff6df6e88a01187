"""The list of cases behind a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from events.calendar import local_day
from events.store.desk import OfCase
from events.store.instants import instant
from web.pages.dashboard.tables import Cell, Column, Table
from web.pages.home.entries import Titles

WHY = ("overdue", "stalled", "suspended", "unsigned", "without_deputy")
"""What about a case asks for attention, in the order in which it is told."""

COLUMNS = (
    Column("case"), Column("process"), Column("state"), Column("school"), Column("advisor"),
    Column("due", "day"), Column("why"), Column("begun", "day"), Column("over", "day"),
    Column("visits_held", "count"), Column("visits_agreed", "count"),
    Column("goals_reached", "count"), Column("goals", "count"), Column("hours", "decimal"),
    Column("to_invoice", "money"), Column("outcome"),
)  # fmt: skip
ON_PAGE = frozenset({"case", "state", "school", "due", "why", "over"})
"""What is told on the page; the files tell all."""


def of_cases(rows: Sequence[Mapping[str, Any]]) -> list[OfCase]:
    """The cases, as their titles need them."""
    return [OfCase(row["process"], str(row["stream"]), {}, row["shown"]) for row in rows]


def cases_table(rows: Sequence[Mapping[str, Any]], titles: Titles, why: Mapping[str, str]) -> Table:
    """A row a case; ``why`` are words."""
    return Table("cases", COLUMNS, [_row(row, titles, why) for row in rows])


def _row(row: Mapping[str, Any], titles: Titles, why: Mapping[str, str]) -> list[Cell]:
    process = row["process"]
    wording = titles.wording(process)
    advisor = row["shown"].get("advisor")
    reasons = [str(why[name]) for name in WHY if row[name]]
    zone = wording.settings
    cells: list[Any] = [
        wording.about(process, "many"),
        wording.state(row["state"]),
        row["school"],
        wording.name(advisor) if advisor else None,
        date.fromisoformat(row["oldest_due"][:10]) if row["oldest_due"] else None,
        ", ".join(reasons),
        local_day(instant(row["created_us"]), zone),
        local_day(instant(row["ended_us"]), zone) if row["ended_us"] else None,
        row["visits_held"],
        row["visits_agreed"],
        row["goals_reached"],
        row["goals"],
        row["hours"],
        row["amount"],
        wording.term(row["outcome"]) if row["outcome"] else None,
    ]
    title = titles.case(process, row["shown"])
    return [Cell(title, f"/{process}/{row['stream']}"), *map(Cell, cells)]
