"""What it costs the worker to start a trajectory: processor time, not waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.benchmarks.figure import Figure, Goal, measures, median
from tests.benchmarks.stage import cpu_ms, say, stage

BLOCKS = 5
STARTS = 40
IDLE_SECONDS = 3.0


@measures("workflow-start")
async def start() -> Sequence[Figure]:
    """CPU of the worker process for a first command, from nothing to its answer.

    The process is sandboxed; loading the empty stream and recording the request are in it.
    """
    async with stage() as made:
        pid = made.product.worker.pid
        teachers = [await made.person("Sanne Vermaat", ["teacher"]) for _ in range(BLOCKS * STARTS)]
        for _ in range(10):
            await made.requested()
        idle = cpu_ms(pid)
        await asyncio.sleep(IDLE_SECONDS)
        idle = (cpu_ms(pid) - idle) / IDLE_SECONDS
        blocks: list[float] = []
        for turn in range(BLOCKS):
            before = cpu_ms(pid)
            for teacher in teachers[turn * STARTS : (turn + 1) * STARTS]:
                await made.requested(teacher)
            blocks.append((cpu_ms(pid) - before) / STARTS)
    say(f"by block {' '.join(f'{block:.1f}' for block in blocks)} ms; idle {idle:.1f} ms a second")
    return [Goal("<=", 30, absolute=True).figure("workflow-start", median(blocks), "ms CPU")]
