"""Reading in the order of positions: what is there stays, and nothing slips in before it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg

from events.store.connection import SESSION
from events.store.sequencer import SQL

CHANNEL = "traject_positions"


@dataclass(frozen=True, slots=True)
class Position:
    """Where an event stands among all events of all boards: 1, 2, 3 ... without gaps."""

    position: int
    tenant: str
    stream: str
    version: int


class PositionReader:
    """Follows positions as the role ``traject_projector``, which sees every board."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._news = asyncio.Event()

    @classmethod
    async def connect(cls, dsn: str) -> PositionReader:
        """A reader on a connection of its own, which is told when there is something new."""
        connection = await asyncpg.connect(
            dsn, server_settings={**SESSION, "application_name": "traject reader"}
        )
        reader = cls(connection)
        await connection.add_listener(CHANNEL, reader._told)
        return reader

    async def read_positions(self, after: int, limit: int = 1_000) -> list[Position]:
        """The positions that follow ``after``, at most ``limit``."""
        rows = await self._connection.fetch(SQL["read"], after, limit)
        return [
            Position(row["position"], str(row["tenant"]), str(row["stream"]), row["version"])
            for row in rows
        ]

    async def news(self, timeout: float) -> None:
        """Return when new positions were announced, or after ``timeout`` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), timeout)
        self._news.clear()

    async def close(self) -> None:
        await self._connection.close()

    def _told(self, *_: Any) -> None:
        self._news.set()
