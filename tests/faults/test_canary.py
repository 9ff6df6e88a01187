"""What people write about people is found in no log, no metric and nowhere in Temporal's file."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from deploy.harness.product import Product
from tests.faults.board import PEOPLE, Board, Call
from workflows.wire import workflow_id

pytestmark = pytest.mark.crash

HELD_SECONDS = 10.0


@pytest.fixture
def canary() -> str:
    """A word that nothing else contains; everything written here ends in it."""
    return f"kanarie{uuid4().hex[:12]}"


@pytest.fixture
async def board(product: Product, canary: str) -> AsyncIterator[Board]:
    """A board whose people's names are canaries too."""
    async with httpx2.AsyncClient(base_url=product.url, timeout=20) as http:
        board = Board(await product.store(), http)
        await board.settle({role: f"{name} {canary}" for role, name in PEOPLE.items()})
        yield board


async def test_nothing_personal_leaks(product: Product, board: Board, canary: str) -> None:
    stream = await _told(product, board, canary)
    metrics = await _metrics(product)
    assert "traject_recordings_total" in metrics
    assert canary not in metrics

    file = product.temporal.database_file
    assert file is not None
    # As it lies there, with what the write-ahead log still holds; then folded into the file.
    before = _bytes(file.parent)
    await product.temporal.stop()
    with closing(sqlite3.connect(file)) as database:
        database.execute("pragma wal_checkpoint(truncate)")
    after = _bytes(file.parent)
    for process, known in (("supervision", stream), *_opened(board)):
        assert workflow_id(process, known).encode() in after[file]
    for found in (before, after, _bytes(product.folder, without="cluster")):
        assert _places(found, canary) == []
    assert len(product.log("web")) > 0
    assert stream in product.log("worker")

    # The search itself works: the store's own tables hold the names, and sealed all the rest.
    assert await _rows(product, "traject.person", canary) == len(board.people)
    assert await _rows(product, "traject.event", canary) == 0
    assert await _rows(product, "traject.draft", canary) == 0
    await product.temporal.start()


async def _told(product: Product, board: Board, canary: str) -> str:
    """A trajectory with the word in everything that can be written, also by what goes wrong."""
    concerns = [{"concern": "C1", "text": f"onrust {canary}"}]
    stream = await board.open(
        concerns=concerns, school=f"De {canary}", earlier_guidance=f"coaching {canary}"
    )
    await board.guide(stream, goal=f"Eén vast signaal {canary}")
    day = datetime.now(UTC).date()
    visit = {"visit": f"V{canary}", "at": f"{day}T10:30", "announced": False}
    await board.done("advisor", "PlanVisit", visit, stream)
    typed = {"findings.0.example": f"de bel {canary}"}
    advisor = board.id_of("advisor")
    await board.store.save_draft(board.tenant, stream, advisor, "RecordVisit", typed, None)
    finding = {"goal": "G1", "seen": "partly", "example": f"de bel ging {canary}"}
    held = {"visit": f"V{canary}", "findings": [finding]}
    await _refused(board, stream, canary)
    await _broken(product, board, Call("advisor", "RecordVisit", held, stream))
    rated = {"visit": f"V{canary}", "ratings": {"G1": "partly"}}
    await board.done(board.teacher_of(stream), "SubmitSelfAssessment", rated, stream)
    await board.done("advisor", "IssueInterimReport", {"text": f"verslag {canary}"}, stream)
    shown = await board.get(f"/supervision/{stream}/export", by="advisor")
    assert shown.text.count(canary) > 5
    pages = await board.get(f"/supervision/{stream}?as_of={canary}")
    assert pages.status_code == 422
    await board.done("client", "AbortTrajectory", {"reason": f"gestopt {canary}"}, stream)
    await _told_elsewhere(board, canary)
    return stream


async def _told_elsewhere(board: Board, canary: str) -> None:
    """The word in the other processes, and in what one of them gives to another."""
    contact = board.id_of("contact")
    fit = {"motive": "vision", "explanation": f"past bij ons {canary}", "profile_match": "good"}
    active = {
        "primary_contact": contact,
        "coordinator": board.id_of("coordinator"),
        "deputy": board.id_of("school_leader"),
    }
    moment = {"channel": "phone", "text": f"gebeld {canary}"}
    follow_ups = {
        "internships": [("teacher", "CancelInternship", {"reason": f"ziek {canary}"})],
        "placements": [("coordinator", "RejectRequest", {"reason": f"vol {canary}"})],
        "partners": [
            ("coordinator", "AssessFit", fit),
            ("coordinator", "ActivatePartner", active),
            ("coordinator", "LogContactMoment", moment),
        ],
    }
    for process, opening in board.openings(canary).items():
        answer = await board.insist(opening)
        assert answer.accepted, answer.content
        stream = answer.content["id"]
        for by, command, data in follow_ups[process]:
            await board.done(by, command, data, stream, process=process)
        shown = await board.get(f"/{process}/{stream}/export", by="coordinator")
        assert canary in shown.text
    left = Call("hr", "StaffLeft", {"person": board.id_of("coordinator")}, process="departures")
    assert (await board.insist(left)).accepted


async def _refused(board: Board, stream: str, canary: str) -> None:
    """Wrong in every place where a wrong word could be quoted."""
    for call in (
        Call("advisor", "DraftGoal", {canary: canary, "goal": canary}, stream),
        Call("advisor", "RecordVisit", {"visit": canary, "date": canary}, stream),
        Call("advisor", "DropGoal", {"goal": canary, "reason": canary}, stream),
        Call("hr", "Suspend", {"category": "leave", "note": canary}, stream),
        Call("coordinator", "DeclineRequest", {"reason": canary}, stream),
        Call("advisor", canary, {"text": canary}, stream),
        Call("advisor", "DraftGoal", {"goal": canary}, canary),
        Call("hr", canary, {"school": canary}),
        Call("hr", "RequestTrajectory", {"school": canary}, None, canary),
    ):
        assert (await board.insist(call)).status in (403, 404, 409, 422), call


async def _broken(product: Product, board: Board, call: Call) -> None:
    """PostgreSQL goes while it records the command, and the worker while it tries again."""
    before = len(product.log("worker"))
    holder: asyncpg.Connection = await asyncpg.connect(product.dsn)
    await holder.execute("begin")
    await holder.fetch("select from traject.stream where stream = $1 for update", call.stream)
    mine = holder.get_server_pid()
    waiting = "select pid from pg_stat_activity where $1 = any(pg_blocking_pids(pid))"
    asking = asyncio.ensure_future(board.send(call))
    async with asyncio.timeout(HELD_SECONDS):
        while (recording := await holder.fetchval(waiting, mine)) is None:
            await asyncio.sleep(0.02)
    # Its session goes first and while it still waits: it can then not have recorded.
    os.kill(recording, signal.SIGKILL)
    await product.postgres.kill()
    holder.terminate()
    async with asyncio.timeout(HELD_SECONDS):
        while "store not reached" not in product.log("worker")[before:]:
            await asyncio.sleep(0.02)
    product.kill_worker()
    await product.postgres.start()
    await product.start_worker()
    await asking
    assert (await board.insist(call)).accepted


async def _metrics(product: Product) -> str:
    async with httpx2.AsyncClient() as http:
        answer = await http.get(f"http://127.0.0.1:{product.worker_port}/metrics")
    return answer.text


def _bytes(folder: Path, without: str = "") -> dict[Path, bytes]:
    """Every file below the folder, but for the folders of that name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files if without not in path.parts}


def _places(found: dict[Path, bytes], canary: str) -> list[str]:
    """Where the word stands, in any of the ways in which programs write a word."""
    plain = canary.encode()
    ways = [plain, canary.encode("utf-16-le"), plain.hex().encode()]
    # In base64 a word looks different after 0, 1 or 2 bytes; its edges depend on its neighbours.
    ways += [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    return [path.name for path, content in found.items() if any(way in content for way in ways)]


def _opened(board: Board) -> list[tuple[str, str]]:
    """Process and stream of every case that was opened."""
    first = {a.content["id"]: c.process for c, a in board.answered.values() if c.stream is None}
    return [(process, stream) for stream, process in first.items()]


async def _rows(product: Product, table: str, canary: str) -> int:
    """In how many rows of a table the word stands as plain bytes."""
    connection: asyncpg.Connection = await asyncpg.connect(product.dsn)
    try:
        text = "position(encode($1::bytea, 'hex') in replace(t::text, '\\x', ''))"
        plain = "position($2::text in t::text)"
        query = f"select count(*) from {table} t where {text} > 0 or {plain} > 0"
        return int(await connection.fetchval(query, canary.encode(), canary) or 0)
    finally:
        await connection.close()
