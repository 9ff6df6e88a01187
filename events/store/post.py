"""How a person wants to hear of things: mail by choice, and a calendar that follows the agenda."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import asyncpg

from events.store.connection import Connected
from events.store.directory import PersonRow, UnknownPerson
from events.store.sql import statements

SQL = statements("post")

MailChoice = Literal["direct", "daily", "urgent"]
"""Each mail at once; one mail a working day, and at once only what cannot wait; only the latter."""
CHOICES: tuple[MailChoice, ...] = get_args(MailChoice)
_MOST = 100


@dataclass(frozen=True, slots=True)
class Feed:
    """When somebody's secret link was made, and when a calendar last used it, to the hour."""

    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A mail that did not arrive, or has not yet: ``problem`` is a code, never a text.

    ``settled_at`` is when it was given up (``given_up``) or dropped; None while it is tried.
    """

    notice: int
    kind: str
    process: str
    stream: str
    person: str
    name: str | None
    problem: str | None
    attempts: int
    settled_at: datetime | None
    given_up: bool


class Correspondence(Connected):
    """Choices about mail, feeds by their secret links, and mail that went wrong."""

    async def mail_choice(self, tenant: str, person: str) -> MailChoice:
        """What the person chose; ``direct`` for who chose nothing."""
        async with self._board(tenant) as connection:
            return await connection.fetchval(SQL["choice"], tenant, person) or "direct"

    async def choose_mail(self, tenant: str, person: str, choice: MailChoice) -> None:
        """It holds for mail that waits as well. Raises UnknownPerson."""
        async with self._board(tenant) as connection, connection.transaction():
            try:
                await connection.execute(SQL["choose"], tenant, person, choice)
            except asyncpg.ForeignKeyViolationError as error:
                raise UnknownPerson(person) from error
            await connection.execute(SQL["at_once"], tenant, person)

    async def feed(self, tenant: str, person: str) -> Feed | None:
        """The person's feed; None while there is no link."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["feed"], tenant, person)
        return None if row is None else Feed(row["made_at"], row["used_at"])

    async def make_feed(self, tenant: str, person: str) -> str:
        """A new code, shown only this once; the one before is worth nothing from now on.

        Raises UnknownPerson.
        """
        code = secrets.token_urlsafe(32)
        async with self._board(tenant) as connection:
            try:
                await connection.execute(SQL["make_feed"], tenant, person, _hash(code))
            except asyncpg.ForeignKeyViolationError as error:
                raise UnknownPerson(person) from error
        return code

    async def drop_feed(self, tenant: str, person: str) -> None:
        """The link is worth nothing from now on."""
        async with self._board(tenant) as connection:
            await connection.execute(SQL["drop_feed"], tenant, person)

    async def by_feed(self, code: str) -> PersonRow | None:
        """Whose feed this is; None when it is unknown or withdrawn, or the person left."""
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow(SQL["by_feed"], _hash(code))
        if row is None or row["person"] is None:
            return None
        return PersonRow(
            str(row["person"]),
            str(row["tenant"]),
            row["name"],
            row["email"],
            row["language"],
            tuple(row["roles"]),
        )

    async def mail_troubles(self, tenant: str, most: int = _MOST) -> list[Trouble]:
        """The board's mail that was given up, is being tried again or has no address; new first."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["troubles"], tenant, most)
        return [
            Trouble(
                row["notice"],
                row["kind"],
                row["process"],
                str(row["stream"]),
                str(row["person"]),
                row["name"],
                row["problem"],
                row["attempts"],
                row["settled_at"],
                row["state"] == "parked",
            )
            for row in rows
        ]

    async def send_again(self, tenant: str, notice: int) -> bool:
        """Try a mail that was given up from the beginning; False where it was not."""
        async with self._board(tenant) as connection:
            return await connection.execute(SQL["send_again"], tenant, notice) == "UPDATE 1"


def _hash(code: str) -> bytes:
    # Codes are 256 random bits: nothing to guess, so no slow hash is needed.
    return hashlib.sha256(code.encode()).digest()
