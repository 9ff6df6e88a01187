"""Keys take each other's place: announced by the one before, followed by whoever looks on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from events.audit.logkeys import LogKeys, MissingKey
from events.audit.note import Checkpoint
from events.audit.publishing import Publication
from events.audit.signing import checkpoint, forget_spent, rotate
from tests.events.audit.fuse import FUSE, FusedConnection, FusedPublication, Killed
from tests.events.audit.log import LATER, NOW, Filled, seen_outside


async def test_rotation_is_announced_and_followed(
    signed: Checkpoint,
    keeping: asyncpg.Connection,
    filled: Filled,
    log_keys: LogKeys,
    publication: Publication,
    key_file: Path,
) -> None:
    at = LATER + timedelta(seconds=1)
    for turn in range(2):
        announcing = await rotate(keeping, key_file, publication, at)
        assert announcing.next_key == LogKeys.load(key_file).vkeys[-1]
        await filled.happens()
        at += timedelta(minutes=1 + turn)
        assert await checkpoint(keeping, LogKeys.load(key_file), publication, at)
    seen = await seen_outside(publication, log_keys.vkeys)
    keys = LogKeys.load(key_file)
    assert [keys.vkeys.index(one.vkey) for one in seen] == [0, 0, 0, 1, 1, 2]
    assert [key.private is None for key in keys.keys] == [True, True, False]
    assert (await publication.get("keys.txt") or b"").decode().split() == keys.vkeys


async def test_a_worker_with_the_old_file_signs_nothing(
    signed: Checkpoint,
    keeping: asyncpg.Connection,
    filled: Filled,
    log_keys: LogKeys,
    publication: Publication,
    key_file: Path,
) -> None:
    await rotate(keeping, key_file, publication, LATER)
    await filled.happens()
    with pytest.raises(MissingKey, match="rotated elsewhere"):
        await checkpoint(keeping, log_keys, publication, LATER, at_once=True)
    assert len(await seen_outside(publication, log_keys.vkeys)) == 3


async def test_rotation_broken_off_at_every_point(
    dying: FusedConnection, filled: Filled, log_keys: LogKeys, tmp_path: Path, key_file: Path
) -> None:
    publication = FusedPublication.at(str(tmp_path / "published"))
    await filled.happens()
    now, burnt = NOW, 0
    while True:
        now += timedelta(minutes=2)
        FUSE.left = burnt
        try:
            await rotate(dying, key_file, publication, now)
        except Killed:
            burnt += 2
            await dying.reset()
        else:
            break
        finally:
            FUSE.left = None
        # The worker goes on with whatever is in the file.
        await filled.happens(1, 0, 0)
        await checkpoint(filled.keeping, LogKeys.load(key_file), publication, now, at_once=True)
    seen = await seen_outside(publication, log_keys.vkeys)
    keys = LogKeys.load(key_file)
    # Each was announced once, and whoever was succeeded is forgotten.
    told = [one.checkpoint.next_key for one in seen if one.checkpoint.next_key]
    assert told == keys.vkeys[1:]
    assert [key.vkey for key in keys.keys if key.private] == keys.vkeys[-1:]


async def test_a_key_file_that_cannot_be_written_is_left_as_it_is(
    keeping: asyncpg.Connection, log_keys: LogKeys, tmp_path: Path
) -> None:
    await forget_spent(
        keeping, tmp_path / "mounted to read" / "log-keys.json", log_keys.with_next()
    )
