"""People who go on giving commands while something is broken, each in a trajectory of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx2

from tests.faults.board import AGAIN_SECONDS, Board, Call

CALLERS = 3
SETTLED_SECONDS = 40.0


@dataclass
class Caller:
    """What one of them has been told so far."""

    stream: str
    accepted: int = 0
    sent_away: int = 0


@dataclass
class Traffic:
    """Runs within its block; at the end every call that was begun has its answer."""

    board: Board
    callers: list[Caller] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _ending: bool = False

    async def __aenter__(self) -> Self:
        for _ in range(CALLERS):
            self.callers.append(Caller(await self.board.open()))
        self._tasks = [asyncio.ensure_future(self._call(caller)) for caller in self.callers]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _fault: object, _trace: TracebackType | None
    ) -> None:
        self._ending = True
        if kind is not None:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            return
        async with asyncio.timeout(SETTLED_SECONDS):
            await asyncio.gather(*self._tasks)

    async def flows(self) -> float:
        """Seconds until every caller got two more commands accepted."""
        marks = [caller.accepted + 2 for caller in self.callers]
        return await self._until(
            lambda: all(
                caller.accepted >= mark for caller, mark in zip(self.callers, marks, strict=True)
            )
        )

    async def answers(self) -> float:
        """Seconds until anybody gets a command accepted."""
        before = self._accepted
        return await self._until(lambda: self._accepted > before)

    async def stands_still(self) -> float:
        """Seconds until somebody is told to come back later."""
        before = sum(caller.sent_away for caller in self.callers)
        return await self._until(lambda: sum(c.sent_away for c in self.callers) > before)

    @property
    def _accepted(self) -> int:
        return sum(caller.accepted for caller in self.callers)

    async def _until(self, reached: Callable[[], bool]) -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(SETTLED_SECONDS):
            while not reached():
                for task in self._tasks:
                    if task.done():
                        task.result()
                self._news.clear()
                await self._news.wait()
        return loop.time() - began

    async def _call(self, caller: Caller) -> None:
        try:
            while not self._ending:
                call = self.board.correction(caller.stream)
                await self._insist(caller, call)
                caller.accepted += 1
                self._news.set()
                # `Board.send` compares the answer with the first one.
                await self._insist(caller, call)
        finally:
            self._news.set()

    async def _insist(self, caller: Caller, call: Call) -> None:
        while True:
            try:
                answer = await self.board.send(call)
            except httpx2.TransportError:
                status = 0
            else:
                status = answer.status
                assert answer.accepted or status == 503, answer.content
            if status in (200, 201):
                return
            caller.sent_away += 1
            self._news.set()
            await asyncio.sleep(AGAIN_SECONDS)
