"""`traject audit replay`: cases built anew from their events, by one process or by several."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import asyncpg

from events.audit.replay import Player, Replayed, Stories, steps, summary, view_of
from events.audit.replaying import Page, Played, connected, instant_of, pages, play
from events.event import instant_text
from events.store.keys import MasterKeys
from settings import Settings

Form = Literal["row", "whole", "steps"]
Told = dict[str, Any]
Tell = Callable[[float, float], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be told of each case: as of when (text, None is now), and in whose eyes."""

    at: str | None
    form: Form
    role: str
    now: datetime


async def replayed(
    settings: Settings,
    asked: Asked,
    *,
    board: str | None = None,
    stream: str | None = None,
    processes: int = 1,
    tell: Tell = lambda _done, _total: None,
) -> AsyncIterator[list[Told]]:
    """What there is to tell of a case, of a board's or of all, some hundred at a time, in order.

    Raises ValueError for an instant that is none.
    """
    dsn, keys = settings.database("projector"), settings.master_keys
    connection = await connected(dsn)
    try:
        wanted = await pages(connection, board, stream)
        total, done = sum(page.dossiers for page in wanted), 0
        work = _here(connection, keys, wanted, asked)
        if processes > 1 and len(wanted) > 1:
            work = _beside(dsn, keys, wanted, asked, processes)
        async with aclosing(work):
            async for page, told in work:
                done += page.dossiers
                tell(done, total)
                yield told
    finally:
        await connection.close()


Work = AsyncGenerator[tuple[Page, list[Told]], None]


async def _here(
    connection: asyncpg.Connection, keys: Path, wanted: list[Page], asked: Asked
) -> Work:
    player = Player(_stories(), MasterKeys.load(keys))
    for page in wanted:
        yield page, await _page(connection, page, player, asked)


async def _beside(dsn: str, keys: Path, wanted: list[Page], asked: Asked, processes: int) -> Work:
    """The same by several processes; only a few pages wait for whoever takes them."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (dsn, keys)) as pool:
        waiting: deque[tuple[Page, asyncio.Future[list[Told]]]] = deque()
        try:
            for page in wanted:
                waiting.append((page, asyncio.wrap_future(pool.submit(_work, page, asked))))
                if len(waiting) > 2 * processes:
                    first, future = waiting.popleft()
                    yield first, await future
            while waiting:
                first, future = waiting.popleft()
                yield first, await future
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_beginning: tuple[asyncio.Runner, asyncpg.Connection, Player] | None = None


def _begin(dsn: str, keys: Path) -> None:
    global _beginning  # noqa: PLW0603 - a process of the pool has nowhere else to keep it
    runner = asyncio.Runner()
    player = Player(_stories(), MasterKeys.load(keys))
    _beginning = runner, runner.run(connected(dsn)), player


def _work(page: Page, asked: Asked) -> list[Told]:
    assert _beginning is not None
    runner, connection, player = _beginning
    return runner.run(_page(connection, page, player, asked))


async def _page(
    connection: asyncpg.Connection, page: Page, player: Player, asked: Asked
) -> list[Told]:
    played = await play(connection, page, player, instant_of(asked.at))
    return [told_of(case, played, asked) for case in played.cases]


def told_of(case: Replayed, played: Played, asked: Asked) -> Told:
    """A case as plain values; without ``summary`` where it cannot or may not be known."""
    moment = played.moment(case, asked.now)
    told: Told = {
        "board": case.tenant,
        "process": case.process,
        "stream": case.stream,
        "as_of": instant_text(moment),
        "timezone": played.settings.timezone,
        "events": case.recorded,
        "last_recorded_at": instant_text(case.last_recorded_at),
        "erased": case.erased,
        "fault": case.fault,
        "summary": None,
    }
    if case.story is None:
        return told
    view = view_of(case.story, case.state, asked.role, moment, played.settings)
    if view.rights:
        told["summary"] = summary(case, view)
    if asked.form == "whole":
        told["timeline"] = case.story.timeline(case.state, case.events, view) if view.rights else []
    if asked.form == "steps":
        told["steps"] = [
            {"events": step.told, "changes": [change.json() for change in step.changes]}
            for step in steps(case, asked.role, played.settings)
        ]
    return told


def _stories() -> Stories:
    from workflows.registry import RULES

    return {name: rules.story for name, rules in RULES.items()}
