"""The logs of readings and refusals as auditors search them: narrowed down, the latest first."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import asyncpg

from events.store.cases import BadCursor
from events.store.connection import Connected
from events.store.instants import instant, microseconds
from events.store.sql import statements

SQL = statements("audit")

SearchedLog = Literal["reads", "refusals"]

_FILTERS = {
    "person": "r.person = ${n}::uuid",
    "stream": "r.stream = ${n}::uuid",
    "process": "r.process = ${n}::text",
    "what": "r.what = ${n}::text",
    "code": "r.code = ${n}::text",
    "since": "r.at_us >= ${n}::bigint",
    "until": "r.at_us <= ${n}::bigint",
}
_NOT_OWN = (
    "not exists (select from traject.party own where own.tenant = r.tenant"
    " and own.stream = r.stream and own.person = ${n}::uuid"
    " and own.part in ('teacher', 'student'))"
)
_BEYOND = "(r.at_us, r.id) < (${n}::bigint, ${m}::bigint)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a log is asked for; ``what`` is of readings only, ``code`` of refusals.

    ``since`` and ``until`` include their own instant.
    """

    person: str | None = None
    stream: str | None = None
    process: str | None = None
    what: str | None = None
    code: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def given(self) -> dict[str, Any]:
        """The filters there are, as the database takes them."""
        found = {name: getattr(self, name) for name in _FILTERS}
        return {
            name: microseconds(value) if isinstance(value, datetime) else value
            for name, value in found.items()
            if value is not None
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log, and its place in that log's tree where it has one yet.

    ``what`` is the view that was read, or the command that was refused with ``code``.
    """

    position: int | None
    at: datetime
    person: str | None
    process: str
    stream: str | None
    what: str
    as_of: datetime | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines, and the cursor of the next page if there is one."""

    lines: Sequence[Line]
    next: str | None


class Search(Connected):
    """Searches the logs of one board at a time."""

    async def search(
        self,
        tenant: str,
        log: SearchedLog,
        wanted: Wanted,
        cursor: str | None,
        limit: int,
        reader: str,
    ) -> Lines:
        """A page of the log, the latest first. Raises BadCursor for a cursor of another log.

        What somebody tried in the case of which the reader is teacher or student is left out:
        it may tell of something that is kept from them.
        """
        values: list[Any] = [tenant, limit + 1]
        conditions: list[str] = []
        for name, value in wanted.given().items():
            values.append(value)
            conditions.append(_FILTERS[name].format(n=len(values)))
        if cursor is not None:
            values += _place(cursor, log)
            conditions.append(_BEYOND.format(n=len(values) - 1, m=len(values)))
        if log == "refusals":
            values.append(reader)
            conditions.append(_NOT_OWN.format(n=len(values)))
        filters = "".join(f" and {condition}" for condition in conditions)
        statement = SQL[log].format(filters=filters)
        async with self._board(tenant) as connection:
            rows = await connection.fetch(statement, *values)
        shown = rows[:limit]
        following = _cursor(shown[-1], log) if len(rows) > limit else None
        return Lines([_line(row) for row in shown], following)


def _line(row: Mapping[str, Any]) -> Line:
    read = "what" in row.keys()  # noqa: SIM118 - a record tells whether it has a value
    as_of_us = row["as_of_us"] if read else None
    return Line(
        position=row["position"],
        at=instant(row["at_us"]),
        person=row["person"] and str(row["person"]),
        process=row["process"],
        stream=row["stream"] and str(row["stream"]),
        what=row["what"] if read else row["command"],
        as_of=None if as_of_us is None else instant(as_of_us),
        code=None if read else row["code"],
    )


def _cursor(row: asyncpg.Record, log: SearchedLog) -> str:
    text = f"{log} {row['at_us']} {row['id']}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str, log: SearchedLog) -> tuple[int, int]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        of_log, at, id_ = text.split(" ")
        place = int(at), int(id_)
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise BadCursor(cursor) from error
    if of_log != log or max(map(abs, place)) >= 1 << 63:
        raise BadCursor(cursor)
    return place
