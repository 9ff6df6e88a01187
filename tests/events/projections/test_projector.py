"""Rows and position change together or not at all, whatever breaks and whoever else is there."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from events.projections import builds, parked
from events.projections.agenda import AGENDA
from events.projections.cases import CASES
from events.projections.folding import Folder
from events.projections.known import PROJECTIONS
from events.projections.projection import Case
from events.projections.projector import connect
from events.projections.writing import Overtaken, page, write
from events.settings import TenantSettings
from tests.events.projections.conftest import NOON, Desk
from tests.events.projections.outings import LENIENT, MANAGER, STORY, TEACHER, stories

UNTRUE = """
select p.name, c.stream from traject.projection p
  join lateral (
       select q.tenant, q.stream, max(q.version) as version from traject.position q
        where q.position <= p.position group by q.tenant, q.stream) c on true
  full join traject.projected h
    on h.build = p.build and h.tenant = c.tenant and h.stream = c.stream
 where h.version is distinct from c.version
"""
"""Dossiers of which a build shows anything else than what it says that it does."""

COUNTED = """
select sum(visits_held) from traject.cases_v1 join traject.projection using (build)
 where projection.state = 'live'
"""


class Killed(Exception):
    """The process died here."""


async def test_rows_follow_the_events(desk: Desk) -> None:
    outings = desk.outings()
    first, second = await outings.begin(), await outings.begin("Het Baken")
    await desk.project()
    await outings.visit(first, 2)
    await outings.end(second)
    await desk.project()
    going, ended = await desk.one(first), await desk.one(second)
    assert going is not None
    assert ended is not None
    assert (going["version"], going["visits_held"], going["open"]) == (3, 2, True)
    assert (ended["version"], ended["state"], ended["school"]) == (2, "ended", "Het Baken")
    assert (going["day"], ended["day"]) == (NOON.date(), None)
    assert ended["ended_us"] == ended["updated_us"] > ended["created_us"]
    assert json.loads(going["shown"])["visits"] == {"held": 2}
    assert await desk.raw.fetch(UNTRUE) == []
    last = await desk.number()
    assert {one.position for one in await desk.builds()} == {last}
    models = desk.store.models
    assert await models.wait(CASES, last, 0) is True
    assert await models.wait(CASES, last + 1, 0.05) is False
    assert await models.wait_for_all(CASES, outings.tenant, 0) is True
    await outings.visit(first)
    assert await models.wait_for_all(CASES, outings.tenant, 0) is False
    assert await models.wait_for_all(CASES, str(uuid4()), 0) is True


async def test_killed_at_any_point_it_goes_on_as_if_nothing_had_been(desk: Desk) -> None:
    """Two of them, as what is written of one is written in the transaction of both."""
    outings, two = desk.outings(), (CASES, AGENDA)
    stream, other = await outings.begin(), await outings.begin()
    await desk.project(projections=two)
    await outings.visit(stream)
    points: list[str] = []
    await desk.project(projections=two, fault=points.append)
    assert {"before commit", "after commit", "after forget agenda_v1"} <= set(points)
    for point in range(len(points)):
        await outings.visit(stream if point % 2 else other)
        left = iter(range(point))

        def fault(_where: str, left: Any = left) -> None:
            if next(left, None) is None:
                raise Killed

        with pytest.raises(Killed):
            await desk.project(projections=two, fault=fault)
        assert await desk.raw.fetch(UNTRUE) == [], points[point]
    await desk.project(projections=two)
    assert await desk.raw.fetch(UNTRUE) == []
    assert await desk.raw.fetchval(COUNTED) == len(points) + 1


async def test_what_comes_twice_counts_once(desk: Desk) -> None:
    outings = desk.outings()
    for _ in range(3):
        await outings.visit(await outings.begin(), 2)
    await desk.project()
    before = await desk.rows()
    await desk.raw.execute("update traject.projection set position = 4")
    await desk.project(batch=2)
    assert await desk.rows() == before


async def test_of_two_that_know_the_same_position_one_writes(desk: Desk) -> None:
    outings = desk.outings()
    stream = await outings.begin()
    await desk.project()
    await outings.visit(stream)
    upto, build = await desk.number(), await desk.live()
    folder = Folder(stories(), desk.keys)
    connection = await connect(desk.database.projector_dsn)
    try:
        folded = await folder.fold(connection, {(outings.tenant, stream): 2}, NOON)

        async def try_it() -> bool:
            mine = page(build, CASES, upto, folded, set())
            mine.add(folded.cases[0])
            other = await connect(desk.database.projector_dsn)
            try:
                await write(other, [mine])
            except Overtaken:
                return False
            finally:
                await other.close()
            return True

        assert sorted(await asyncio.gather(try_it(), try_it(), try_it())) == [False, False, True]
    finally:
        await connection.close()
    assert (await desk.live()).fence == build.fence + 1


async def test_two_run_at_once_and_the_second_takes_over(desk: Desk) -> None:
    outings = desk.outings()
    streams = [await outings.begin() for _ in range(4)]
    stops = [asyncio.Event(), asyncio.Event()]
    runs = [asyncio.create_task(desk.projector().run(stop)) for stop in stops]

    async def shown(visits: int) -> None:
        async with asyncio.timeout(10):
            for one in PROJECTIONS:
                while not await desk.store.models.wait(one, await desk.number(), 0.1):
                    pass
        assert await desk.raw.fetchval(COUNTED) == visits

    try:
        for n in range(1, 3):
            for stream in streams:
                await outings.visit(stream)
            await shown(4 * n)
        stops[0].set()
        await runs[0]
        await outings.visit(streams[0], 2)
        await shown(10)
        async with asyncio.timeout(10):
            while [one.state for one in await desk.builds()] != ["live"] * len(PROJECTIONS):
                await asyncio.sleep(0.02)
    finally:
        for stop in stops:
            stop.set()
        await asyncio.gather(*runs)
    assert await desk.raw.fetch(UNTRUE) == []


async def test_what_cannot_be_applied_is_parked_with_the_rest_of_its_stream(desk: Desk) -> None:
    outings = desk.outings()
    sick, well = await outings.begin(), await outings.begin()
    await desk.project()
    await outings.add(sick, ("Visited", {"announced": True}), ("Strange", {}))
    await outings.visit(sick)
    await outings.visit(well)
    await desk.project(batch=1)
    assert await desk.one(sick) is None
    assert (await desk.one(well))["visits_held"] == 1  # pyright: ignore[reportOptionalSubscript]
    await outings.visit(sick)
    await desk.project()
    found = await parked.parked(desk.raw)
    why = "Unreadable: Strange of schema version 1"
    assert [(one.projection, one.version, one.error) for one in found] == [
        (name, 3, why) for name in ("agenda", "cases", "tasks")
    ]
    assert {one.position for one in found} == {4}

    dsn = desk.database.projector_dsn
    assert await parked.retry(dsn, desk.keys, stories(), [CASES]) == (0, 1)
    assert [one.attempts for one in await parked.parked(desk.raw)] == [1, 2, 1]
    assert await parked.retry(dsn, desk.keys, {STORY.name: LENIENT}) == (3, 0)
    assert (await desk.one(sick))["visits_held"] == 3  # pyright: ignore[reportOptionalSubscript]
    await outings.visit(sick)
    await desk.project({STORY.name: LENIENT})
    assert await desk.raw.fetch(UNTRUE) == []
    assert await parked.parked(desk.raw) == []


async def test_what_the_database_does_not_take_is_parked_too(desk: Desk) -> None:
    outings = desk.outings()
    sick, well = await outings.begin("De \x00 Windvaan"), await outings.begin()
    await desk.project()
    (found,) = await parked.parked(desk.raw)
    assert (found.projection, found.stream) == ("cases", sick)
    assert await desk.one(well)
    assert await desk.one(sick, "tasks")


async def test_a_row_that_cannot_be_is_parked_alone(desk: Desk) -> None:
    outings = desk.outings()
    sick, well = await outings.begin("nowhere"), await outings.begin()

    def rows(case: Case) -> list[tuple[Any, ...]]:
        return [(None if row[11] == "nowhere" else row[0], *row[1:]) for row in CASES.rows(case)]

    await desk.project(projections=(replace(CASES, rows=rows),))
    (found,) = await parked.parked(desk.raw)
    assert (found.stream, found.error) == (sick, "NotNullViolationError")
    assert await desk.one(well)


async def test_a_missing_master_key_parks_nothing(desk: Desk) -> None:
    outings = desk.outings()
    await outings.begin()
    right, desk.keys = desk.keys, type(desk.keys).generate("another")
    with pytest.raises(ValueError, match="The master key 1 is not in the key file"):
        await desk.project()
    desk.keys = right
    await desk.project()
    assert await parked.parked(desk.raw) == []
    assert await desk.raw.fetch(UNTRUE) == []


async def test_an_erased_dossier_leaves_no_row_and_is_no_poison(desk: Desk) -> None:
    outings = desk.outings()
    gone, left = await outings.begin(), await outings.begin()
    await desk.project()
    await outings.visit(gone)
    await outings.visit(left)
    await desk.number()
    key = outings.tenant, gone
    folder = Folder(stories(), desk.keys)
    connection = await connect(desk.database.projector_dsn)
    folded = await folder.fold(connection, {key: 2}, NOON)
    await desk.raw.execute("update traject.stream set erased_us = 1 where stream = $1", gone)
    # It was read before the erasure began and is written after: the write knows.
    late = page(await desk.live(), CASES, 3, folded, set())
    late.add(folded.cases[0])
    await write(connection, [late])
    await connection.close()
    assert await desk.one(gone) is None
    await desk.raw.execute(
        "update traject.dossier_key set wrapped = null, destroyed_at = now() where stream = $1",
        gone,
    )
    await desk.raw.fetchval("select traject.purge_read_models($1, $2)", *key)
    await desk.project(batch=1)
    remains = await desk.raw.fetchval("select traject.left_in_read_models($1, $2)", *key)
    assert set(json.loads(str(remains)).values()) == {0}
    assert await parked.parked(desk.raw) == []
    assert (await desk.one(left))["visits_held"] == 1  # pyright: ignore[reportOptionalSubscript]


async def test_erasing_waits_for_what_is_being_written(desk: Desk) -> None:
    outings = desk.outings()
    stream = await outings.begin()
    await desk.project()
    writing = await connect(desk.database.projector_dsn)
    begun = writing.transaction()
    await begun.start()
    await writing.execute(builds.SQL["calm"])
    purge = "select traject.purge_read_models($1, $2)"
    purging = asyncio.ensure_future(desk.raw.fetchval(purge, outings.tenant, stream))
    async with asyncio.timeout(5):
        while not await writing.fetchval("select count(*) from pg_locks where not granted"):
            await asyncio.sleep(0.01)
    assert not purging.done()
    await begun.commit()
    assert json.loads(str(await purging))["cases_v1"] == 1
    await writing.close()


async def test_boards_see_their_own_rows_only(desk: Desk) -> None:
    mine, theirs = desk.outings(), desk.outings()
    stream, other = await mine.begin(), await theirs.begin()
    await mine.visit(stream)
    await desk.project()
    models = desk.store.models
    assert set(await models.rows(mine.tenant, [stream, other])) == {stream}
    assert set(await models.rows(theirs.tenant, [stream, other])) == {other}
    for role in ("app", "reader"):
        connection = await asyncpg.connect(getattr(desk.database, f"{role}_dsn"))
        for table in ("projected", "cases_v1", "tasks_v1", "agenda_v1"):
            count = f"select count(distinct stream) from traject.{table}"
            assert await connection.fetchval(count) == 0
            set_board = "select set_config('traject.tenant', $1, false)"
            await connection.execute(set_board, mine.tenant)
            assert await connection.fetchval(count) == 1
            await connection.execute(set_board, "")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"delete from traject.{table}")
        await connection.close()


async def test_each_board_goes_by_its_own_settings_and_day(desk: Desk) -> None:
    here, far = desk.outings(), desk.outings()
    stream, other = await here.begin(), await far.begin()
    await desk.store.save_settings(far.tenant, TenantSettings(timezone="Pacific/Auckland"))
    await desk.project()
    near, away = await desk.one(stream), await desk.one(other)
    assert near is not None
    assert away is not None
    assert away["day"] - near["day"] == timedelta(days=1)
    assert (near["settings"], away["settings"]) == (1, 2)


async def test_rows_of_open_cases_are_made_anew_for_another_day_or_settings(desk: Desk) -> None:
    outings = desk.outings()
    going, ended = await outings.begin(), await outings.begin()
    await outings.end(ended)
    await desk.project()
    assert (await desk.one(going, "tasks"))["overdue"] is False  # pyright: ignore[reportOptionalSubscript]
    before = await desk.one(ended)
    later = NOON + timedelta(days=5)
    await desk.project(now=later, batch=1)
    task, row = await desk.one(going, "tasks"), await desk.one(going)
    assert task is not None
    assert row is not None
    assert task["overdue"] is True
    assert row["day"] == later.date()
    await desk.store.save_settings(outings.tenant, TenantSettings())
    await desk.project(now=later)
    assert (await desk.one(going))["settings"] == 2  # pyright: ignore[reportOptionalSubscript]
    assert await desk.one(ended) == before


async def test_tasks_are_those_of_person_and_role(desk: Desk) -> None:
    from events.process import Reader

    outings = desk.outings()
    stream = await outings.begin()
    await outings.visit(stream, announced=False)
    await desk.project()
    models, nobody = desk.store.models, str(uuid4())
    for person, roles, wanted, seen in (
        (nobody, ("coordinator",), ["look"], 1),
        (nobody, ("teacher",), [], 0),
        (TEACHER, ("teacher", "hr"), ["answer"], 0),
        (MANAGER, ("manager", "coordinator"), ["look", "decide"], 1),
        (MANAGER, ("manager",), ["decide"], 0),
        (MANAGER, ("teacher",), [], 0),
    ):
        reader = Reader(person, roles)
        told = (await models.tasks(outings.tenant, reader, [stream]))[stream]
        assert [item["task"] for item in told.items] == wanted, (person, roles)
        planned = (await models.agenda(outings.tenant, reader, [stream]))[stream]
        assert len(planned.items) == seen, (person, roles)
        assert told.held.open_to(reader) is bool(STORY.rights(
            STORY.evolve(STORY.initial(), (await desk.store.load(outings.tenant, stream))[0]),
            reader,
        ))  # fmt: skip
