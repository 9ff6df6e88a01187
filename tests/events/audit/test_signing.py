"""A checkpoint is signed when it contradicts nothing that was signed before, and only then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from events.audit.contradiction import Contradiction
from events.audit.keeper import integrate
from events.audit.logkeys import LogKeys
from events.audit.note import Checkpoint, sign, verify
from events.audit.publishing import Away, Publication
from events.audit.signing import checkpoint
from events.audit.tiles import LOGS, Edge, Tiles
from events.store.sequencer import after_restore
from tests.conftest import Database
from tests.events.audit.fuse import FUSE, FusedConnection, FusedPublication, Killed
from tests.events.audit.log import (
    LATER,
    NOW,
    Filled,
    disarm,
    put_back,
    rewrite,
    seen_outside,
    set_back,
)


async def test_one_checkpoint_over_all_logs(
    signed: Checkpoint,
    keeping: asyncpg.Connection,
    log_keys: LogKeys,
    publication: Publication,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = await seen_outside(publication, log_keys.vkeys)
    assert [one.checkpoint.size for one in seen] == [2, 5]
    assert seen[-1].checkpoint == signed
    assert {tree.size for tree in signed.trees.values()} == {5}
    assert (signed.at, signed.origin) == (LATER, log_keys.origin)
    assert await publication.get("keys.txt") == f"{log_keys.vkeys[0]}\n".encode()
    # A place with nothing in it gets everything, however much belongs into one file.
    monkeypatch.setattr("events.audit.published.CHUNK", 2)
    elsewhere = Publication.at(str(tmp_path / "elsewhere"))
    assert await checkpoint(keeping, log_keys, elsewhere, LATER) is None
    assert await seen_outside(elsewhere, log_keys.vkeys) == seen
    assert len(await elsewhere.names("leaves/reads")) == 3


async def test_not_without_news_and_once_a_minute(
    signed: Checkpoint,
    keeping: asyncpg.Connection,
    filled: Filled,
    log_keys: LogKeys,
    publication: Publication,
) -> None:
    minute = timedelta(minutes=1)
    assert await checkpoint(keeping, log_keys, publication, LATER + 5 * minute) is None
    await filled.happens(events=0, reads=0, refused=1)
    assert await checkpoint(keeping, log_keys, publication, LATER + minute * 0.9) is None
    again = await checkpoint(keeping, log_keys, publication, LATER + minute)
    assert again is not None
    assert (again.size, again.refused_size) == (signed.size, 6)
    await filled.happens()
    assert await checkpoint(keeping, log_keys, publication, LATER + minute, at_once=True)
    # A clock that was set back does not set the log back.
    await filled.happens()
    found = await checkpoint(keeping, log_keys, publication, NOW)
    assert found is not None
    assert found.at == LATER + minute


async def test_an_empty_log_is_not_signed(
    keeping: asyncpg.Connection, log_keys: LogKeys, publication: Publication
) -> None:
    assert await checkpoint(keeping, log_keys, publication, NOW, at_once=True) is None
    assert await publication.names("") == []


async def refused(
    keeping: asyncpg.Connection, log_keys: LogKeys, publication: Publication
) -> Contradiction:
    """Why nothing is signed; nothing is."""
    before = await keeping.fetchval("select count(*) from traject.checkpoint")
    with pytest.raises(Contradiction) as found:
        await checkpoint(keeping, log_keys, publication, LATER + timedelta(days=1), at_once=True)
    assert await keeping.fetchval("select count(*) from traject.checkpoint") == before
    return found.value


async def test_a_rollback_is_not_signed(
    signed: Checkpoint,
    raw: asyncpg.Connection,
    keeping: asyncpg.Connection,
    log_keys: LogKeys,
    publication: Publication,
    tmp_path: Path,
) -> None:
    """Of a tree alone, found by what was published and by the database's own checkpoint; and of
    a tree with its checkpoints, as an old backup has them."""
    elsewhere = Publication.at(str(tmp_path / "elsewhere"))
    at = "of 2026-01-06 09:05:00 UTC counts 5 entries in the log of"
    for with_checkpoints in (False, True):
        for log in LOGS:
            before = await Tiles(raw).edge(log)
            for size in (4, 0):
                await set_back(raw, log, size)
                why = await refused(keeping, log_keys, publication)
                assert why.code == "rollback"
                assert f"published {at} {log}" in str(why)
            if not with_checkpoints:
                why = await refused(keeping, log_keys, elsewhere)
                assert why.code == "rollback"
                assert f"in the database {at} {log}" in str(why)
            await put_back(raw, log, before)
        await disarm(raw, "checkpoint")
        await raw.execute("delete from traject.checkpoint where number = 2")
    assert await elsewhere.names("checkpoints") == []
    assert await checkpoint(keeping, log_keys, publication, LATER, at_once=True) is None


async def test_a_rewritten_history_is_not_signed(
    signed: Checkpoint,
    raw: asyncpg.Connection,
    keeping: asyncpg.Connection,
    filled: Filled,
    log_keys: LogKeys,
    publication: Publication,
) -> None:
    for log in LOGS:
        for index in range(5):
            before = await Tiles(raw).edge(log)
            await rewrite(raw, log, index)
            why = await refused(keeping, log_keys, publication)
            assert why.code == "changed"
            assert f"first 5 entries in the log of {log} are not" in str(why)
            await put_back(raw, log, before)
    # Nor without tiles, nor once there is more, nor where its own checkpoints went with it.
    before = await Tiles(raw).edge("reads")
    await put_back(raw, "reads", Edge(300, before.hashes))
    why = await refused(keeping, log_keys, publication)
    assert (why.code, "Tiles were removed" in str(why)) == ("changed", True)
    await put_back(raw, "reads", before)
    await rewrite(raw, "events", 1)
    await filled.happens(3, 3, 3)
    await disarm(raw, "checkpoint")
    await raw.execute("delete from traject.checkpoint")
    assert (await refused(keeping, log_keys, publication)).code == "changed"


async def test_a_removed_entry_is_not_passed_over(
    signed: Checkpoint, raw: asyncpg.Connection, keeping: asyncpg.Connection, filled: Filled
) -> None:
    await filled.store.log_refused(
        filled.tenant, person=None, at=NOW, stream=None, process="toy", command="X", code="y"
    )
    await filled.refuse()
    await keeping.fetchval("select traject.number_log('refused', 100)")
    await disarm(raw, "logged")
    await raw.execute("delete from traject.logged where log = 'refused' and position = 6")
    with pytest.raises(Contradiction, match="missing between 6 and 7"):
        await integrate(keeping)


async def test_a_forged_checkpoint_stops_everything(
    signed: Checkpoint,
    raw: asyncpg.Connection,
    keeping: asyncpg.Connection,
    log_keys: LogKeys,
    publication: Publication,
) -> None:
    forger = LogKeys.generate(log_keys.origin)
    forged = sign(signed, forger.private(forger.vkeys[0]))
    genuine = await publication.get("latest.txt")
    assert genuine is not None
    await publication.replace("latest.txt", forged.encode())
    assert (await refused(keeping, log_keys, publication)).code == "forged"
    await publication.replace("latest.txt", genuine)
    await raw.execute("insert into traject.checkpoint values (3, 5, $1, now())", forged)
    assert (await refused(keeping, log_keys, publication)).code == "forged"
    # And the other way round: a key that was swapped signs nothing.
    assert (await refused(keeping, forger, publication)).code == "forged"
    why = await refused(keeping, other := LogKeys.generate(), publication)
    assert why.code == "elsewhere"
    assert f"of the log {log_keys.origin}, and the key file here of {other.origin}" in str(why)


async def test_another_logs_place_is_left_alone(
    keeping: asyncpg.Connection, filled: Filled, log_keys: LogKeys, publication: Publication
) -> None:
    await publication.put("keys.txt", f"{LogKeys.generate().vkeys[0]}\n".encode())
    await filled.happens()
    with pytest.raises(Contradiction, match="Another log is published there"):
        await checkpoint(keeping, log_keys, publication, NOW)


async def test_what_was_published_under_a_number_stays(
    signed: Checkpoint,
    raw: asyncpg.Connection,
    keeping: asyncpg.Connection,
    log_keys: LogKeys,
    publication: Publication,
) -> None:
    """A database that gives a number anew, after its owner removed and signed again."""
    await disarm(raw, "checkpoint")
    note = sign(signed, log_keys.private(log_keys.vkeys[0]))
    other = sign(Checkpoint(**{**_fields(signed), "at": NOW}), log_keys.private(log_keys.vkeys[0]))
    assert note != other
    await raw.execute("update traject.checkpoint set note = $1 where number = 2", other)
    assert (await refused(keeping, log_keys, publication)).code == "changed"


def _fields(checkpoint: Checkpoint) -> dict[str, object]:
    return {name: getattr(checkpoint, name) for name in Checkpoint.__slots__}


async def test_what_was_published_and_lost_is_taken_back(
    signed: Checkpoint,
    raw: asyncpg.Connection,
    keeping: asyncpg.Connection,
    filled: Filled,
    log_keys: LogKeys,
    publication: Publication,
) -> None:
    await disarm(raw, "checkpoint")
    await raw.execute("delete from traject.checkpoint")
    await filled.happens()
    assert await checkpoint(keeping, log_keys, publication, LATER + timedelta(days=1))
    seen = await seen_outside(publication, log_keys.vkeys)
    assert [one.checkpoint.size for one in seen] == [2, 5, 6]
    kept = await raw.fetch("select number, note from traject.checkpoint order by number")
    assert [verify(row["note"], log_keys.vkeys) for row in kept] == seen


async def test_a_place_that_is_away_is_told_and_made_up_for(
    signed: Checkpoint,
    keeping: asyncpg.Connection,
    filled: Filled,
    log_keys: LogKeys,
    publication: Publication,
    tmp_path: Path,
) -> None:
    place = tmp_path / "published"
    place.rename(tmp_path / "away")
    place.write_text("no folder")
    await filled.happens()
    with pytest.raises(Away):
        await checkpoint(keeping, log_keys, publication, LATER + timedelta(days=1))
    place.unlink()
    (tmp_path / "away").rename(place)
    assert await checkpoint(keeping, log_keys, publication, LATER + timedelta(days=1))
    assert len(await seen_outside(publication, log_keys.vkeys)) == 3


async def test_broken_off_at_every_point_and_repeated(
    dying: FusedConnection, filled: Filled, log_keys: LogKeys, tmp_path: Path
) -> None:
    publication = FusedPublication.at(str(tmp_path / "published"))
    now, burnt = NOW, 0
    while True:
        now += timedelta(minutes=2)
        await filled.refuse()
        await filled.read()
        if burnt % 4 == 0:
            await filled.happens(1, 0, 0)
        FUSE.left = burnt
        try:
            await integrate(dying)
            await checkpoint(dying, log_keys, publication, now)
        except Killed:
            burnt += 1
            await dying.reset()
        else:
            break
        finally:
            FUSE.left = None
        while await integrate(filled.keeping):
            pass
        await checkpoint(filled.keeping, log_keys, publication, now, at_once=True)
    assert burnt > 30
    seen = await seen_outside(publication, log_keys.vkeys)
    last = seen[-1].checkpoint
    assert (last.reads_size, last.refused_size) == (burnt + 1, burnt + 1)
    in_order = "select id from traject.logged where log = 'reads' order by position"
    ids = [row["id"] for row in await filled.keeping.fetch(in_order)]
    assert ids == sorted(set(ids))


# -- a restored database -------------------------------------------------------------------------


async def test_a_restored_database_goes_on_where_it_was(
    signed: Checkpoint,
    database: Database,
    raw: asyncpg.Connection,
    keeping: asyncpg.Connection,
    filled: Filled,
    log_keys: LogKeys,
    publication: Publication,
) -> None:
    """Transaction ids of another cluster, far ahead of this one's, and a rest without numbers."""
    await filled.read()
    await filled.refuse()
    for table in ("reading", "refused"):
        await disarm(raw, table)
        await raw.execute(
            f"update traject.{table} set xid = (xid::text::bigint + 1000000)::text::xid8"
        )
    await after_restore(database.owner_dsn)
    assert await keeping.fetchval("select count(*) from traject.logged") == 12
    await filled.happens()
    assert await checkpoint(keeping, log_keys, publication, LATER + timedelta(days=1))
    last = (await seen_outside(publication, log_keys.vkeys))[-1].checkpoint
    assert (last.reads_size, last.refused_size) == (7, 7)
