"""Gives committed events their dense position, in an order that no reader ever sees change."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import asyncpg

from events.store.connection import SESSION
from events.store.errors import StoreError, unreachable
from events.store.sql import statements

SQL = statements("positions")
LOG = statements("log")

LEADER_LOCK = 0x736571756E6365
BATCH = 5_000
POLL = 0.01
IDLE_POLL = 0.05
STANDBY_POLL = 1.0
RETRY = 0.5
COMMAND_TIMEOUT = 60.0
_IDLE_AFTER = 100

# Not waiting for the disk is safe here: what is numbered was flushed by its own commit, and after
# a crash the same events get the same numbers, because their order is stored with them.
_SESSION = {**SESSION, "application_name": "traject sequencer", "synchronous_commit": "off"}

log = logging.getLogger(__name__)


class ForeignOrder(StoreError):
    """The events carry transaction ids of another cluster: this database was restored."""


class Sequencer:
    """One of possibly many; only the one that holds the lock gives positions.

    ``dsn`` is of the role ``traject_sequencer``. It must reach the primary server.
    """

    def __init__(self, dsn: str, *, batch: int = BATCH) -> None:
        self._dsn = dsn
        self._batch = batch
        self._woken = asyncio.Event()
        self.leading = False
        self.last = 0
        """The last position given, as far as this process knows."""

    def wake(self) -> None:
        """Look now: something was committed. Calling it is never needed, only faster."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Lead or stand by until ``stop``, through failures of PostgreSQL.

        Raises ForeignOrder when the database was restored from elsewhere and not prepared.
        """
        while not stop.is_set():
            try:
                await self._session(stop)
            except Exception as error:
                if not unreachable(error):
                    raise
                log.warning("sequencer lost its database: %s", type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RETRY)
            finally:
                self.leading = False

    async def _session(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self._dsn,
            command_timeout=COMMAND_TIMEOUT,
            server_settings=_SESSION,
        )
        try:
            while not await connection.fetchval(SQL["lead"], LEADER_LOCK):
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), STANDBY_POLL)
                if stop.is_set():
                    return
            if await connection.fetchval(SQL["foreign"]):
                raise ForeignOrder(
                    "this database was restored from another cluster: run after_restore first"
                )
            self.leading = True
            await self._lead(connection, stop)
        finally:
            connection.terminate()

    async def _lead(self, connection: asyncpg.Connection, stop: asyncio.Event) -> None:
        sequence = await connection.prepare(SQL["sequence"])
        idle = 0
        while not stop.is_set():
            self._woken.clear()
            row = await sequence.fetchrow(self._batch)
            assert row is not None
            self.last = row["last"]
            if row["given"] == self._batch:
                continue
            idle = 0 if row["given"] else idle + 1
            with suppress(TimeoutError):
                await asyncio.wait_for(
                    self._woken.wait(), POLL if idle < _IDLE_AFTER else IDLE_POLL
                )


async def after_restore(dsn: str) -> int:
    """Number what a restored dump left unnumbered, and go by this cluster's transactions from now.

    Events, and what was read and refused. ``dsn`` is of a superuser; nothing may write meanwhile.
    Returns how many events it numbered.
    Needed once after a dump was loaded into another cluster, where transaction ids start over.
    """
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(LOG["hold_still"])
            given = await connection.fetchval(SQL["rest"])
            await connection.execute(SQL["start_anew"], given)
            await connection.execute(LOG["rest_of_reads"])
            await connection.execute(LOG["rest_of_refused"])
        return given
    finally:
        await connection.close()
