"""What the board's cases come to, counted over the read model of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from events.event import amount
from events.projections.cells import part, parts

Row = Mapping[str, Any]
Content = dict[str, Any]
Told = Callable[[int, int | None], int | None]
"""A count, and of how many, as the reader may know it."""
Split = Callable[[Mapping[Any, int]], tuple[dict[Any, int | None], int | None]]
"""Parts of a whole and the whole, as the reader may know them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The rows of the three counts, as `ReadModels.counts` gives them."""

    running: Sequence[Row]
    ended: Sequence[Row]
    attention: Sequence[Row]


def dashboard(counts: Counts, *, single_cases: bool) -> Content:
    """The figures by process, and where a school year ended by that.

    Who may not know of ``single_cases`` gets null for counts below five and for what they would
    give away: sums over fewer cases, a rest that is as small, a count that another one tells. That
    reader gets no list of cases; outcomes by school only where the outcome's own count is told.
    """
    told, split = (_whole, _all) if single_cases else (part, parts)
    if not single_cases:
        counts = Counts(_told_elsewhere(counts.running), _told_elsewhere(counts.ended), [])
    content: Content = {
        "running": [
            _running(process, list(rows), told, split)
            for process, rows in _by(counts.running, "process")
        ],
        "ended": [],
        "outcome_totals": [],
        "outcomes": [],
    }
    for (year, process), rows in _by(counts.ended, "year", "process"):
        group = list(rows)
        totals, cases = split(_added(group, "outcome"))
        content["ended"].append(_ended(process, year, group, cases))
        for outcome, count in totals.items():
            if outcome is None:
                continue
            named = {"process": process, "period": period(year), "outcome": outcome}
            content["outcome_totals"].append({**named, "cases": count})
            if count is not None:
                schools, _ = split(
                    _added([row for row in group if row["outcome"] == outcome], "school")
                )
                content["outcomes"] += [
                    {**named, "school": school, "cases": number}
                    for school, number in schools.items()
                ]
    if single_cases:
        content["attention"] = [_case(row) for row in counts.attention]
    return content


def _told_elsewhere(rows: Sequence[Row]) -> list[Row]:
    """Without assessments: one is opened by each escalation, and would tell how many there were."""
    return [row for row in rows if row["process"] != "assessments"]


def _running(process: str, rows: Sequence[Row], told: Told, split: Split) -> Content:
    states, cases = split(_added(rows, "state"))
    whole = _sum(rows, "cases")
    hidden = {row["cases"] for row in rows if states[row["state"]] is None}

    def flag(column: str) -> int | None:
        # Being interrupted is a state of some processes and a figure too: one would tell the other.
        count = _sum(rows, column)
        return None if count in hidden else told(count, whole)

    def beside(column: str, what: str, sum_of: str) -> Content:
        count = flag(column)
        return {"cases": count, what: None if count is None else _sum(rows, sum_of)}

    return {
        "process": process,
        "cases": cases,
        "states": states,
        "suspended": flag("suspended"),
        "stalled": flag("stalled"),
        "overdue": beside("overdue_cases", "steps", "overdue_steps"),
        "visits": _of(rows, cases, held="visits_held", agreed="visits_agreed"),
        "hours": _decimal(rows, "hours", cases),
        "to_invoice": _decimal(rows, "amount", cases),
        "unsigned": beside("unsigned_cases", "signatures", "unsigned_signatures"),
        "without_deputy": flag("without_deputy"),
    }


def _ended(process: str, year: int, rows: Sequence[Row], cases: int | None) -> Content:
    days = sum(row["days"] for row in rows) / _sum(rows, "cases")
    return {
        "process": process,
        "period": period(year),
        "cases": cases,
        "visits": _of(rows, cases, held="visits_held", agreed="visits_agreed"),
        "goals": _of(rows, cases, reached="goals_reached", of="goals"),
        "hours": _decimal(rows, "hours", cases),
        "to_invoice": _decimal(rows, "amount", cases),
        "mean_days": None if cases is None else round(float(days), 1),
    }


def _case(row: Row) -> Content:
    why = [what for what in ("overdue", "stalled", "unsigned", "without_deputy") if row[what]]
    return {
        "process": row["process"],
        "id": str(row["stream"]),
        "why": why,
        "due": row["oldest_due"],
    }


def period(year: int) -> str:
    """The school year that began in a year."""
    return f"{year}-{year + 1}"


# -- what may be told ----------------------------------------------------------------------------


def _whole(count: int, _of: int | None) -> int | None:
    return count


def _all(counts: Mapping[Any, int]) -> tuple[dict[Any, int | None], int | None]:
    return dict(counts), sum(counts.values())


def _of(rows: Sequence[Row], cases: int | None, **columns: str) -> Content:
    """Sums, where it may be told over how many cases."""
    return {name: None if cases is None else _sum(rows, column) for name, column in columns.items()}


def _decimal(rows: Sequence[Row], column: str, cases: int | None) -> str | None:
    """A sum of hours or euros; null too where no case has any."""
    found = [row[column] for row in rows if row[column] is not None]
    if not found or cases is None:
        return None
    return amount(sum(found, Decimal(0)))


def _added(rows: Iterable[Row], column: str) -> dict[Any, int]:
    """How many cases there are by what stands in a column, in the order of the rows."""
    found: dict[Any, int] = {}
    for row in rows:
        found[row[column]] = found.get(row[column], 0) + int(row["cases"])
    return found


def _sum(rows: Iterable[Row], column: str) -> int:
    return sum(int(row[column]) for row in rows)


def _by(rows: Sequence[Row], *columns: str) -> Iterable[tuple[Any, Iterable[Row]]]:
    """Groups of rows with the same values, in the order of the rows."""

    def values(row: Row) -> Any:
        found = tuple(row[column] for column in columns)
        return found[0] if len(found) == 1 else found

    return groupby(rows, values)
