"""What somebody wants to be exported, and which entries of the three logs that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import asyncpg

from events.audit.covering import Span, spans
from events.audit.tiles import LOGS, Log
from events.store.errors import StoreError
from events.store.instants import microseconds
from events.store.sql import statements

SQL = statements("exporting")


class NothingThere(StoreError):
    """There is nothing to export; the text says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One stream, the streams of one person (with a part in them now, or who did something in
    them), one event, a period (``until`` is not in it), all, or the checkpoints alone. ``board``
    keeps a period or all to one board."""

    what: Literal["stream", "person", "event", "period", "all", "checkpoints"]
    id: str | None = None
    start: datetime | None = None
    until: datetime | None = None
    board: str | None = None

    def json(self) -> dict[str, Any]:
        """As the manifest tells it."""
        told = {
            "what": self.what,
            "id": self.id,
            "from": self.start and self.start.isoformat(),
            "until": self.until and self.until.isoformat(),
            "board": self.board,
        }
        return {key: value for key, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Taken:
    """The entries of each log, as indexes from 0."""

    spans: dict[Log, list[Span]]

    def count(self, log: Log) -> int:
        return sum(stop - start for start, stop in self.spans[log])

    @property
    def is_empty(self) -> bool:
        return not any(self.spans.values())


async def select(connection: asyncpg.Connection, asked: Asked, sizes: dict[Log, int]) -> Taken:
    """What of the logs up to these sizes is asked. ``connection`` is of traject_projector.

    Raises NothingThere where a stream, person or event is unknown or in no checkpoint yet.
    """
    match asked.what:
        case "checkpoints":
            return Taken({log: [] for log in LOGS})
        case "event":
            row = await connection.fetchrow(SQL["event_called"], asked.id)
            if row is None or row["position"] > sizes["events"]:
                raise NothingThere(f"No checkpoint covers an event {asked.id}.")
            position = row["position"]
            return Taken({"events": [(position - 1, position)], "reads": [], "refused": []})
        case "stream":
            found = await connection.fetch(SQL["streams_called"], asked.id)
            return await _of_streams(connection, asked, found, None, sizes)
        case "person":
            who = asked.id or ""
            found = await connection.fetch(SQL["streams_of_person"], who, who.encode())
            return await _of_streams(connection, asked, found, asked.id, sizes)
        case "all" | "period":
            return Taken({log: await _stretch(connection, asked, log, sizes[log]) for log in LOGS})


async def _of_streams(
    connection: asyncpg.Connection,
    asked: Asked,
    found: Sequence[asyncpg.Record],
    person: str | None,
    sizes: dict[Log, int],
) -> Taken:
    """What happened in the streams, and who read or tried what in them; and of a person, also what
    that person read or tried elsewhere."""
    tenants, streams = [row["tenant"] for row in found], [row["stream"] for row in found]
    rows = {
        "events": await connection.fetch(
            SQL["events_of_streams"], tenants, streams, sizes["events"]
        ),
        **{
            log: await connection.fetch(SQL[f"{log}_of_streams"], streams, person, sizes[log])
            for log in LOGS[1:]
        },
    }
    taken = Taken({log: spans(row["position"] - 1 for row in rows[log]) for log in LOGS})
    if taken.is_empty:
        raise NothingThere(f"No checkpoint covers anything of {asked.what} {asked.id}.")
    return taken


async def _stretch(connection: asyncpg.Connection, asked: Asked, log: Log, size: int) -> list[Span]:
    """All of a log, or from the first to the last entry of a period; of one board if asked."""
    first, last = 1, size
    if asked.what == "period":
        low = 0 if asked.start is None else microseconds(asked.start)
        high = 2**62 if asked.until is None else microseconds(asked.until)
        row = await connection.fetchrow(SQL[f"{log}_of_period"], low, high, asked.board, size)
        assert row is not None
        if row["first"] is None:
            return []
        first, last = row["first"], row["last"]
    if asked.board is None:
        return [(first - 1, last)] if last else []
    rows = await connection.fetch(SQL[f"{log}_of_board"], asked.board, first, last)
    return spans(row["position"] - 1 for row in rows)
