"""Who is signed in: sessions of browsers, kept here so that they can be ended at any moment."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import asyncpg

from events.store.connection import Connected
from events.store.directory import PersonRow, UnknownPerson
from events.store.sql import statements

SQL = statements("sessions")
How = Literal["provider", "chosen", "emergency"]
"""By the identity provider, by choosing a person in the demo, by the emergency password."""
HOWS: tuple[str, ...] = get_args(How)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that holds, and whose it is, with the roles held now."""

    session: str
    how: str
    person: PersonRow


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session that holds. ``used_at`` is right to the minute."""

    id: str
    how: str
    device: str
    began_at: datetime
    used_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session as it is kept for a month after its end, without what would let somebody use it."""

    device: str
    how: str
    began_at: datetime
    used_at: datetime
    ends_at: datetime
    ended_at: datetime | None


class Sessions(Connected):
    """Begins, finds and ends sessions. Of a session's key only the hash is kept."""

    async def begin_session(
        self,
        tenant: str,
        person: str,
        how: How,
        *,
        idle: timedelta,
        lasting: timedelta,
        device: str = "",
    ) -> str:
        """The key of a new session, shown only this once; raises UnknownPerson.

        It ends after ``idle`` without use, and after ``lasting`` in any case. ``device`` is what
        its owner will know it by.
        """
        key = secrets.token_urlsafe(32)
        async with self._board(tenant) as connection:
            try:
                await connection.execute(SQL["sweep"], tenant, person)
                await connection.execute(
                    SQL["begin"], _hash(key), tenant, person, how, device, idle, lasting
                )
            except asyncpg.ForeignKeyViolationError as error:
                raise UnknownPerson(person) from error
        return key

    async def by_session(self, key: str, *, used: bool = True) -> SignedIn | None:
        """Whose session this is; None when it is unknown, ended or too old, or the person left.

        With ``used`` it holds on for as long again without use.
        """
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow(SQL["by_session"], _hash(key), used)
        if row is None:
            return None
        person = PersonRow(
            str(row["person"]),
            str(row["tenant"]),
            row["name"],
            row["email"],
            row["language"],
            tuple(row["roles"]),
        )
        return SignedIn(str(row["session"]), row["how"], person)

    async def sessions_of(self, tenant: str, person: str) -> list[SessionRow]:
        """The person's sessions that hold, the last used first."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["of_person"], tenant, person)
        return [
            SessionRow(
                str(row["session"]),
                row["how"],
                row["device"],
                row["began_at"],
                row["used_at"],
                row["ends_at"],
            )
            for row in rows
        ]

    async def sessions_kept(self, tenant: str, person: str) -> list[PastSession]:
        """All that is known of a person's sessions, the earliest first."""
        async with self._board(tenant) as connection:
            return [
                PastSession(**row) for row in await connection.fetch(SQL["kept"], tenant, person)
            ]

    async def end_session(self, key: str) -> bool:
        """End the session with this key; False when it had ended already."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["end"], _hash(key))

    async def end_one_session(self, tenant: str, person: str, session: str) -> bool:
        """End one session of this person; False when there is no such one that holds."""
        async with self._board(tenant) as connection:
            done = await connection.execute(SQL["end_one"], tenant, person, session)
        return done.endswith(" 1")

    async def end_sessions(self, tenant: str, person: str) -> int:
        """End every session of a person at once; returns how many there were."""
        async with self._board(tenant) as connection:
            done = await connection.execute(SQL["end_all"], tenant, person)
        return int(done.rpartition(" ")[2])


def _hash(key: str) -> bytes:
    # 256 random bits: nothing to guess, so no slow hash is needed.
    return hashlib.sha256(key.encode()).digest()
