"""A worker that dies at the worst moments loses nothing and repeats nothing."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from activities.faults import FAULT, MARKER, MOMENTS
from deploy.harness.product import Product
from tests.faults.board import Board, Call
from tests.faults.evidence import stored, verify_board

pytestmark = pytest.mark.crash

STRIKE_SECONDS = 20.0


class Striking:
    """Workers that die once, at one moment, when they are told to.

    The marker says that the fault has struck; while it lies there nothing happens.
    """

    def __init__(self, product: Product, moment: str, folder: Path) -> None:
        self._product = product
        self._moment = moment
        self._marker = folder / "struck"
        self._marker.touch()

    async def start(self) -> None:
        await self._product.start_worker(**{FAULT: self._moment, MARKER: str(self._marker)})

    def arm(self) -> None:
        self._marker.unlink()

    async def struck(self) -> None:
        assert await self._product.worker.ended(STRIKE_SECONDS)
        assert self._product.worker.exit_code == -signal.SIGKILL
        assert self._marker.exists()


@pytest.fixture(params=MOMENTS)
async def striking(request: pytest.FixtureRequest, product: Product, tmp_path: Path) -> Striking:
    """The product's worker is one that can be told to die at this moment."""
    product.kill_worker()
    striking = Striking(product, request.param, tmp_path)
    await striking.start()
    return striking


async def test_a_worker_killed_while_it_records(
    product: Product, board: Board, striking: Striking
) -> None:
    stream = await board.open()
    await board.add("teacher", "Joris Wesselink", "teacher")
    openings = [board.request(), *board.openings().values()]
    for calls in ([board.correction(stream)], openings):
        before = {
            call.stream: len((await stored(board))[call.stream]) for call in calls if call.stream
        }
        striking.arm()
        asking = [asyncio.ensure_future(_once(board, call)) for call in calls]
        await striking.struck()
        await striking.start()
        await asyncio.gather(*asking)
        for call in calls:
            answer = await board.insist(call)
            assert answer.accepted, answer.content
            case = answer.content["id"]
            assert len((await stored(board))[case]) == before.get(case, 0) + 1
            # The case goes on, and not only with what it knew already.
            assert (await board.insist(board.correction(case))).accepted
    await verify_board(product, board)


async def _once(board: Board, call: Call) -> None:
    """One try, which may be told that nobody is there."""
    answer = await board.send(call)
    assert answer.accepted or answer.status == 503, answer.content
