"""The log is kept by one process at a time, through lost sessions and late commits."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path

import asyncpg
import pytest

from events.audit import merkle
from events.audit.keeper import Keeper, integrate
from events.audit.logkeys import LogKeys
from events.audit.merkle import leaf_hash
from events.audit.publishing import Publication
from events.audit.tiles import Tiles
from tests.conftest import Database
from tests.events.audit.log import Filled, disarm, put_back, rewrite, seen_outside, split
from tests.events.store.test_privileges import as_role

PATIENCE = 10.0
SOON = 0.02
REFUSE = "select traject.log_refused($1, $2, null, null, 'toy', 'X', 'y')"
LOSE_SESSIONS = """
select pg_terminate_backend(pid) from pg_locks join pg_database d on d.oid = database
 where locktype = 'advisory' and granted and datname = current_database()
   and pid <> pg_backend_pid()
"""
WRITERS, EACH = 6, 15


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("events.audit.keeper.POLL", "events.audit.keeper.STANDBY_POLL"):
        monkeypatch.setattr(name, SOON)
    monkeypatch.setattr("events.audit.keeper.RETRY", SOON)


Said = list[str]
Make = Callable[[], tuple[Keeper, Said]]


@pytest.fixture
def make(database: Database, key_file: Path, tmp_path: Path) -> Make:
    """Keepers of one log, and what each of them says of itself."""

    def keeper() -> tuple[Keeper, Said]:
        said: Said = []
        place = str(tmp_path / "published")
        return Keeper(database.sequencer_dsn, key_file, place, said.append), said

    return keeper


@asynccontextmanager
async def running(keeper: Keeper) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(keeper.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.005)


async def test_it_keeps_signs_and_publishes(
    make: Make, filled: Filled, log_keys: LogKeys, publication: Publication
) -> None:
    await filled.read()
    await filled.refuse()
    keeper, said = make()
    async with running(keeper):
        await until(lambda: keeper.last is not None)
    assert set(said) == {"ok"}
    (seen,) = await seen_outside(publication, log_keys.vkeys)
    assert seen.checkpoint == keeper.last
    assert [tree.size for tree in seen.checkpoint.trees.values()] == [0, 1, 1]


async def test_one_leads_and_the_next_takes_over(
    make: Make, raw: asyncpg.Connection, filled: Filled
) -> None:
    first, _ = make()
    second, _ = make()
    tiles = Tiles(filled.keeping)

    async def kept(size: int) -> bool:
        return await tiles.size("refused") == size

    async with running(first):
        await until(lambda: first.leading)
        async with running(second):
            for turn in range(1, 5):
                await filled.refuse()
                await until(lambda size=turn: kept(size))
                await until(lambda: first.leading != second.leading)
                await raw.execute(LOSE_SESSIONS)


async def test_two_at_once_do_no_harm(database: Database, filled: Filled) -> None:
    """Leading is for thrift: what a late former leader does beside the new one changes nothing."""
    other = await asyncpg.connect(database.sequencer_dsn)
    for _ in range(10):
        await filled.refuse()
    while True:
        found = await asyncio.gather(
            integrate(filled.keeping, 3), integrate(other, 3), return_exceptions=True
        )
        assert not any(isinstance(one, BaseException) for one in found), found
        if not any(found):
            break
    assert await Tiles(other).size("refused") == 10
    await other.close()


async def test_a_contradiction_is_told_and_the_trees_are_kept(
    make: Make,
    raw: asyncpg.Connection,
    filled: Filled,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    keeper, said = make()
    tiles = Tiles(raw)
    await filled.happens()
    async with running(keeper):
        await until(lambda: keeper.last is not None)
    before = await tiles.edge("refused")
    await rewrite(raw, "refused", 0)
    again, said = make()
    async with running(again):
        await until(lambda: said[-1:] == ["failing"])
        await filled.refuse()

        async def kept() -> bool:
            return await tiles.size("refused") == 2

        await until(kept)
    assert again.last is None
    assert "history was changed" in caplog.text
    await put_back(raw, "refused", before)
    healed, said = make()
    async with running(healed):
        await until(lambda: said.count("ok") > 1)


async def test_what_was_removed_is_told(
    make: Make, raw: asyncpg.Connection, filled: Filled, caplog: pytest.LogCaptureFixture
) -> None:
    await filled.refuse()
    await filled.refuse()
    await filled.keeping.fetchval("select traject.number_log('refused', 100)")
    await disarm(raw, "logged")
    await raw.execute("delete from traject.logged where position = 1")
    keeper, said = make()
    async with running(keeper):
        await until(lambda: said[-1:] == ["failing"])
    assert "missing between 1 and 2" in caplog.text


async def test_without_a_key_nothing_is_signed_but_all_is_kept(
    make: Make, key_file: Path, filled: Filled, caplog: pytest.LogCaptureFixture
) -> None:
    key_file.unlink()
    await filled.happens()
    keeper, said = make()
    async with running(keeper):
        await until(lambda: said[-1:] == ["failing"])
    assert "no checkpoint can be signed" in caplog.text
    assert await Tiles(filled.keeping).size("events") == 1


async def test_ids_alone_would_lose_what_commits_late(
    database: Database, filled: Filled, raw: asyncpg.Connection, tenant: str
) -> None:
    late = await as_role(database.app_dsn, tenant)
    transaction = late.transaction()
    await transaction.start()
    await late.execute(REFUSE, tenant, 1)
    await filled.refuse()
    assert await integrate(filled.keeping) == 0
    await transaction.commit()
    await filled.keep()
    ids = await raw.fetch("select id from traject.logged order by position")
    assert [row["id"] for row in ids] == [1, 2]
    await late.close()


async def test_nothing_is_lost_or_moved_while_many_write(
    database: Database, filled: Filled, raw: asyncpg.Connection, tenant: str
) -> None:
    chance = random.Random(7)
    seen: list[int] = []

    async def write() -> None:
        writer = await as_role(database.app_dsn, tenant)
        for _ in range(EACH):
            with suppress(InterruptedError):
                async with writer.transaction():
                    for _ in range(chance.choice((1, 1, 3))):
                        await writer.execute(REFUSE, tenant, 1)
                    await asyncio.sleep(chance.choice((0, 0, 0.004)))
                    if chance.random() < 0.1:
                        raise InterruptedError
        await writer.close()

    async def follow() -> None:
        while not all(writer.done() for writer in writers):
            await integrate(filled.keeping, 7)
            rows = await raw.fetch("select id from traject.logged order by position")
            ids = [row["id"] for row in rows]
            assert ids[: len(seen)] == seen
            seen[:] = ids

    async with asyncio.TaskGroup() as tasks:
        writers = [tasks.create_task(write()) for _ in range(WRITERS)]
        tasks.create_task(follow())
    await filled.keep()
    rows = await raw.fetch("select id from traject.logged order by position")
    there = await raw.fetch("select id from traject.refused")
    assert sorted(row["id"] for row in rows) == sorted(row["id"] for row in there)
    assert await Tiles(filled.keeping).size("refused") == len(there) > WRITERS * EACH / 2


async def test_leaves_are_those_of_the_rows(
    filled: Filled, raw: asyncpg.Connection, tenant: str
) -> None:
    """Put together here from the words of the format, not by the code that is tested."""
    await filled.happens(2, 2, 2)
    row = await raw.fetchrow("select * from traject.event order by xid limit 1")
    assert row is not None
    stored = row["stored_at"].timestamp()
    entry = (
        b"traject event entry 1"
        + row["tenant"].bytes
        + row["stream"].bytes
        + (1).to_bytes(8, "big")
        + row["event_id"].bytes
        + row["command_id"].bytes
        + (1).to_bytes(2, "big")
        + round(stored * 1_000_000).to_bytes(8, "big")
        + row["event_hash"]
        + _sha256(f'["Note","{row["content_hash"]}",[]]'.encode())
        + _sha256(row["given"] or b"")
    )
    tiles = Tiles(raw)
    assert split(await tiles.leaves("events", 0, 2))[0] == leaf_hash(entry)
    read = await raw.fetchrow("select * from traject.reading order by id limit 1")
    refused = await raw.fetchrow("select * from traject.refused order by id limit 1")
    assert read is not None
    assert refused is not None
    entry = (
        f'traject reading entry 1["{tenant}",{read["at_us"]},'
        f'{round(read["logged_at"].timestamp() * 1_000_000)},"{read["person"]}",'
        f'"{read["stream"]}","toy","x",null]'
    )
    assert split(await tiles.leaves("reads", 0, 2))[0] == leaf_hash(entry.encode())
    entry = (
        f'traject refusal entry 1["{tenant}",{refused["at_us"]},'
        f"{round(refused['logged_at'].timestamp() * 1_000_000)},null,null,"
        '"toy","X","y"]'
    )
    assert split(await tiles.leaves("refused", 0, 2))[0] == leaf_hash(entry.encode())
    assert await tiles.root("refused", 2) == merkle.root(split(await tiles.leaves("refused", 0, 2)))


def _sha256(value: bytes) -> bytes:
    return sha256(value).digest()
