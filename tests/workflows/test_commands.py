"""Commands reach a running process, are decided once, and are answered the same ever after."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.recording import RecordingActivities
from tests.toy.foreign import note_recording
from tests.toy.stage import Stage
from workflows.decision import Giver, Refused
from workflows.gateway import Unavailable
from workflows.process import COMMANDS_PER_RUN


async def refusal(call: object) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        await call  # pyright: ignore[reportGeneralTypeIssues]
    return refused.value.code, refused.value.field


async def test_an_accepted_command_is_recorded_with_its_giver(played: Stage) -> None:
    stream = await played.open()
    answer = await played.give(stream, "AddNote", {"text": "handle with care"})
    assert [(event["type"], event["version"]) for event in answer.events] == [("NoteAdded", 2)]
    opened, noted = await played.events(stream)
    assert (noted.actor.person, noted.actor.role) == (played.librarian.person, "librarian")
    assert noted.recorded_at > opened.recorded_at
    assert noted.data.text == "handle with care"


async def test_a_refusal_names_code_and_field_and_leaves_no_trace(played: Stage) -> None:
    stream = await played.open()
    await played.status(stream)
    before = [event async for event in played.handle(stream).fetch_history_events()]
    assert await refusal(played.give(stream, "ExtendLoan", {"days": 70})) == (
        "command.invalid",
        "days",
    )
    await played.give(stream, "ExtendLoan", {"days": 60})
    assert await refusal(played.give(stream, "ExtendLoan", {"days": 60})) == (
        "loan.too_long",
        "days",
    )
    reader = Giver(str(uuid4()), ("reader",))
    assert await refusal(played.give(stream, "AddNote", {"text": "x"}, giver=reader)) == (
        "auth.role",
        None,
    )
    assert await refusal(played.give(stream, "Burn", {})) == ("command.invalid", "command")
    after = [event async for event in played.handle(stream).fetch_history_events()]
    assert len(after) == len(before) + 6
    assert await played.types(stream) == ["LoanOpened", "LoanExtended"]


async def test_a_command_to_nothing_is_refused_and_leaves_no_run_behind(played: Stage) -> None:
    stream, command_id, data = played.opening()
    await played.store.open_dossier(played.tenant, "loans", stream)
    assert await refusal(played.give(stream, "AddNote", {"text": "x"})) == ("not_found", None)
    assert (await played.handle(stream).describe()).status == WorkflowExecutionStatus.COMPLETED
    await played.give(stream, "OpenLoan", data, command_id=command_id)
    assert await played.types(stream) == ["LoanOpened"]


async def test_a_repeat_gets_the_first_answer(played: Stage) -> None:
    stream, command_id, data = played.opening()
    first = await played.give(stream, "OpenLoan", data, command_id=command_id)
    again = await played.give(stream, "OpenLoan", data, command_id=command_id)
    assert again.events == first.events
    assert await played.types(stream) == ["LoanOpened"]


async def test_a_reused_id_is_refused(played: Stage) -> None:
    stream = await played.open()
    note = str(uuid4())
    await played.give(stream, "AddNote", {"text": "one"}, command_id=note)
    reuse = played.give(stream, "AddNote", {"text": "two"}, command_id=note)
    assert (await refusal(reuse))[0] == "command.id_reused"
    other = await played.open()
    elsewhere = played.give(other, "AddNote", {"text": "one"}, command_id=note)
    assert (await refusal(elsewhere))[0] == "command.id_reused"


async def test_a_repeat_is_answered_after_continuing_as_new_and_after_the_end(
    played: Stage,
) -> None:
    stream = await played.open()
    note = str(uuid4())
    first = await played.give(stream, "AddNote", {"text": "first"}, command_id=note)
    begun = (await played.handle(stream).describe()).run_id
    for count in range(COMMANDS_PER_RUN):
        await played.give(stream, "AddNote", {"text": str(count)})
    await played.pass_time(stream, timedelta(seconds=10))
    assert (await played.handle(stream).describe()).run_id != begun
    assert (await played.status(stream)).commands == 0
    again = await played.give(stream, "AddNote", {"text": "first"}, command_id=note)
    assert again.events == first.events
    await played.give(stream, "ReturnBook")
    assert (await played.handle(stream).describe()).status == WorkflowExecutionStatus.COMPLETED
    late = await played.give(stream, "AddNote", {"text": "first"}, command_id=note)
    assert late.events == first.events
    assert len(await played.events(stream)) == COMMANDS_PER_RUN + 3


async def test_an_ended_case_still_decides(played: Stage) -> None:
    stream = await played.open()
    await played.give(stream, "ReturnBook")
    assert (await refusal(played.give(stream, "ExtendLoan", {"days": 1})))[0] == "state.final"
    await played.give(stream, "AddNote", {"text": "page 12 is torn"})
    assert await played.types(stream) == ["LoanOpened", "BookReturned", "NoteAdded"]
    assert (await played.handle(stream).describe()).status == WorkflowExecutionStatus.COMPLETED


async def test_a_refused_command_is_decided_anew(played: Stage) -> None:
    """Also within the run that refused it, where Temporal keeps the outcome of an update id."""
    holder = await played.open("rare")
    stream, command_id, data = played.opening("rare")
    assert (await refusal(played.give(stream, "OpenLoan", data, command_id=command_id)))[
        0
    ] == "book.lent"
    await played.give(holder, "ReturnBook")
    await played.give(stream, "OpenLoan", data, command_id=command_id)

    cold = await played.open()
    long = str(uuid4())
    await played.give(cold, "ExtendLoan", {"days": 60})
    async with asyncio.TaskGroup() as both:
        # Accepted together, decided one after the other: the second refusal comes too late
        # for the validator.
        one = both.create_task(_outcome(played, cold, "ExtendLoan", {"days": 10}, long))
        two = both.create_task(_outcome(played, cold, "ExtendLoan", {"days": 10}, str(uuid4())))
    assert sorted([one.result(), two.result()]) == ["loan.too_long", "recorded"]


async def _outcome(
    stage: Stage, stream: str, command: str, data: dict[str, object], command_id: str
) -> str:
    try:
        return (await stage.give(stream, command, data, command_id=command_id)).outcome
    except Refused as refused:
        return refused.code


async def test_broken_rules_answer_and_block_nothing(played: Stage) -> None:
    stream = await played.open()
    with pytest.raises(Unavailable, match="ZeroDivisionError"):
        await played.give(stream, "BreakRules")
    await played.give(stream, "AddNote", {"text": "still here"})
    history = await played.handle(stream).fetch_history()
    assert not [e for e in history.events if e.HasField("workflow_task_failed_event_attributes")]


async def test_many_givers_at_once_get_an_answer_each(played: Stage) -> None:
    """More than the ten updates a run may have in flight, across continuing as new."""
    stream = await played.open()
    async with asyncio.TaskGroup() as givers:
        answers = [
            givers.create_task(played.give(stream, "AddNote", {"text": str(n)})) for n in range(40)
        ]
    versions = sorted(answer.result().events[0]["version"] for answer in answers)
    assert versions == list(range(2, 42))


async def test_a_foreign_append_is_caught_up_with(played: Stage) -> None:
    stream = await played.open()
    await played.give(stream, "AddNote", {"text": "mine"})
    await append_elsewhere(played, stream, 2)
    answer = await played.give(stream, "AddNote", {"text": "mine too"})
    assert answer.events[0]["version"] == 4
    await append_elsewhere(played, stream, 4)
    await played.handle(stream).signal("poke")
    await played.until(stream, lambda status: status.version == 5)
    await played.give(stream, "AddNote", {"text": "and on"})
    assert (await played.status(stream)).version == 6


async def append_elsewhere(stage: Stage, stream: str, version: int) -> None:
    recording = note_recording(stage, stream, version)
    assert (await stage.store.record(recording)).outcome == "recorded"


async def test_a_shifted_clock_is_for_test_and_demo_only(played: Stage) -> None:
    offset = timedelta(days=-400)
    stream = await played.open(clock_offset=offset)
    (opened,) = await played.events(stream)
    plain = await played.open()
    (now,) = await played.events(plain)
    assert timedelta(days=399) < now.recorded_at - opened.recorded_at < timedelta(days=401)


async def test_a_shifted_clock_is_refused_in_production(stage: Stage) -> None:
    strict = RecordingActivities(stage.store, "production")
    async with stage.worker(activities=strict):
        with pytest.raises(Unavailable, match="ClockShifted"):
            await stage.open(clock_offset=timedelta(days=1))
        await stage.open()


async def test_no_worker_means_unavailable_and_the_same_id_gets_through_later(
    stage: Stage,
) -> None:
    stage.gateway = type(stage.gateway)(stage.store, stage.temporal, patience=0.5)
    stream, command_id, data = stage.opening()
    with pytest.raises(Unavailable):
        await stage.give(stream, "OpenLoan", data, command_id=command_id)
    stage.gateway = type(stage.gateway)(stage.store, stage.temporal)
    async with stage.worker():
        await stage.give(stream, "OpenLoan", data, command_id=command_id)
    assert await stage.types(stream) == ["LoanOpened"]
