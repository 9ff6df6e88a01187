"""The hash chain of a stream, recomputed from the stored bytes alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events.store.instants import microseconds

TAG = b"traject event 1"
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One stored event as the chain sees it. ``recorded_us`` are microseconds since 1970."""

    tenant: str
    stream: str
    version: int
    event_id: str
    command_id: str
    recorded_us: int
    header: bytes
    body: bytes
    event_hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What the head row says of its stream."""

    version: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """The first version at which a chain does not hold, and why, without any content."""

    version: int
    why: str


def event_hash(
    tenant: str,
    stream: str,
    version: int,
    recorded_us: int,
    previous: bytes,
    header: bytes,
    body: bytes,
) -> bytes:
    """The hash of one event over parts of fixed length, as the append function computes it."""
    return hashlib.sha256(
        TAG
        + UUID(tenant).bytes
        + UUID(stream).bytes
        + version.to_bytes(8, "big", signed=True)
        + recorded_us.to_bytes(8, "big", signed=True)
        + previous
        + hashlib.sha256(header).digest()
        + hashlib.sha256(body).digest()
    ).digest()


def verify(rows: Iterable[ChainRow], head: Head | None = None) -> Break | None:
    """None when the rows are a whole, unchanged stream in order; else where it first breaks.

    With ``head`` a cut-off end is noticed too.
    """
    previous, version = GENESIS, 0
    for row in rows:
        version += 1
        if row.version != version:
            return Break(version, "missing or out of order")
        wanted = event_hash(
            row.tenant, row.stream, version, row.recorded_us, previous, row.header, row.body
        )
        if wanted != row.event_hash:
            return Break(version, "changed")
        if not _agrees(row):
            return Break(version, "columns differ from the header")
        previous = row.event_hash
    if head is not None and (head.version, head.hash) != (version, previous):
        return Break(min(head.version, version) + 1, "the head is of another end")
    return None


def _agrees(row: ChainRow) -> bool:
    header: dict[str, Any] = json.loads(row.header)
    return (
        header["stream_id"] == row.stream
        and header["version"] == row.version
        and header["event_id"] == row.event_id
        and header["command_id"] == row.command_id
        and microseconds(datetime.fromisoformat(header["recorded_at"])) == row.recorded_us
    )
