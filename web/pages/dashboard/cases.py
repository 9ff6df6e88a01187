"""The cases behind a figure, and those that ask for attention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from events.calendar import local_day
from events.projections.counting import EVERYTHING, Selection
from events.store.desk import OfCase
from events.store.instants import instant
from web.api.dashboard import Office
from web.pages.dashboard.say import Say
from web.pages.dashboard.tables import Cell, Column, Table
from web.pages.home.entries import Titles
from web.pages.home.visit import Visit

WHY = ("overdue", "stalled", "suspended", "unsigned", "without_deputy")
"""What about a case asks for attention, in the order in which it is told."""

COLUMNS = (
    Column("case"), Column("process"), Column("state"), Column("school"), Column("advisor"),
    Column("due", "day"), Column("why"), Column("begun", "day"), Column("over", "day"),
    Column("visits_held", "count"), Column("visits_agreed", "count"),
    Column("goals_reached", "count"), Column("goals", "count"), Column("hours", "decimal"),
    Column("to_invoice", "money"), Column("outcome"),
)  # fmt: skip
_ASKING = ("due", "why")
_BILLED, _VISITED = ("hours", "to_invoice"), ("visits_held", "visits_agreed")
_COUNTED: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("hours", "ended_hours", "all_hours"), _BILLED),
    **dict.fromkeys(("to_invoice", "invoiced", "all_to_invoice"), _BILLED),
    **dict.fromkeys(("visits", "ended_visits"), _VISITED),
    "goals": ("goals_reached", "goals"),
    "outcome": ("outcome",),
}
"""What of a case a figure adds up, where it does."""


def on_page(figure: str) -> list[Column]:
    """What is told on the page of a figure, with what it adds up; the files tell all."""
    names = {"case", "state", "school", "over", *_COUNTED.get(figure, _ASKING)}
    return [column for column in COLUMNS if column.name in names]


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


def told(rows: Sequence[Mapping[str, Any]], titles: Titles, say: Say) -> list[dict[str, Any]]:
    """The rows by the names of their columns, in words; ``href`` is the page of the case."""
    table = cases_table(rows, titles, say.words["why"])
    return [
        {
            column.name: say.cell(cell, column) if cell.value is not None else ""
            for column, cell in zip(table.columns, row, strict=True)
        }
        | {"href": row[0].href}
        for row in table.rows
    ]


async def attention(
    visit: Visit,
    office: Office,
    selection: Selection = EVERYTHING,
    *,
    limit: int,
    also: Iterable[str] = (),
) -> tuple[Sequence[Mapping[str, Any]], Titles, int]:
    """What is overdue, stalled, unsigned or without a deputy, and how many there are of it.

    The titles know the names of ``also`` too. A ``limit`` of 0 looks at nothing.
    """
    rows: Sequence[Mapping[str, Any]] = ()
    total = 0
    if limit:
        found = await visit.site.store.models.behind(
            visit.person.tenant,
            visit.person.id,
            office.processes,
            visit.settings.zone,
            "attention",
            selection,
            offset=0,
            limit=limit,
        )
        rows, total = found.rows, found.total
    return rows, await visit.titles(of_cases(rows), also=set(also)), total
