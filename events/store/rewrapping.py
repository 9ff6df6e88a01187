"""Dossier keys are wrapped anew, at all boards, when a master key is replaced."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from events.settings import TenantSettings
from events.store.connection import SESSION
from events.store.errors import StoreError, Unsealable
from events.store.keys import MasterKeys
from events.store.sql import statements

SQL = statements("keys")

BATCH = 500
"""Keys in one transaction: some milliseconds, for which positions are held back."""

_LOCK = 0x6D6173746572
_FIRST = UUID(int=0)

Progress = Callable[[int, int], None]


class KeysBusy(StoreError):
    """Somebody else is replacing master keys at this moment."""


class Rewrapping:
    """What may be done with the keys of all boards by whoever owns the database."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def masters(self) -> dict[str, int]:
        """How many dossier keys each master key wraps, by its name; erased ones have none."""
        rows = await self._connection.fetch(SQL["masters"])
        return {row["master"]: row["keys"] for row in rows}

    async def retired(self) -> set[str]:
        """The names of master keys that were taken out of use."""
        return {row["master"] for row in await self._connection.fetch(SQL["retired"])}

    async def link_days(self) -> int:
        """How many days a signing link of any board may have served, at most."""
        return await self._number("link_days", TenantSettings().signing_link_days)

    async def rewrap(self, keys: MasterKeys, progress: Progress | None = None) -> list[str]:
        """Wrap by the current key whatever another one wraps; safe to repeat and to interrupt.

        Returns the streams whose key does not open by any of these: they are left as they are.
        """
        done, total = 0, await self._number("count_not_by", keys.current)
        while True:
            changed, failed = 0, list[str]()
            async for batch in self._batches(keys.current):
                fresh = [_rewrapped(keys, row) for row in batch]
                failed += [
                    str(row["stream"]) for row, new in zip(batch, fresh, strict=True) if new is None
                ]
                changed += await self._write(keys.current, batch, fresh)
                done += len(batch)
                if progress is not None:
                    progress(done, max(done, total))
            # Who opened a dossier meanwhile may have known the old key only.
            if not changed:
                return failed

    async def retire(self, master: str) -> int:
        """Let this key wrap nothing more; how many it still wraps, in which case it stays."""
        return await self._number("retire", master)

    async def _number(self, statement: str, *arguments: object) -> int:
        found = await self._connection.fetchval(SQL[statement], *arguments)
        assert found is not None
        return found

    async def _batches(self, current: str) -> AsyncIterator[list[asyncpg.Record]]:
        tenant = stream = _FIRST
        while True:
            rows = await self._connection.fetch(SQL["not_by"], current, tenant, stream, BATCH)
            if rows:
                yield rows
            if len(rows) < BATCH:
                return
            tenant, stream = rows[-1]["tenant"], rows[-1]["stream"]

    async def _write(
        self, current: str, batch: list[asyncpg.Record], fresh: list[bytes | None]
    ) -> int:
        pairs = [(row, new) for row, new in zip(batch, fresh, strict=True) if new is not None]
        columns = [[row[name] for row, _ in pairs] for name in ("tenant", "stream", "master")]
        old, new = [row["wrapped"] for row, _ in pairs], [new for _, new in pairs]
        return await self._number("rewrap", *columns, old, current, new)


def _rewrapped(keys: MasterKeys, row: asyncpg.Record) -> bytes | None:
    tenant, stream = str(row["tenant"]), str(row["stream"])
    try:
        key = keys.unwrap(row["master"], row["wrapped"], tenant, stream)
    except Unsealable:
        return None
    return keys.wrap(key, tenant, stream)[1]


@asynccontextmanager
async def rewrapping(dsn: str) -> AsyncIterator[Rewrapping]:
    """``dsn`` is of the database's owner. Raises KeysBusy: one at a time."""
    connection = await asyncpg.connect(dsn, server_settings=dict(SESSION))
    try:
        if not await connection.fetchval(SQL["lead"], _LOCK):
            raise KeysBusy("Master keys are being replaced by somebody else at this moment.")
        yield Rewrapping(connection)
    finally:
        await connection.close()
