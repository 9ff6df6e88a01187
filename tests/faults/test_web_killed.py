"""The web part dies with commands in its hands; who asked asks again and is answered once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from temporalio.service import RPCError

from deploy.harness.product import Product
from events.event import stream_id
from tests.faults.board import Board
from tests.faults.evidence import verify_board
from tests.faults.traffic import Traffic
from workflows.wire import workflow_id

pytestmark = pytest.mark.crash

ROUNDS = 3
TAKEN_SECONDS = 10.0


@contextmanager
def _held(pid: int) -> Iterator[None]:
    """Whatever reaches this process waits."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_web_killed_in_the_middle_of_a_command(product: Product, board: Board) -> None:
    """The worker is held, so that the command is surely given and surely not answered."""
    await board.add("teacher", "Joris Wesselink", "teacher")
    call = board.request()
    with _held(product.worker.pid):
        asking = asyncio.ensure_future(board.send(call))
        await _taken(product, stream_id(board.tenant, call.key))
        product.kill_web()
        with pytest.raises(httpx2.TransportError):
            await asking
    await product.start_web()
    answer = await board.insist(call)
    assert answer.status == 201
    assert (await board.insist(board.correction(answer.content["id"]))).accepted
    await verify_board(product, board)


async def test_web_killed_again_and_again_under_traffic(product: Product, board: Board) -> None:
    async with Traffic(board) as traffic:
        for _ in range(ROUNDS):
            await traffic.flows()
            product.kill_web()
            await traffic.stands_still()
            await product.start_web()
            await traffic.flows()
    await verify_board(product, board)


async def _taken(product: Product, stream: str) -> None:
    """Returns once Temporal has the first command of the stream."""
    temporal = await product.connection()
    handle = temporal.client.get_workflow_handle(workflow_id("supervision", stream))
    async with asyncio.timeout(TAKEN_SECONDS):
        while True:
            try:
                await handle.describe()
            except RPCError:
                await asyncio.sleep(0.02)
            else:
                return
