"""Notices: who was told of what, as rows written with the events that caused them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from events.store.connection import Connected
from events.store.instants import instant, microseconds
from events.store.sql import statements

SQL = statements("notices")


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """``cause`` is the id of the event told of, ``version`` its place in the stream.

    ``id`` grows in the order in which a reader of one board sees notices appear.
    """

    id: int
    stream: str
    person: str
    kind: str
    cause: str
    version: int
    command_id: str
    recorded_at: datetime


class Notices(Connected):
    """Reads notices; they are written by `Recorder.record` only."""

    async def notices(
        self,
        tenant: str,
        *,
        person: str | None = None,
        stream: str | None = None,
        command_id: str | None = None,
        since: datetime | None = None,
    ) -> list[NoticeRow]:
        """The board's notices that fit all that is given; ``since`` includes its own instant."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["notices"],
                tenant,
                person,
                stream,
                command_id,
                None if since is None else microseconds(since),
            )
        return [
            NoticeRow(
                row["notice"],
                str(row["stream"]),
                str(row["person"]),
                row["kind"],
                str(row["cause"]),
                row["version"],
                str(row["command_id"]),
                instant(row["recorded_us"]),
            )
            for row in rows
        ]
