"""What a process asks of the store, and what it is never asked twice."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import recording
from activities.recording import RecordingActivities
from events.recording import CaseIndex, Draft, Opening, Recording
from tests.toy.foreign import note_recording
from tests.toy.stage import Stage

HERE = ActivityEnvironment()


async def begun(stage: Stage, notes: int = 0) -> str:
    stream = str(uuid4())
    await stage.store.open_dossier(stage.tenant, "loans", stream)
    reach = RecordingActivities(stage.store)
    for version in range(notes):
        await HERE.run(reach.record, note_recording(stage, stream, version))
    return stream


async def test_a_stream_is_loaded_in_pages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "PAGE_EVENTS", 2)
    stream = await begun(stage, notes=5)
    reach = RecordingActivities(stage.store)
    seen, after, more = [], 0, True
    while more:
        page = await HERE.run(reach.load, stage.tenant, stream, after, 0.0)
        assert len(page.events) in (1, 2)
        seen += [event["version"] for event in page.events]
        after, more = seen[-1], page.more
    assert seen == [1, 2, 3, 4, 5]


async def test_a_page_is_never_too_large_and_never_empty(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "PAGE_BYTES", 1)
    stream = await begun(stage, notes=2)
    page = await HERE.run(RecordingActivities(stage.store).load, stage.tenant, stream, 0, 0.0)
    assert (len(page.events), page.more) == (1, True)


@pytest.mark.parametrize("installation", ["test", "demo"])
async def test_a_shifted_clock_is_loaded_where_time_is_not_real(
    stage: Stage, installation: str
) -> None:
    stream = await begun(stage)
    reach = RecordingActivities(stage.store, installation)
    assert (await HERE.run(reach.load, stage.tenant, stream, 0, 60.0)).events == []


async def test_a_shifted_clock_is_refused_where_time_is_real(stage: Stage) -> None:
    stream = await begun(stage)
    with pytest.raises(ApplicationError) as refused:
        await HERE.run(RecordingActivities(stage.store).load, stage.tenant, stream, 0, 60.0)
    assert (refused.value.type, refused.value.non_retryable) == ("ClockShifted", True)


async def test_what_the_store_refuses_for_ever_is_not_tried_again(stage: Stage) -> None:
    with pytest.raises(ApplicationError) as refused:
        await HERE.run(
            RecordingActivities(stage.store).record, note_recording(stage, str(uuid4()), 0)
        )
    assert (refused.value.type, refused.value.non_retryable) == ("UnknownDossier", True)


async def test_a_behind_process_is_told_so_without_the_events(stage: Stage) -> None:
    stream = await begun(stage, notes=2)
    answer = await HERE.run(
        RecordingActivities(stage.store).record, note_recording(stage, stream, 1)
    )
    assert (answer.outcome, answer.events) == ("behind", [])


async def test_an_answer_is_recalled_for_the_same_content_only(stage: Stage) -> None:
    stream = await begun(stage)
    reach = RecordingActivities(stage.store)
    note = note_recording(stage, stream, 0)
    first = await HERE.run(reach.record, note)
    asked = (stage.tenant, stream, note.command_id)
    again = await HERE.run(reach.recall, *asked, note.content_hash)
    assert again.events == first.events
    assert (await HERE.run(reach.recall, *asked, "other")).outcome == "reused"
    elsewhere = (stage.tenant, str(uuid4()), note.command_id)
    assert (await HERE.run(reach.recall, *elsewhere, note.content_hash)).outcome == "reused"


async def test_an_opened_stream_gets_its_process_again_on_a_repeat(stage: Stage) -> None:
    stream, other = await begun(stage), str(uuid4())
    started: list[str] = []

    async def opened(_recording: Recording, opening: Opening) -> None:
        started.append(opening.stream)
        if len(started) == 1:
            raise ConnectionError

    reach = RecordingActivities(stage.store, opened=opened)
    note = note_recording(stage, stream, 0)
    with_opening = Recording.model_validate(
        note.model_dump() | {"openings": [opening_of(stage, other).model_dump()]}
    )
    with pytest.raises(ConnectionError):
        await HERE.run(reach.record, with_opening)
    assert (await HERE.run(reach.record, with_opening)).outcome == "repeated"
    assert started == [other, other]
    assert await stage.types(other) == ["NoteAdded"]


def opening_of(stage: Stage, stream: str) -> Opening:
    today = datetime.now(UTC).date().isoformat()
    return Opening(
        process="loans",
        stream=stream,
        events=[Draft(type="NoteAdded", occurred_on=today, data={"text": "opened"})],
        index=CaseIndex(state="lent", open=True, parties={}),
    )
