"""Temporal is killed under running commands and starts again from its file."""

from __future__ import annotations

import pytest

from deploy.harness.product import Product
from tests.faults.board import Board
from tests.faults.evidence import verify_board
from tests.faults.traffic import Traffic

pytestmark = pytest.mark.crash

ROUNDS = 3
BACK_SECONDS = 15.0


async def test_commands_given_while_temporal_is_killed(product: Product, board: Board) -> None:
    async with Traffic(board) as traffic:
        for _ in range(ROUNDS):
            await traffic.flows()
            await product.temporal.kill()
            await product.temporal.start()
            assert await traffic.answers() < BACK_SECONDS
            await traffic.flows()
    await verify_board(product, board)


async def test_commands_given_while_temporal_stays_away(product: Product, board: Board) -> None:
    async with Traffic(board) as traffic:
        await traffic.flows()
        await product.temporal.kill()
        await traffic.stands_still()
        await product.temporal.start()
        assert await traffic.answers() < BACK_SECONDS
        await traffic.flows()
    await verify_board(product, board)
