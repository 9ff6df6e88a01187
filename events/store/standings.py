"""How far a stream has come, for whoever compares it with the process that keeps it alive."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from events.store.connection import Connected
from events.store.sql import statements

SQL = statements("standings")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store says of a stream; ``event_id`` is of the event at the version asked about."""

    version: int
    open: bool
    erased: bool
    event_id: str | None


class Standings(Connected):
    """Tells of streams without opening them."""

    async def standing(self, tenant: str, stream: str, version: int = 0) -> Standing | None:
        """None where the board has no such stream."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["standing"], tenant, stream, version)
        if row is None:
            return None
        event_id = None if row["event_id"] is None else str(row["event_id"])
        return Standing(row["version"], row["open"], row["erased"], event_id)

    async def count_open(self, processes: Collection[str]) -> int:
        """How many streams of these processes have not ended, at all boards together."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["count_open"], list(processes))
