"""What is known of erased dossiers, and how running processes let go of them at once."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from events.store.connection import SESSION, Connected
from events.store.errors import unreachable
from events.store.instants import instant
from events.store.sql import statements

SQL = statements("erasure")

CHANNEL = "traject_erased"
RETRY = 1.0

Which = tuple[str, str]
"""Board and stream."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asked for an erasure or approved it, and when by the process clock."""

    person: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ErasedDossier:
    """A dossier whose erasure began. What its own stream says of that is told by headers alone.

    ``erased_at`` is None until its key was destroyed, ``certificate`` until all was done.
    """

    begun_at: datetime | None
    erased_at: datetime | None
    requested: Ask | None
    approved: Ask | None
    certificate: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Outlived:
    """What is kept longer than the dossier it stood in."""

    stream: str
    kind: str
    content: dict[str, Any]
    keep_until: date


class Erasures(Connected):
    """Reads of what was erased."""

    async def erased(self, tenant: str, stream: str) -> ErasedDossier | None:
        """What is known of its erasure; None where none began."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["erasure"], tenant, stream)
            if row is None:
                return None
            headers = await connection.fetch(SQL["headers"], tenant, stream)
        asks: dict[str, Ask] = {}
        for header in (json.loads(one["header"]) for one in headers):
            at = datetime.fromisoformat(header["recorded_at"])
            asks[header["type"]] = Ask(header["actor"]["person"], at)
        certificate = row["certificate"]
        return ErasedDossier(
            None if row["erased_us"] is None else instant(row["erased_us"]),
            row["destroyed_at"],
            asks.get("ErasureRequested"),
            asks.get("ErasureApproved"),
            None if certificate is None else json.loads(certificate),
        )

    async def still_there(self, known: Collection[Which]) -> list[Which]:
        """Those of these dossiers, of any board, whose key is in the database."""
        if not known:
            return []
        tenants, streams = zip(*known, strict=True)
        async with self._pool.acquire() as connection:
            rows = await connection.fetch(SQL["still_there"], tenants, streams)
        return [(str(row["tenant"]), str(row["stream"])) for row in rows]

    async def outlived(self, tenant: str, stream: str | None = None) -> list[Outlived]:
        """What the board keeps of erased dossiers, of one if given."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["outlived"], tenant, stream)
        return [
            Outlived(
                str(row["stream"]), row["class"], json.loads(row["content"]), row["keep_until"]
            )
            for row in rows
        ]


async def heed(
    dsn: str,
    forget: Callable[[str, str], None],
    forget_all: Callable[[], None],
    lost: Callable[[], None] | None = None,
) -> None:
    """Call ``forget`` with board and stream as soon as an erasure is announced; never returns.

    Whenever nobody listened for a while, ``forget_all`` is called: something may have been missed.
    So is ``lost``, which is the same unless given, each time that nobody can be listened to.
    """
    lost = lost or forget_all
    while True:
        with suppress(asyncpg.PostgresError):
            try:
                await _listen(dsn, forget, forget_all)
            except Exception as error:
                if not unreachable(error):
                    raise
        log.warning("erasures are not heard of: no connection")
        lost()
        await asyncio.sleep(RETRY)


async def _listen(
    dsn: str, forget: Callable[[str, str], None], forget_all: Callable[[], None]
) -> None:
    """Until the connection is lost."""
    settings = {**SESSION, "application_name": "traject erasures"}
    connection: asyncpg.Connection = await asyncpg.connect(dsn, server_settings=settings)
    lost = asyncio.Event()

    def told(_connection: object, _pid: object, _channel: object, payload: object) -> None:
        tenant, _, stream = str(payload).partition(" ")
        forget(tenant, stream)

    try:
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener(CHANNEL, told)
        forget_all()
        await lost.wait()
    finally:
        connection.terminate()
