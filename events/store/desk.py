"""What lies on somebody's desk over all cases: what waits, is planned or changed, saved filters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from events.process import Reader
from events.projections.agenda import AGENDA
from events.projections.cases import CASES
from events.projections.seats import UNNAMED
from events.projections.tasks import TASKS
from events.store.connection import Connected
from events.store.directory import SQL as DIRECTORY
from events.store.instants import instant, microseconds
from events.store.sql import statements

SQL = statements("desk")

FILTERS_MAX = 30
"""Nobody keeps more filters than that."""


@dataclass(frozen=True, slots=True)
class OfCase:
    """Something of a case: a task (``task``, ``due``, ``overdue``) or what is planned (``at``).

    ``shown`` is the row of the case in lists for an office: take from it only what everybody who
    has a part in the case may know.
    """

    process: str
    stream: str
    item: Mapping[str, Any]
    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pile:
    """The first of them, how many there are in all, and how many of those are late."""

    items: Sequence[OfCase]
    total: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """Filters under a name; the ``preferred`` one is used where none are given."""

    id: str
    name: str
    query: str
    preferred: bool


class TooManyFilters(Exception):
    """This person has as many filters as may be kept."""


class Desks(Connected):
    """Reads and keeps what is on the desks of a board's people."""

    async def waiting(
        self,
        tenant: str,
        reader: Reader,
        processes: Sequence[str],
        without: Sequence[str],
        limit: int,
    ) -> Pile:
        """What waits for somebody, overdue first, then by due day.

        ``processes``: those in which this person also acts without a part in a case; ``without``:
        streams that are left out.
        """
        roles = [UNNAMED, *reader.roles]
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["tasks"], TASKS.version, tenant, reader.person, roles, processes, without,
                limit, CASES.version,
            )  # fmt: skip
        items = [
            _of_case(row, {"task": row["task"], "due": row["due"], "overdue": row["overdue"]})
            for row in rows
        ]
        return Pile(items, rows[0]["total"], rows[0]["late"]) if rows else Pile(())

    async def planned(
        self,
        tenant: str,
        reader: Reader,
        processes: Sequence[str],
        without: Sequence[str],
        limit: int,
    ) -> Pile:
        """What is planned for somebody, the first first."""
        roles = [UNNAMED, *reader.roles]
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["agenda"], AGENDA.version, tenant, reader.person, roles, processes, without,
                limit, CASES.version,
            )  # fmt: skip
        items = [_of_case(row, json.loads(row["item"])) for row in rows]
        return Pile(items, rows[0]["total"]) if rows else Pile(())

    async def stale(
        self,
        tenant: str,
        person: str,
        processes: Sequence[str],
        day: date,
        settings: int,
        limit: int,
    ) -> dict[str, list[str]]:
        """Open cases by process that the read models do not show as they are on this day."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["stale"], tenant, person, processes, day, settings, TASKS.version, limit
            )
        return _by_process(rows)

    async def changed(
        self, tenant: str, person: str, processes: Sequence[str], since: datetime, limit: int
    ) -> dict[str, list[str]]:
        """Cases by process in which something was recorded after ``since``, the latest first."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["changed"], tenant, person, processes, microseconds(since), limit
            )
        return _by_process(rows)

    async def looked(self, tenant: str, person: str) -> datetime | None:
        """Up to when this person has seen what changed."""
        async with self._board(tenant) as connection:
            at = await connection.fetchval(SQL["looked"], tenant, person)
        return None if at is None else instant(at)

    async def look(self, tenant: str, person: str, at: datetime) -> None:
        """This person has seen what changed up to then; an earlier moment changes nothing."""
        async with self._board(tenant) as connection:
            await connection.execute(SQL["look"], tenant, person, microseconds(at))

    async def readable(self, tenant: str, reader: Reader) -> tuple[set[str], set[str]]:
        """Processes of which this person may read a case in which the person has a part.

        First those of which the read models know it, then those of which they do not know.
        """
        roles = [UNNAMED, *reader.roles]
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["readable"], tenant, reader.person, roles, TASKS.version
            )
        known = {row["process"] for row in rows if row["readable"]}
        return known, {row["process"] for row in rows if row["unknown"]} - known

    async def filters(self, tenant: str, person: str) -> list[SavedFilter]:
        """The filters that somebody keeps, by name."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["filters"], tenant, person)
        return [
            SavedFilter(str(row["filter"]), row["name"], row["query"], row["preferred"])
            for row in rows
        ]

    async def save_filter(
        self, tenant: str, person: str, name: str, query: str, *, preferred: bool = False
    ) -> None:
        """Keep filters under a name, in place of those of that name. Raises TooManyFilters."""
        async with self._board(tenant) as connection, connection.transaction():
            await connection.execute(DIRECTORY["hold"], tenant, person)
            kept = await connection.fetch(SQL["filters"], tenant, person)
            if len(kept) >= FILTERS_MAX and name not in {row["name"] for row in kept}:
                raise TooManyFilters
            if preferred:
                await connection.execute(SQL["unprefer"], tenant, person)
            await connection.execute(SQL["save_filter"], tenant, person, name, query, preferred)

    async def prefer_filter(self, tenant: str, person: str, filter_id: str | None) -> None:
        """Use this one where none are given; None: no filter then."""
        async with self._board(tenant) as connection, connection.transaction():
            await connection.execute(DIRECTORY["hold"], tenant, person)
            await connection.execute(SQL["unprefer"], tenant, person)
            if filter_id is not None:
                await connection.execute(SQL["prefer"], tenant, person, filter_id)

    async def drop_filter(self, tenant: str, person: str, filter_id: str) -> None:
        """Keep it no longer."""
        async with self._board(tenant) as connection:
            await connection.execute(SQL["drop_filter"], tenant, person, filter_id)


def _of_case(row: Mapping[str, Any], item: Mapping[str, Any]) -> OfCase:
    shown = json.loads(row["shown"]) if row["shown"] else {}
    return OfCase(row["process"], str(row["stream"]), item, shown)


def _by_process(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["process"], []).append(str(row["stream"]))
    return found
