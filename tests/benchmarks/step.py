"""A warm step through HTTP, beside a bare Temporal update: how long, and how many a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from tests.benchmarks import yardstick as bare
from tests.benchmarks.figure import Figure, Goal, measures, median, percentile
from tests.benchmarks.stage import Case, say, stage
from tests.benchmarks.yardstick import yardstick

ROUNDS = 5
WARM = 10
STEPS = 60
CALLERS = 10
STEPS_A_CALLER = 50
"""Enough that every case once goes on in a new run within the block, as it does in long use."""
REST_SECONDS = 2.5
"""After it nothing of a block is left to do that would fall into the next one."""


@measures("step")
async def step() -> Sequence[Figure]:
    """p50 of one caller, in blocks that take turns; each block has a fresh case."""
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    async with (
        stage() as made,
        yardstick(made.product.temporal.address, made.product.folder) as stick,
    ):
        for turn in range(ROUNDS):
            case = await made.in_guidance()
            handle = await stick.started()

            async def product(case: Case = case) -> None:
                ours.append(await times_of(case.step))

            async def plain(handle: bare.Handle = handle) -> None:
                theirs.append(await times_of(lambda: bare.step(handle)))

            for block in (product, plain) if turn % 2 else (plain, product):
                await block()
    _tell("step", ours)
    _tell("bare", theirs)
    value, stick_value = (median([median(block) for block in times]) for times in (ours, theirs))
    return [Goal("<=", 0.7).figure("step", value, "ms", stick_value)]


@measures("step-throughput")
async def throughput() -> Sequence[Figure]:
    """Ten callers, each on a case of its own; medians of blocks that take turns."""
    ours: list[float] = []
    theirs: list[float] = []
    async with (
        stage() as made,
        yardstick(made.product.temporal.address, made.product.folder) as stick,
    ):
        for turn in range(ROUNDS):
            cases = [await made.in_guidance() for _ in range(CALLERS)]
            handles = [await stick.started() for _ in range(CALLERS)]
            await rate_of([case.step for case in cases], WARM)
            await rate_of([lambda h=h: bare.step(h) for h in handles], WARM)
            for product in (True, False) if turn % 2 else (False, True):
                if product:
                    ours.append(await rate_of([case.step for case in cases], STEPS_A_CALLER))
                    await asyncio.sleep(REST_SECONDS)
                else:
                    calls = [lambda h=h: bare.step(h) for h in handles]
                    theirs.append(await rate_of(calls, STEPS_A_CALLER))
    for what, rates in (("steps", ours), ("bare", theirs)):
        say(f"{what} a second by block: {' '.join(f'{rate:.0f}' for rate in rates)}")
    goal = Goal(">=", 1.1)
    return [goal.figure("step-throughput", median(ours), "steps/s", median(theirs))]


Call = Callable[[], Awaitable[object]]


async def times_of(call: Call) -> list[float]:
    """Milliseconds of each of the steps, after a few that are not counted."""
    for _ in range(WARM):
        await call()
    times: list[float] = []
    for _ in range(STEPS):
        began = time.perf_counter()
        await call()
        times.append((time.perf_counter() - began) * 1000)
    return times


async def rate_of(calls: Sequence[Call], steps: int) -> float:
    """Steps per second when each caller gives so many in a row."""

    async def caller(call: Call) -> None:
        for _ in range(steps):
            await call()

    began = time.perf_counter()
    await asyncio.gather(*(caller(call) for call in calls))
    return len(calls) * steps / (time.perf_counter() - began)


def _tell(what: str, blocks: Sequence[Sequence[float]]) -> None:
    every = [time_ for block in blocks for time_ in block]
    p50s = " ".join(f"{median(block):.1f}" for block in blocks)
    say(f"{what}: p50 by block {p50s}, p95 {percentile(every, 95):.1f} ms")
