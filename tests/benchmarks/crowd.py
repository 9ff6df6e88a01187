"""A step while thousands of other trajectories are open, beside one on an empty system."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from uuid import uuid4

from tests.benchmarks.figure import Figure, Goal, measures, median
from tests.benchmarks.stage import Person, Stage, say, stage
from tests.benchmarks.step import times_of

OPEN = "BENCH_OPEN_CASES"
DEFAULT = 10_000
CALLERS = 10
ROUNDS = 5


@measures("open-cases")
async def crowd() -> Sequence[Figure]:
    """Two products side by side, one of them full; steps on both in blocks that take turns.

    The environment's BENCH_OPEN_CASES says how many are open, 10,000 unless it does.
    """
    count = int(os.environ.get(OPEN, DEFAULT))
    full_ms: list[float] = []
    empty_ms: list[float] = []
    async with stage() as full, stage() as empty:
        await _fill(full, count)
        for turn in range(ROUNDS):
            pair = [(full, full_ms), (empty, empty_ms)]
            for made, times in pair if turn % 2 else reversed(pair):
                case = await made.in_guidance()
                times.append(median(await times_of(case.step)))
    say(f"with {count} open: {_blocks(full_ms)} ms; empty: {_blocks(empty_ms)} ms")
    return [Goal("<=", 1.15).figure("open-cases", median(full_ms), "ms", median(empty_ms))]


async def _fill(made: Stage, count: int) -> None:
    """Requested through HTTP as any other, each for a teacher of its own."""
    left = iter(range(count))

    async def caller(numbers: Iterator[int]) -> None:
        for number in numbers:
            row = await made.store.add_person(
                made.tenant, "Sanne Vermaat", f"{uuid4().hex}@voorbeeld.example", roles=["teacher"]
            )
            await made.requested(Person(row.id, ""))
            if number % 1000 == 999:
                say(f"{number + 1} trajectories are open")

    await asyncio.gather(*(caller(left) for _ in range(CALLERS)))


def _blocks(times: Sequence[float]) -> str:
    return " ".join(f"{time:.1f}" for time in times)
