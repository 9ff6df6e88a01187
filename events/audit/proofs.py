"""What an auditor needs to see for himself that an event stands in a signed checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from events.audit.entries import about, entry_of
from events.audit.merkle import leaf_hash
from events.audit.note import Checkpoint, parse
from events.audit.search import SQL, Search
from events.audit.seeking import Seeking
from events.audit.tiles import BeyondLog, Tiles
from events.store.errors import StoreError
from events.store.instants import microseconds

_FIRST = bytes(32)

Stored = Mapping[str, Any]
"""A row of ``traject.event``, with its process, its position and the hash before its own."""


class NotYet(StoreError):
    """No checkpoint holds it so far; one follows within a minute or two."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest checkpoint: what was signed, and what it says."""

    number: int
    note: str
    signed_at: datetime
    says: Checkpoint


@dataclass(frozen=True, slots=True)
class Proof:
    """An event's leaf and the hashes beside the way from there to the root of a checkpoint.

    ``row`` are the columns of the event that its entry is made of, with those of its chain.
    """

    row: Stored
    entry: bytes
    index: int
    path: list[bytes]
    checkpoint: Latest

    def json(self) -> dict[str, Any]:
        """Hashes in hex; what is hashed as text, or in hex where it is no text."""
        row, says = self.row, self.checkpoint.says
        told = about(row["command"], row["content_hash"], row["warnings"])
        return {
            "event_id": str(row["event_id"]),
            "process": row["process"],
            "id": str(row["stream"]),
            "version": row["version"],
            "position": row["position"],
            "entry": {
                "tag": "traject event entry 1",
                "tenant": str(row["tenant"]),
                "stream": str(row["stream"]),
                "version": row["version"],
                "event_id": str(row["event_id"]),
                "command_id": str(row["command_id"]),
                "place": row["place"],
                "stored_us": microseconds(row["stored_at"]),
                "event_hash": row["event_hash"].hex(),
                "about": told.decode(),
                "about_sha256": sha256(told).hexdigest(),
                "given_sha256": sha256(row["given"] or b"").hexdigest(),
                "bytes": self.entry.hex(),
            },
            "chain": {
                "tag": "traject event 1",
                "recorded_us": row["recorded_us"],
                "previous": (row["previous"] or _FIRST).hex(),
                "header": row["header"].decode(),
                "header_sha256": sha256(row["header"]).hexdigest(),
                "body_sha256": row["body_sha256"].hex(),
            },
            "leaf_hash": leaf_hash(self.entry).hex(),
            "index": self.index,
            "tree_size": says.size,
            "path": [hash_.hex() for hash_ in self.path],
            "root": says.root.hex(),
            "checkpoint": {"number": self.checkpoint.number, "note": self.checkpoint.note},
        }


class Audit(Search, Seeking):
    """What auditors ask of the store of their own board."""

    async def checkpoint(self) -> Latest:
        """The latest one, which is of all boards together. Raises NotYet."""
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow(SQL["latest_checkpoint"])
        if row is None:
            raise NotYet("nothing was signed yet")
        return Latest(row["number"], row["note"], row["signed_at"], parse(row["note"]))

    async def stored(self, tenant: str, event_id: str) -> Stored | None:
        """The board's event as it is stored; None where it has no such event."""
        async with self._board(tenant) as connection:
            return await connection.fetchrow(SQL["event_by_id"], tenant, event_id)

    async def proof(self, row: Stored) -> Proof:
        """That this event is in the latest checkpoint. Raises NotYet where none holds it so far."""
        latest = await self.checkpoint()
        index = row["position"] and row["position"] - 1
        if index is None or index >= latest.says.size:
            raise NotYet(f"event {row['event_id']} has no place in a checkpoint yet")
        try:
            path = await Tiles(self._pool).inclusion("events", index, latest.says.size)
        except BeyondLog as error:
            # A database that was set back to an older state; `traject audit verify` says so.
            raise NotYet(str(error)) from error
        return Proof(row, entry_of("events", row), index, path, latest)
