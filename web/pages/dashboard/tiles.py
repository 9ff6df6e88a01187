"""The figures at the top of the dashboard: sums over the processes, each with what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from web.pages.dashboard.filters import Filters
from web.pages.dashboard.tables import Kind, percent

Row = Mapping[str, Any]
Number = int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Tile:
    """``of`` is that of which ``value`` is a part; ``beside`` another number that belongs to it.

    ``name`` finds its words in ``words.dashboard.tile``; ``alarm``: somebody has to do something.
    """

    name: str
    value: Number
    kind: Kind = "count"
    of: int | None = None
    beside: Number = None
    href: str = ""
    alarm: bool = False


def tiles(content: Mapping[str, Any], filters: Filters, *, links: bool) -> list[Tile]:
    """Figures that nobody can have are left out, such as deputies where there are no partners."""
    running, ended = content["running"], content["ended"]

    def behind(figure: str, value: Number) -> str:
        return filters.behind(figure) if links and value else ""

    def count(name: str, value: int | None, beside: int | None = None, *, alarm: bool) -> Tile:
        href = behind(name, value)
        return Tile(name, value, beside=beside, href=href, alarm=alarm and bool(value))

    found = [
        count("running", _sum(running, lambda one: one["cases"]), alarm=False),
        count(
            "overdue",
            _sum(running, lambda one: one["overdue"]["cases"]),
            _sum(running, lambda one: one["overdue"]["steps"]),
            alarm=True,
        ),
        count("stalled", _sum(running, lambda one: one["stalled"]), alarm=True),
        count("suspended", _sum(running, lambda one: one["suspended"]), alarm=False),
        count(
            "unsigned",
            _sum(running, lambda one: one["unsigned"]["cases"]),
            _sum(running, lambda one: one["unsigned"]["signatures"]),
            alarm=True,
        ),
    ]
    partners = [one for one in running if one["process"] == "partners"]
    if partners:
        without = _sum(partners, lambda one: one["without_deputy"])
        found.append(count("without_deputy", without, alarm=True))
    held = _sum(running, lambda one: one["visits"]["held"])
    agreed = _sum(running, lambda one: one["visits"]["agreed"])
    found.append(Tile("visits", held, of=agreed, href=behind("visits", agreed)))
    reached = _sum(ended, lambda one: one["goals"]["reached"])
    goals = _sum(ended, lambda one: one["goals"]["of"])
    found.append(
        Tile(
            "goals", reached, of=goals, beside=percent(reached, goals), href=behind("goals", goals)
        )
    )
    found.append(Tile("mean_days", _mean(ended), "days", href=behind("ended", len(ended))))
    hours = _added([*running, *ended], "hours")
    found.append(Tile("hours", hours, "decimal", href=behind("all_hours", hours)))
    invoice = _added([*running, *ended], "to_invoice")
    found.append(Tile("to_invoice", invoice, "money", href=behind("all_to_invoice", invoice)))
    return found


def _sum(rows: Iterable[Row], value: Callable[[Row], int | None]) -> int | None:
    """None where one of them may not be told, for the sum would tell of it."""
    counts = [value(row) for row in rows]
    return None if None in counts else sum(count or 0 for count in counts)


def _added(rows: Sequence[Row], name: str) -> Decimal | None:
    """None where one may not be told; a process that has none of it tells nothing."""
    if any(row["cases"] is None for row in rows):
        return None
    return sum((Decimal(row[name]) for row in rows if row[name] is not None), Decimal(0))


def _mean(rows: Sequence[Row]) -> float | None:
    if not rows or any(row["cases"] is None for row in rows):
        return None
    cases = sum(row["cases"] for row in rows)
    return round(sum(row["mean_days"] * row["cases"] for row in rows) / cases, 1)
