"""What the store holds about a person, and which cases have ended: what privacy asks of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events.store.attempts import ReadRow, RefusedRow, read_row, refused_row
from events.store.connection import Connected
from events.store.instants import instant
from events.store.sealing import read_json
from events.store.sql import statements

SQL = statements("subjects")

_FIRST = UUID(int=0)
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as the directory has it, also one who left."""

    id: str
    name: str
    email: str | None
    language: str
    active: bool
    added_at: datetime
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A personal token, without what would let somebody use it."""

    name: str
    issued_at: datetime
    last_used_at: datetime | None
    ends_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Concerned:
    """A case that concerns a person; of an erased one nothing but that can be told."""

    stream: str
    process: str
    erased: bool


@dataclass(frozen=True, slots=True)
class Act:
    """An event that a person caused; ``command`` is missing where another one stands before it."""

    stream: str
    process: str
    command_id: str
    command: str | None
    event_id: str
    type: str
    role: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that a person got; ``cause`` is the event it tells of, of that ``type``."""

    stream: str
    process: str
    kind: str
    cause: str
    type: str
    recorded_at: datetime


class Subjects(Connected):
    """Reads what is held about people, whatever part they have in it."""

    async def boards(self) -> AsyncIterator[str]:
        """Every board in whose cases something happened."""
        board = _FIRST
        while True:
            async with self._pool.acquire() as connection:
                board = await connection.fetchval(SQL["next_board"], board)
            if board is None:
                return
            yield str(board)

    async def ended_streams(self, tenant: str) -> AsyncIterator[list[Concerned]]:
        """The board's cases that ended and are not erased, in pages."""
        last = _FIRST
        while True:
            async with self._board(tenant) as connection:
                rows = await connection.fetch(SQL["ended"], tenant, last, _PAGE)
            if rows:
                last = rows[-1]["stream"]
                yield [Concerned(str(row["stream"]), row["process"], False) for row in rows]
            if len(rows) < _PAGE:
                return

    async def count_ended(self, tenant: str) -> int:
        """How many cases of the board ended and are not erased."""
        async with self._board(tenant) as connection:
            return await connection.fetchval(SQL["count_ended"], tenant) or 0

    async def entries(self, tenant: str, ids: Iterable[str]) -> dict[str, Entry]:
        """The directory's entries of these persons, also of who left; unknown ids are left out."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["entries"], tenant, list(ids))
        return {
            str(row["person"]): Entry(
                str(row["person"]),
                row["name"],
                row["email"],
                row["language"],
                row["active"],
                row["added_at"],
                tuple(row["roles"]),
            )
            for row in rows
        }

    async def tokens_of(self, tenant: str, person: str) -> list[TokenRow]:
        """When the person's tokens were issued, used and withdrawn."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["tokens"], tenant, person)
        return [TokenRow(**row) for row in rows]

    async def concerning(
        self, tenant: str, person: str, *, all_cases: bool = False
    ) -> list[Concerned]:
        """The cases in which the person has a part, did something, or was told of something.

        ``all_cases``: every case of the board, for whoever looks into each of them.
        """
        async with self._board(tenant) as connection:
            if all_cases:
                rows = await connection.fetch(SQL["all"], tenant)
            else:
                rows = await connection.fetch(SQL["concerning"], tenant, person)
        return [Concerned(str(row["stream"]), row["process"], row["erased"]) for row in rows]

    async def acts_of(self, tenant: str, person: str) -> list[Act]:
        """What the person caused, told by headers alone, so also in erased cases."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["acted"], tenant, person)
        found: list[Act] = []
        for row in rows:
            header: dict[str, Any] = read_json(row["header"])
            if header["actor"]["person"] == person:
                found.append(
                    Act(
                        str(row["stream"]),
                        row["process"],
                        str(row["command_id"]),
                        row["command"],
                        header["event_id"],
                        header["type"],
                        header["actor"]["role"],
                        datetime.fromisoformat(header["recorded_at"]),
                    )
                )
        return found

    async def told(self, tenant: str, person: str) -> list[Told]:
        """The notices that the person got, in order."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["told"], tenant, person)
        found: list[Told] = []
        for row in rows:
            header: dict[str, Any] = read_json(row["header"])
            found.append(
                Told(
                    str(row["stream"]),
                    row["process"],
                    row["kind"],
                    header["event_id"],
                    header["type"],
                    instant(row["recorded_us"]),
                )
            )
        return found

    async def readings_by(self, tenant: str, person: str) -> list[ReadRow]:
        """Which cases the person looked at, in order."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["looked"], tenant, person)
        return [read_row(row) for row in rows]

    async def refusals_of(self, tenant: str, person: str) -> list[RefusedRow]:
        """Which of the person's commands were refused, in order."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["tried"], tenant, person)
        return [refused_row(row) for row in rows]
