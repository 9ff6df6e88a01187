"""Connections that know which board they work for, because row-level security goes by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from events.store.errors import OF_SQLSTATE, sqlstate

SESSION: Mapping[str, str] = {
    "application_name": "traject",
    # Plans here are small and many; compiling them costs more than it saves.
    "jit": "off",
    # A forgotten open transaction would hold back everybody who reads by position.
    "idle_in_transaction_session_timeout": "10s",
}


class BoardConnection(asyncpg.Connection):
    """A connection with the board it was last told to work for."""

    board: str | None = None

    async def work_for(self, tenant: str) -> None:
        """Set the session's board; costs a round trip only when it changes."""
        if self.board != tenant:
            self.board = None
            await self.execute("select set_config('traject.tenant', $1, false)", tenant)
            self.board = tenant


async def _keep(_connection: Any) -> None:
    """Nothing to reset: every session setting is one that the next user sets anyway."""


async def connect_pool(dsn: str, *, max_size: int, command_timeout: float = 10.0) -> asyncpg.Pool:
    """A pool of board connections; ``command_timeout`` in seconds bounds every statement."""
    pool = await asyncpg.create_pool(
        dsn,
        # Kept connections would be opened again and again, loudly, while the server is away.
        min_size=0,
        max_size=max_size,
        command_timeout=command_timeout,
        connection_class=BoardConnection,
        server_settings=dict(SESSION),
        # The default reset costs a round trip on every release and forgets the board.
        reset=_keep,
        max_queries=10_000_000,
    )
    async with pool.acquire():
        return pool


@asynccontextmanager
async def raising_store_errors() -> AsyncIterator[None]:
    """Turn the SQLSTATEs of the schema's functions into the exceptions of `errors`."""
    try:
        yield
    except asyncpg.PostgresError as error:
        known = OF_SQLSTATE.get(sqlstate(error))
        if known is None:
            raise
        raise known(str(error)) from error


class Connected:
    """A part of the store: some methods over the store's pool."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def _board(self, tenant: str) -> AsyncIterator[asyncpg.Connection]:
        async with self._pool.acquire() as connection:
            await connection.work_for(tenant)
            yield connection  # pyright: ignore[reportReturnType]
