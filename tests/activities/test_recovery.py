"""After Temporal was lost, each open case gets its process again, and only those."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from temporalio.client import WorkflowExecutionStatus

import activities.histories
from activities.histories import Run, Seen
from activities.recovery import Recovery, recover, verdict
from events.recording import ActorRef, Draft, Recording
from events.store.keys import new_dossier_key
from events.store.standings import Standing
from tests.conftest import Database
from tests.toy.careless import CarelessLoan
from tests.toy.foreign import note_recording
from tests.toy.stage import Stage
from tests.toy.story import Loan, index

PROCESSES = {"loans"}


@pytest.fixture
async def raw(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection that no trigger holds back: it makes what a restore leaves."""
    connection = await asyncpg.connect(database.owner_dsn)
    yield connection
    await connection.close()


async def lose(raw: asyncpg.Connection, stream: str, after: int) -> None:
    """The store forgets what came after a version, as when an older backup is restored."""
    async with raw.transaction():
        await raw.execute("alter table traject.event disable trigger never_changed")
        await raw.execute(
            "delete from traject.event where stream = $1 and version > $2", stream, after
        )
        await raw.execute("alter table traject.event enable always trigger never_changed")
        if after == 0:
            await raw.execute("delete from traject.stream where stream = $1", stream)
            return
        await raw.execute(
            "update traject.stream s set version = $2, open = true, hash ="
            " (select event_hash from traject.event e"
            "   where e.tenant = s.tenant and e.stream = s.stream and e.version = $2)"
            " where stream = $1",
            stream,
            after,
        )


async def ran(stage: Stage, stream: str) -> WorkflowExecutionStatus | None:
    return (await stage.handle(stream).describe()).status


async def test_what_does_not_run_is_started_and_what_runs_is_left(played: Stage) -> None:
    lost, failed, running, ended = [await played.open() for _ in range(4)]
    await played.give(ended, "ReturnBook")
    await played.handle(lost).terminate()
    await played.handle(failed).cancel()
    async with asyncio.timeout(5):
        while await ran(played, failed) != WorkflowExecutionStatus.CANCELED:
            await asyncio.sleep(0.02)
    seen: list[tuple[int, int]] = []
    found = await recover(
        played.store,
        played.temporal,
        PROCESSES,
        progress=lambda so_far: seen.append((so_far.seen, so_far.total)),
    )
    assert found == Recovery(total=3, seen=3, started=2, well=1)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    for stream in (lost, failed, running):
        assert (await played.until(stream, lambda status: status.loaded)).version == 1
    again = await recover(played.store, played.temporal, PROCESSES)
    assert again == Recovery(total=3, seen=3, well=3)


async def test_what_is_behind_is_poked(played: Stage) -> None:
    stream = await played.open()
    await played.store.record(note_recording(played, stream, 1))
    assert (await recover(played.store, played.temporal, PROCESSES)).poked == 1
    await played.until(stream, lambda status: status.version == 2)
    assert (await recover(played.store, played.temporal, PROCESSES)).well == 1


async def test_a_process_that_knows_more_than_the_store_begins_anew(
    played: Stage, raw: asyncpg.Connection
) -> None:
    """PostgreSQL was restored from an older backup, while Temporal kept going."""
    further, other, level = [await played.open() for _ in range(3)]
    for stream in (further, other):
        await played.give(stream, "AddNote", {"text": "lost"})
        await lose(raw, stream, 1)
    # Somebody's command was recorded since: as many events, and not the same ones.
    await played.store.record(note_recording(played, other, 1))
    found = await recover(played.store, played.temporal, PROCESSES)
    assert found == Recovery(total=3, seen=3, replaced=2, well=1)
    for stream, version in ((further, 1), (other, 2), (level, 1)):
        await played.until(
            stream, lambda status, version=version: status.loaded and status.version == version
        )
        await played.give(stream, "AddNote", {"text": "after"})
    assert await played.types(further) == ["LoanOpened", "NoteAdded"]
    assert (await recover(played.store, played.temporal, PROCESSES)).well == 3


async def test_what_runs_without_an_open_case_is_stopped(
    played: Stage, raw: asyncpg.Connection
) -> None:
    """Temporal was restored from an older backup, or PostgreSQL was."""
    ended, erased, gone, forgotten = [await played.open() for _ in range(4)]
    await played.store.record(_returned(played, ended, 1))
    await played.handle(gone).terminate()
    mark = "update traject.stream set erased_us = 1 where stream = any($1::uuid[])"
    await raw.execute(mark, [erased, gone])
    await lose(raw, forgotten, 0)
    found = await recover(played.store, played.temporal, PROCESSES)
    assert found == Recovery(total=3, seen=3, poked=1, stopped=1, unknown=1)
    async with asyncio.timeout(5):
        while await ran(played, ended) != WorkflowExecutionStatus.COMPLETED:
            await asyncio.sleep(0.02)
    assert await ran(played, erased) == WorkflowExecutionStatus.TERMINATED
    assert await ran(played, gone) == WorkflowExecutionStatus.TERMINATED
    assert await ran(played, forgotten) == WorkflowExecutionStatus.RUNNING
    found = await recover(played.store, played.temporal, PROCESSES, restored=True)
    assert found == Recovery(total=1, seen=1, stopped=1)
    assert await ran(played, forgotten) == WorkflowExecutionStatus.TERMINATED


async def test_a_process_that_cannot_go_on_begins_anew(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities.histories, "FAILING_ATTEMPTS", 2)
    async with stage.worker():
        stream = await stage.open()
    async with stage.worker([CarelessLoan]):
        await stage.handle(stream).signal("poke")
        async with asyncio.timeout(10):
            while (found := await recover(stage.store, stage.temporal, PROCESSES)).well:
                await asyncio.sleep(0.05)
    assert found == Recovery(total=1, seen=1, replaced=1)
    async with stage.worker():
        await stage.give(stream, "ReturnBook")


async def test_a_history_that_the_dossier_does_not_open_is_given_up(
    played: Stage, raw: asyncpg.Connection
) -> None:
    """PostgreSQL was restored from before the case began, and the case then begun again."""
    stream = await played.open()
    ring = played.store._master_keys
    master, wrapped = ring.wrap(new_dossier_key(), played.tenant, stream)
    change = "update traject.dossier_key set master = $1, wrapped = $2 where stream = $3"
    await raw.execute(change, master, wrapped, stream)
    played.store.forget(played.tenant, stream)
    found = await recover(played.store, played.temporal, PROCESSES)
    assert found == Recovery(total=1, seen=1, replaced=1)


async def test_interrupted_in_the_middle_the_next_time_does_the_rest(played: Stage) -> None:
    streams = [await played.open() for _ in range(20)]
    for stream in streams:
        await played.handle(stream).terminate()
    done = 0

    def interrupt(found: Recovery) -> None:
        nonlocal done
        done = found.started
        if found.seen == 3:
            cut.cancel()

    cut = asyncio.ensure_future(
        recover(played.store, played.temporal, PROCESSES, progress=interrupt)
    )
    with pytest.raises(asyncio.CancelledError):
        await cut
    assert done < len(streams)
    rest = await recover(played.store, played.temporal, PROCESSES)
    assert (rest.failed, rest.replaced, rest.seen) == (0, 0, len(streams))
    assert rest.started <= len(streams) - 3
    for stream in streams:
        await played.until(stream, lambda status: status.version == 1)


async def test_one_that_cannot_be_looked_at_is_named_and_keeps_nobody_back(
    played: Stage, raw: asyncpg.Connection
) -> None:
    broken, lost = await played.open(), await played.open()
    for stream in (broken, lost):
        await played.handle(stream).terminate()
    await raw.execute(
        "update traject.dossier_key set wrapped = $1 where stream = $2", b"x" * 60, broken
    )
    played.store.forget(played.tenant, broken)
    found = await recover(played.store, played.temporal, PROCESSES)
    assert (found.started, found.failed, found.failures) == (1, 1, [f"loans/{broken}"])


async def test_deadlines_of_a_recovered_case_pass_once(played: Stage) -> None:
    stream = await played.open()
    await played.pass_time(stream, timedelta(days=15))
    await played.until(stream, lambda status: status.version == 2)
    await played.handle(stream).terminate()
    for _ in range(2):
        await recover(played.store, played.temporal, PROCESSES)
        await played.until(stream, lambda status: status.loaded)
        await played.handle(stream).terminate()
    assert await played.types(stream) == ["LoanOpened", "Reminded"]


async def test_no_worker_is_needed(stage: Stage) -> None:
    async with stage.worker():
        lost, running = await stage.open(), await stage.open()
    await stage.handle(lost).terminate()
    found = await recover(stage.store, stage.temporal, PROCESSES)
    assert found == Recovery(total=2, seen=2, started=1, well=1)
    found = await recover(stage.store, stage.temporal, PROCESSES)
    assert found == Recovery(total=2, seen=2, unknown=1, well=1)
    async with stage.worker():
        for stream in (lost, running):
            await stage.give(stream, "ReturnBook")


async def test_other_processes_are_not_ours(played: Stage) -> None:
    await played.open()
    assert await recover(played.store, played.temporal, set()) == Recovery()


LEVEL = Standing(version=3, open=True, erased=False, event_id="c")


@pytest.mark.parametrize(
    ("seen", "unfit", "standing", "wanted"),
    [
        (Seen(3, "c"), False, LEVEL, "well"),
        (Seen(2, "b"), False, Standing(3, True, False, "b"), "poked"),
        (Seen(2, "x"), False, Standing(3, True, False, "b"), "replaced"),
        (Seen(4, "d"), False, Standing(3, True, False, None), "replaced"),
        (Seen(3, "c"), True, LEVEL, "replaced"),
        (None, False, LEVEL, "unknown"),
        (None, False, Standing(0, True, False, None), "well"),
        (Seen(3, "c"), False, Standing(3, False, False, "c"), "well"),
        (Seen(2, "b"), False, Standing(3, False, False, "b"), "poked"),
        (Seen(3, "c"), True, Standing(3, False, False, "c"), "stopped"),
        (Seen(3, "c"), False, Standing(3, True, True, "c"), "stopped"),
        (Seen(3, "c"), False, None, "unknown"),
    ],
)
@pytest.mark.parametrize("way", ["failing", "unreadable"])
def test_what_is_to_be_done(
    seen: Seen | None, unfit: bool, standing: Standing | None, wanted: str, way: str
) -> None:
    run = Run("t", seen, not (unfit and way == "unreadable"), unfit and way == "failing")
    assert verdict(run, standing) == wanted


def test_what_is_to_be_done_where_nothing_runs() -> None:
    assert verdict(None, LEVEL) == "started"
    assert verdict(None, None) == "well"
    for standing in (Standing(3, False, False, "c"), Standing(3, True, True, "c")):
        assert verdict(None, standing) == "well"
    assert verdict(Run("t", None, True, False), None, restored=True) == "stopped"


def _returned(stage: Stage, stream: str, version: int) -> Recording:
    """The end of a loan that its own process has not heard of."""
    now = datetime.now(UTC)
    return Recording(
        tenant=stage.tenant,
        process="loans",
        stream=stream,
        expected_version=version,
        command_id=str(uuid4()),
        command="ReturnBook",
        content_hash="foreign",
        actor=ActorRef(person=stage.librarian.person, role="librarian"),
        recorded_at=now,
        correlation_id=stream,
        settings_version=1,
        events=[Draft(type="BookReturned", occurred_on=now.date().isoformat(), data={})],
        index=index(Loan(borrower=stage.borrower, returned=True)),
    )
