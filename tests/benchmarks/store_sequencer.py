"""How fast a backlog gets its positions, and how soon a fresh event can be read by position."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg

from events.store.positions import PositionReader
from events.store.sequencer import Sequencer
from events.store.store import Store
from tests.benchmarks.figure import Figure, Goal, measures, median, percentile
from tests.benchmarks.store_server import StoreServer, store_server
from tests.events.store.samples import FACTS, opened, recording

BACKLOG = 100_000
ROUNDS = 3
RATE = 200
LAG_EVENTS = 2_000
STREAMS = 400
PATIENCE = 60.0

FILL = """
insert into traject.event (
    tenant, stream, version, event_id, command_id, place, recorded_us, event_hash, header, body)
select $1, gen_random_uuid(), n, gen_random_uuid(), gen_random_uuid(), 1, 0, ''::bytea,
       decode(repeat('ab', 448), 'hex'), decode(repeat('cd', 319), 'hex')
  from generate_series(1, $2) n
"""


async def backlog(server: StoreServer) -> float:
    """Events a second over a backlog that many transactions left, read while it is written."""
    owner = await asyncpg.connect(server.dsn())
    tenant = uuid4()
    for _ in range(100):
        await owner.execute(FILL, tenant, BACKLOG // 100)
    before = await owner.fetchval("select position from traject.sequencer")
    started = time.perf_counter()
    async with leading(server) as sequencer, asyncio.timeout(PATIENCE):
        while sequencer.last < before + BACKLOG:
            await asyncio.sleep(0.002)
        took = time.perf_counter() - started
    dense = await owner.fetchval(
        "select count(*) = $2 and max(position) = $1 + $2 from traject.position "
        "where position > $1",
        before,
        BACKLOG,
    )
    assert dense
    await owner.close()
    return BACKLOG / took


async def lags(server: StoreServer, store: Store, sequencer: Sequencer) -> list[float]:
    """Milliseconds from the answer to a record until a reader of positions has the event."""
    store.on_recorded = sequencer.wake
    tenant = str(uuid4())
    streams = [await opened(store, tenant) for _ in range(STREAMS)]
    reader = await PositionReader.connect(server.dsn("traject_projector"))
    seen: dict[tuple[str, int], float] = {}
    stored: dict[tuple[str, int], float] = {}

    async def follow(after: int) -> None:
        while len(seen) < LAG_EVENTS:
            rows = await reader.read_positions(after)
            at = time.perf_counter()
            for row in rows:
                after = row.position
                seen[row.stream, row.version] = at
            if not rows:
                await reader.news(1)

    async def write(number: int) -> None:
        stream, version = streams[number % STREAMS], number // STREAMS
        answer = await store.record(recording(tenant, stream, version))
        assert answer.outcome == "recorded"
        stored[stream, version + 1] = time.perf_counter()

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        tasks.create_task(follow(await last_position(reader)))
        started = time.perf_counter()
        for number in range(LAG_EVENTS):
            await asyncio.sleep(started + number / RATE - time.perf_counter())
            tasks.create_task(write(number))
    await reader.close()
    return [max(0.0, seen[what] - stored[what]) * 1000 for what in stored]


@asynccontextmanager
async def leading(server: StoreServer) -> AsyncIterator[Sequencer]:
    sequencer, stop = Sequencer(server.dsn("traject_sequencer")), asyncio.Event()
    task = asyncio.create_task(sequencer.run(stop))
    try:
        yield sequencer
    finally:
        stop.set()
        await task


async def last_position(reader: PositionReader) -> int:
    """Where a reader begins who wants what comes from now on."""
    after = 0
    while rows := await reader.read_positions(after, 10_000):
        after = rows[-1].position
    return after


@measures("sequencer", "sequencer-lag")
async def measure() -> list[Figure]:
    async with store_server() as server:
        store = await server.store(FACTS)
        async with leading(server) as sequencer:
            took = await lags(server, store, sequencer)
        rates = [await backlog(server) for _ in range(ROUNDS)]
        await store.close()
    return [
        Goal(">=", 50_000, absolute=True).figure("sequencer", median(rates), "events/s"),
        Goal("<=", 30, absolute=True).figure("sequencer-lag", percentile(took, 99), "ms"),
    ]
