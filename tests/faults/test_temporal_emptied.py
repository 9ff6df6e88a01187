"""All that Temporal knew is lost: ``traject recover`` lets every open trajectory go on."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.histories import running
from deploy.embedded.supervisor import Child
from deploy.harness.product import ROOT, Product
from tests.faults.board import Board
from tests.faults.evidence import stored, verify_board
from workflows.wire import STATUS, Status, workflow_id

pytestmark = pytest.mark.crash

ROUNDS = 2
RECOVER_SECONDS = 60.0
QUIET_SECONDS = 20.0
LONG_AGO = timedelta(days=40)

Moment = tuple[str, str | None, str | int | None]
"""An event's type, the timer, and which of its moments."""


class Clocks:
    """The trajectories' own clocks, which a test moves, and what the processes tell of them."""

    def __init__(self, product: Product) -> None:
        self._product = product

    async def status(self, stream: str) -> Status | None:
        """None where no process runs."""
        try:
            handle = await self._handle(stream)
            if (await handle.describe()).close_time is not None:
                return None
            return await handle.query(STATUS, result_type=Status)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def move(self, stream: str, by: timedelta) -> None:
        """What falls due on the way happens."""
        temporal = await self._product.connection()
        skipper = TimeSkipper(temporal.client, config=TimeSkippingConfig(enabled=False))
        await skipper.fast_forward(await self._handle(stream), by)

    async def quiet(self, stream: str, now: datetime) -> Status:
        """The status once all that was due before ``now`` has happened."""
        async with asyncio.timeout(QUIET_SECONDS):
            while True:
                status = await self.status(stream)
                if status is not None and status.loaded and not status.pending:
                    due = status.next_due and datetime.fromisoformat(status.next_due)
                    if not due or due > now:
                        return status
                await asyncio.sleep(0.05)

    async def _handle(self, stream: str) -> WorkflowHandle[Any, Any]:
        temporal = await self._product.connection()
        return temporal.client.get_workflow_handle(workflow_id("supervision", stream))


async def test_recovered_trajectories_go_on_and_tell_nobody_twice(
    product: Product, board: Board, tmp_path: Path
) -> None:
    clocks = Clocks(product)
    now = datetime.now(UTC)
    waiting = [await board.open() for _ in range(3)]
    reminded = await _reminded(board, clocks, now - LONG_AGO)
    suspended = await _suspended(board, clocks, now - LONG_AGO)
    ended = await board.open()
    await board.done("coordinator", "DeclineRequest", {"reason": "al geregeld"}, ended)
    going = [*waiting, reminded, suspended]
    due = {stream: (await clocks.quiet(stream, now)).next_due for stream in waiting}
    told = await _told(board)
    assert told["ReminderSent", "self_assessment:V1", "after_visit"] == 1
    assert told["SuspendedLong", None, None] == 1
    assert told["StepOverdue", "talk:V1", 2] == 0

    for turn in range(ROUNDS):
        await _empty(product)
        if turn:
            await _killed_recovery(product, tmp_path)
        found = await _recover(product, tmp_path)
        assert found["failed"] == 0
        assert found["started"] >= len(going) or turn
        assert (await _recover(product, tmp_path))["started"] == 0
        assert await clocks.status(ended) is None
        for stream in waiting:
            assert (await clocks.quiet(stream, now)).next_due == due[stream]
        for stream in going:
            status = await clocks.quiet(stream, now)
            assert status.version == len((await stored(board))[stream])
            assert status.parked == 0
            assert (await board.insist(board.correction(stream))).accepted
        again = await _told(board)
        assert again["ReminderSent", "self_assessment:V1", "after_visit"] == 1
        assert again["SuspendedLong", None, None] == 1
        # Nobody kept this one alive when it fell due: its own clock stood a month back.
        assert again["StepOverdue", "talk:V1", 2] == 1
        assert set(again.values()) == {1}

    # The deadlines that were ahead come at their own moments, once.
    late = waiting[0]
    deadline = datetime.fromisoformat(due[late] or "")
    await clocks.move(late, deadline - datetime.now(UTC) + timedelta(minutes=1))
    await clocks.quiet(late, deadline)
    overdue = [e for e in (await stored(board))[late] if e["type"] == "StepOverdue"]
    assert [event["data"]["level"] for event in overdue] == [0]
    kinds = Counter(notice.kind for notice in await board.store.notices(board.tenant, stream=late))
    assert kinds["overdue"] == 1
    await verify_board(product, board)


async def test_what_temporal_forgot_since_its_backup_is_made_up_for(
    product: Product, board: Board, tmp_path: Path
) -> None:
    clocks = Clocks(product)
    going, ended, untouched = [await board.open() for _ in range(3)]
    await product.temporal.kill()
    kept = {part: part.read_bytes() for part in _files(product)}
    await product.temporal.start()
    assert (await board.insist(board.correction(going))).accepted
    await board.done("coordinator", "DeclineRequest", {"reason": "al geregeld"}, ended)
    later = await board.open()

    await product.temporal.kill()
    for part in _files(product):
        part.unlink()
    for part, content in kept.items():
        part.write_bytes(content)
    await product.temporal.start()
    # The worker may still have it in its memory as it was; only the history tells what will last.
    behind = await running(await product.connection(), workflow_id("supervision", going))
    assert behind is not None
    assert behind.seen is not None
    assert behind.seen.version == 1
    found = await _recover(product, tmp_path)
    assert (found["started"], found["poked"], found["failed"]) == (1, 2, 0)
    async with asyncio.timeout(QUIET_SECONDS):
        while await clocks.status(ended) is not None:
            await asyncio.sleep(0.05)
    for stream, version in ((going, 2), (untouched, 1), (later, 1)):
        assert (await clocks.quiet(stream, datetime.now(UTC))).version == version
        assert (await board.insist(board.correction(stream))).accepted
    found = await _recover(product, tmp_path)
    assert found["well"] == found["seen"]
    await verify_board(product, board)


async def test_a_command_brings_its_trajectory_back_before_anybody_recovers(
    product: Product, board: Board
) -> None:
    stream = await board.open()
    first = board.correction(stream)
    assert (await board.insist(first)).accepted
    await _empty(product)
    assert (await board.insist(first)).accepted
    assert (await board.insist(board.correction(stream))).accepted
    await verify_board(product, board)


async def _reminded(board: Board, clocks: Clocks, began: datetime) -> str:
    """A trajectory whose teacher was reminded of a self-assessment long ago."""
    stream = await board.open(at=began)
    await board.guide(stream, at=began)
    visit = {"visit": "V1", "at": f"{began.date()}T10:30", "announced": True}
    await board.done("advisor", "PlanVisit", visit, stream, began)
    findings = [{"goal": "G1", "seen": "partly", "example": "de bel ging, twee namen op"}]
    held = {"visit": "V1", "findings": findings, "hours": "2"}
    await board.done("advisor", "RecordVisit", held, stream, began)
    await clocks.move(stream, timedelta(days=7))
    await clocks.quiet(stream, began + timedelta(days=7))
    return stream


async def _suspended(board: Board, clocks: Clocks, began: datetime) -> str:
    """A trajectory that was suspended for so long that hr was told."""
    stream = await board.open(at=began)
    await board.done("coordinator", "AcceptRequest", {"hourly_rate": "118.00"}, stream, began)
    await board.done("hr", "Suspend", {"category": "leave"}, stream, began)
    await clocks.move(stream, timedelta(days=32))
    await clocks.quiet(stream, began + timedelta(days=32))
    return stream


async def _told(board: Board) -> Counter[Moment]:
    """What the processes did by themselves, by what it was about and in which trajectory."""
    found: Counter[Moment] = Counter()
    for stream, events in (await stored(board)).items():
        moments = Counter(
            (event["type"], json.dumps(event["data"], sort_keys=True))
            for event in events
            if event["actor"]["person"] is None
        )
        assert set(moments.values()) <= {1}, (stream, moments)
        for type_, data in moments:
            about = json.loads(data)
            which = about.get("moment", about.get("level"))
            found[type_, about.get("timer"), which] += 1
    return found


def _files(product: Product) -> list[Path]:
    """All that Temporal keeps."""
    file = product.temporal.database_file
    assert file is not None
    return list(file.parent.glob(f"{file.name}*"))


async def _empty(product: Product) -> None:
    """Temporal begins again and knows of nothing."""
    await product.temporal.kill()
    for part in _files(product):
        part.unlink()
    await product.temporal.start()


async def _killed_recovery(product: Product, folder: Path) -> None:
    """``traject recover``, killed once it has begun to start cases."""
    recovering = _recovery(product, folder / "killed.json")
    client = (await product.connection()).client
    async with asyncio.timeout(RECOVER_SECONDS):
        while (await client.count_workflows("ExecutionStatus = 'Running'")).count == 0:
            await asyncio.sleep(0.01)
    recovering.kill()


async def _recover(product: Product, folder: Path) -> dict[str, int]:
    """``traject recover --json``; what it says was found."""
    said = folder / "recover.json"
    said.unlink(missing_ok=True)
    recovering = _recovery(product, said)
    assert await recovering.ended(RECOVER_SECONDS)
    assert recovering.exit_code == 0, recovering.said()
    return json.loads(recovering.said())


def _recovery(product: Product, said: Path) -> Child:
    return Child.start(
        [sys.executable, str(ROOT / "cli.py"), "recover", "--json"],
        log=said,
        death=signal.SIGKILL,
        env=product.environment(),
    )
