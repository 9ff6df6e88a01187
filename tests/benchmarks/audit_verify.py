"""How many events a second are verified, beside reading and hashing the same bytes once."""

from __future__ import annotations

import hashlib
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from events.audit.keeper import checkpoint, integrate
from events.audit.logkeys import LogKeys
from events.audit.online import verify_database
from events.audit.publishing import Publication
from events.audit.scanning import PAGE, connected
from tests.benchmarks.bulk import fill
from tests.benchmarks.figure import Figure, Goal, measures, median
from tests.benchmarks.store_server import StoreServer, store_server

EVENTS = 1_000_000
ROUNDS = 3
READ = """
select e.header, e.body from traject.position p
  join traject.event e on e.tenant = p.tenant and e.stream = p.stream and e.version = p.version
 where p.position > $1 and p.position <= $2 order by p.position
"""


async def read_and_hash(dsn: str, events: int) -> float:
    """Events a second, each header and body read as the verifier reads them, and hashed once."""
    connection = await connected(dsn)
    try:
        started = time.perf_counter()
        for low in range(0, events, PAGE):
            for header, body in await connection.fetch(READ, low, low + PAGE):
                hashlib.sha256(header).digest()
                hashlib.sha256(body).digest()
        return events / (time.perf_counter() - started)
    finally:
        await connection.close()


async def verified(dsn: str, place: Publication, keys: LogKeys, events: int, count: int) -> float:
    """Events a second by so many processes, with everything that the verifier looks at."""
    started = time.perf_counter()
    report = await verify_database(dsn, keys.vkeys, publication=place, processes=count)
    took = time.perf_counter() - started
    assert (report.findings, report.checked["events"]) == ([], events)
    return events / took


async def signed(server: StoreServer, place: Publication) -> LogKeys:
    """The log of all that is there, under one checkpoint."""
    keys = LogKeys.generate()
    connection = await asyncpg.connect(server.dsn("traject_sequencer"))
    try:
        while await integrate(connection):
            pass
        assert await checkpoint(connection, keys, place, datetime.now(UTC))
    finally:
        await connection.close()
    return keys


@measures("verify", "verify-two-processes")
async def measure() -> list[Figure]:
    read, alone, two = list[float](), list[float](), list[float]()
    async with store_server() as server:
        filled = await fill(server, EVENTS)
        with tempfile.TemporaryDirectory() as folder:
            place = Publication.at(str(Path(folder) / "published"))
            keys, dsn = await signed(server, place), server.dsn("traject_projector")
            for _ in range(ROUNDS):
                read.append(await read_and_hash(dsn, filled.events))
                alone.append(await verified(dsn, place, keys, filled.events, 1))
                two.append(await verified(dsn, place, keys, filled.events, 2))
    value = median(alone)
    return [
        Goal(">=", 0.25).figure("verify", value, "events/s", median(read)),
        Goal(">=", 1.3).figure("verify-two-processes", median(two), "events/s", value),
    ]
