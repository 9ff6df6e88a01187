"""Many writers at once: versions stay whole, and who follows positions misses and repeats nothing.

The same run over a table ordered by an identity column has to fail, or it would prove nothing.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from typing import Protocol

import asyncpg
import pytest

from events.store.chain import verify
from events.store.positions import PositionReader
from events.store.recorder import _parameters
from events.store.sequencer import Sequencer
from events.store.store import Store
from events.store.streams import SQL
from tests.conftest import Database
from tests.events.store.samples import begun, draft, opened, recording

WRITERS = 16
SECONDS = 5.0
HOLD = 0.004

Written = tuple[str, int]
Read = tuple[int, Written]


class Log(Protocol):
    """What both kinds of store let a test do."""

    async def write(self, writer: int) -> list[Written]:
        """One transaction that may be held open, or rolled back: what was committed."""
        ...

    async def read(self, after: int) -> list[Read]: ...


async def run(log: Log) -> tuple[list[Written], list[list[Read]]]:
    """Let all write for a while and two readers follow: what was committed, what each read."""
    until = time.monotonic() + SECONDS
    done = asyncio.Event()

    async def write(writer: int) -> list[Written]:
        mine: list[Written] = []
        while time.monotonic() < until:
            mine += await log.write(writer)
        return mine

    async def follow() -> list[Read]:
        seen: list[Read] = []
        quiet = 0
        while quiet < 20:
            news = await log.read(seen[-1][0] if seen else 0)
            seen += news
            quiet = quiet + 1 if done.is_set() and not news else 0
            await asyncio.sleep(0.01)
        return seen

    readers = [asyncio.create_task(follow()) for _ in range(2)]
    written = await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    done.set()
    return [one for mine in written for one in mine], list(await asyncio.gather(*readers))


def faults(written: list[Written], read: list[list[Read]], *, dense: bool) -> list[str]:
    """What is wrong with a run; nothing, when every event was read once and in order."""
    found: list[str] = []
    for seen in read:
        counts = Counter(what for _, what in seen)
        if missed := set(written) - set(counts):
            found.append(f"{len(missed)} of {len(written)} events were never read")
        if any(count > 1 for count in counts.values()):
            found.append("events were read twice")
        if set(counts) - set(written):
            found.append("events were read that were not committed")
        if dense and [position for position, _ in seen] != list(range(1, len(seen) + 1)):
            found.append("positions are not dense")
        last: dict[str, int] = defaultdict(int)
        for _, (stream, version) in seen:
            if version != last[stream] + 1:
                found.append("positions contradict versions")
                break
            last[stream] = version
    if read[0] != read[1]:
        found.append("two readers saw different orders")
    return found


class Sequenced:
    """The store, with transactions held open and rolled back as a slow machine would."""

    def __init__(self, store: Store, pool: asyncpg.Pool, reader: PositionReader) -> None:
        self.store, self.pool, self.reader = store, pool, reader
        self.tenant = ""
        self.streams: list[str] = []
        self._reading = asyncio.Lock()

    async def write(self, writer: int) -> list[Written]:
        """Half of the commands go to one stream that all writers share."""
        stream = self.streams[0] if random.random() < 0.5 else random.choice(self.streams)
        async with self.pool.acquire() as connection:
            version = (await self.store.head(self.tenant, stream)).version
            count = random.choice((1, 1, 2, 5))
            wanted = recording(
                self.tenant,
                stream,
                version,
                events=[draft(str(writer))] * count,
            )
            parameters = _parameters(wanted, await self.store._sealed(wanted))
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("set local traject.tenant = '" + self.tenant + "'")
            settings = await connection.fetchval(SQL["append"], *parameters)
            await asyncio.sleep(random.uniform(0, HOLD))
            if random.random() < 0.1:
                await transaction.rollback()
                return []
            await transaction.commit()
        return [] if settings is None else [(stream, version + 1 + n) for n in range(count)]

    async def read(self, after: int) -> list[Read]:
        async with self._reading:
            rows = await self.reader.read_positions(after, 500)
        return [(row.position, (row.stream, row.version)) for row in rows]


class Unsafe:
    """Ordered by an identity column, as one would first think of it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self._versions: Counter[str] = Counter()

    async def write(self, writer: int) -> list[Written]:
        stream = str(writer)
        async with self.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            version = self._versions[stream] + 1
            await connection.execute(
                "insert into unsafe (stream, version) values ($1, $2)", stream, version
            )
            await asyncio.sleep(random.uniform(0, HOLD))
            if random.random() < 0.1:
                await transaction.rollback()
                return []
            await transaction.commit()
        self._versions[stream] = version
        return [(stream, version)]

    async def read(self, after: int) -> list[Read]:
        rows = await self.pool.fetch(
            "select id, stream, version from unsafe where id > $1 order by id limit 500", after
        )
        return [(row["id"], (row["stream"], row["version"])) for row in rows]


@pytest.fixture
async def sequenced(database: Database, store: Store, tenant: str) -> AsyncIterator[Sequenced]:
    """The store with its sequencer running."""
    sequencer, stop = Sequencer(database.sequencer_dsn), asyncio.Event()
    running = asyncio.create_task(sequencer.run(stop))
    reader = await PositionReader.connect(database.projector_dsn)
    async with asyncpg.create_pool(database.app_dsn, min_size=1, max_size=WRITERS) as pool:
        log = Sequenced(store, pool, reader)
        log.tenant = tenant
        log.streams = [await opened(store, tenant) for _ in range(20)]
        yield log
    await reader.close()
    stop.set()
    await running


async def test_positions_miss_nothing(sequenced: Sequenced) -> None:
    written, read = await run(sequenced)
    assert len(written) > 200
    assert faults(written, read, dense=True) == []
    for stream in sequenced.streams:
        rows = await sequenced.store.chain(sequenced.tenant, stream)
        head = await sequenced.store.head(sequenced.tenant, stream)
        assert verify(rows, head) is None
        assert head.version == sum(1 for one, _ in written if one == stream)


async def test_identity_column_loses_events(database: Database) -> None:
    async with asyncpg.create_pool(database.owner_dsn, min_size=1, max_size=WRITERS + 2) as pool:
        await pool.execute(
            "create table unsafe (id bigint generated always as identity primary key, "
            "stream text, version bigint)"
        )
        written, read = await run(Unsafe(pool))
    assert len(written) > 200
    found = faults(written, read, dense=False)
    assert any("never read" in fault for fault in found), found


async def test_writers_of_one_stream_all_get_through(store: Store, tenant: str) -> None:
    stream = await begun(store, tenant)
    outcomes: Counter[str] = Counter()

    async def insist() -> None:
        version = 1
        while True:
            answer = await store.record(recording(tenant, stream, version))
            outcomes[answer.outcome] += 1
            if answer.outcome == "recorded":
                return
            version = answer.events[-1]["version"]

    await asyncio.gather(*(insist() for _ in range(WRITERS)))
    assert outcomes["recorded"] == WRITERS
    head = await store.head(tenant, stream)
    assert head.version == WRITERS + 1
    assert verify(await store.chain(tenant, stream), head) is None
