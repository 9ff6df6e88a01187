"""A command is recorded whole and once, and every attempt gets the same answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from events.event import event_id
from events.recording import CaseIndex, Opening
from events.settings import TenantSettings
from events.store.errors import (
    AlreadyOpened,
    RecordedTooEarly,
    UnknownDossier,
    WrongProcess,
)
from events.store.store import Store
from tests.events.store.samples import START, begun, draft, opened, recording, versions


async def test_events_get_the_next_versions(store: Store, tenant: str) -> None:
    stream = await opened(store, tenant)
    wanted = recording(tenant, stream, events=[draft("one", "Opened"), draft("two")])
    answer = await store.record(wanted)
    assert answer.outcome == "recorded"
    assert versions(answer) == [1, 2]
    stored = await store.load(tenant, stream)
    assert [event.json() for event in stored] == answer.events
    assert stored[1].event_id == event_id(stream, wanted.command_id, 1)
    assert stored[1].recorded_at == START


async def test_database_time_is_kept_beside(
    store: Store, tenant: str, raw: asyncpg.Connection
) -> None:
    await begun(store, tenant)
    assert await raw.fetchval("select now() - stored_at < interval '1 minute' from traject.event")


async def test_repeat_gets_the_first_answer(store: Store, tenant: str) -> None:
    stream = await opened(store, tenant)
    first = recording(tenant, stream, events=[draft("a"), draft("b")], warnings=["goals.many"])
    answer = await store.record(first)
    await store.record(recording(tenant, stream, 2))
    for expected in (0, 2, 3, 9):
        again = await store.record(first.model_copy(update={"expected_version": expected}))
        assert again.outcome == "repeated"
        assert again.events == answer.events
        assert again.warnings == ["goals.many"]
    assert (await store.head(tenant, stream)).version == 3


@pytest.mark.parametrize("expected", [0, 1])
async def test_same_id_with_other_content_is_reused(
    store: Store, tenant: str, expected: int
) -> None:
    stream = await opened(store, tenant)
    first = recording(tenant, stream)
    await store.record(first)
    other = first.model_copy(update={"content_hash": "f" * 64, "expected_version": expected})
    assert (await store.record(other)).outcome == "reused"
    assert (await store.head(tenant, stream)).version == 1


async def test_same_id_on_another_stream_is_reused(store: Store, tenant: str) -> None:
    first = recording(tenant, await opened(store, tenant))
    await store.record(first)
    elsewhere = await opened(store, tenant)
    answer = await store.record(first.model_copy(update={"stream": elsewhere}))
    assert answer.outcome == "reused"
    assert (await store.head(tenant, elsewhere)).version == 0


async def test_same_id_at_another_board_is_a_command_of_its_own(store: Store, tenant: str) -> None:
    first = recording(tenant, await opened(store, tenant))
    await store.record(first)
    other = str(uuid4())
    stream = await opened(store, other)
    answer = await store.record(first.model_copy(update={"tenant": other, "stream": stream}))
    assert answer.outcome == "recorded"


async def test_wrong_version_answers_what_was_not_seen(store: Store, tenant: str) -> None:
    stream = await begun(store, tenant)
    later = await store.record(recording(tenant, stream, 1, events=[draft("x"), draft("y")]))
    answer = await store.record(recording(tenant, stream, 1, recorded_at=START))
    assert answer.outcome == "behind"
    assert answer.events == later.events
    ahead = await store.record(recording(tenant, stream, 7))
    assert (ahead.outcome, ahead.events) == ("behind", [])
    assert (await store.head(tenant, stream)).version == 3


async def test_unknown_dossier(store: Store, tenant: str) -> None:
    with pytest.raises(UnknownDossier):
        await store.record(recording(tenant, str(uuid4())))


async def test_dossier_of_another_board_is_unknown(store: Store, tenant: str) -> None:
    stream = await opened(store, tenant)
    with pytest.raises(UnknownDossier):
        await store.record(recording(str(uuid4()), stream))


async def test_wrong_process(store: Store, tenant: str) -> None:
    stream = await opened(store, tenant)
    with pytest.raises(WrongProcess):
        await store.record(recording(tenant, stream, process="other"))
    with pytest.raises(WrongProcess):
        await store.open_dossier(tenant, "other", stream)


async def test_never_recorded_before_the_last_event(store: Store, tenant: str) -> None:
    stream = await begun(store, tenant)
    before = START - timedelta(microseconds=1)
    with pytest.raises(RecordedTooEarly):
        await store.record(recording(tenant, stream, 1, recorded_at=before))
    same = await store.record(recording(tenant, stream, 1, recorded_at=START))
    assert same.outcome == "recorded"


async def test_new_settings_come_with_the_answer(store: Store, tenant: str) -> None:
    stream = await begun(store, tenant)
    assert (await store.record(recording(tenant, stream, 1))).settings is None
    saved = await store.save_settings(tenant, TenantSettings(goals_max=9))
    answer = await store.record(recording(tenant, stream, 2))
    assert answer.settings == saved
    known = recording(tenant, stream, 3, settings_version=saved.version)
    assert (await store.record(known)).settings is None


def opening(stream: str, process: str = "other", events: int = 1) -> Opening:
    return Opening(
        process=process,
        stream=stream,
        events=[draft(f"there {n}") for n in range(events)],
        index=CaseIndex(state="new", open=True, parties={"client": str(uuid4())}),
    )


async def test_opening_writes_both_streams_or_none(store: Store, tenant: str) -> None:
    stream, there = await begun(store, tenant), str(uuid4())
    wanted = recording(
        tenant, stream, 1, events=[draft(), draft()], openings=[opening(there, events=2)]
    )
    answer = await store.record(wanted)
    assert versions(answer) == [2, 3]
    assert [event.version for event in await store.load(tenant, there)] == [1, 2]
    assert await store.process_of(tenant, there) == "other"
    again = await store.record(wanted)
    assert (again.outcome, again.events) == ("repeated", answer.events)

    late = recording(tenant, stream, 1, openings=[opening(str(uuid4()))])
    assert (await store.record(late)).outcome == "behind"
    assert await store.process_of(tenant, late.openings[0].stream) is None


async def test_opening_of_a_stream_that_has_events(store: Store, tenant: str) -> None:
    stream, there = await begun(store, tenant), await begun(store, tenant)
    with pytest.raises(AlreadyOpened):
        await store.record(recording(tenant, stream, 1, openings=[opening(there, "toy")]))
    with pytest.raises(WrongProcess):
        await store.record(recording(tenant, stream, 1, openings=[opening(there)]))
    assert (await store.head(tenant, stream)).version == 1


async def test_find_command(store: Store, tenant: str) -> None:
    stream = await opened(store, tenant)
    wanted = recording(tenant, stream, openings=[opening(str(uuid4()))], warnings=["w.x"])
    answer = await store.record(wanted)
    found = await store.find_command(tenant, wanted.command_id)
    assert found is not None
    assert (found.stream, found.command) == (stream, "Note")
    assert found.is_of("0" * 64)
    assert not found.is_of("1" * 64)
    assert (found.recorded.events, found.recorded.warnings) == (answer.events, ["w.x"])
    assert await store.find_command(tenant, str(uuid4())) is None
    assert await store.find_command(str(uuid4()), wanted.command_id) is None


async def test_crossing_writers_of_one_stream(store: Store, tenant: str) -> None:
    stream = await opened(store, tenant)
    answers = await asyncio.gather(*(store.record(recording(tenant, stream)) for _ in range(8)))
    assert sorted(answer.outcome for answer in answers) == ["behind"] * 7 + ["recorded"]


async def test_one_command_sent_many_times_at_once(store: Store, tenant: str) -> None:
    wanted = recording(tenant, await opened(store, tenant))
    answers = await asyncio.gather(*(store.record(wanted) for _ in range(8)))
    assert sorted(answer.outcome for answer in answers) == ["recorded"] + ["repeated"] * 7
    assert all(answer.events == answers[0].events for answer in answers)


async def test_one_id_on_many_streams_at_once(store: Store, tenant: str) -> None:
    streams = [await opened(store, tenant) for _ in range(6)]
    wanted = recording(tenant, streams[0])
    answers = await asyncio.gather(
        *(store.record(wanted.model_copy(update={"stream": stream})) for stream in streams)
    )
    assert sorted(answer.outcome for answer in answers) == ["recorded"] + ["reused"] * 5


async def test_openings_that_cross_do_not_lock_each_other_out(store: Store, tenant: str) -> None:
    one, two = sorted([await opened(store, tenant), await opened(store, tenant)])
    for _ in range(10):
        answers = await asyncio.gather(
            store.record(recording(tenant, one, openings=[opening(two, "toy")])),
            store.record(recording(tenant, two, openings=[opening(one, "toy")])),
            return_exceptions=True,
        )
        assert not any(isinstance(answer, asyncpg.PostgresError) for answer in answers)


async def test_only_commits_wake(store: Store, tenant: str) -> None:
    woken: list[str] = []
    store.on_recorded = lambda: woken.append("now")
    stream = await begun(store, tenant)
    await store.record(recording(tenant, stream, 5))
    assert woken == ["now"]
