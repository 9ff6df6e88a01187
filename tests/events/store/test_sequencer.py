"""Positions are dense and final, whoever leads and whatever breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from events.recording import CaseIndex, Opening
from events.store.positions import Position, PositionReader
from events.store.sequencer import ForeignOrder, Sequencer, after_restore
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import begun, draft, recording

PATIENCE = 10.0
MANY = 4_000
FILLED = """
insert into traject.event (
    tenant, stream, version, event_id, command_id, place, recorded_us, event_hash, header, body)
select gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), 1, 0,
       ''::bytea, ''::bytea, ''::bytea
  from generate_series(1, $1::integer)
"""
SCANS = "select seq_scan from pg_stat_user_tables where relname = 'event'"


@asynccontextmanager
async def running(database: Database, **how: int) -> AsyncIterator[Sequencer]:
    sequencer, stop = Sequencer(database.sequencer_dsn, **how), asyncio.Event()
    task = asyncio.create_task(sequencer.run(stop))
    try:
        yield sequencer
    finally:
        stop.set()
        await task


@pytest.fixture
async def reader(database: Database) -> AsyncIterator[PositionReader]:
    reader = await PositionReader.connect(database.projector_dsn)
    yield reader
    await reader.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.sleep(0.005)


async def positions(reader: PositionReader, count: int) -> list[Position]:
    """All positions, once there are that many."""

    async def there() -> bool:
        return len(await reader.read_positions(0)) >= count

    await until(there)
    return await reader.read_positions(0)


async def test_one_number_for_each_event(
    database: Database, store: Store, tenant: str, reader: PositionReader
) -> None:
    async with running(database):
        streams = [await begun(store, one) for one in (tenant, str(uuid4()), tenant)]
        await store.record(recording(tenant, streams[0], 1, events=[draft(), draft()]))
        rows = await positions(reader, 5)
    assert [row.position for row in rows] == [1, 2, 3, 4, 5]
    wanted = [(stream, 1) for stream in streams] + [(streams[0], 2), (streams[0], 3)]
    assert [(row.stream, row.version) for row in rows] == wanted
    assert await reader.read_positions(3, 1) == rows[3:4]


async def test_a_look_costs_the_same_however_much_is_stored(
    database: Database, raw: asyncpg.Connection
) -> None:
    """Nothing of what has its number is read again: not by idle rounds, nor by a new leader."""
    await raw.execute(FILLED, MANY)
    await raw.execute("analyze traject.event")
    before = await _scans(raw)
    async with running(database) as first:
        await until(lambda: _numbered(first, MANY))
    async with running(database) as second:
        await until(lambda: _leads(second))
        await asyncio.sleep(0.2)
    assert await _scans(raw) == before


async def _scans(raw: asyncpg.Connection) -> int:
    """How often the whole table was read by sessions that have ended."""
    others = (
        "select count(*) from pg_stat_activity "
        "where application_name = 'traject sequencer' and datname = current_database()"
    )
    while await raw.fetchval(others):
        await asyncio.sleep(0.01)
    return int(await raw.fetchval(SCANS) or 0)


async def test_causes_come_before_what_they_open(
    database: Database, store: Store, tenant: str, reader: PositionReader
) -> None:
    stream, there = await begun(store, tenant), "00000000-0000-4000-8000-000000000000"
    opening = Opening(
        process="other",
        stream=there,
        events=[draft()],
        index=CaseIndex(state="new", open=True, parties={}),
    )
    await store.record(recording(tenant, stream, 1, events=[draft(), draft()], openings=[opening]))
    async with running(database):
        rows = await positions(reader, 4)
    assert [row.stream for row in rows] == [stream, stream, stream, there]


async def test_backlog_in_small_batches(
    database: Database, store: Store, tenant: str, reader: PositionReader
) -> None:
    stream = await begun(store, tenant)
    for version in range(1, 10):
        await store.record(recording(tenant, stream, version))
    async with running(database, batch=3) as sequencer:
        rows = await positions(reader, 10)
        assert sequencer.leading
        assert sequencer.last == 10
    assert [row.version for row in rows] == list(range(1, 11))


async def test_waits_for_older_transactions(
    database: Database, store: Store, tenant: str, raw: asyncpg.Connection, reader: PositionReader
) -> None:
    older = raw.transaction()
    await older.start()
    await raw.execute("select pg_current_xact_id()")
    async with running(database) as sequencer:
        await begun(store, tenant)
        await until(lambda: _leads(sequencer))
        await asyncio.sleep(0.1)
        assert await reader.read_positions(0) == []
        await older.rollback()
        assert len(await positions(reader, 1)) == 1


async def test_readers_are_told(
    database: Database, store: Store, tenant: str, reader: PositionReader
) -> None:
    async with running(database) as sequencer:
        store.on_recorded = sequencer.wake
        waiting = asyncio.create_task(reader.news(PATIENCE))
        await asyncio.sleep(0)
        await begun(store, tenant)
        await waiting
        assert len(await reader.read_positions(0)) == 1


async def test_one_leads_and_the_next_takes_over(
    database: Database,
    store: Store,
    tenant: str,
    reader: PositionReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("events.store.sequencer.STANDBY_POLL", 0.02)
    stream = await begun(store, tenant)
    async with running(database) as first:
        await until(lambda: _leads(first))
        async with running(database) as second:
            await positions(reader, 1)
            assert not second.leading
            await _lose_session(database)
            await store.record(recording(tenant, stream, 1))
            rows = await positions(reader, 2)
            await until(lambda: _one_leads(first, second))
    assert [row.position for row in rows] == [1, 2]


async def _leads(sequencer: Sequencer) -> bool:
    return sequencer.leading


async def _numbered(sequencer: Sequencer, count: int) -> bool:
    return sequencer.last >= count


async def _one_leads(first: Sequencer, second: Sequencer) -> bool:
    return first.leading != second.leading


async def _lose_session(database: Database) -> None:
    """End the leader's session on the server, as a failover does."""
    connection = await asyncpg.connect(database.owner_dsn)
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_locks join pg_database d on d.oid = database "
        "where locktype = 'advisory' and granted and d.datname = current_database() "
        "and pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_survives_its_session_again_and_again(
    database: Database, store: Store, tenant: str, reader: PositionReader
) -> None:
    stream = await begun(store, tenant)
    async with running(database, batch=2) as sequencer:
        for version in range(1, 6):
            await until(lambda: _leads(sequencer))
            await _lose_session(database)
            await store.record(recording(tenant, stream, version, events=[draft()]))
        rows = await positions(reader, 6)
    assert [(row.position, row.version) for row in rows] == [(n, n) for n in range(1, 7)]


async def test_ended_between_numbering_and_commit(
    database: Database, store: Store, tenant: str, reader: PositionReader
) -> None:
    await begun(store, tenant)
    half = await asyncpg.connect(database.sequencer_dsn)
    transaction = half.transaction()
    await transaction.start()
    assert await half.fetchval("select given from traject.sequence(10)") == 1
    half.terminate()
    async with running(database):
        rows = await positions(reader, 1)
    assert [row.position for row in rows] == [1]


async def test_idle_rounds_write_nothing(
    database: Database, store: Store, tenant: str, raw: asyncpg.Connection, reader: PositionReader
) -> None:
    await begun(store, tenant)
    async with running(database):
        await positions(reader, 1)
        before = await raw.fetchval("select xmin::text from traject.sequencer")
        await asyncio.sleep(0.1)
        assert await raw.fetchval("select xmin::text from traject.sequencer") == before


async def test_restored_database_is_noticed_and_mended(
    database: Database, store: Store, tenant: str, raw: asyncpg.Connection, reader: PositionReader
) -> None:
    """A dump keeps the old cluster's transaction ids, which may lie far ahead of this one's."""
    stream = await begun(store, tenant)
    async with running(database):
        await positions(reader, 1)
    await store.record(recording(tenant, stream, 1))
    await raw.execute("alter table traject.event disable trigger never_changed")
    await raw.execute("update traject.event set xid = (xid::text::bigint + 1000000)::text::xid8")
    with pytest.raises(ForeignOrder):
        await Sequencer(database.sequencer_dsn).run(asyncio.Event())

    assert await after_restore(database.owner_dsn) == 1
    await store.record(recording(tenant, stream, 2))
    async with running(database):
        rows = await positions(reader, 3)
    assert [(row.position, row.version) for row in rows] == [(1, 1), (2, 2), (3, 3)]
