"""Reads streams with their commands as they were given, for whoever asks the rules once more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg

from events.audit.history import History, Kept, Raw
from events.recording import Given
from events.settings import TenantSettings
from events.store.connection import connect_pool
from events.store.dossiers import Dossiers
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys
from events.store.recorder import GIVEN, fingerprint
from events.store.sealing import Seal, read_json
from events.store.sql import statements

SQL = statements("audit")

PAGE = 1_000
TIMEOUT = 60.0
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Begun:
    """A stream in which something happened; ``erased``: or is being erased."""

    tenant: str
    process: str
    stream: str
    erased: bool


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far a board is looked at: up to this position, as of that moment of the database."""

    position: int | None
    at: datetime


class Commands(Dossiers):
    """Reads as the service's own role does: board by board."""

    @classmethod
    async def connect(
        cls, dsn: str, master_keys: MasterKeys | KeyRing, *, max_size: int = 4
    ) -> Commands:
        """A pool as the role in ``dsn``. Raises what `errors.unreachable` knows."""
        pool = await connect_pool(dsn, max_size=max_size, command_timeout=TIMEOUT)
        return cls(pool, master_keys)

    async def close(self) -> None:
        await self._pool.close()

    async def count(self, board: str | None = None) -> int:
        """How many streams there are, at this board or at all."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["count_begun"], board)

    async def streams(self, board: str | None = None) -> AsyncIterator[Begun]:
        """Every stream of this board, or of all boards one after another."""
        tenant = stream = _FIRST
        while True:
            async with self._pool.acquire() as connection:
                rows = await connection.fetch(SQL["begun_streams"], board, tenant, stream, PAGE)
            for row in rows:
                tenant, stream = row["tenant"], row["stream"]
                yield Begun(str(tenant), row["process"], str(stream), row["erased"])
            if len(rows) < PAGE:
                return

    async def boards_with(self, stream: str) -> list[str]:
        """The boards that have a stream of this id."""
        async with self._pool.acquire() as connection:
            return [str(row["board"]) for row in await connection.fetch(SQL["boards_with"], stream)]

    async def kept_since(self) -> datetime:
        """From when the store keeps commands as they were given."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["kept_since"])

    async def installation(self) -> str:
        """``production``, ``test`` or ``demo``."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["installation"]) or "production"

    async def all_settings(self, tenant: str) -> list[tuple[TenantSettings, datetime | None]]:
        """Every version of the board's settings, oldest first, with when it was saved."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["all_settings"], tenant)
        found: list[tuple[TenantSettings, datetime | None]] = [(TenantSettings(), None)]
        for row in rows:
            settings = TenantSettings.model_validate_json(row["settings"])
            version = {"version": row["version"]}
            found.append((settings.model_copy(update=version), row["saved_at"]))
        return found

    async def horizon(self, tenant: str) -> Horizon | None:
        """Up to where the board can be looked at as a whole; None where nothing has a position."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["horizon"], tenant)
        return None if row is None else Horizon(row["position"], row["looked_at"])

    async def now(self) -> datetime:
        """By the database's clock."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["now"])

    async def history(
        self, tenant: str, process: str, stream: str, until: int | None = None
    ) -> History:
        """The stream, up to a position of the whole store if one is given.

        What does not open is left out of its event, so that it reads as none. Raises Erased.
        """
        seal = await self._seal(tenant, stream)
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["commands"], tenant, stream, until)
        grouped = groupby(rows, key=lambda row: row["command_id"])
        commands = tuple(_kept(list(group), seal) for _, group in grouped)
        return History(tenant, process, stream, commands)

    async def command_ids(self, tenant: str, stream: str) -> list[str]:
        """Of a stream that nobody can read any more."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["command_ids"], tenant, stream)
        return [str(row["command_id"]) for row in rows]

    async def beside(self, tenant: str, stream: str) -> dict[str, str]:
        """The streams that this one was opened by, opened, or got an errand from: process."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["beside"], tenant, stream)
        return await self.streams_among(tenant, [str(row["stream"]) for row in rows])


def _kept(rows: list[asyncpg.Record], seal: Seal) -> Kept:
    first = rows[0]
    given, unreadable = _given(first, seal)
    return Kept(
        events=tuple(_events(rows, seal)),
        stored_at=first["stored_at"],
        place=first["position"],
        command=first["command"],
        content_hash=_content(first["content_hash"], given, seal),
        warnings=tuple(first["warnings"] or ()),
        given=given,
        unreadable=unreadable,
    )


def _events(rows: Iterable[asyncpg.Record], seal: Seal) -> Iterable[Raw]:
    for row in rows:
        event: dict[str, Any] = {"version": row["version"], "command_id": str(row["command_id"])}
        try:
            event |= read_json(row["header"])
            opened = seal.open(event["event_id"], event["type"], row["body"])
            yield {**event, "data": read_json(opened)}
        except Exception:  # noqa: BLE001 - whatever somebody put there
            yield event


def _content(stored: str | None, given: Given | None, seal: Seal) -> str | None:
    """What was hashed into what is stored; that itself where it is of something else."""
    plain = given.content if given is not None else None
    return plain if plain is not None and fingerprint(plain, seal) == stored else stored


def _given(row: asyncpg.Record, seal: Seal) -> tuple[Given | None, bool]:
    """The command as it was given, and whether it is there but does not open."""
    if row["given"] is None:
        return None, False
    try:
        opened = seal.open(str(row["command_id"]), GIVEN, row["given"])
        return Given.model_validate_json(opened), False
    except Exception:  # noqa: BLE001 - whatever somebody put there
        return None, True
