"""Makes PostgreSQL let go of destroyed rows in its files too, and looks whether it did."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from events.store.erasures import SQL
from events.store.errors import StoreError

HELD_SECONDS = 30.0
"""How long transactions are waited for that began before a key was destroyed and may see it."""
LOCK_SECONDS = 3
"""How long a rewrite waits for a table, and with it everybody who comes to that table after it."""
TRIES = 10
PAUSE = 0.2


class StillSeen(StoreError):
    """Somebody holds on to what was destroyed; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was done. ``rewritten`` are tables whose old files are gone, ``vacuumed`` the others.

    overwritten: how many segments of the write-ahead log; None where this login may not do that,
    and they stay until the server itself writes over them. sought: how many wrapped keys were
    looked for in the files of the keys' table and of the log; None where it may not. held: the
    segments in which one was still found, such as where an archive has not taken them yet.
    """

    rewritten: list[str]
    vacuumed: list[str]
    overwritten: int | None
    sought: int | None
    held: list[str]


async def clear_files(
    connection: asyncpg.Connection, destroyed_at: datetime, wrapped: Collection[bytes]
) -> Cleared:
    """Rewrite what held anything readable, and the write-ahead log; then look for wrapped keys.

    ``destroyed_at`` is when the last key was destroyed. Raises StillSeen.
    """
    await _wait_for_older(connection, destroyed_at)
    await connection.execute(f"set lock_timeout = '{LOCK_SECONDS}s'")
    rewritten: list[str] = []
    vacuumed: list[str] = []
    for row in await connection.fetch(SQL["purged_tables"]):
        full = row["readable"]
        (rewritten if full else vacuumed).append(row["name"])
        options = "(full, analyze)" if full else "(analyze)"
        await _unlocked(connection, f"vacuum {options} {row['name']}")
    # The planner's samples of these tables were taken anew; the old ones go too.
    await _unlocked(connection, "vacuum full pg_catalog.pg_statistic")
    overwritten = await _overwrite_log(connection)
    sought, held = await _look_for(connection, wrapped)
    return Cleared(rewritten, vacuumed, overwritten, sought, held)


async def _wait_for_older(connection: asyncpg.Connection, moment: datetime) -> None:
    until = time.monotonic() + HELD_SECONDS
    while await connection.fetchval(SQL["older_transactions"], moment):
        if time.monotonic() > until:
            raise StillSeen(
                "A transaction that began before the key was destroyed is still open, and"
                " PostgreSQL keeps what it may see. End it, and run this again."
            )
        await asyncio.sleep(PAUSE)


async def _unlocked(connection: asyncpg.Connection, statement: str) -> None:
    for _ in range(TRIES):
        try:
            await connection.execute(statement)
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(PAUSE)
        else:
            return
    raise StillSeen(f"A table is in use without a pause: {statement}. Run this again later.")


async def _overwrite_log(connection: asyncpg.Connection) -> int | None:
    """A checkpoint renames old segments for later use, with all that is in them: these are
    written over too."""
    try:
        await connection.execute(SQL["next_segment"])
        await connection.execute("checkpoint")
        segments = await connection.fetch(SQL["segments"])
        for _ in range(len(segments) + 1):
            await connection.execute(SQL["next_segment"])
        await connection.execute("checkpoint")
    except asyncpg.InsufficientPrivilegeError:
        return None
    return len(segments)


async def _look_for(
    connection: asyncpg.Connection, wrapped: Collection[bytes]
) -> tuple[int | None, list[str]]:
    held: set[str] = set()
    try:
        for key in wrapped:
            if await connection.fetchval(SQL["in_keys"], key):
                raise StillSeen("A wrapped key is still in the file of its table. Run this again.")
            for row in await connection.fetch(SQL["segments"]):
                if await connection.fetchval(SQL["in_segment"], row["name"], key):
                    held.add(row["name"])
    except asyncpg.InsufficientPrivilegeError:
        return None, []
    return len(wrapped), sorted(held)
