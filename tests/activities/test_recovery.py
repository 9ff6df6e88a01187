"""After Temporal was lost, each open case gets its process again, and only those."""

from __future__ import annotations

from datetime import timedelta

from activities.recovery import Recovery, recover
from tests.toy.foreign import note_recording
from tests.toy.stage import Stage

PROCESSES = {"loans"}


async def test_what_does_not_run_is_started_and_what_runs_is_left(played: Stage) -> None:
    lost, running, ended = [await played.open() for _ in range(3)]
    await played.give(ended, "ReturnBook")
    await played.handle(lost).terminate()
    seen: list[int] = []
    found = await recover(
        played.store,
        played.temporal,
        PROCESSES,
        progress=lambda so_far: seen.append(so_far.seen),
    )
    assert found == Recovery(seen=2, started=1, well=1)
    assert seen == [1, 2]
    for stream in (lost, running):
        assert (await played.until(stream, lambda status: status.loaded)).version == 1
    again = await recover(played.store, played.temporal, PROCESSES)
    assert again == Recovery(seen=2, well=2)


async def test_what_is_behind_is_poked(played: Stage) -> None:
    stream = await played.open()
    await played.store.record(note_recording(played, stream, 1))
    assert (await recover(played.store, played.temporal, PROCESSES)).poked == 1
    await played.until(stream, lambda status: status.version == 2)


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


async def test_without_a_worker_cases_are_started_and_the_running_stay_unknown(
    stage: Stage,
) -> None:
    async with stage.worker():
        lost, running = await stage.open(), await stage.open()
    await stage.handle(lost).terminate()
    unchecked = await recover(stage.store, stage.temporal, PROCESSES, check=False)
    assert unchecked == Recovery(seen=2, started=1, well=1)
    async with stage.worker():
        for stream in (lost, running):
            await stage.give(stream, "ReturnBook")


async def test_other_processes_are_not_ours(played: Stage) -> None:
    await played.open()
    assert await recover(played.store, played.temporal, set()) == Recovery()
