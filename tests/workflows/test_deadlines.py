"""Deadlines pass by themselves: once, at their moment, and never for a case that moved on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus

from events.event import PROCESS_ROLE
from tests.toy.stage import Stage
from workflows.process import COMMANDS_PER_RUN

DAY = timedelta(days=1)
SOON = timedelta(seconds=5)


async def reminders(stage: Stage, stream: str) -> list[timedelta]:
    """How long after their moment they were recorded."""
    found = [event for event in await stage.events(stream) if event.type == "Reminded"]
    assert all(event.actor.role == PROCESS_ROLE for event in found)
    assert all(event.actor.person is None for event in found)
    return [event.recorded_at - datetime.fromisoformat(event.data.due) for event in found]


def in_time(lateness: list[timedelta]) -> bool:
    return all(timedelta(0) <= late < SOON for late in lateness)


async def test_a_deadline_passes_once_at_its_moment(played: Stage) -> None:
    stream = await played.open()
    await played.pass_time(stream, 13 * DAY)
    assert await reminders(played, stream) == []
    await played.pass_time(stream, 2 * DAY)
    await played.until(stream, lambda status: status.version == 2)
    lateness = await reminders(played, stream)
    assert len(lateness) == 1
    assert in_time(lateness)


async def test_several_pass_each_at_their_own_moment(played: Stage) -> None:
    stream = await played.open()
    await played.pass_time(stream, 40 * DAY)
    status = await played.until(stream, lambda status: status.version == 4)
    lateness = await reminders(played, stream)
    assert len(lateness) == 3
    assert in_time(lateness)
    assert status.next_due is None


async def test_a_moment_moved_later_counts_and_the_first_does_not(played: Stage) -> None:
    stream = await played.open()
    await played.give(stream, "ExtendLoan", {"days": 10})
    await played.pass_time(stream, 15 * DAY)
    assert await reminders(played, stream) == []
    await played.pass_time(stream, 10 * DAY)
    await played.until(stream, lambda status: status.version == 3)
    assert in_time(await reminders(played, stream))


async def test_a_moment_moved_later_costs_no_timer(played: Stage) -> None:
    stream = await played.open()
    before = len((await played.handle(stream).fetch_history()).events)
    await played.give(stream, "ExtendLoan", {"days": 10})
    after = await played.handle(stream).fetch_history()
    assert len(after.events) - before == 6


async def test_a_moment_moved_earlier_is_kept(played: Stage) -> None:
    """A full run's rest comes before the reminder: the timer is set anew, and once more after."""
    stream = await played.open()
    for count in range(COMMANDS_PER_RUN):
        await played.give(stream, "AddNote", {"text": str(count)})
    await played.pass_time(stream, 15 * DAY)
    await played.until(stream, lambda status: status.version == COMMANDS_PER_RUN + 2)
    assert in_time(await reminders(played, stream))


async def test_nothing_passes_after_the_end(played: Stage) -> None:
    stream = await played.open()
    await played.give(stream, "ReturnBook")
    assert (await played.handle(stream).describe()).status == WorkflowExecutionStatus.COMPLETED
    assert await played.types(stream) == ["LoanOpened", "BookReturned"]


async def test_what_is_overdue_when_a_run_starts_passes_at_once(stage: Stage) -> None:
    """Temporal was lost for a month: the process goes on from the store."""
    long_ago = timedelta(days=-30)
    async with stage.worker():
        stream = await stage.open(clock_offset=long_ago)
        await stage.handle(stream).terminate()
        await stage.give(stream, "AddNote", {"text": "found again"})
        await stage.until(stream, lambda status: status.version == 5)
    assert sorted(await stage.types(stream)) == ["LoanOpened", "NoteAdded"] + 3 * ["Reminded"]


async def test_a_refused_deadline_is_parked_and_the_case_goes_on(played: Stage) -> None:
    stream = await played.open("unremindable")
    await played.pass_time(stream, 15 * DAY)
    status = await played.until(stream, lambda status: status.parked == 1)
    assert await played.types(stream) == ["LoanOpened"]
    assert status.next_due is not None
    await played.give(stream, "AddNote", {"text": "goes on"})
    await played.give(stream, "ReturnBook")
    assert (await played.handle(stream).describe()).status == WorkflowExecutionStatus.COMPLETED


async def test_moments_that_cannot_be_reckoned_stop_no_command(played: Stage) -> None:
    stream = await played.open("unreckonable")
    await played.give(stream, "AddNote", {"text": "goes on"})
    assert (await played.status(stream)).next_due is None
    assert await played.types(stream) == ["LoanOpened", "NoteAdded"]


@pytest.mark.parametrize("cached", [2, 0])
async def test_runs_that_fell_out_of_memory_go_on(stage: Stage, cached: int) -> None:
    async with stage.worker(cached=cached):
        streams = [await stage.open() for _ in range(4)]
        for count in range(3):
            for stream in streams:
                await stage.give(stream, "AddNote", {"text": str(count)})
        for stream in streams:
            await stage.pass_time(stream, 15 * DAY)
            await stage.until(stream, lambda status: status.version == 5)
            assert in_time(await reminders(stage, stream))
