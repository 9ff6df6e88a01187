"""Reading a stream: its events in order, opened and checked against their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import asyncpg

from events.event import Actor, Event, Fact
from events.store.chain import ChainRow
from events.store.dossiers import Dossiers
from events.store.errors import StoreError
from events.store.instants import microseconds
from events.store.keys import MasterKeys
from events.store.sealing import Seal, read_json
from events.store.sql import statements

SQL = statements("events")

Facts = Mapping[str, Mapping[str, type[Fact]]]
"""The facts of each process by type."""

_ALWAYS = 2**63 - 1


class Streams(Dossiers):
    """Loads streams of the processes whose facts it was given."""

    def __init__(self, pool: asyncpg.Pool, master_keys: MasterKeys, facts: Facts) -> None:
        super().__init__(pool, master_keys)
        # The core validator reads JSON bytes directly, which halves the time of a long load.
        self._readers: dict[str, dict[str, Callable[[bytes], Fact]]] = {
            process: {
                type_: fact.__pydantic_validator__.validate_json for type_, fact in types.items()
            }
            for process, types in facts.items()
        }

    async def load(
        self,
        tenant: str,
        stream: str,
        after: int = 0,
        limit: int | None = None,
        until: datetime | None = None,
    ) -> list[Event]:
        """The stream's events after a version, in order; ``until`` includes its own instant.

        An unknown stream has none. Raises Erased when its key was destroyed.
        """
        rows = await self._rows(tenant, stream, after, limit, until)
        if not rows:
            return []
        seal = await self._seal(tenant, stream)
        readers = self._readers.get((await self._dossier(tenant, stream)).process, {})
        return [_event(row["header"], row["body"], seal, readers) for row in rows]

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


def event_json(header: bytes, body: bytes, seal: Seal) -> dict[str, Any]:
    """One stored event in the form of `Event.json`."""
    event: dict[str, Any] = read_json(header)
    event["data"] = read_json(seal.open(event["event_id"], event["type"], body))
    return event


def _event(
    header: bytes, body: bytes, seal: Seal, readers: Mapping[str, Callable[[bytes], Fact]]
) -> Event:
    raw: dict[str, Any] = read_json(header)
    type_ = raw["type"]
    read = readers.get(type_)
    if read is None:
        raise StoreError(f"{type_} is not a fact of this process")
    actor = raw["actor"]
    return Event(
        raw["event_id"],
        raw["stream_id"],
        raw["version"],
        type_,
        raw["schema_version"],
        raw["occurred_on"],
        datetime.fromisoformat(raw["recorded_at"]),
        Actor(actor["person"], actor["role"]),
        raw["command_id"],
        raw["causation_id"],
        raw["correlation_id"],
        raw["settings_version"],
        read(seal.open(raw["event_id"], type_, body)),
    )
