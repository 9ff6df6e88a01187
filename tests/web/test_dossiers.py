"""Kept cases: never stale, right at every version, and gone when the dossier is erased."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from tests.conftest import Database
from tests.web.conftest import Board
from web.dossiers import Dossiers
from workflows.registry import RULES


async def test_a_kept_case_grows_with_what_was_recorded_elsewhere(board: Board) -> None:
    elsewhere = Dossiers(board.store, RULES)
    stream = (await board.open()).json()["id"]
    first = await elsewhere.read(board.tenant, "supervision", stream)
    assert first is not None
    await board.done(stream, "AcceptRequest", {"hourly_rate": "118.00"}, "coordinator")
    then = await elsewhere.read(board.tenant, "supervision", stream)
    assert then is not None
    assert (first.version, then.version) == (1, 2)
    assert then.state == RULES["supervision"].story.fold(then.events)
    assert await elsewhere.read(board.tenant, "assessments", stream) is None


@pytest.mark.parametrize("kept", [0, 1, 4, 8])
async def test_an_answer_shows_the_case_right_after_its_events(board: Board, kept: int) -> None:
    stream = await board.in_guidance()
    events = await board.store.load(board.tenant, stream)
    dossiers = Dossiers(board.store, RULES, keep=1)
    if kept:
        await dossiers.upto(board.tenant, "supervision", stream, events[:kept])
    found = await dossiers.upto(board.tenant, "supervision", stream, events[3:5])
    assert found.version == 5
    assert found.state == RULES["supervision"].story.fold(events[:5])


async def test_only_so_many_cases_are_kept(board: Board) -> None:
    dossiers = Dossiers(board.store, RULES, keep=1)
    streams: list[str] = []
    for number in range(2):
        teacher = await board.add(f"t{number}", f"Leerkracht {number}", "teacher")
        streams.append((await board.open(teacher=teacher.id)).json()["id"])
    await asyncio.gather(*(dossiers.read(board.tenant, "supervision", one) for one in streams))
    kept = [dossiers.process_of(board.tenant, stream) for stream in streams]
    assert sorted(kept, key=str) == [None, "supervision"]


async def test_an_erased_dossier_is_gone_from_memory_too(
    board: Board, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.store.dossiers.CACHE_SECONDS", 0.0)
    stream = (await board.open()).json()["id"]
    assert (await board.get(f"/supervision/{stream}")).status_code == 200
    connection = await asyncpg.connect(database.owner_dsn)
    await connection.execute(
        "update traject.dossier_key set wrapped = null, destroyed_at = now() where stream = $1",
        stream,
    )
    await connection.close()
    answer = await board.get(f"/supervision/{stream}")
    assert (answer.status_code, answer.json()["code"]) == (410, "case.erased")
    assert (await board.get(f"/supervision/{stream}", "teacher")).status_code == 404
    assert (await board.get("/supervision")).json()["items"] == []
