"""Dossiers: heads and keys of streams, opened before the first event, swept if none comes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from events.store.chain import Head
from events.store.connection import Connected, raising_store_errors
from events.store.errors import Erased, RetiredMaster, UnknownDossier, WrongProcess
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys, new_dossier_key
from events.store.sealing import Seal
from events.store.sql import statements

SQL = statements("dossiers")

CACHED = 20_000
CACHE_SECONDS = 60.0
"""How long a destroyed key may still be used by a process that had it in memory."""

_PAGE = 500
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of a stream without reading its events.

    ``seal`` is None once its key was destroyed; ``erasing`` once its erasure began, which is final.
    """

    process: str
    begun: bool
    seal: Seal | None
    erasing: bool
    read_at: float


@dataclass(frozen=True, slots=True)
class OpenStream:
    """A stream that has not ended."""

    tenant: str
    process: str
    stream: str
    version: int


class Dossiers(Connected):
    """Opens, finds and sweeps dossiers, and holds their keys for a short while."""

    opens_to_the_last = False
    """Whether a dossier is still opened while it is being erased: by the erasure itself only."""

    def __init__(self, pool: asyncpg.Pool, master_keys: MasterKeys | KeyRing) -> None:
        super().__init__(pool)
        self._master_keys = KeyRing.of(master_keys)
        self._known: OrderedDict[tuple[str, str], Dossier] = OrderedDict()
        self._forgotten = 0

    async def open_dossier(self, tenant: str, process: str, stream: str) -> None:
        """Make the stream's head at version 0 and its key, unless they are there already.

        Raises WrongProcess when the stream belongs to another process.
        """
        known = self._cached(tenant, stream)
        if known is None:
            forgotten = self._forgotten
            row = await self._opened_head(tenant, process, stream)
            known = self._remember(tenant, stream, row, forgotten)
        if known.process != process:
            raise WrongProcess(f"stream {stream} belongs to {known.process}")

    async def _opened_head(self, tenant: str, process: str, stream: str) -> asyncpg.Record:
        while True:
            master, wrapped = self._master_keys.wrap(new_dossier_key(), tenant, stream)
            try:
                async with raising_store_errors(), self._board(tenant) as connection:
                    row = await connection.fetchrow(
                        SQL["open"], tenant, stream, process, master, wrapped
                    )
            except RetiredMaster:
                # The key file was replaced between the wrapping and the writing.
                if self._master_keys.now.current == master:
                    raise
            else:
                assert row is not None
                return row

    async def process_of(self, tenant: str, stream: str) -> str | None:
        """The stream's process; None when the board has no such stream, or it has no event yet."""
        try:
            known = self._cached(tenant, str(UUID(stream)))
        except ValueError:
            return None
        if known is None or not known.begun:
            known = await self._read(tenant, stream)
        return known.process if known is not None and known.begun else None

    async def dossier_key(self, tenant: str, stream: str, *, to_the_last: bool = False) -> bytes:
        """The dossier's key. Raises UnknownDossier, or Erased from the moment its erasure began.

        ``to_the_last``: until the key is destroyed, for what has to come to an end before.
        """
        if to_the_last:
            seal = (await self._dossier(tenant, stream)).seal
            if seal is not None:
                return seal.key
        return (await self._seal(tenant, stream)).key

    def forget(self, tenant: str, stream: str) -> None:
        """Keep nothing of this dossier in memory, its key above all."""
        self._forgotten += 1
        self._known.pop((tenant, stream), None)

    def forget_all(self) -> None:
        """Keep nothing of any dossier in memory."""
        self._forgotten += 1
        self._known.clear()

    def forget_stale(self) -> None:
        """Keep nothing in memory that is too old to be used."""
        old = time.monotonic() - CACHE_SECONDS
        for key in [key for key, known in self._known.items() if known.read_at < old]:
            self.forget(*key)

    async def sweep_empty(self, older_than: timedelta) -> int:
        """Remove dossiers of any board that never got an event; returns how many.

        ``older_than`` is far more than CACHE_SECONDS, because their keys go at the second sweep
        that finds them so old.
        """
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["sweep"], older_than)

    async def open_streams(self) -> AsyncIterator[OpenStream]:
        """Every stream of every board that has not ended, read in pages."""
        tenant = stream = _FIRST
        while True:
            async with self._pool.acquire() as connection:
                rows = await connection.fetch(SQL["open_streams"], tenant, stream, _PAGE)
            for row in rows:
                tenant, stream = row["tenant"], row["stream"]
                yield OpenStream(str(tenant), row["process"], str(stream), row["version"])
            if len(rows) < _PAGE:
                return

    async def streams_of(
        self, tenant: str, process: str, person: str, parts: Sequence[str]
    ) -> list[str]:
        """The board's open streams of a process in which the person has one of these parts."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["streams_of"], tenant, process, person, list(parts))
        return [str(row["stream"]) for row in rows]

    async def streams_among(self, tenant: str, ids: Iterable[str]) -> dict[str, str]:
        """Those of the ids that are streams of the board in which something happened: process."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["streams_among"], tenant, list(ids))
        return {str(row["stream"]): row["process"] for row in rows}

    async def streams_that_took(self, tenant: str, errand: str) -> set[str]:
        """The board's streams that recorded the command of this errand, however they ended."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["streams_that_took"], tenant, errand)
        return {str(row["stream"]) for row in rows}

    async def processes_of(self, tenant: str, person: str) -> set[str]:
        """The processes in whose streams the person has a part, ended ones included."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["processes_of"], tenant, person)
        return {row["process"] for row in rows}

    async def head(self, tenant: str, stream: str) -> Head:
        """The stream's last version and hash; raises UnknownDossier."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["head"], tenant, stream)
        if row is None:
            raise UnknownDossier(f"no dossier is open for stream {stream}")
        return Head(row["version"], row["hash"])

    async def _dossier(self, tenant: str, stream: str) -> Dossier:
        known = self._cached(tenant, stream) or await self._read(tenant, stream)
        if known is None:
            raise UnknownDossier(f"no dossier is open for stream {stream}")
        return known

    async def _seal(self, tenant: str, stream: str) -> Seal:
        dossier = await self._dossier(tenant, stream)
        if dossier.seal is None or (dossier.erasing and not self.opens_to_the_last):
            raise Erased(f"the dossier of stream {stream} was erased")
        return dossier.seal

    def _cached(self, tenant: str, stream: str) -> Dossier | None:
        known = self._known.get((tenant, stream))
        if known is None or time.monotonic() - known.read_at > CACHE_SECONDS:
            return None
        return known

    async def _read(self, tenant: str, stream: str) -> Dossier | None:
        forgotten = self._forgotten
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["dossier"], tenant, stream)
        if row is None:
            return None
        return self._remember(tenant, stream, row, forgotten)

    def _remember(self, tenant: str, stream: str, row: asyncpg.Record, forgotten: int) -> Dossier:
        """Keeps what was read, unless something was forgotten since: it may be this."""
        seal = None
        if row["wrapped"] is not None:
            key = self._master_keys.unwrap(row["master"], row["wrapped"], tenant, stream)
            seal = Seal(key, tenant, stream)
        dossier = Dossier(row["process"], row["begun"], seal, row["erasing"], time.monotonic())
        if forgotten != self._forgotten:
            return dossier
        self._known[tenant, stream] = dossier
        self._known.move_to_end((tenant, stream))
        while len(self._known) > CACHED:
            self._known.popitem(last=False)
        return dossier
