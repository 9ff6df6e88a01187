"""Keys of dossiers for what Temporal keeps: waited for, and never had again once destroyed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg

from events.store.errors import Erased, UnknownDossier, unreachable
from workflows.codec import UnsealableError

if TYPE_CHECKING:
    from events.store.store import Store

PATIENCE = 10.0
PAUSE = 0.1


class DossierKeys:
    """A `workflows.codec.KeySource` that a worker can go on with, whatever it meets.

    It waits for PostgreSQL to come back rather than fail a process's task: the server puts off a
    task that failed some times for longer and longer. What a forged payload names, a board or
    stream that is none, is told as UnsealableError. So is an erased dossier, and ``met`` then
    tells of it (board, stream): a process of it that still runs has to go.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.met: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def __call__(self, tenant: str, stream: str) -> bytes:
        for _ in range(int(PATIENCE / PAUSE)):
            try:
                return await self._key(tenant, stream)
            except Exception as error:
                if not unreachable(error):
                    raise
                await asyncio.sleep(PAUSE)
        return await self._key(tenant, stream)

    async def _key(self, tenant: str, stream: str) -> bytes:
        try:
            return await self._store.dossier_key(tenant, stream, to_the_last=True)
        except Erased:
            self.met.put_nowait((tenant, stream))
            raise UnsealableError("the dossier was erased") from None
        except (UnknownDossier, asyncpg.DataError) as error:
            raise UnsealableError(f"no dossier is known: {type(error).__name__}") from None
