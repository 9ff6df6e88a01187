"""What auditors look for in the whole of their board: cases, people, and who gave which command."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
from pydantic_core import from_json

from events.audit.search import SearchedLog
from events.process import SUBJECTS
from events.store.cases import BadCursor, CaseRow
from events.store.connection import Connected
from events.store.instants import instant, microseconds
from events.store.sql import statements

SQL = statements("seeking")

T = TypeVar("T")

STRETCH = 5_000
"""Positions of the log that are looked through at once for commands."""
STRETCHES = 4
"""So many of them at most for one page: it says how far it came, and goes on where asked."""
_LIKE = re.compile(r"([\\%_])")
_NOT_OWN = (
    "not exists (select from traject.party own where own.tenant = {row}.tenant"
    " and own.stream = {row}.stream and own.person = ${{n}}::uuid"
    " and own.part = any (${{m}}::text[]))"
)
_CASES = {
    "process": "s.process = ${n}::text",
    "processes": "s.process = any (${n}::text[])",
    "state": "s.state = ${n}::text",
    "open": "s.open = ${n}::boolean",
    "erased": "(s.erased_us is not null) = ${n}::boolean",
    "since": "s.recorded_us >= ${n}::bigint",
    "until": "s.created_us <= ${n}::bigint",
    "person": (
        "s.stream in (select p.stream from traject.party p"
        " where p.tenant = $1 and p.person = ${n}::uuid)"
    ),
    "school": "s.stream in ({schools})",
    "words": (
        "(s.stream in ({schools}) or s.stream in (select p.stream from traject.party p"
        " join traject.person who on who.tenant = p.tenant and who.person = p.person"
        " where p.tenant = $1 and who.name ilike ${n}::text))"
    ),
}
_SCHOOLS = (
    "select c.stream from traject.cases_v1 c where c.tenant = $1 and c.school ilike ${n}::text"
    " and c.build = (select b.build from traject.projection b"
    " where b.name = 'cases' and b.state = 'live' order by b.version desc limit 1)"
)
_COMMANDS = {
    "person": "position(convert_to(${n}::text, 'UTF8') in e.header) > 0",
    "type": "position(convert_to('\"type\":\"' || ${n}::text || '\"', 'UTF8') in e.header) > 0",
    "process": "s.process = ${n}::text",
    "stream": "p.stream = ${n}::uuid",
    "since": "e.recorded_us >= ${n}::bigint",
    "until": "e.recorded_us <= ${n}::bigint",
}


@dataclass(frozen=True, slots=True)
class WantedCases:
    """``words`` is part of somebody's name or of a school's; ``person`` has a part in the case.

    ``since`` and ``until``: something was recorded from then on, and it was begun by then.
    """

    words: str | None = None
    person: str | None = None
    school: str | None = None
    process: str | None = None
    processes: tuple[str, ...] | None = None
    state: str | None = None
    open: bool | None = None
    erased: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WantedCommands:
    """``type`` is that of the first event that the command left."""

    person: str | None = None
    type: str | None = None
    process: str | None = None
    stream: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case by its process; ``erased``: nobody can read it any more."""

    process: str
    row: CaseRow
    erased: bool


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody of the board, and in how many cases he or she has a part."""

    person: str
    name: str
    active: bool
    roles: tuple[str, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class FoundCommand:
    """A command by the first event it left; ``header`` is that event's."""

    position: int
    process: str
    stream: str
    event_id: str
    version: int
    at: datetime
    header: Mapping[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What was found, and the cursor from which to look on if there is more to look through."""

    found: Sequence[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """What of an event stays readable for ever."""

    version: int
    event_id: str
    header: Mapping[str, Any]


class Seeking(Connected):
    """Looks through one board; never into cases that are about the reader."""

    async def find_cases(
        self, tenant: str, wanted: WantedCases, cursor: str | None, limit: int, reader: str
    ) -> Page[FoundCase]:
        """Those in which something happened last, first. Raises BadCursor."""
        values: list[Any] = [tenant, limit + 1]
        conditions = _conditions(_CASES, wanted, values)
        values += [reader, sorted(SUBJECTS)]
        conditions.append(_not_own("s", values))
        if cursor is not None:
            at, stream = _parts(cursor, "cases", 2)
            values += [_number(at, cursor), _uuid(stream, cursor)]
            n = len(values)
            conditions.append(f"(s.recorded_us, s.stream) < (${n - 1}::bigint, ${n}::uuid)")
        rows = await self._rows(tenant, "cases", conditions, values)
        shown = rows[:limit]
        following = None
        if len(rows) > limit:
            following = _cursor("cases", shown[-1]["recorded_us"], shown[-1]["stream"])
        return Page([_case(row) for row in shown], following)

    async def states(self, tenant: str) -> dict[str, list[str]]:
        """The states in which cases of each process are."""
        found: dict[str, list[str]] = {}
        async with self._board(tenant) as connection:
            for row in await connection.fetch(SQL["states"], tenant):
                found.setdefault(row["process"], []).append(row["state"])
        return found

    async def find_people(
        self, tenant: str, words: str | None, cursor: str | None, limit: int, reader: str
    ) -> Page[FoundPerson]:
        """By name. Raises BadCursor."""
        after, last = (None, None) if cursor is None else _parts(cursor, "people", 2)
        last = None if last is None or cursor is None else _uuid(last, cursor)
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["people"], tenant, limit + 1, words and like(words), reader,
                sorted(SUBJECTS), after, last,
            )  # fmt: skip
        shown = rows[:limit]
        following = None
        if len(rows) > limit:
            following = _cursor("people", shown[-1]["name"], shown[-1]["person"])
        return Page([_person(row) for row in shown], following)

    async def find_commands(
        self, tenant: str, wanted: WantedCommands, cursor: str | None, limit: int, reader: str
    ) -> Page[FoundCommand]:
        """The newest first. A page may have fewer than there are: it looked through so much of the
        log, and ``next`` looks on. Raises BadCursor."""
        async with self._board(tenant) as connection:
            top = await connection.fetchval(SQL["last_position"]) or 0
        if cursor is not None:
            top = min(top, _number(_parts(cursor, "commands", 1)[0], cursor))
        found: list[FoundCommand] = []
        for _ in range(STRETCHES):
            if top <= 0 or len(found) > limit:
                break
            below = max(top - STRETCH, 0)
            values: list[Any] = [tenant, below, top, limit + 1 - len(found)]
            conditions = _conditions(_COMMANDS, wanted, values)
            values += [reader, sorted(SUBJECTS)]
            conditions.append(_not_own("p", values))
            rows = await self._rows(tenant, "commands", conditions, values)
            found += [_command(row) for row in rows]
            top = below
        shown = found[:limit]
        reached = shown[-1].position - 1 if len(found) > limit else top
        return Page(shown, _cursor("commands", reached) if reached > 0 else None)

    async def by_day(
        self,
        tenant: str,
        log: SearchedLog,
        since: datetime,
        until: datetime,
        timezone: str,
        reader: str,
    ) -> dict[date, int]:
        """How many there were on each local day; none of refusals in the reader's own case."""
        values: list[Any] = [tenant, microseconds(since), microseconds(until), timezone]
        conditions: list[str] = []
        if log == "refusals":
            values += [reader, sorted(SUBJECTS)]
            conditions.append(_not_own("r", values))
        rows = await self._rows(tenant, f"{log}_by_day", conditions, values)
        return {row["day"]: row["count"] for row in rows}

    async def headers(self, tenant: str, stream: str) -> list[Header]:
        """What of a case can be read even where its key was destroyed."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["headers"], tenant, stream)
        return [
            Header(row["version"], str(row["event_id"]), from_json(row["header"])) for row in rows
        ]

    async def about(self, tenant: str, person: str) -> list[str]:
        """The cases that are about somebody, who reads those as no auditor."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["about"], tenant, person, sorted(SUBJECTS))
        return [str(row["stream"]) for row in rows]

    async def last_position(self) -> int:
        """The last place that was given in the log of events, of all boards together."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["last_position"]) or 0

    @asynccontextmanager
    async def connection(self, tenant: str) -> AsyncIterator[asyncpg.Connection]:
        """One that sees this board and no other, for what an export reads."""
        async with self._board(tenant) as connection:
            yield connection

    async def _rows(
        self, tenant: str, name: str, conditions: Iterable[str], values: Sequence[Any]
    ) -> list[asyncpg.Record]:
        filters = "".join(f" and {condition}" for condition in conditions)
        async with self._board(tenant) as connection, connection.transaction():
            # A plan made for any values would read the whole log for a stretch of it.
            await connection.execute(SQL["plan_for_these"])
            return await connection.fetch(SQL[name].format(filters=filters), *values)


def like(words: str) -> str:
    """A pattern for all that has these words in it."""
    return "%" + _LIKE.sub(r"\\\1", words.strip()) + "%"


def _conditions(known: Mapping[str, str], wanted: Any, values: list[Any]) -> list[str]:
    """The conditions of what is wanted, whose values are put after ``values``."""
    found: list[str] = []
    for name, condition in known.items():
        value = getattr(wanted, name)
        if value is None:
            continue
        if isinstance(value, datetime):
            value = microseconds(value)
        elif name in ("words", "school"):
            value = like(value)
        elif isinstance(value, tuple):
            value = list(value)
        values.append(value)
        found.append(condition.replace("{schools}", _SCHOOLS).format(n=len(values)))
    return found


def _not_own(row: str, values: Sequence[Any]) -> str:
    return _NOT_OWN.format(row=row).format(n=len(values) - 1, m=len(values))


def _case(row: asyncpg.Record) -> FoundCase:
    stream = str(row["stream"])
    created, recorded = instant(row["created_us"]), instant(row["recorded_us"])
    found = CaseRow(stream, row["version"], row["state"], row["open"], created, recorded, "")
    return FoundCase(row["process"], found, row["erased_us"] is not None)


def _person(row: asyncpg.Record) -> FoundPerson:
    return FoundPerson(
        str(row["person"]), row["name"], row["active"], tuple(row["roles"]), row["cases"]
    )


def _command(row: asyncpg.Record) -> FoundCommand:
    return FoundCommand(
        position=row["position"],
        process=row["process"],
        stream=str(row["stream"]),
        event_id=str(row["event_id"]),
        version=row["version"],
        at=instant(row["recorded_us"]),
        header=from_json(row["header"]),
        warnings=tuple(row["warnings"] or ()),
    )


def _cursor(of: str, *parts: Any) -> str:
    text = "\n".join([of, *map(str, parts)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _parts(cursor: str, of: str, count: int) -> list[str]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise BadCursor(cursor) from error
    of_list, *parts = text.split("\n")
    if of_list != of or len(parts) != count or "\0" in text:
        raise BadCursor(cursor)
    return parts


def _number(text: str, cursor: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise BadCursor(cursor)
    return int(text)


def _uuid(text: str, cursor: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadCursor(cursor) from error
