"""The log as the world sees it: numbered checkpoints, the newest one, leaf hashes, and the keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from events.audit.contradiction import Contradiction
from events.audit.note import Checkpoint, parse
from events.audit.publishing import AlreadyPublished, Publication
from events.audit.tiles import LOGS, SQL, Log, Tiles

LATEST = "latest.txt"
KEYS = "keys.txt"
CHUNK = 1 << 18
"""Leaf hashes in one file, at most: 8 MB."""
PUBLISH_LOCK = 0x7075626C697368
PAGE = 200


def checkpoint_name(number: int) -> str:
    return f"checkpoints/{number:020}.txt"


def leaves_name(log: Log, start: int, stop: int) -> str:
    """``start`` counts from 0; ``stop`` is the first that is not in it."""
    return f"leaves/{log}/{start:020}-{stop:020}.bin"


async def publish(
    connection: asyncpg.Connection, vkeys: Sequence[str], publication: Publication
) -> int:
    """Publish every checkpoint that is not yet, oldest first; returns how many.

    ``vkeys`` are those that checkpoints announced, oldest first. Safe to break off and repeat
    anywhere, and beside others. Raises Contradiction where other content was published, Away
    where the place cannot be reached.
    """
    async with _alone(connection):
        try:
            return await _publish(connection, vkeys, publication)
        except AlreadyPublished as error:
            raise Contradiction(
                "changed", f"The database has another history than what was published: {error}."
            ) from error


async def _publish(
    connection: asyncpg.Connection, vkeys: Sequence[str], publication: Publication
) -> int:
    latest = await publication.get(LATEST)
    number = 0 if latest is None else await number_of(connection, latest.decode()) or 0
    before = None if latest is None or not number else parse(latest.decode())
    count = 0
    while rows := await connection.fetch(SQL["checkpoints"], number, PAGE):
        for row in rows:
            number, checkpoint = row["number"], parse(row["note"])
            await _publish_leaves(connection, publication, before, checkpoint)
            await publication.put(checkpoint_name(number), row["note"].encode())
            await _publish_keys(publication, vkeys)
            await publication.replace(LATEST, row["note"].encode())
            before, count = checkpoint, count + 1
    return count


async def number_of(connection: asyncpg.Connection, note: str) -> int | None:
    """Which checkpoint of the database this is; None where it has no such one."""
    return await connection.fetchval(SQL["number_of"], parse(note).size, note)


async def _publish_leaves(
    connection: asyncpg.Connection,
    publication: Publication,
    before: Checkpoint | None,
    checkpoint: Checkpoint,
) -> None:
    tiles = Tiles(connection)
    for log in LOGS:
        first = 0 if before is None else before.trees[log].size
        end = checkpoint.trees[log].size
        for start in range(first, end, CHUNK):
            stop = min(start + CHUNK, end)
            leaves = await tiles.leaves(log, start, stop)
            await publication.put(leaves_name(log, start, stop), leaves)


async def _publish_keys(publication: Publication, vkeys: Sequence[str]) -> None:
    known = (await publication.get(KEYS) or b"").decode().split()
    if known == list(vkeys):
        return
    if known[:1] not in ([], list(vkeys[:1])):
        raise Contradiction(
            "elsewhere",
            f"Another log is published there: its first key is {known[0]}."
            " Let publish_to name a place of this log's own.",
        )
    await publication.replace(KEYS, "".join(f"{vkey}\n" for vkey in vkeys).encode())


@asynccontextmanager
async def _alone(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Two at once could leave an older checkpoint as the newest."""
    try:
        await connection.fetchval(SQL["wait_alone"], PUBLISH_LOCK)
        yield
    finally:
        if not connection.is_closed():
            await connection.fetchval(SQL["no_more_alone"], PUBLISH_LOCK)
