"""How many events a second are stored, one a transaction, beside a plain INSERT and a library."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import asyncpg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from events.recording import Given
from events.store.recorder import _parameters
from events.store.store import Store
from events.store.streams import SQL
from tests.benchmarks.figure import Figure, Goal, measures, median
from tests.benchmarks.store_server import StoreServer, store_server
from tests.events.store.samples import FACTS, draft, opened, recording

CLIENTS = 16
SECONDS = 3.0
ROUNDS = 5
NOTE = "Een verzonnen aantekening over een les. " * 7

PLAIN = """
create table plain (
    tenant uuid, stream uuid, version bigint, event_id uuid not null unique,
    header bytea not null, body bytea not null, primary key (tenant, stream, version)
)
"""
INSERT = "insert into plain values ($1, $2, $3, $4, $5, $6)"

Client = Callable[[int], Awaitable[None]]
"""Stores one event; the argument counts up from 0."""


@dataclass(frozen=True)
class Bytes:
    """One event's bytes and the other arguments of a call, the same for every contestant."""

    tenant: str
    parameters: list[object]
    header: bytes
    body: bytes


async def sample(store: Store) -> Bytes:
    tenant = str(uuid4())
    given = Given(rules=1, roles=("advisor",), data={"text": NOTE})
    wanted = recording(tenant, await opened(store, tenant), events=[draft(NOTE)], given=given)
    sealed = await store._sealed(wanted)
    parameters = list(_parameters(wanted, sealed))
    return Bytes(tenant, parameters, sealed.headers[0], sealed.bodies[0])


async def rate(clients: Sequence[Client], seconds: float) -> float:
    """Events a second, all clients together."""
    started = time.perf_counter()
    until = started + seconds

    async def run(client: Client) -> int:
        count = 0
        while time.perf_counter() < until:
            await client(count)
            count += 1
        return count

    counts = await asyncio.gather(*(run(client) for client in clients))
    return sum(counts) / (time.perf_counter() - started)


async def plain(connection: asyncpg.Connection, bytes_: Bytes) -> Client:
    """INSERT into one table with a primary key and a unique event id."""
    insert, stream = await connection.prepare(INSERT), uuid4()

    async def write(count: int) -> None:
        await insert.fetch(bytes_.tenant, stream, count, uuid4(), bytes_.header, bytes_.body)

    return write


async def append(connection: asyncpg.Connection, store: Store, bytes_: Bytes) -> Client:
    """The store's append function, as the service's role calls it."""
    call = await connection.prepare(SQL["append"])
    await connection.execute("select set_config('traject.tenant', $1, false)", bytes_.tenant)
    parameters = list(bytes_.parameters)
    parameters[2] = await opened(store, bytes_.tenant)

    async def write(count: int) -> None:
        parameters[3] = count
        parameters[4] = uuid4()
        parameters[10] = [uuid4()]
        assert await call.fetchval(*parameters) is not None

    return write


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[list[asyncpg.Connection]]:
    connections = [await asyncpg.connect(dsn) for _ in range(CLIENTS)]
    try:
        yield connections
    finally:
        for connection in connections:
            await connection.close()


def library(server: StoreServer) -> PostgresApplicationRecorder:
    """The recorder of the `eventsourcing` library, on a table of its own."""
    parts = urlsplit(server.dsn())
    datastore = PostgresDatastore(
        dbname=parts.path.removeprefix("/"),
        host=parts.hostname or "",
        port=parts.port or 0,
        user=parts.username or "",
        password=unquote(parts.password or ""),
        pool_size=CLIENTS,
        schema="public",
    )
    recorder = PostgresApplicationRecorder(datastore)
    recorder.create_table()
    return recorder


async def library_rate(recorder: PostgresApplicationRecorder, bytes_: Bytes) -> float:
    """The library blocks, so each of its clients is a thread."""
    stop = threading.Event()

    def run() -> int:
        stream, count = uuid4(), 0
        while not stop.is_set():
            state = bytes_.header + bytes_.body
            recorder.insert_events([StoredEvent(stream, count, "Noted", state)])
            count += 1
        return count

    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(CLIENTS) as pool:
        started = time.perf_counter()
        runs = [loop.run_in_executor(pool, run) for _ in range(CLIENTS)]
        await asyncio.sleep(SECONDS)
        stop.set()
        counts = await asyncio.gather(*runs)
        return sum(counts) / (time.perf_counter() - started)


@measures("append", "append-vs-eventsourcing")
async def measure() -> list[Figure]:
    async with store_server() as server:
        store = await server.store(FACTS)
        bytes_ = await sample(store)
        recorder = library(server)
        owner = await asyncpg.connect(server.dsn())
        await owner.execute(PLAIN)
        await owner.execute("grant insert on plain to traject_app")
        await owner.close()
        inserted, appended, library_ = [], [], []
        async with connected(server.dsn("traject_app")) as connections:
            for _ in range(ROUNDS):
                clients = [await plain(one, bytes_) for one in connections]
                inserted.append(await rate(clients, SECONDS))
                clients = [await append(one, store, bytes_) for one in connections]
                appended.append(await rate(clients, SECONDS))
                library_.append(await library_rate(recorder, bytes_))
        recorder.datastore.close()
        await store.close()
    value = median(appended)
    return [
        Goal(">=", 0.4).figure("append", value, "events/s", median(inserted)),
        Goal(">=", 4).figure("append-vs-eventsourcing", value, "events/s", median(library_)),
    ]
