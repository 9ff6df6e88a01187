"""Commands that come at the same moment: each is decided on its own, and only once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from deploy.harness.product import Product
from events.event import stream_id
from tests.faults.board import Board, Call
from tests.faults.evidence import stored, verify_board

pytestmark = pytest.mark.crash

ROUNDS = 3
AT_ONCE = 10


async def test_one_command_sent_ten_times_at_once(product: Product, board: Board) -> None:
    """`Board.insist` compares every answer with the first one."""
    stream = await board.open()
    for _ in range(ROUNDS):
        before = len((await stored(board))[stream])
        call = board.correction(stream)
        answers = await asyncio.gather(*(board.insist(call) for _ in range(AT_ONCE)))
        assert all(answer.accepted for answer in answers)
        assert len((await stored(board))[stream]) == before + 1
    await verify_board(product, board)


async def test_one_request_sent_ten_times_at_once(product: Product, board: Board) -> None:
    for _ in range(ROUNDS):
        teacher = str(uuid4())
        await board.add(teacher, "Joris Wesselink", "teacher")
        call = board.request(teacher)
        answers = await asyncio.gather(*(board.insist(call) for _ in range(AT_ONCE)))
        assert [answer.status for answer in answers] == [201] * AT_ONCE
    await verify_board(product, board)


async def test_ten_commands_at_once_in_one_trajectory(product: Product, board: Board) -> None:
    """Some cannot both be accepted; which of them is refused is a matter of who comes first."""
    stream = await board.open()
    await board.guide(stream)
    for n in range(ROUNDS):
        visit = {"visit": f"V{n}", "at": f"{datetime.now(UTC).date()}T10:30", "announced": True}
        goal = {"text": "Eén ding", "area": "didactic", "grounds": ["wish"], "single": True}
        calls = [
            *(Call("advisor", "DraftGoal", goal | {"goal": f"A{n}{i}"}, stream) for i in range(3)),
            *(Call("advisor", "DraftGoal", goal | {"goal": f"B{n}"}, stream) for _ in range(2)),
            *(Call("advisor", "PlanVisit", visit, stream) for _ in range(2)),
            board.correction(stream),
            Call("hr", "Suspend", {"category": "other"}, stream),
            Call("hr", "Resume", {}, stream),
        ]
        answers = await asyncio.gather(*(board.insist(call) for call in calls))
        refused = {answer.code for answer in answers if not answer.accepted}
        assert refused <= {"state.suspended", "state.not_allowed", "command.invalid"}
        twins = [sum(answer.accepted for answer in answers[a : a + 2]) for a in (3, 5)]
        assert max(twins) <= 1
        assert answers[7].accepted
        if (await board.get(f"/supervision/{stream}")).json()["suspended"]:
            await board.done("hr", "Resume", {}, stream)
    await verify_board(product, board)


async def test_two_requests_at_once_for_one_teacher(product: Product, board: Board) -> None:
    for _ in range(ROUNDS):
        teacher = str(uuid4())
        await board.add(teacher, "Joris Wesselink", "teacher")
        calls = [board.request(teacher) for _ in range(2)]
        answers = await asyncio.gather(*(board.insist(call) for call in calls))
        assert sorted(answer.status for answer in answers) == [201, 409]
        for call, answer in zip(calls, answers, strict=True):
            if not answer.accepted:
                assert answer.code == "trajectory.already_open"
                unborn = stream_id(board.tenant, call.key)
                assert await board.store.process_of(board.tenant, unborn) is None
    await verify_board(product, board)
