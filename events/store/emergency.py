"""The administrator for when the identity provider is away: a password, and a count of tries."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from events.store.connection import Connected
from events.store.directory import UnknownPerson
from events.store.sql import statements

SQL = statements("emergency")
LEAST = 16
"""The fewest characters of an emergency password."""
WEAK = f"An emergency password has at least {LEAST} characters."
_N, _R, _P = 2**16, 8, 1
"""The cost of scrypt: 64 MB and about a fifth of a second for every try."""
_MEMORY = 160 * _N * _R
_SALT_BYTES = 16
_AT_ONCE = asyncio.Semaphore(2)
"""More tries than this wait, so that they take neither all memory nor everybody's time."""


class WeakPassword(ValueError):
    """The password is too short; the text says what is needed."""


class LoginTaken(ValueError):
    """Somebody else has this emergency name."""


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """Somebody who may come in by a password. ``used_at`` is the last time."""

    login: str
    person: str
    name: str
    active: bool
    set_at: datetime
    used_at: datetime | None


class Emergencies(Connected):
    """Keeps emergency passwords as scrypt hashes, and buckets of tries."""

    async def set_emergency(self, tenant: str, person: str, login: str, password: str) -> None:
        """Let this person in by ``login`` and ``password``; the last ones hold no more.

        Raises WeakPassword, LoginTaken, UnknownPerson.
        """
        if len(password) < LEAST:
            raise WeakPassword(WEAK)
        secret = await asyncio.to_thread(_made, password)
        async with self._board(tenant) as connection:
            try:
                await connection.execute(SQL["set"], login, tenant, person, secret)
            except asyncpg.UniqueViolationError as error:
                raise LoginTaken(f"{login} is already taken.") from error
            except asyncpg.ForeignKeyViolationError as error:
                raise UnknownPerson(person) from error

    async def by_emergency(self, login: str, password: str) -> tuple[str, str | None] | None:
        """Board and person of this name; the person is None where the password is wrong.

        None for a name that nobody has, after as much work as for one that somebody has.
        """
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow(SQL["by_login"], login)
        secret = row["secret"] if row else _NOBODY
        async with _AT_ONCE:
            right = await asyncio.to_thread(_is_right, password, secret)
        if row is None:
            return None
        tenant, person = str(row["tenant"]), str(row["person"])
        if not right:
            return tenant, None
        async with self._board(tenant) as connection:
            await connection.execute(SQL["used"], tenant, person)
        return tenant, person

    async def switch_off_emergency(self, tenant: str, person: str | None = None) -> list[str]:
        """No password lets anybody in, or not this person; returns whom it did until now."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["switch_off"], tenant, person)
        return [str(row["person"]) for row in rows]

    async def emergencies(self, tenant: str) -> list[EmergencyRow]:
        """Everybody of the board who has or had an emergency password."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["all"], tenant)
        return [
            EmergencyRow(
                row["login"],
                str(row["person"]),
                row["name"],
                row["active"],
                row["set_at"],
                row["used_at"],
            )
            for row in rows
        ]

    async def take(self, what: str, size: int, seconds: float) -> float:
        """Take one try of ``size``, of which one comes back each ``seconds``.

        Returns how many seconds to wait, 0 where the try was there. Of ``what`` only a hash is
        kept, so it may be a name that somebody typed.
        """
        key = hashlib.sha256(what.encode()).digest()
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["take"], key, float(size), float(seconds))


def _made(password: str) -> str:
    salt = secrets.token_bytes(_SALT_BYTES)
    parts = (salt, _scrypt(password, salt, _N, _R, _P))
    return "$".join(["scrypt", f"{_N},{_R},{_P}", *(base64.b64encode(p).decode() for p in parts)])


def _is_right(password: str, secret: str) -> bool:
    _, cost, salt, digest = secret.split("$")
    n, r, p = (int(part) for part in cost.split(","))
    found = _scrypt(password, base64.b64decode(salt), n, r, p)
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


_NOBODY = "$".join(
    ["scrypt", f"{_N},{_R},{_P}", *(base64.b64encode(bytes(n)).decode() for n in (_SALT_BYTES, 32))]
)
"""What is compared with where nobody has the name: it takes as long, and never is right."""
