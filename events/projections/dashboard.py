"""What the board's cases come to, counted over the read model of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from events.event import amount

SMALLEST = 5
"""Counts below this are not told to who may not know of single cases."""

Row = Mapping[str, Any]
Content = dict[str, Any]
Told = Callable[[int, int | None], int | None]
"""A count, and of how many, as the reader may know it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The rows of the three counts, as `ReadModels.counts` gives them."""

    running: Sequence[Row]
    ended: Sequence[Row]
    attention: Sequence[Row]


def dashboard(counts: Counts, *, single_cases: bool) -> Content:
    """The figures by process, and where a school year ended by that.

    Who may not know of ``single_cases`` gets null for counts below five and for what they would
    give away: sums over fewer cases, a rest that is as small, the next smallest of parts with
    one hidden. That reader gets no list of cases.
    """
    told = _whole if single_cases else _hidden
    content: Content = {
        "running": [
            _running(process, list(rows), told) for process, rows in _by(counts.running, "process")
        ],
        "ended": [
            _ended(process, year, list(rows), told)
            for (year, process), rows in _by(counts.ended, "year", "process")
        ],
        "outcomes": [
            one
            for (year, process, school), rows in _by(counts.ended, "year", "process", "school")
            for one in _outcomes(process, year, school, list(rows), told)
        ],
    }
    if single_cases:
        content["attention"] = [_case(row) for row in counts.attention]
    return content


def _running(process: str, rows: Sequence[Row], told: Told) -> Content:
    cases = _sum(rows, "cases")
    states = _parts({row["state"]: row["cases"] for row in rows}, told)
    return {
        "process": process,
        "cases": None if None in states.values() else told(cases, None),
        "states": states,
        "suspended": told(_sum(rows, "suspended"), cases),
        "stalled": told(_sum(rows, "stalled"), cases),
        "overdue": _with(rows, "overdue_cases", "steps", "overdue_steps", told, cases),
        "visits": _of(rows, "held", "visits_held", "agreed", "visits_agreed", told),
        "hours": _decimal(rows, "hours", told),
        "to_invoice": _decimal(rows, "amount", told),
        "unsigned": _with(rows, "unsigned_cases", "signatures", "unsigned_signatures", told, cases),
        "without_deputy": told(_sum(rows, "without_deputy"), cases),
    }


def _ended(process: str, year: int, rows: Sequence[Row], told: Told) -> Content:
    cases = told(_sum(rows, "cases"), None)
    days = sum(row["days"] for row in rows) / _sum(rows, "cases")
    return {
        "process": process,
        "period": _period(year),
        "cases": cases,
        "visits": _of(rows, "held", "visits_held", "agreed", "visits_agreed", told),
        "goals": _of(rows, "reached", "goals_reached", "of", "goals", told),
        "hours": _decimal(rows, "hours", told),
        "to_invoice": _decimal(rows, "amount", told),
        "mean_days": None if cases is None else round(float(days), 1),
    }


def _outcomes(
    process: str, year: int, school: str | None, rows: Sequence[Row], told: Told
) -> list[Content]:
    counted = {row["outcome"]: row["cases"] for row in rows if row["outcome"] is not None}
    return [
        {
            "process": process,
            "period": _period(year),
            "school": school,
            "outcome": outcome,
            "cases": cases,
        }
        for outcome, cases in _parts(counted, told).items()
    ]


def _case(row: Row) -> Content:
    why = [what for what in ("overdue", "stalled", "unsigned", "without_deputy") if row[what]]
    return {
        "process": row["process"],
        "id": str(row["stream"]),
        "why": why,
        "due": row["oldest_due"],
    }


def _period(year: int) -> str:
    """The school year that began in a year."""
    return f"{year}-{year + 1}"


# -- what may be told ----------------------------------------------------------------------------


def _whole(count: int, _of: int | None) -> int | None:
    return count


def _hidden(count: int, of: int | None) -> int | None:
    if count < SMALLEST or (of is not None and 0 < of - count < SMALLEST):
        return None
    return count


def _parts(counts: Mapping[str, int], told: Told) -> dict[str, int | None]:
    """Parts of a whole: one that is hidden would follow from the rest, so two are."""
    shown = {name: told(count, None) for name, count in counts.items()}
    left = {name: count for name, count in shown.items() if count is not None}
    if len(shown) - len(left) == 1 and left:
        shown[min(left, key=lambda name: left[name])] = None
    return shown


def _with(rows: Sequence[Row], cases: str, what: str, column: str, told: Told, of: int) -> Content:
    """In how many cases, and how many of it."""
    count = told(_sum(rows, cases), of)
    return {"cases": count, what: None if count is None else _sum(rows, column)}


def _of(rows: Sequence[Row], part: str, some: str, whole: str, every: str, told: Told) -> Content:
    hidden = told(_sum(rows, "cases"), None) is None
    return {
        part: None if hidden else _sum(rows, some),
        whole: None if hidden else _sum(rows, every),
    }


def _decimal(rows: Sequence[Row], column: str, told: Told) -> str | None:
    """A sum of hours or euros; null too where no case has any."""
    found = [row[column] for row in rows if row[column] is not None]
    if not found or told(_sum(rows, "cases"), None) is None:
        return None
    return amount(sum(found, Decimal(0)))


def _sum(rows: Iterable[Row], column: str) -> int:
    return sum(int(row[column]) for row in rows)


def _by(rows: Sequence[Row], *columns: str) -> Iterable[tuple[Any, Iterable[Row]]]:
    """Groups of rows with the same values, in the order of the rows."""

    def values(row: Row) -> Any:
        found = tuple(row[column] for column in columns)
        return found[0] if len(found) == 1 else found

    return groupby(rows, values)
