"""Numbers and words of the dashboard in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from web.pages.dashboard.tables import Cell, Column, Kind, Value
from web.wording import Wording


@dataclass(frozen=True, slots=True)
class Say:
    """``hidden`` is said where a number may not be told."""

    wording: Wording
    single_cases: bool

    @property
    def words(self) -> Mapping[str, Any]:
        return self.wording.texts.pages["dashboard"]

    @property
    def hidden(self) -> str:
        return "" if self.single_cases else str(self.words["hidden"])

    def wording_of(self, process: str) -> Wording:
        """The words of a process."""
        wording = self.wording
        return Wording(wording.texts, wording.settings, wording.names, process)

    def cell(self, cell: Cell, column: Column) -> str:
        """What stands in a cell; a dash where there is nothing."""
        if cell.value is None:
            return (self.hidden if column.hidden else "") or "–"
        return self.number(cell.value, column.kind)

    def look(self, cell: Cell, column: Column) -> str:
        """The classes of a cell, by which small screens leave out what says nothing."""
        kind = "" if column.kind == "text" else "number"
        if cell.value is None and column.hidden and self.hidden:
            return f"{kind} untold".strip()
        return kind if cell.value else f"{kind} zero".strip()

    def mute(self, row: Sequence[Cell], columns: Sequence[Column]) -> int:
        """How many cells at the end of a row are said at once, since none of them may be told."""
        hidden = [
            bool(self.hidden) and column.hidden and cell.value is None
            for cell, column in zip(row, columns, strict=True)
        ]
        many = len(list(takewhile(bool, reversed(hidden))))
        return many if many > 1 and sum(column.hidden for column in columns) == many else 0

    def number(self, value: Value, kind: Kind) -> str:
        """A value as people read it."""
        locale = self.wording.texts.language
        match value:
            case None:
                return self.hidden or "–"
            case str():
                return value
            case date():
                return format_date(value, "d MMM y", locale=locale)
            case _:
                return self._counted(value, kind, locale)

    def _counted(self, value: float | Decimal, kind: Kind, locale: str) -> str:
        if kind == "money":
            return format_currency(value, "EUR", locale=locale)
        if kind == "percent":
            return f"{value}%"
        pattern = {"decimal": "#,##0.00", "days": "#,##0.0"}.get(kind, "#,##0")
        return format_decimal(value, pattern, locale=locale)

    def heading(self, column: Column) -> str:
        """What a column is called."""
        return str(self.words["column"][column.name])
