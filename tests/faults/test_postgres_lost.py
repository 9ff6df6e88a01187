"""PostgreSQL goes away under running commands in every way a server can, and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from deploy.harness.product import Product
from events.store.positions import Position
from tests.faults.board import Board
from tests.faults.evidence import positions, verify_board
from tests.faults.traffic import Traffic

pytestmark = pytest.mark.crash

ROUNDS = 3
BACK_SECONDS = 10.0
CROWD = 12

Fault = Callable[[Product], Awaitable[None]]


async def _all_killed(product: Product) -> None:
    await product.postgres.kill()


async def _postmaster_killed(product: Product) -> None:
    """Its sessions outlive it for a moment."""
    await _signal(product, signal.SIGKILL)


async def _stopped_immediately(product: Product) -> None:
    await _signal(product, signal.SIGQUIT)


async def _signal(product: Product, what: signal.Signals) -> None:
    assert product.postgres.pid is not None
    os.kill(product.postgres.pid, what)
    while product.postgres.running:
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("fault", [_all_killed, _postmaster_killed, _stopped_immediately])
async def test_commands_given_while_postgres_is_lost(
    product: Product, board: Board, fault: Fault
) -> None:
    read: list[list[Position]] = []
    async with Traffic(board) as traffic:
        for _ in range(ROUNDS):
            await traffic.flows()
            read.append(await positions(product))
            await fault(product)
            await traffic.stands_still()
            await product.postgres.start()
            assert await traffic.answers() < BACK_SECONDS
            await traffic.flows()
    await verify_board(product, board)
    # Numbers that did not reach the disk are given again, and come out as readers knew them.
    for before in read:
        assert (await positions(product))[: len(before)] == before


async def test_commands_given_while_postgres_is_frozen(product: Product, board: Board) -> None:
    """It takes connections and bytes, and says nothing: only a time limit notices.

    There are more callers than connections, so that some have to wait for those of others.
    """
    calls = [board.correction(await board.open()) for _ in range(CROWD)]
    frozen = _processes(product)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        answers = await asyncio.gather(*(board.send(call) for call in calls))
    finally:
        for pid in reversed(frozen):
            os.kill(pid, signal.SIGCONT)
    assert {answer.status for answer in answers} == {503}
    answers = await asyncio.gather(*(board.insist(call) for call in calls))
    assert all(answer.accepted for answer in answers)
    await verify_board(product, board)


def _processes(product: Product) -> list[int]:
    """The server and its sessions."""
    pid = product.postgres.pid
    assert pid is not None
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]
