"""A build made anew, in whatever way, holds byte for byte what the live one does."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from events.projections import builds
from events.projections.cases import CASES
from events.projections.known import PROJECTIONS
from events.projections.projector import connect
from events.projections.rebuild import rebuild
from events.store.sequencer import Sequencer
from tests.events.projections.conftest import Desk, noon
from tests.events.projections.outings import Outings, stories


async def busy(outings: list[Outings], steps: int, seed: int = 1) -> None:
    """Cases of several boards that go on in turns; some end, some hold what cannot be read."""
    chance = Random(seed)
    for _ in range(steps):
        mine = chance.choice(outings)
        going = [stream for stream, version in mine.versions.items() if version < 9]
        if len(mine.versions) < 5 or not going:
            await mine.begin(chance.choice(("De Windvaan", "Het Baken")))
            continue
        stream, kind = chance.choice(going), chance.random()
        if kind < 0.7:
            await mine.visit(stream, announced=chance.random() < 0.5)
        elif kind < 0.8:
            await mine.end(stream)
            mine.versions[stream] += 9
        elif kind < 0.85:
            await mine.add(stream, ("Strange", {}))
        else:
            await mine.add(stream, *[("Visited", {"announced": True})] * 3)


async def anew(desk: Desk, batch: int) -> list[int]:
    """Builds beside the live ones that got all events in their order."""
    connection = await connect(desk.database.projector_dsn)
    try:
        numbers = [(await builds.begin(connection, one)).number for one in PROJECTIONS]
        projector = desk.projector(batch=batch)
        while await projector.advance(connection, numbers):
            pass
        return numbers
    finally:
        await connection.close()


async def test_rebuilt_is_live_byte_for_byte(desk: Desk) -> None:
    outings = [desk.outings() for _ in range(3)]
    for part in range(6):
        await busy(outings, 12, part)
        await desk.project(batch=5)
    live = await desk.rows()
    assert len(live["projected"]) > 20
    assert await desk.raw.fetchval("select exists (select from traject.parked)")
    for batch in (1, 7, 1000):
        assert await desk.rows(await anew(desk, batch)) == live, batch
    before = [one.number for one in await desk.builds()]
    await rebuild(desk.database.projector_dsn, desk.keys, stories, PROJECTIONS, clock=noon)
    assert await desk.rows() == live
    after = await desk.builds()
    assert [one.state for one in after] == ["live"] * len(PROJECTIONS)
    assert not {one.number for one in after} & set(before)
    for table in ("projected", "cases_v1", "tasks_v1", "agenda_v1", "parked"):
        count = f"select count(*) from traject.{table} where build = any ($1::integer[])"
        assert await desk.raw.fetchval(count, before) == 0


async def test_a_store_that_is_written_to_is_rebuilt_without_a_gap_for_readers(
    desk: Desk,
) -> None:
    outings = desk.outings()
    await busy([outings], 30)
    stream = await outings.begin()
    await desk.project()
    stop = asyncio.Event()
    reads = 0

    async def write() -> None:
        seed = 100
        while not stop.is_set():
            await busy([outings], 3, seed := seed + 1)
            await outings.visit(stream)
            await asyncio.sleep(0.01)

    async def read() -> None:
        nonlocal reads
        last = 0
        while not stop.is_set():
            found = await desk.store.models.rows(outings.tenant, [stream])
            assert found[stream].held.version >= last
            last = found[stream].held.version
            reads += 1

    sequencer = Sequencer(desk.database.sequencer_dsn)
    projector = desk.projector()
    runs = [sequencer.run(stop), projector.run(stop), write(), read()]
    work = asyncio.gather(*map(asyncio.ensure_future, runs))
    try:
        dsn, before = desk.database.projector_dsn, await desk.live()
        await rebuild(dsn, desk.keys, stories, PROJECTIONS, processes=2, clock=noon)
        assert (await desk.live()).number > before.number
        seen = reads
        async with asyncio.timeout(10):
            while reads < seen + 5:
                await asyncio.sleep(0.01)
    finally:
        stop.set()
        await work
    await desk.project()
    assert await desk.rows(await anew(desk, 1000)) == await desk.rows()


async def test_what_somebody_began_who_is_gone_is_removed(desk: Desk) -> None:
    await busy([desk.outings()], 10)
    await desk.project()
    live = await desk.live()
    orphans = await anew(desk, 1000)
    await desk.project()
    assert {one.number for one in await desk.builds()}.isdisjoint(orphans)
    assert await desk.live() == live


async def test_a_build_that_is_behind_takes_nobodys_place(desk: Desk) -> None:
    await busy([desk.outings()], 10)
    await desk.project()
    live = await desk.live()
    connection = await connect(desk.database.projector_dsn)
    try:
        kept = (await builds.begin(connection, CASES)).number
        assert await builds.swap(connection, [kept]) is False
        await connection.execute("delete from traject.projection where build = $1", kept)
        with pytest.raises(builds.Unfinished):
            await builds.swap(connection, [kept])
    finally:
        await connection.close()
    assert await desk.live() == live


async def test_of_two_that_begin_at_once_both_may_let_theirs_be_read(desk: Desk) -> None:
    first, second = [await connect(desk.database.projector_dsn) for _ in range(2)]
    waiting = "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1"
    try:
        numbers = [(await builds.begin(one, CASES)).number for one in (first, second)]
        async with first.transaction():
            assert await builds.swap(first, numbers[:1])
            later = asyncio.create_task(builds.swap(second, numbers[1:]))
            async with asyncio.timeout(10):
                while not await desk.raw.fetchval(waiting, second.get_server_pid()):
                    await asyncio.sleep(0.01)
        assert await later
        states = {one.number: one.state for one in await desk.builds()}
        assert [states[number] for number in numbers] == ["old", "live"]
    finally:
        await first.close()
        await second.close()
