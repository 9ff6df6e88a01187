"""The tables of the dashboard: what each column is, so that page, CSV and XLSX say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from web.pages.dashboard.filters import Filters
from web.wording import Wording

Kind = Literal["text", "count", "decimal", "money", "percent", "days", "day"]
Value = str | int | Decimal | float | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` finds its words in ``words.dashboard.column``."""

    name: str
    kind: Kind = "text"
    hidden: bool = False
    """Whether an empty cell means that it may not be told, where the reader sees counts alone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and the list of cases behind it, or the case."""

    value: Value
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is that of its files, and finds its title in ``words.dashboard.table``."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


class Tables:
    """The tables of some figures, for one reader."""

    def __init__(
        self, content: Mapping[str, Any], filters: Filters, wording: Wording, *, links: bool
    ) -> None:
        self._content = content
        self._filters = filters
        self._wording = wording
        self._links = links

    def of(self, name: str) -> Table | None:
        """The table of that name; None where there is none."""
        made = {
            "running": self.running,
            "states": self.states,
            "ended": self.ended,
            "outcomes": self.outcomes,
            "schools": self.schools,
        }
        return made[name]() if name in made else None

    def running(self) -> Table:
        """What is under way, by process."""
        columns = (
            Column("process"), Column("cases", "count", hidden=True),
            Column("overdue", "count", hidden=True), Column("stalled", "count", hidden=True),
            Column("suspended", "count", hidden=True), Column("unsigned", "count", hidden=True),
            Column("without_deputy", "count", hidden=True),
            Column("visits_held", "count", hidden=True),
            Column("visits_agreed", "count", hidden=True), Column("hours", "decimal", hidden=True),
            Column("to_invoice", "money", hidden=True),
        )  # fmt: skip
        rows = [
            [
                Cell(self._process(one["process"])),
                self._count(one["cases"], "running", one),
                self._count(one["overdue"]["cases"], "overdue", one),
                self._count(one["stalled"], "stalled", one),
                self._count(one["suspended"], "suspended", one),
                self._count(one["unsigned"]["cases"], "unsigned", one),
                self._count(one["without_deputy"], "without_deputy", one),
                self._count(one["visits"]["held"], "visits", one),
                self._count(one["visits"]["agreed"], "visits", one),
                self._count(_decimal(one["hours"]), "hours", one),
                self._count(_decimal(one["to_invoice"]), "to_invoice", one),
            ]
            for one in self._content["running"]
        ]
        return Table("running", columns, rows)

    def states(self) -> Table:
        """What is under way, by process and state."""
        columns = Column("process"), Column("state"), Column("cases", "count", hidden=True)
        rows = [
            [
                Cell(self._process(one["process"])),
                Cell(self._words(one["process"]).state(state)),
                self._count(cases, "running", one, state=state),
            ]
            for one in self._content["running"]
            for state, cases in in_order(one["states"], self._words(one["process"]))
        ]
        return Table("states", columns, rows)

    def ended(self) -> Table:
        """What has ended, by school year and process."""
        columns = (
            Column("period"), Column("process"), Column("cases", "count", hidden=True),
            Column("mean_days", "days", hidden=True), Column("goals_reached", "count", hidden=True),
            Column("goals", "count", hidden=True), Column("goals_percent", "percent", hidden=True),
            Column("visits_held", "count", hidden=True),
            Column("visits_agreed", "count", hidden=True), Column("hours", "decimal", hidden=True),
            Column("to_invoice", "money", hidden=True),
        )  # fmt: skip
        rows = [
            [
                Cell(one["period"]),
                Cell(self._process(one["process"])),
                self._count(one["cases"], "ended", one),
                Cell(one["mean_days"]),
                self._count(one["goals"]["reached"], "goals", one),
                self._count(one["goals"]["of"], "goals", one),
                Cell(percent(one["goals"]["reached"], one["goals"]["of"])),
                self._count(one["visits"]["held"], "ended_visits", one),
                self._count(one["visits"]["agreed"], "ended_visits", one),
                self._count(_decimal(one["hours"]), "ended_hours", one),
                self._count(_decimal(one["to_invoice"]), "invoiced", one),
            ]
            for one in self._content["ended"]
        ]
        return Table("ended", columns, rows)

    def outcomes(self) -> Table:
        """How it ended, by school year and process."""
        columns = (
            Column("period"), Column("process"), Column("outcome"),
            Column("cases", "count", hidden=True),
        )  # fmt: skip
        rows = [
            [
                Cell(one["period"]),
                Cell(self._process(one["process"])),
                Cell(self._words(one["process"]).term(one["outcome"])),
                self._count(one["cases"], "outcome", one, outcome=one["outcome"]),
            ]
            for one in self._content["outcome_totals"]
        ]
        return Table("outcomes", columns, rows)

    def schools(self) -> Table:
        """How it ended, by school as well."""
        columns = (
            Column("period"), Column("process"), Column("school"), Column("outcome"),
            Column("cases", "count", hidden=True),
        )  # fmt: skip
        rows = [
            [
                Cell(one["period"]),
                Cell(self._process(one["process"])),
                Cell(one["school"] or self._wording.texts.pages["dashboard"]["no_school"]),
                Cell(self._words(one["process"]).term(one["outcome"])),
                self._count(
                    one["cases"], "outcome", one, outcome=one["outcome"], school=one["school"]
                ),
            ]
            for one in self._content["outcomes"]
        ]
        return Table("schools", columns, rows)

    def _count(self, value: Value, figure: str, one: Mapping[str, Any], **more: str | None) -> Cell:
        """A figure with the list behind it, where there is anything in that list.

        Cases without a school have no filter of their own, and so no list.
        """
        if not self._links or not value or None in more.values():
            return Cell(value)
        named = {
            "process": one["process"],
            "period": one.get("period", ""),
            **{k: v for k, v in more.items() if v},
        }
        return Cell(value, self._filters.behind(figure, **named))

    def _process(self, process: str) -> str:
        return self._wording.about(process, "many")

    def _words(self, process: str) -> Wording:
        wording = self._wording
        return Wording(wording.texts, wording.settings, wording.names, process)


def in_order(states: Mapping[str, int | None], wording: Wording) -> list[tuple[str, int | None]]:
    """States with their counts, in the order in which a case passes them."""
    order = list(wording.words["states"])
    return sorted(
        states.items(), key=lambda one: order.index(one[0]) if one[0] in order else len(order)
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def percent(some: int | None, of: int | None) -> int | None:
    """How many of a hundred; None where nothing can be said."""
    return None if not of or some is None else round(some * 100 / of)
