"""The people of a board, their roles and their personal tokens: the only place with names."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg

from events.store.connection import Connected
from events.store.sql import statements

SQL = statements("directory")

_COUNT = re.compile(r"\d+$")


class UnknownPerson(LookupError):
    """The board has no such person."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of a board. ``language`` is ``nl`` or ``en``."""

    id: str
    tenant: str
    name: str
    email: str | None
    language: str
    roles: tuple[str, ...]


class Directory(Connected):
    """Finds and keeps people."""

    async def add_person(
        self,
        tenant: str,
        name: str,
        email: str | None = None,
        *,
        language: str = "nl",
        roles: Iterable[str] = (),
        person: str | None = None,
    ) -> PersonRow:
        """Add somebody, or renew the person with this id: name, address, language and roles."""
        person = person or str(uuid4())
        wanted = sorted(set(roles))
        async with self._board(tenant) as connection, connection.transaction():
            await connection.execute(SQL["add"], tenant, person, name, email, language)
            await _set_roles(connection, tenant, person, wanted)
        return PersonRow(person, tenant, name, email, language, tuple(wanted))

    async def set_roles(self, tenant: str, person: str, roles: Iterable[str]) -> None:
        """Give the person exactly these roles; raises UnknownPerson."""
        async with self._board(tenant) as connection, connection.transaction():
            try:
                await _set_roles(connection, tenant, person, sorted(set(roles)))
            except asyncpg.ForeignKeyViolationError as error:
                raise UnknownPerson(person) from error

    async def set_active(self, tenant: str, person: str, active: bool) -> None:
        """A person who left is found nowhere any more and cannot sign in; raises UnknownPerson."""
        async with self._board(tenant) as connection:
            if await connection.fetchval(SQL["set_active"], tenant, person, active) is None:
                raise UnknownPerson(person)

    async def persons(self, tenant: str, ids: Iterable[str]) -> dict[str, PersonRow]:
        """The active persons of the board with these ids; unknown ids are left out."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["by_ids"], tenant, list(ids))
        return {str(row["person"]): person_row(tenant, row) for row in rows}

    async def names(self, tenant: str, ids: Iterable[str]) -> dict[str, str]:
        """What the persons with these ids are called, also who left; unknown ids are left out."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["names"], tenant, list(ids))
        return {str(row["person"]): row["name"] for row in rows}

    async def everyone(self, tenant: str) -> list[PersonRow]:
        """All active persons of the board, by name."""
        async with self._board(tenant) as connection:
            return [person_row(tenant, row) for row in await connection.fetch(SQL["all"], tenant)]

    async def with_role(self, tenant: str, role: str) -> list[PersonRow]:
        """All active persons of the board who hold the role, by name."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["with_role"], tenant, role)
        return [person_row(tenant, row) for row in rows]

    async def by_token(self, token: str) -> PersonRow | None:
        """Whose token this is; None when it is unknown or revoked, or the person left."""
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow(SQL["by_token"], _hash(token))
        return None if row is None else person_row(str(row["tenant"]), row)

    async def issue_token(self, tenant: str, person: str) -> str:
        """A new personal token, shown only this once; raises UnknownPerson."""
        token = f"tj_{secrets.token_urlsafe(32)}"
        async with self._board(tenant) as connection:
            try:
                await connection.execute(SQL["issue"], _hash(token), tenant, person)
            except asyncpg.ForeignKeyViolationError as error:
                raise UnknownPerson(person) from error
        return token

    async def revoke(self, token: str) -> bool:
        """Make a token worthless; False when it already was."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["revoke"], _hash(token))

    async def revoke_all(self, tenant: str, person: str) -> int:
        """Make all tokens of a person worthless; returns how many there were."""
        async with self._board(tenant) as connection:
            done = await connection.execute(SQL["revoke_all"], tenant, person)
        count = _COUNT.search(done)
        return int(count[0]) if count else 0


async def _set_roles(
    connection: asyncpg.Connection, tenant: str, person: str, roles: list[str]
) -> None:
    await connection.execute(SQL["drop_roles"], tenant, person, roles)
    await connection.execute(SQL["add_roles"], tenant, person, roles)


def _hash(token: str) -> bytes:
    # Tokens are 256 random bits: nothing to guess, so no slow hash is needed.
    return hashlib.sha256(token.encode()).digest()


def person_row(tenant: str, row: Mapping[str, Any]) -> PersonRow:
    """A person from a row that has all of it."""
    return PersonRow(
        str(row["person"]), tenant, row["name"], row["email"], row["language"], tuple(row["roles"])
    )
