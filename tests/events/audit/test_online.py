"""The verifier of a database beside what was published, whole or tampered with itself."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from events.audit.keeper import checkpoint, integrate
from events.audit.logkeys import LogKeys
from events.audit.online import verify_database, verify_over
from events.audit.publishing import Publication
from events.audit.verify import Report
from events.store.store import Store
from tests.events.audit import owner as own
from tests.events.audit.log import NOW
from tests.events.audit.world import FIRST, LOOKED, Copy, World
from tests.events.store.samples import FACTS, begun, draft

P = 137


@pytest.fixture(scope="module")
async def copy(world: World) -> AsyncIterator[Copy]:
    async with world.copy() as copy:
        yield copy


@pytest.fixture
def place(world: World, tmp_path: Path) -> Path:
    """What was published, to do with as one likes."""
    return Path(shutil.copytree(world.place, tmp_path / "published"))


async def seen(copy: Copy, place: Path) -> Report:
    publication = Publication.at(str(place))
    return await verify_over(copy.owner, copy.world.vkeys[:1], publication=publication)


async def test_untouched(copy: Copy) -> None:
    """Nothing is found, with the rights that the product's verifier has."""
    report = await copy.verified()
    assert (report.findings, report.unsure) == ([], [])
    streams = sum(len(board.streams) for board in copy.world.boards)
    assert report.checked == {
        "events": 640,
        "reads": 2 * LOOKED,
        "refused": 2 * LOOKED,
        "checkpoints": 5,
        "published checkpoints": 5,
        "streams": streams,
        "of them erased (absent, committed)": 0,
    }
    assert report.notes == ["The last 20 events are in no tree yet."]


async def test_erased(copy: Copy) -> None:
    """An erased dossier is as it was, but for what nobody can read any more."""
    stream = copy.world.boards[0].streams[0]
    async with copy.undone():
        await copy.owner.execute(
            "update traject.stream set erased_us = 1, state = 'erased' where stream = $1", stream
        )
        await copy.owner.execute(
            "update traject.dossier_key set wrapped = null, destroyed_at = now() where stream = $1",
            stream,
        )
        report = await copy.seen()
    assert report.findings == []
    assert report.checked["of them erased (absent, committed)"] == 1


async def test_verified_while_it_is_written(world: World, place: Path) -> None:
    """What comes meanwhile is no finding, whatever of it is numbered, kept, signed or published."""
    async with world.copy() as copy:
        store = await Store.connect(copy.database.app_dsn, world.master_keys, FACTS, max_size=4)
        keeping = await asyncpg.connect(copy.database.sequencer_dsn)
        stopped, publication = asyncio.Event(), Publication.at(str(place))

        async def write() -> None:
            tenant = str(uuid4())
            while not stopped.is_set():
                stream = await begun(store, tenant, events=[draft(), draft()])
                case = {"at": NOW, "stream": stream, "process": "toy"}
                who = str(uuid4())
                await store.log_read(tenant, person=who, what="summary", **case)
                await store.log_refused(tenant, person=who, command="X", code="y", **case)

        async def keep() -> None:
            at = NOW + timedelta(days=1)
            while not stopped.is_set():
                await keeping.fetchval("select given from traject.sequence(7)")
                await integrate(keeping, 5)
                at += timedelta(minutes=1)
                keys = LogKeys.load(world.key_file)
                await checkpoint(keeping, keys, publication, at, at_once=True)

        async with asyncio.TaskGroup() as group:
            for work in (write, write, keep):
                group.create_task(work())
            try:
                async with asyncio.timeout(30):
                    while (
                        await own.value(copy.owner, "select max(number) from traject.checkpoint")
                        < 9
                    ):
                        report = await verify_database(
                            copy.database.projector_dsn, world.vkeys[:1], publication=publication
                        )
                        assert (report.findings, report.unsure) == ([], [])
            finally:
                stopped.set()
        await keeping.close()
        await store.close()


async def test_where_nothing_is_published(copy: Copy, tmp_path: Path) -> None:
    report = await seen(copy, tmp_path / "elsewhere")
    assert (report.findings, len(report.unsure)) == ([], 1)


async def test_published_otherwise(copy: Copy, place: Path) -> None:
    """Another checkpoint under a number, one that is not there, and what is none."""
    checkpoints = place / "checkpoints"
    third = checkpoints / f"{3:020}.txt"
    third.write_bytes((checkpoints / f"{2:020}.txt").read_bytes())
    assert [one.code for one in (await seen(copy, place)).findings] == ["checkpoint"]
    third.write_text("something else")
    assert (await seen(copy, place)).findings[0].position == FIRST + 1
    third.unlink()
    [finding] = (await seen(copy, place)).findings
    assert "Checkpoint 3 of the database is not among the published ones." in finding.sentence
    (checkpoints / "more.txt").touch()
    assert len((await seen(copy, place)).findings) == 2


async def test_rewritten_with_what_was_published_of_it(copy: Copy, place: Path) -> None:
    """Published leaf hashes that no checkpoint is over do not mislead: the place is less exact."""
    for file in (place / "leaves" / "events").iterdir():
        file.write_bytes(bytes(len(file.read_bytes())))
    async with copy.undone():
        await own.disarm(copy.owner)
        await own.rewrite(copy.owner, P)
        report = await seen(copy, place)
    assert report.findings[0].position == 1
    assert report.findings[0].sentence.startswith(f"Between the positions 1 and {FIRST} ")
