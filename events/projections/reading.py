"""Reading the live read models of a board, and how far they have come."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import asyncpg

from events.process import Reader
from events.projections.agenda import AGENDA
from events.projections.cases import CASES
from events.projections.counting import Counting
from events.projections.projection import Projection
from events.projections.seats import ANYBODY, UNNAMED
from events.projections.tasks import TASKS
from events.store.sql import statements

SQL = statements("models")

POLL = 0.02


@dataclass(frozen=True, slots=True)
class Held:
    """What of a case is in its rows: its events up to ``version``, for a day and settings.

    ``seats``: who may read it, by person and role.
    """

    version: int
    day: date | None
    settings: int | None
    seats: Mapping[str, Sequence[str]]

    def holds(self, version: int, day: date, settings: int) -> bool:
        """Whether these are the rows of the case as it is now."""
        return self.version == version and (
            self.day is None or (self.day, self.settings) == (day, settings)
        )

    def names(self, person: str) -> bool:
        """Whether somebody has a part in the case by name."""
        return person in self.seats

    def open_to(self, reader: Reader) -> bool:
        """Whether the case may be read by somebody."""
        seat = self.seats.get(reader.person, self.seats.get(ANYBODY, ()))
        return UNNAMED in seat or not set(seat).isdisjoint(reader.roles)


@dataclass(frozen=True, slots=True)
class Shown:
    """The row of a case in a list, and what else it is searched by."""

    held: Held
    row: Mapping[str, Any]
    sought: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a case tells one reader: tasks, or what is planned."""

    held: Held
    items: list[dict[str, Any]] = field(default_factory=list)


class ReadModels(Counting):
    """Rows by the stream they are of; where a case has none, or nothing is live, it is left out."""

    async def rows(self, tenant: str, streams: Sequence[str]) -> dict[str, Shown]:
        """The rows of lists, for who has no part in a case and sees it by an office."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["rows"], CASES.version, tenant, streams)
        return {
            str(row["stream"]): Shown(
                _held(row), json.loads(row["shown"]), json.loads(row["sought"])
            )
            for row in rows
        }

    async def tasks(self, tenant: str, reader: Reader, streams: Sequence[str]) -> dict[str, Told]:
        """What waits for somebody in these cases."""

        def item(row: asyncpg.Record) -> dict[str, Any] | None:
            if row["task"] is None:
                return None
            return {"task": row["task"], "due": row["due"], "overdue": row["overdue"]}

        return await self._told(TASKS, item, tenant, reader, streams)

    async def agenda(self, tenant: str, reader: Reader, streams: Sequence[str]) -> dict[str, Told]:
        """What is planned in these cases, as somebody may know it."""

        def item(row: asyncpg.Record) -> dict[str, Any] | None:
            return None if row["item"] is None else json.loads(row["item"])

        return await self._told(AGENDA, item, tenant, reader, streams)

    async def _told(
        self,
        projection: Projection,
        item: Callable[[asyncpg.Record], dict[str, Any] | None],
        tenant: str,
        reader: Reader,
        streams: Sequence[str],
    ) -> dict[str, Told]:
        roles = [UNNAMED, *reader.roles]
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL[projection.name], projection.version, tenant, streams, reader.person, roles
            )
        found: dict[str, Told] = {}
        for stream, group in groupby(rows, itemgetter(0)):
            of_case = list(group)
            items = [told for row in of_case if (told := item(row)) is not None]
            found[str(stream)] = Told(_held(of_case[0]), items)
        return found

    async def position(self, projection: Projection) -> int | None:
        """The last position that is in its live rows; None where nothing is live."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["position"], projection.name, projection.version)

    async def wait(self, projection: Projection, position: int, timeout: float) -> bool:
        """Wait until the event at a position is in the live rows; False after ``timeout`` s."""

        async def there() -> bool:
            reached = await self.position(projection)
            return reached is not None and reached >= position

        return await _within(timeout, there)

    async def wait_for_all(self, projection: Projection, tenant: str, timeout: float) -> bool:
        """Wait until all that the board has recorded by now is in the live rows.

        False after ``timeout`` seconds, and at once where nothing is live.
        """

        async def there() -> bool | None:
            async with self._board(tenant) as connection:
                return await connection.fetchval(
                    SQL["current"], projection.name, projection.version, tenant
                )

        return await _within(timeout, there)


def _held(row: asyncpg.Record) -> Held:
    return Held(row["version"], row["day"], row["settings"], json.loads(row["seats"]))


async def _within(timeout: float, there: Callable[[], Awaitable[bool | None]]) -> bool:
    """Whether it came true in time; None says that it will not."""
    end = time.monotonic() + timeout
    while (found := await there()) is False:
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(POLL)
    return bool(found)
