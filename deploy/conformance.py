"""`traject audit conform`: reads streams and puts their commands to the rules once more."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from deploy.progress import Tell
from events.audit.commands import Begun, Commands, Horizon
from events.store.errors import Erased
from events.store.keyring import KeyRing
from workflows.conformance import (
    TOLERANCE,
    Board,
    Finding,
    Report,
    Saved,
    check_needs,
    conform,
    meet,
    standings,
    untold,
)
from workflows.registry import EARLIER, RULES

CHUNK = 100
"""Streams that a process takes at a time."""
ALONE = 300
"""So few streams are faster looked at than processes are started."""


class UnknownStream(Exception):
    """No board has such a stream, or the one that was named has not."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to look: into which database, with which keys, and how late a deadline may be."""

    dsn: str
    master_keys: Path
    tolerance: timedelta = TOLERANCE
    jobs: int = 0

    @property
    def processes(self) -> int:
        return self.jobs or os.cpu_count() or 1


@dataclass
class Outcome:
    """What was looked at, and what was found."""

    streams: int = 0
    erased: int = 0
    commands: int = 0
    checked: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, report: Report) -> None:
        self.streams += 1
        self.erased += report.erased
        self.commands += report.commands
        self.checked += report.checked
        self.findings += report.findings

    def of_weight(self, weight: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.weight == weight]

    def json(self) -> dict[str, Any]:
        return {
            "streams": self.streams,
            "erased": self.erased,
            "commands": self.commands,
            "checked": self.checked,
            "findings": [finding.json() for finding in self.of_weight("wrong")],
            "notes": [finding.json() for finding in self.of_weight("note")],
        }


@asynccontextmanager
async def _opened(way: Way) -> AsyncIterator[Commands]:
    commands = await Commands.connect(way.dsn, KeyRing.load(way.master_keys))
    try:
        yield commands
    finally:
        await commands.close()


# -- one stream ------------------------------------------------------------------------------------


async def check_stream(way: Way, stream: str, board: str | None = None) -> Outcome:
    """One stream by itself, and where it meets others. Raises UnknownStream."""
    async with _opened(way) as commands:
        boards = [one for one in await commands.boards_with(stream) if board in (None, one)]
        if not boards:
            raise UnknownStream(f"There is no stream {stream}.")
        outcome = Outcome()
        for tenant in boards:
            known = await commands.streams_among(tenant, [stream])
            beside = await commands.beside(tenant, stream)
            context = await _board(commands, way, tenant, Horizon(None, await commands.now()))
            reports = [
                await _report(commands, context, tenant, process, one, None)
                for one, process in {**known, **beside}.items()
            ]
            for report in reports:
                if report.stream == stream:
                    outcome.add(report)
            met = meet(reports, whole=False)
            outcome.findings += [one for one in met if one.stream == stream]
        return outcome


# -- whole boards ----------------------------------------------------------------------------------


async def check_boards(way: Way, board: str | None, tell: Tell) -> Outcome:
    """Every stream of a board or of all, by itself and with the others. ``tell`` hears how far."""
    outcome = Outcome()
    async with _opened(way) as commands:
        total = await commands.count(board)
        if board is not None and not total:
            raise UnknownStream(f"Board {board} has no streams.")
        many = way.jobs > 1 or (way.processes > 1 and total > ALONE)
        # A fresh interpreter each: what is open here is not for others.
        spawned = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(way.processes if many else 1, spawned) as pool:
            async for tenant, streams in _boards(commands, board):
                horizon = await commands.horizon(tenant)
                if horizon is None:
                    continue
                context = await _board(commands, way, tenant, horizon)
                reports: list[Report] = []
                async for found in _reports(
                    commands, way, context, horizon, streams, pool if many else None
                ):
                    reports += found
                    tell(outcome.streams + len(reports), total)
                for report in reports:
                    outcome.add(report)
                outcome.findings += meet(reports, whole=True)
                outcome.findings += await _needs(commands, context, horizon, reports)
    return outcome


async def _boards(
    commands: Commands, board: str | None
) -> AsyncIterator[tuple[str, Sequence[Begun]]]:
    every = [stream async for stream in commands.streams(board)]
    for tenant, streams in groupby(every, key=lambda one: one.tenant):
        yield tenant, list(streams)


async def _reports(
    commands: Commands,
    way: Way,
    context: Board,
    horizon: Horizon,
    streams: Sequence[Begun],
    pool: ProcessPoolExecutor | None,
) -> AsyncIterator[list[Report]]:
    chunks = [streams[at : at + CHUNK] for at in range(0, len(streams), CHUNK)]
    if pool is None:
        for chunk in chunks:
            yield await _chunk(commands, context, horizon, chunk)
        return
    waiting: list[Future[list[Report]]] = [
        pool.submit(_in_process, way, chunk, horizon) for chunk in chunks
    ]
    for future in waiting:
        yield await asyncio.wrap_future(future)


def _in_process(way: Way, streams: Sequence[Begun], horizon: Horizon) -> list[Report]:
    """What another process does: a chunk of one board's streams."""

    async def work() -> list[Report]:
        async with _opened(way) as commands:
            context = await _board(commands, way, streams[0].tenant, horizon)
            return await _chunk(commands, context, horizon, streams)

    return asyncio.run(work())


async def _chunk(
    commands: Commands, context: Board, horizon: Horizon, streams: Sequence[Begun]
) -> list[Report]:
    reports = [
        await _report(commands, context, one.tenant, one.process, one.stream, horizon.position)
        for one in streams
    ]
    return [report for report in reports if report.commands or report.erased]


async def _report(
    commands: Commands,
    context: Board,
    tenant: str,
    process: str,
    stream: str,
    until: int | None,
) -> Report:
    try:
        history = await commands.history(tenant, process, stream, until)
    except Erased:
        return untold(tenant, process, stream, await commands.command_ids(tenant, stream))
    return conform(history, context)


async def _needs(
    commands: Commands, context: Board, horizon: Horizon, reports: Sequence[Report]
) -> list[Finding]:
    by_stream = {report.stream: report for report in reports}
    needed = {
        need.stream: by_stream.get(need.stream)
        for report in reports
        for reach in report.reaches
        for need in reach.needs
    }
    stood = {
        stream: standings(
            await commands.history(there.tenant, there.process, stream, horizon.position), context
        )
        if there
        else []
        for stream, there in needed.items()
        if there is None or not there.erased
    }
    return check_needs(reports, stood)


async def _board(commands: Commands, way: Way, tenant: str, horizon: Horizon) -> Board:
    saved = await commands.all_settings(tenant)
    return Board(
        rules=RULES,
        earlier=EARLIER,
        settings=[Saved(settings, at) for settings, at in saved],
        now=horizon.at,
        since=await commands.kept_since(),
        shifted=await commands.installation() != "production",
        tolerance=way.tolerance,
    )
