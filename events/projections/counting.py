"""Counting the cases of a board over their read model, and listing those behind a count."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.projections.cases import CASES
from events.projections.dashboard import Counts
from events.store.connection import Connected
from events.store.instants import microseconds
from events.store.sql import statements

_CASES = """c.build = (select p.build from traject.projection p
                   where p.name = 'cases' and p.version = $1 and p.state = 'live')
   and c.tenant = $2 and c.process = any ($3::text[]) and not ($4::uuid = any (c.closed_to))
   and ($5::text is null or c.school = $5)
   and ($6::text is null or c.parties ->> 'advisor' = $6)
   and ($7::text is null or c.state = $7)
   and ($8::text is null or c.outcome = $8)"""
_BEGUN = "($9::bigint is null or c.created_us >= $9 and c.created_us < $10)"
_ENDED = "c.ended_us is not null and ($9::bigint is null or c.ended_us >= $9 and c.ended_us < $10)"
_OPEN = f"c.open and {_BEGUN}"
_EITHER = f"(({_OPEN}) or ({_ENDED}))"
"""Whether under way or over, as figures count that are of both."""

FIGURES: Mapping[str, str] = {
    "running": _OPEN,
    "suspended": f"{_OPEN} and c.suspended",
    "stalled": f"{_OPEN} and c.stalled",
    "overdue": f"{_OPEN} and c.overdue > 0",
    "unsigned": f"{_OPEN} and c.unsigned > 0",
    "without_deputy": f"{_OPEN} and c.without_deputy",
    "visits": f"{_OPEN} and c.visits_agreed > 0",
    "hours": f"{_OPEN} and c.hours > 0",
    "to_invoice": f"{_OPEN} and c.amount > 0",
    "attention": f"{_OPEN} and (c.overdue > 0 or c.stalled or c.unsigned > 0 or c.without_deputy)",
    "ended": _ENDED,
    "goals": f"{_ENDED} and c.goals > 0",
    "ended_visits": f"{_ENDED} and c.visits_agreed > 0",
    "ended_hours": f"{_ENDED} and c.hours > 0",
    "invoiced": f"{_ENDED} and c.amount > 0",
    "outcome": f"{_ENDED} and c.outcome is not null",
    "all_hours": f"{_EITHER} and c.hours <> 0",
    "all_to_invoice": f"{_EITHER} and c.amount <> 0",
}
"""The figures that have a list of cases behind them, and which cases those are."""

_TEXTS = statements("counts")
SQL = {
    name: _TEXTS[name].format(cases=_CASES, open=_OPEN, ended=_ENDED)
    for name in ("running", "ended", "attention")
}
BEHIND = {
    name: _TEXTS["behind"].format(cases=_CASES, figure=figure) for name, figure in FIGURES.items()
}
SCHOOL_YEAR_BEGINS = 8
"""The month."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases are counted; None: whatever it is.

    ``year``: of running cases those begun in the school year that began in it, of others those
    that ended in it. ``advisor`` is a person's id.
    """

    process: str | None = None
    school: str | None = None
    advisor: str | None = None
    year: int | None = None
    state: str | None = None
    outcome: str | None = None

    def arguments(
        self, tenant: str, person: str, processes: Sequence[str], zone: ZoneInfo
    ) -> tuple[Any, ...]:
        """The parameters $1 to $10 of every count."""
        kept = [name for name in processes if self.process in (None, name)]
        first, last = (None, None) if self.year is None else school_year(self.year, zone)
        return (
            CASES.version, tenant, kept, person, self.school, self.advisor, self.state,
            self.outcome, first, last,
        )  # fmt: skip


def school_year(year: int, zone: ZoneInfo) -> tuple[int, int]:
    """When the school year of that first of August begins and ends, in microseconds since 1970."""
    edges = (datetime(one, SCHOOL_YEAR_BEGINS, 1, tzinfo=zone) for one in (year, year + 1))
    first, last = (microseconds(edge.astimezone(UTC)) for edge in edges)
    return first, last


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Behind:
    """Some of the cases behind a figure, and how many there are in all."""

    rows: Sequence[Mapping[str, Any]]
    total: int


class Counting(Connected):
    """Counts for somebody in an office, of whose cases that person knows as much as the office."""

    async def counts(
        self,
        tenant: str,
        person: str,
        processes: Sequence[str],
        zone: ZoneInfo,
        limit: int,
        selection: Selection = EVERYTHING,
    ) -> Counts:
        """What the cases of these processes come to. ``limit`` bounds those of ``attention``.

        Cases of which this person knows less than the office are left out.
        """
        asked = selection.arguments(tenant, person, processes, zone)
        async with self._board(tenant) as connection:
            return Counts(
                await connection.fetch(SQL["running"], *asked),
                await connection.fetch(SQL["ended"], *asked, zone.key),
                await connection.fetch(SQL["attention"], *asked, limit),
            )

    async def behind(
        self,
        tenant: str,
        person: str,
        processes: Sequence[str],
        zone: ZoneInfo,
        figure: str,
        selection: Selection,
        *,
        offset: int,
        limit: int,
    ) -> Behind:
        """The cases behind a figure, the longest overdue first. Raises KeyError for no figure."""
        asked = selection.arguments(tenant, person, processes, zone)
        async with self._board(tenant) as connection:
            rows = await connection.fetch(BEHIND[figure], *asked, offset, limit)
        told = [{**row, "shown": json.loads(row["shown"])} for row in rows]
        return Behind(told, rows[0]["total"] if rows else 0)

    async def choices(
        self, tenant: str, person: str, processes: Sequence[str]
    ) -> list[Mapping[str, Any]]:
        """The processes, states and schools that there are together."""
        async with self._board(tenant) as connection:
            return await connection.fetch(
                _TEXTS["choices"], CASES.version, tenant, processes, person
            )
