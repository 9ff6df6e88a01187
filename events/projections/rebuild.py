"""Building read models anew beside the live ones, from whole dossiers, on several cores."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

import asyncpg

from events.projections import builds
from events.projections.builds import SQL, Build, Unfinished
from events.projections.folding import Folder
from events.projections.known import named
from events.projections.projection import Key, Projection, Stories
from events.projections.projector import Projector, connect, real_time
from events.projections.writing import fill, page
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys

CHUNK = 100
"""So many dossiers are read and written at once."""
GROUP = 4
"""So many chunks a process is given at a time."""
AT_ONCE = 2
"""So many chunks a process works on: while one waits for the database, another is reckoned."""
BATCH = 1_000
BATCHES = 100_000
"""What happened since is followed in batches of so many events, and in so many of them at most."""
FIRST: Key = (str(UUID(int=0)), str(UUID(int=0)))
LAST: Key = (str(UUID(int=2**128 - 1)), str(UUID(int=2**128 - 1)))

Span = tuple[Key, Key]
"""Dossiers after the first key, up to and including the second."""
Progress = Callable[[int, int], None]
"""Told of events done, and of all that there are to do."""


@dataclass(frozen=True)
class Order:
    """What is to be built; it travels to other processes.

    stories, clock: functions of a module. numbers: by name of the projection. upto: the position
    up to which dossiers are read.
    """

    dsn: str
    master_keys: MasterKeys
    stories: Callable[[], Stories]
    numbers: dict[str, int]
    upto: int
    clock: Callable[[], datetime] = real_time


async def rebuild(
    dsn: str,
    master_keys: MasterKeys | KeyRing,
    stories: Callable[[], Stories],
    projections: Sequence[Projection],
    *,
    processes: int = 1,
    progress: Progress | None = None,
    clock: Callable[[], datetime] = real_time,
) -> list[Build]:
    """New builds of these, which have taken the places of the live ones when this returns.

    Safe to interrupt, and to run while everything else goes on: until the last moment the live
    builds are read. Raises Unfinished.
    """
    connection = await connect(dsn)
    try:
        await _sweep(connection, projections)
        fresh = [await builds.begin(connection, projection) for projection in projections]
        upto: int = await connection.fetchval(SQL["head"]) or 0
        numbers = {build.name: build.number for build in fresh}
        order = Order(dsn, KeyRing.of(master_keys).now, stories, numbers, upto, clock)
        await _fill_all(order, await _spans(connection), processes, progress)
        for build in fresh:
            await connection.execute(SQL["advance"], build.number, 0, 0, upto)
        await connection.execute(SQL["weigh"])
        projector = Projector(
            dsn, master_keys, stories(), projections=projections, batch=BATCH, clock=clock
        )
        await _take_over(connection, projector, list(numbers.values()))
        await _sweep(connection, projections)
        return [one for one in await builds.builds(connection) if one.number in numbers.values()]
    finally:
        connection.terminate()


async def _sweep(connection: asyncpg.Connection, projections: Sequence[Projection]) -> None:
    """Remove what is old, and what somebody began who is gone."""
    for build in await builds.builds(connection):
        table = next((one.table for one in projections if build.of(one)), None)
        if table and build.state == "old":
            # Whoever still leads it has nothing more to do with it.
            await builds.remove(connection, build, table)
        elif table and build.state == "building" and await builds.lead(connection, build.number):
            await builds.remove(connection, build, table)
            await builds.leave(connection, build.number)


async def _spans(connection: asyncpg.Connection) -> list[Span]:
    rows = await connection.fetch(SQL["chunk_ends"], CHUNK)
    ends: list[Key] = [(str(row["tenant"]), str(row["stream"])) for row in rows]
    return list(zip([FIRST, *ends], [*ends, LAST], strict=True))


async def _fill_all(
    order: Order, spans: Sequence[Span], processes: int, progress: Progress | None
) -> None:
    groups = [spans[first : first + GROUP] for first in range(0, len(spans), GROUP)]
    done = 0

    async def counted(work: Awaitable[int]) -> None:
        nonlocal done
        done += await work
        if progress:
            progress(done, order.upto)

    if processes == 1:
        async with AsyncExitStack() as stack:
            filler = await stack.enter_async_context(Filler(order))
            for group in groups:
                await counted(filler.fill(group))
        return
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawned, _begin, (order,)) as pool:
        loop = asyncio.get_running_loop()
        work = [counted(loop.run_in_executor(pool, _fill, group)) for group in groups]
        try:
            await asyncio.gather(*work)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


async def _take_over(
    connection: asyncpg.Connection, projector: Projector, numbers: Sequence[int]
) -> None:
    """Follow what happened meanwhile, until these stand where the live ones do."""
    for _ in range(BATCHES):
        if await builds.swap(connection, numbers):
            return
        await projector.advance(connection, numbers)
    raise Unfinished("The live builds went on faster than the new ones could follow.")


class Filler:
    """Makes the rows of dossiers that have none yet."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._folder = Folder(order.stories(), order.master_keys, keep=0)
        self._projections = named(order.numbers)
        self._free: list[asyncpg.Connection] = []

    async def __aenter__(self) -> Self:
        self._free = [await connect(self._order.dsn) for _ in range(AT_ONCE)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._free:
            connection.terminate()

    async def fill(self, spans: Sequence[Span]) -> int:
        """Write what belongs to these dossiers; how many events they have."""
        left = list(spans)

        async def some(connection: asyncpg.Connection) -> int:
            events = 0
            while left:
                events += await self._chunk(connection, left.pop())
            return events

        return sum(await asyncio.gather(*(some(connection) for connection in self._free)))

    async def _chunk(self, connection: asyncpg.Connection, span: Span) -> int:
        rows = await connection.fetch(SQL["chunk"], *span[0], *span[1])
        keys: list[Key] = [(str(row["tenant"]), str(row["stream"])) for row in rows]
        columns = [key[0] for key in keys], [key[1] for key in keys]
        found = await connection.fetch(SQL["upto"], *columns, self._order.upto)
        wanted = {keys[row["nth"] - 1]: row["version"] for row in found if row["version"]}
        folded = await self._folder.fold(connection, wanted, self._order.clock())
        pages = [
            page(
                Build(self._order.numbers[one.name], one.name, one.version, "building", 0, 0),
                one,
                self._order.upto,
                folded,
                set(),
            )
            for one in self._projections
        ]
        for one in pages:
            # Nothing is there yet that would have to go.
            one.cleared.clear()
        for case in folded.cases:
            for one in pages:
                one.add(case, fresh=True)
        await fill(connection, pages)
        return sum(wanted.values())


# -- in another process --------------------------------------------------------------------------

_runner: asyncio.Runner | None = None
_filler: Filler | None = None


def _begin(order: Order) -> None:
    global _runner, _filler  # noqa: PLW0603 - a process of the pool has one filler
    _runner = asyncio.Runner()
    _filler = _runner.run(Filler(order).__aenter__())


def _fill(spans: Sequence[Span]) -> int:
    assert _runner is not None
    assert _filler is not None
    return _runner.run(_filler.fill(spans))
