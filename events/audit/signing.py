"""Signs what the trees stand at, after making sure that nothing signed before is contradicted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from events.audit.contradiction import Contradiction, extended, genuine, standing
from events.audit.logkeys import LogKeys, locked
from events.audit.note import Checkpoint, Signed, sign
from events.audit.published import LATEST, checkpoint_name, number_of, publish
from events.audit.publishing import Publication
from events.audit.tiles import SQL, Tiles

EVERY = timedelta(minutes=1)
SIGN_LOCK = 0x7369676E


async def checkpoint(
    connection: asyncpg.Connection,
    keys: LogKeys,
    publication: Publication,
    now: datetime,
    *,
    at_once: bool = False,
) -> Checkpoint | None:
    """Sign, keep and publish a checkpoint; None where nothing is new since the last one, or that
    is less than a minute ago (``at_once``: however short ago).

    What was published and kept before is compared first, whether or not anything is new. Safe to
    break off and repeat anywhere, and beside others. ``connection`` is of traject_sequencer.
    Raises Contradiction where it must not be signed, MissingKey where another key has to sign,
    Away where the place of publishing cannot be reached.
    """
    await _compare(connection, keys, publication)
    _, last = await last_checkpoint(connection, keys)
    # What could not be published when it was signed goes first.
    await publish(connection, announced(keys, signer_after(last, keys)), publication)
    async with connection.transaction():
        # What is published must not be lost by a crash: this commit waits for the disk.
        await connection.execute(SQL["wait_for_disk"])
        await connection.fetchval(SQL["alone"], SIGN_LOCK)
        number, last = await last_checkpoint(connection, keys)
        signer = signer_after(last, keys)
        fresh = await _standing(connection, keys, signer, last, now)
        if not _is_due(fresh, last, now, at_once):
            return None
        if last is not None:
            await extended(Tiles(connection), last.checkpoint, fresh, "in the database")
        note = sign(fresh, keys.private(signer))
        await connection.execute(SQL["keep"], number + 1, fresh.size, note, fresh.at)
    await publish(connection, announced(keys, fresh.next_key or signer), publication)
    return fresh


async def rotate(
    connection: asyncpg.Connection, path: Path, publication: Publication, now: datetime
) -> Checkpoint:
    """Let a new key take the place of the one that signs: announced by the old one, which is
    then forgotten. Safe to break off and repeat. Raises as `checkpoint` does.
    """
    with locked(path):
        keys = LogKeys.load(path)
        _, last = await last_checkpoint(connection, keys)
        if keys.after(signer_after(last, keys)) is None:
            keys = keys.with_next()
            keys.save(path, replace=True)
    signed = await checkpoint(connection, keys, publication, now, at_once=True)
    if signed is None:
        # Whoever signed meanwhile has announced it.
        _, last = await last_checkpoint(connection, keys)
        assert last is not None
        signed = last.checkpoint
    await forget_spent(connection, path, keys)
    return signed


async def forget_spent(connection: asyncpg.Connection, path: Path, keys: LogKeys) -> None:
    """Forget the private parts of keys whose place another took; ``keys`` is what is in the file.

    A file that cannot be written is left as it is.
    """
    if len([key for key in keys.keys if key.private]) < 2:
        return
    _, last = await last_checkpoint(connection, keys)
    with suppress(OSError), locked(path):
        kept = LogKeys.load(path)
        fresh = kept.without_spent(signer_after(last, kept))
        if fresh != kept:
            fresh.save(path, replace=True)


async def last_checkpoint(
    connection: asyncpg.Connection, keys: LogKeys
) -> tuple[int, Signed | None]:
    """The database's last checkpoint and its number; 0 and None where nothing was signed yet.

    Raises Contradiction where no key of the log signed it.
    """
    row = await connection.fetchrow(SQL["last_checkpoint"])
    if row is None:
        return 0, None
    return row["number"], genuine(row["note"], keys.vkeys, "in the database")


def signer_after(last: Signed | None, keys: LogKeys) -> str:
    """The key that signs after this checkpoint: the same, or the one that it announced."""
    if last is None:
        return next((key.vkey for key in keys.keys if key.private), keys.vkeys[0])
    return last.checkpoint.next_key or last.vkey


def announced(keys: LogKeys, newest: str) -> Sequence[str]:
    """The log's keys up to this one."""
    known = keys.vkeys
    return known[: known.index(newest) + 1] if newest in known else [*known, newest]


async def _compare(connection: asyncpg.Connection, keys: LogKeys, publication: Publication) -> None:
    """Raises Contradiction where the trees do not continue what was published, and what is kept."""
    tiles = Tiles(connection)
    published = await publication.get(LATEST)
    if published is not None:
        note = published.decode(errors="replace")
        old = genuine(note, keys.vkeys, "published").checkpoint
        await extended(tiles, old, await standing(tiles, old), "published")
        if await number_of(connection, note) is None:
            await _take_back(connection, keys, publication)
            if await number_of(connection, note) is None:
                raise Contradiction(
                    "changed", "The last checkpoint published is none of the database's."
                )
    _, last = await last_checkpoint(connection, keys)
    if last is not None:
        old = last.checkpoint
        await extended(tiles, old, await standing(tiles, old), "in the database")


async def _take_back(
    connection: asyncpg.Connection, keys: LogKeys, publication: Publication
) -> None:
    """Keep again what was published and then lost, as by a backup of just before."""
    tiles = Tiles(connection)
    while True:
        number, _ = await last_checkpoint(connection, keys)
        found = await publication.get(checkpoint_name(number + 1))
        if found is None:
            return
        note = found.decode(errors="replace")
        lost = genuine(note, keys.vkeys, "published").checkpoint
        await extended(tiles, lost, await standing(tiles, lost), "published")
        await connection.execute(SQL["keep_again"], number + 1, lost.size, note, lost.at)


async def _standing(
    connection: asyncpg.Connection,
    keys: LogKeys,
    signer: str,
    last: Signed | None,
    now: datetime,
) -> Checkpoint:
    """What would be signed now."""
    at = now.astimezone(UTC).replace(microsecond=0)
    if last is not None:
        # A clock that was set back does not set the log back.
        at = max(at, last.checkpoint.at)
    empty = Checkpoint(keys.origin, 0, b"", 0, b"", 0, b"", at=at, next_key=keys.after(signer))
    return await standing(Tiles(connection), empty)


def _is_due(fresh: Checkpoint, last: Signed | None, now: datetime, at_once: bool) -> bool:
    if last is None:
        return fresh.next_key is not None or any(tree.size for tree in fresh.trees.values())
    if fresh.trees == last.checkpoint.trees and fresh.next_key is None:
        return False
    return at_once or abs(now - last.checkpoint.at) >= EVERY
