"""How long a caller waits when a part of the product dies under a command."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Sequence

from tests.benchmarks.figure import Figure, Goal, measures
from tests.benchmarks.stage import Case, NotAccepted, Stage, say, stage

TIMES = 3
CALLERS = 10
BUSY_SECONDS = 1.0
AWAY_SECONDS = (3.1, 3.6, 4.1, 4.6, 5.1)
"""Not all alike, so that the return meets callers at every point of their wait."""
GRACE_SECONDS = 10.0


@measures("recover-kill")
async def kill() -> Sequence[Figure]:
    """Seconds from the death of the worker, between COMMIT and answer, to the answer; the worst.

    A new worker is started as soon as the old one is gone, as any supervisor does.
    """
    took: list[float] = []
    async with stage() as made:
        for turn in range(TIMES):
            case = await made.in_guidance()
            took.append(await _killed(made, case, turn))
    say(f"answered after {_seconds(took)} s")
    return [Goal("<=", 5, absolute=True).figure("recover-kill", max(took), "s")]


async def _killed(made: Stage, case: Case, turn: int) -> float:
    product = made.product
    before = (await case.status()).version
    await _stop_worker(made)
    marker = str(product.folder / f"struck-{turn}")
    await product.start_worker(TRAJECT_FAULT="after_commit", TRAJECT_FAULT_MARKER=marker)
    answered = asyncio.create_task(case.step_through())
    while product.worker.exit_code is None:
        await asyncio.sleep(0.002)
    died = time.perf_counter()
    started = asyncio.create_task(product.start_worker())
    await answered
    took = time.perf_counter() - died
    await started
    events = len(await made.store.load(made.tenant, case.id)) - before
    if events != 1:
        raise NotAccepted(f"one command left {events} events")
    return took


async def _stop_worker(made: Stage) -> None:
    await made.product.worker.stop(signal.SIGTERM, GRACE_SECONDS)


@measures("recover-postgres")
async def postgres() -> Sequence[Figure]:
    """Seconds from PostgreSQL's return to the answer of every command begun without it; the worst.

    Ten callers go on all the time; who gets 503 repeats the command after Retry-After.
    """
    took: list[float] = []
    # The stage's own connections fail too; that is no news.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    async with stage() as made:
        cases = [await made.in_guidance() for _ in range(CALLERS)]
        took += [max(await _without_postgres(made, cases, away)) for away in AWAY_SECONDS]
    say(f"all answered after {_seconds(took)} s")
    return [Goal("<=", 2, absolute=True).figure("recover-postgres", max(took), "s")]


async def _without_postgres(made: Stage, cases: Sequence[Case], away: float) -> list[float]:
    back = asyncio.Event()
    returned = 0.0

    async def caller(case: Case) -> float:
        while True:
            await case.step_through()
            if back.is_set():
                return time.perf_counter() - returned

    calls = [asyncio.create_task(caller(case)) for case in cases]
    await asyncio.sleep(BUSY_SECONDS)
    await made.product.postgres.kill()
    await asyncio.sleep(away)
    await made.product.postgres.start()
    returned = time.perf_counter()
    back.set()
    return await asyncio.gather(*calls)


def _seconds(times: Sequence[float]) -> str:
    return ", ".join(f"{time:.2f}" for time in times)
