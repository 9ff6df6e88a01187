"""Lists, tasks and agenda say the same whether cases were folded or stand in read models."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from events.projections.projector import Projector
from events.settings import TenantSettings
from events.store.keys import MasterKeys
from tests.conftest import Database
from tests.events.store.numbering import number_all
from tests.web.conftest import PEOPLE, Board
from workflows.registry import RULES

Project = Callable[[], Awaitable[None]]
PATHS = (
    "/supervision", "/supervision?sort=updated_at", "/supervision?sort=created_at&limit=1",
    "/supervision?open=true&state=guidance", "/partners", "/me/tasks", "/me/agenda",
)  # fmt: skip
SECRET = "V2"


@pytest.fixture
def project(database: Database, master_keys: MasterKeys) -> Project:
    """Gives all events their positions, and puts them into the read models."""

    async def everything() -> None:
        raw = await asyncpg.connect(database.owner_dsn)
        await number_all(raw)
        await raw.close()
        stories = {name: rules.story for name, rules in RULES.items()}
        await Projector(database.projector_dsn, master_keys, stories).catch_up()

    return everything


@pytest.fixture
def folded(board: Board, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cases that a list had to fold."""
    found: list[str] = []
    dossiers = board.app.state.site.dossiers
    read = dossiers.read_many

    async def read_many(tenant: str, process: str, streams: Iterable[str]) -> Any:
        found.extend(streams)
        return await read(tenant, process, list(streams))

    monkeypatch.setattr(dossiers, "read_many", read_many)
    return found


async def filled(board: Board) -> str:
    """A trajectory in guidance with a secret visit, and one that an hr person is the teacher of."""
    stream = await board.in_guidance()
    at = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%dT08:30")
    await board.done(stream, "PlanVisit", {"visit": "V1", "at": at, "announced": True})
    await board.done(stream, "PlanVisit", {"visit": SECRET, "at": at, "announced": False})
    own = await board.add("hr_teacher", "Lieke Postma", "teacher", "hr")
    await board.open(teacher=own.id, school="Het Baken")
    return stream


async def answers(board: Board, **headers: str) -> dict[tuple[str, str], Any]:
    return {
        (by, path): (await board.get(path, by, **headers)).json()
        for by in (*PEOPLE, "hr_teacher")
        for path in PATHS
    }


async def test_what_was_folded_and_what_stands_in_rows_is_the_same(
    board: Board, project: Project, folded: list[str]
) -> None:
    stream = await filled(board)
    before = await answers(board)
    assert set(folded) and stream in folded  # noqa: PT018
    await project()
    folded.clear()
    assert await answers(board) == before
    folded.clear()
    for by in ("hr", "coordinator", "auditor"):
        for path in PATHS:
            await board.get(path, by)
    for by in PEOPLE:
        for path in ("/me/tasks", "/me/agenda"):
            assert SECRET not in str(before[by, path]) or by in ("advisor", "client")
            await board.get(path, by)
    assert folded == []

    await board.done(stream, "LogHours", {"intervention": "intake", "hours": "2"})
    (row,) = (await board.get("/supervision?state=guidance", "hr")).json()["items"]
    version = (await board.get(f"/supervision/{stream}", "hr")).json()["version"]
    assert row["version"] == version
    assert set(folded) == {stream}
    at_once = await answers(board)
    await project()
    assert await answers(board) == at_once

    folded.clear()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    (other,) = (await board.get("/supervision?state=guidance", Traject_Clock=tomorrow)).json()[
        "items"
    ]
    assert other["duration_days"] == row["duration_days"] + 1
    assert folded == [stream]
    await board.store.save_settings(board.tenant, TenantSettings(talk=9))
    folded.clear()
    changed = await answers(board)
    assert stream in folded
    await project()
    folded.clear()
    assert await answers(board) == changed
    assert (await board.get("/supervision")).status_code == 200


async def test_the_dashboard_counts_what_was_just_recorded(board: Board, project: Project) -> None:
    assert (await board.get("/dashboard")).json()["code"] == "service.unavailable"
    stream = await filled(board)
    await project()
    told = {by: (await board.get("/dashboard", by)) for by in PEOPLE}
    assert {by for by, answer in told.items() if answer.status_code == 200} == {
        "hr", "coordinator", "board",
    }  # fmt: skip
    assert told["teacher"].json()["code"] == "auth.role"
    for by in ("hr", "coordinator"):
        (process,) = told[by].json()["running"]
        assert process["states"] == {"guidance": 1, "requested": 1}
        assert process["visits"] == {"held": 0, "agreed": 6}
        assert process["hours"] == "4.50"
        assert told[by].json()["current"] is True
    (process,) = told["board"].json()["running"]
    assert process["states"] == {"guidance": None, "requested": None}
    assert "attention" not in told["board"].json()
    for part in told["board"].json()["running"][0].values():
        assert part in ("supervision", None) or set(part.values()) == {None}
    (own,) = (await board.get("/dashboard", "hr_teacher")).json()["running"]
    assert own["states"] == {"guidance": 1}

    await board.done(stream, "LogHours", {"intervention": "consultation", "hours": "2"})
    late = (await board.get("/dashboard")).json()
    assert late["current"] is False
    await project()
    (process,) = (await board.get("/dashboard")).json()["running"]
    assert process["hours"] == "6.50"
    assert (await board.get("/dashboard?year=2025")).status_code == 422
