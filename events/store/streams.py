"""Reading a stream: its events in order, opened and checked against their types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from events.event import Event, Fact
from events.store.chain import ChainRow
from events.store.decoding import Decoder, event_json
from events.store.dossiers import Dossiers
from events.store.instants import microseconds
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys
from events.store.sql import statements

SQL = statements("events")

Facts = Mapping[str, Mapping[str, type[Fact]]]
"""The facts of each process by type."""

_ALWAYS = 2**63 - 1
_NOTHING = Decoder({})


class Streams(Dossiers):
    """Loads streams of the processes whose facts it was given."""

    def __init__(self, pool: asyncpg.Pool, master_keys: MasterKeys | KeyRing, facts: Facts) -> None:
        super().__init__(pool, master_keys)
        self._decoders = {process: Decoder(types) for process, types in facts.items()}

    async def load(
        self,
        tenant: str,
        stream: str,
        after: int = 0,
        limit: int | None = None,
        until: datetime | None = None,
    ) -> list[Event]:
        """The stream's events after a version, in order; ``until`` includes its own instant.

        An unknown stream has none. Raises Erased when its key was destroyed, Unreadable when
        an event is no fact of its process.
        """
        rows = await self._rows(tenant, stream, after, limit, until)
        if not rows:
            return []
        seal = await self._seal(tenant, stream)
        process = (await self._dossier(tenant, stream)).process
        return self._decoders.get(process, _NOTHING).events(rows, seal)

    async def load_json(
        self,
        tenant: str,
        stream: str,
        after: int = 0,
        limit: int | None = None,
        until: datetime | None = None,
    ) -> list[dict[str, Any]]:
        """As `load`, in the form of `Event.json`, without looking at the types."""
        rows = await self._rows(tenant, stream, after, limit, until)
        if not rows:
            return []
        seal = await self._seal(tenant, stream)
        return [event_json(row["header"], row["body"], seal) for row in rows]

    async def chain(self, tenant: str, stream: str) -> list[ChainRow]:
        """The stream's stored bytes, for `chain.verify`."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["chain"], tenant, stream)
        return [
            ChainRow(
                tenant,
                stream,
                row["version"],
                str(row["event_id"]),
                str(row["command_id"]),
                row["recorded_us"],
                row["header"],
                row["body"],
                row["event_hash"],
            )
            for row in rows
        ]

    async def _rows(
        self, tenant: str, stream: str, after: int, limit: int | None, until: datetime | None
    ) -> list[asyncpg.Record]:
        last = _ALWAYS if until is None else microseconds(until)
        async with self._board(tenant) as connection:
            return await connection.fetch(SQL["load"], tenant, stream, after, last, limit)
