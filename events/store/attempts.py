"""The logs of what was refused and of what was read, each appended and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.store.connection import Connected, raising_store_errors
from events.store.instants import instant, microseconds
from events.store.sql import statements

SQL = statements("attempts")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A command that was refused; ``stream`` is None where none was opened or named."""

    at: datetime
    person: str | None
    stream: str | None
    process: str
    command: str
    code: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A reading of a case; ``as_of`` where an earlier instant was asked for."""

    at: datetime
    person: str
    stream: str
    process: str
    what: str
    as_of: datetime | None


def refused_row(row: Mapping[str, Any]) -> RefusedRow:
    """A row of ``traject.refused``."""
    return RefusedRow(
        instant(row["at_us"]),
        str(row["person"]) if row["person"] else None,
        str(row["stream"]) if row["stream"] else None,
        row["process"],
        row["command"],
        row["code"],
    )


def read_row(row: Mapping[str, Any]) -> ReadRow:
    """A row of ``traject.reading``."""
    return ReadRow(
        instant(row["at_us"]),
        str(row["person"]),
        str(row["stream"]),
        row["process"],
        row["what"],
        None if row["as_of_us"] is None else instant(row["as_of_us"]),
    )


class Attempts(Connected):
    """Writes and reads both logs. Neither holds free text."""

    async def log_refused(
        self,
        tenant: str,
        *,
        person: str | None,
        at: datetime,
        stream: str | None,
        process: str,
        command: str,
        code: str,
    ) -> None:
        """Note that a command was refused, and with which code."""
        async with raising_store_errors(), self._board(tenant) as connection:
            await connection.execute(
                SQL["log_refused"],
                tenant,
                microseconds(at),
                person,
                stream,
                process,
                command,
                code,
            )

    async def log_read(
        self,
        tenant: str,
        *,
        person: str,
        at: datetime,
        stream: str,
        process: str,
        what: str,
        as_of: datetime | None = None,
    ) -> None:
        """Note that a person read a case: ``what`` is the view's name."""
        async with raising_store_errors(), self._board(tenant) as connection:
            await connection.execute(
                SQL["log_reading"],
                tenant,
                microseconds(at),
                person,
                stream,
                process,
                what,
                None if as_of is None else microseconds(as_of),
            )

    async def refusals(self, tenant: str, stream: str | None = None) -> list[RefusedRow]:
        """The board's refused commands in order, of one stream if given."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["refused"], tenant, stream)
        return [refused_row(row) for row in rows]

    async def reads(self, tenant: str, stream: str | None = None) -> list[ReadRow]:
        """The board's readings in order, of one stream if given."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["readings"], tenant, stream)
        return [read_row(row) for row in rows]
