"""A process gives its command to other streams: to all, each once, whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from activities.errands import SILENT_MAX, ErrandActivities
from activities.recovery import start
from events.event import PROCESS_ROLE, stream_id
from events.recording import Recorded
from tests.toy.member_workflow import MemberProcess
from tests.toy.stage import Stage
from tests.toy.workflow import LoanProcess
from workflows.gateway import Gateway, Unavailable
from workflows.wire import StreamRef

BOTH = (LoanProcess, MemberProcess)
ENDED_SECONDS = 20


class Line:
    """A gateway whose calls are counted and may fail, before or after the other has taken it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.calls = 0
        self.fails: set[int] = set()
        self.loses_answer: set[int] = set()
        self.held = asyncio.Event()
        self.held.set()

    async def give(self, **call: Any) -> Recorded:
        self.calls += 1
        number = self.calls
        await self.held.wait()
        if number in self.fails:
            raise Unavailable("nobody there")
        answer = await self._gateway.give(**call)
        if number in self.loses_answer:
            raise Unavailable("the answer was lost")
        return answer


def errands_by(stage: Stage, line: Line) -> ErrandActivities:
    return ErrandActivities(stage.store, line)  # pyright: ignore[reportArgumentType]


async def leave(stage: Stage, loans: Sequence[str] = ()) -> str:
    command_id = str(uuid4())
    stream = stream_id(stage.tenant, command_id)
    data = {"person": stage.borrower, "loans": list(loans)}
    await stage.give(stream, "LeaveLibrary", data, process="members", command_id=command_id)
    return stream


async def ended(stage: Stage, member: str) -> tuple[int, int]:
    """How many loans took the command and how many refused it, once all have answered."""
    async with asyncio.timeout(ENDED_SECONDS):
        while (await stage.types(member))[-1] != "LoansEnded":
            await asyncio.sleep(0.02)
    last = (await stage.events(member))[-1]
    assert (last.actor.person, last.actor.role) == (None, PROCESS_ROLE)
    return last.data.given, last.data.refused


async def returned(stage: Stage, loans: Sequence[str]) -> bool:
    """Whether each of them was, once."""
    return all(
        [await stage.types(loan) == ["LoanOpened", "BookReturned"] for loan in loans],
    )


async def test_every_stream_gets_the_command_and_no_other(stage: Stage) -> None:
    async with stage.worker(BOTH):
        mine = [await stage.open() for _ in range(3)]
        theirs = await Stage.open(
            Stage(stage.store, stage.temporal, stage.gateway, stage.tenant, stage.librarian)
        )
        member = await leave(stage)
        assert await ended(stage, member) == (3, 0)
        async with asyncio.timeout(ENDED_SECONDS):
            await stage.handle(member, "members").result()
    assert await returned(stage, mine)
    assert await stage.types(theirs) == ["LoanOpened"]
    left = (await stage.events(member))[0]
    for loan in mine:
        last = (await stage.events(loan))[-1]
        assert last.causation_id == left.event_id
        assert (last.actor.person, last.actor.role) == (None, PROCESS_ROLE)


async def test_an_errand_may_have_nobody_to_go_to(stage: Stage) -> None:
    async with stage.worker(BOTH):
        assert await ended(stage, await leave(stage)) == (0, 0)


async def test_a_stream_that_refuses_or_is_not_there_is_counted(stage: Stage) -> None:
    async with stage.worker(BOTH):
        lost, fine = await stage.open("lost"), await stage.open()
        member = await leave(stage, [str(uuid4()), lost, fine])
        assert await ended(stage, member) == (1, 2)
    assert await returned(stage, [fine])
    assert await stage.types(lost) == ["LoanOpened"]


async def test_a_repeated_command_runs_no_second_errand(stage: Stage) -> None:
    line = Line(stage.gateway)
    async with stage.worker(BOTH, errands=errands_by(stage, line)):
        loan, command_id = await stage.open(), str(uuid4())
        stream, data = stream_id(stage.tenant, command_id), {"person": stage.borrower}

        async def give() -> Recorded:
            return await stage.give(
                stream, "LeaveLibrary", data, process="members", command_id=command_id
            )

        first = await give()
        assert await ended(stage, stream) == (1, 0)
        again = await give()
    assert again.events == first.events
    assert line.calls == 1
    assert await returned(stage, [loan])
    assert await stage.types(stream) == ["MemberLeft", "LoansEnded"]


async def test_who_gave_no_answer_is_asked_again_and_nobody_else(stage: Stage) -> None:
    line = Line(stage.gateway)
    line.fails, line.loses_answer = {1}, {2}
    async with stage.worker(BOTH, errands=errands_by(stage, line)):
        loans = [await stage.open() for _ in range(4)]
        assert await ended(stage, await leave(stage)) == (4, 0)
    assert await returned(stage, loans)
    assert line.calls == 4 + 1


async def test_with_all_of_them_away_few_are_asked(stage: Stage) -> None:
    line = Line(stage.gateway)
    line.fails = set(range(1, 3 * SILENT_MAX))
    async with stage.worker(BOTH, errands=errands_by(stage, line)):
        loans = [await stage.open() for _ in range(3 * SILENT_MAX)]
        assert await ended(stage, await leave(stage)) == (len(loans), 0)
    assert await returned(stage, loans)
    assert line.calls < 3 * len(loans)


async def test_the_case_takes_commands_while_one_stream_never_answers(stage: Stage) -> None:
    async with stage.worker(BOTH):
        broken, fine = await stage.open("unanswering"), await stage.open()
        member = await leave(stage)
        async with asyncio.timeout(ENDED_SECONDS):
            while not await returned(stage, [fine]):
                await asyncio.sleep(0.02)
        await stage.give(member, "NoteMember", process="members")
        assert (await stage.status(member, "members")).errands == 1
    assert await stage.types(member) == ["MemberLeft", "MemberNoted"]
    assert await stage.types(broken) == ["LoanOpened"]


async def test_a_worker_that_is_gone_for_a_while_goes_on_where_it_was(stage: Stage) -> None:
    line = Line(stage.gateway)
    async with stage.worker(BOTH, errands=errands_by(stage, line)):
        loans = [await stage.open() for _ in range(3)]
        line.held.clear()
        line.calls = 0
        member = await leave(stage)
        async with asyncio.timeout(ENDED_SECONDS):
            while line.calls < len(loans):
                await asyncio.sleep(0.01)
    assert await stage.types(member) == ["MemberLeft"]
    async with stage.worker(BOTH):
        assert await ended(stage, member) == (3, 0)
    assert await returned(stage, loans)


async def test_a_process_that_was_lost_counts_who_had_taken_it_before(stage: Stage) -> None:
    line = Line(stage.gateway)
    line.fails = set(range(3, 20))
    async with stage.worker(BOTH, errands=errands_by(stage, line)):
        loans = [await stage.open() for _ in range(3)]
        member = await leave(stage)
        async with asyncio.timeout(ENDED_SECONDS):
            while line.calls < 5:
                await asyncio.sleep(0.01)
        await stage.handle(member, "members").terminate()
        line.fails = set()
        await start(
            stage.temporal, StreamRef(tenant=stage.tenant, process="members", stream=member)
        )
        assert await ended(stage, member) == (3, 0)
    assert await returned(stage, loans)
