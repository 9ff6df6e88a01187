"""How soon one event among a million is proven, and how fast a backlog gets into the tree."""

from __future__ import annotations

import random
import time

import asyncpg

from events.audit.keeper import integrate
from events.audit.merkle import verify_inclusion
from events.audit.tiles import Tiles
from tests.benchmarks.bulk import fill
from tests.benchmarks.figure import Figure, Goal, measures, percentile
from tests.benchmarks.store_server import store_server

EVENTS = 1_000_000
PROOFS = 1_000


async def integrated(connection: asyncpg.Connection) -> float:
    """Leaves a second, from the rows of events to tiles."""
    started, count = time.perf_counter(), 0
    while found := await integrate(connection):
        count += found
    return count / (time.perf_counter() - started)


async def proven(connection: asyncpg.Connection) -> list[float]:
    """Milliseconds of each proof; every one holds."""
    tiles, chance, took = Tiles(connection), random.Random(1), list[float]()
    size = await tiles.size("events")
    root = await tiles.root("events", size)
    for _ in range(PROOFS):
        index = chance.randrange(size)
        started = time.perf_counter()
        proof = await tiles.inclusion("events", index, size)
        took.append((time.perf_counter() - started) * 1000)
        leaf = await tiles.leaves("events", index, index + 1)
        assert verify_inclusion(leaf, index, size, proof, root)
    return took


@measures("proof", "integrate")
async def measure() -> list[Figure]:
    async with store_server() as server:
        await fill(server, EVENTS)
        keeping = await asyncpg.connect(
            server.dsn("traject_sequencer"), server_settings={"synchronous_commit": "off"}
        )
        rate = await integrated(keeping)
        reading = await asyncpg.connect(server.dsn("traject_reader"))
        took = await proven(reading)
        for connection in (keeping, reading):
            await connection.close()
    return [
        Goal("<=", 5, absolute=True).figure("proof", percentile(took, 99), "ms"),
        Goal(">=", 50_000, absolute=True).figure("integrate", rate, "leaves/s"),
    ]
