"""Personal tokens that people make for programs of their own, with a name and an end."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from events.store.connection import Connected
from events.store.directory import UnknownPerson
from events.store.sql import statements

SQL = statements("tokens")


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token that holds. ``ends_at`` is None for one without an end; the secret is not kept."""

    id: str
    person: str
    whose: str
    name: str
    issued_at: datetime
    used_at: datetime | None
    ends_at: datetime | None


class Tokens(Connected):
    """Makes, lists and ends tokens; whose one is, `Directory.by_token` tells."""

    async def make_token(
        self, tenant: str, person: str, name: str, ends_at: datetime | None = None
    ) -> str:
        """A new token, shown only this once; raises UnknownPerson."""
        token = f"tj_{secrets.token_urlsafe(32)}"
        digest = hashlib.sha256(token.encode()).digest()
        async with self._board(tenant) as connection:
            try:
                await connection.execute(SQL["make"], digest, tenant, person, name, ends_at)
            except asyncpg.ForeignKeyViolationError as error:
                raise UnknownPerson(person) from error
        return token

    async def tokens_that_hold(self, tenant: str, person: str | None = None) -> list[TokenRow]:
        """The tokens of the board that hold, of one person if given."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["of_board"], tenant, person)
        return [
            TokenRow(
                str(row["token"]),
                str(row["person"]),
                row["whose"],
                row["name"],
                row["issued_at"],
                row["last_used_at"],
                row["ends_at"],
            )
            for row in rows
        ]

    async def end_token(self, tenant: str, token: str, person: str | None = None) -> bool:
        """End a token by its id, of this person only if given; False when there is none."""
        async with self._board(tenant) as connection:
            done = await connection.execute(SQL["end"], tenant, token, person)
        return done.endswith(" 1")
