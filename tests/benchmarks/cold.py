"""A step on a case whose workflow is no longer in memory, and what the case's length adds to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from tests.benchmarks.figure import Figure, Goal, measures, median, percentile
from tests.benchmarks.stage import Case, Stage, say, stage

SMALLEST_CACHE = {"TRAJECT_MAX_CACHED_WORKFLOWS": "2"}
EVENTS = 120
LONG_CASES = 6
ROUNDS = 4
APART = 4
"""Commands by which the runs of the long cases differ, so that all ages of a run are met."""
REST_SECONDS = 0.3
FULL_RUN = 25


@measures("cold-step", "cold-step-ratio")
async def cold() -> Sequence[Figure]:
    """p50 of steps that find two other cases in memory; long and short cases take turns."""
    long_ms: list[float] = []
    short_ms: list[float] = []
    async with stage(SMALLEST_CACHE) as made:
        long_cases = [await _long(made, n) for n in range(LONG_CASES)]
        short_cases = [await made.accepted() for _ in range(LONG_CASES * ROUNDS)]
        for turn in range(ROUNDS):
            for place, case in enumerate(long_cases):
                long_ms.append(await _cold_step(case))
                short_ms.append(await _cold_step(short_cases[turn * LONG_CASES + place]))
        ends = [await case.status() for case in long_cases]
    ages = ", ".join(f"{end.version} events and {end.commands} commands" for end in ends)
    say(f"at the end the long cases had in store and in their run: {ages}")
    say(f"cold, long: {_spread(long_ms)}")
    say(f"cold, 2 events: {_spread(short_ms)}")
    value, stick = median(long_ms), median(short_ms)
    return [
        Goal("<=", 400, absolute=True).figure("cold-step", value, "ms"),
        Goal("<=", 4).figure("cold-step-ratio", value, "ms", stick),
    ]


async def _long(made: Stage, place: int) -> Case:
    """A case of 120 events or more, ``place * APART`` commands into a run of its process."""
    case = await made.in_guidance()
    behind = (await case.status()).version
    ahead = place * APART
    for _ in range(EVENTS - behind):
        await case.step()
    async with asyncio.timeout(60):
        while (await case.status()).commands >= FULL_RUN:
            await asyncio.sleep(0.5)
    while (await case.status()).commands < ahead:
        await case.step()
    return case


async def _cold_step(case: Case) -> float:
    await asyncio.sleep(REST_SECONDS)
    began = time.perf_counter()
    await case.command("teacher", "ReportTimetableChange", {"change": "De gymles valt uit"})
    return (time.perf_counter() - began) * 1000


def _spread(times: Sequence[float]) -> str:
    return f"p50 {median(times):.0f}, p95 {percentile(times, 95):.0f}, worst {max(times):.0f} ms"
