"""How fast open cases get their processes back after Temporal lost all it knew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from activities.histories import running
from activities.recovery import recover
from events.recording import ActorRef, CaseIndex, Draft, Recording
from tests.benchmarks.figure import Figure, Goal, measures
from tests.benchmarks.stage import NotAccepted, Stage, cpu_ms, say, stage
from workflows.registry import RULES
from workflows.wire import workflow_id

CASES = 2_000
WRITERS = 8
LOOK_SECONDS = 0.2
GIVE_UP_SECONDS = 300.0


@measures("recover", "recover-check")
async def measure() -> Sequence[Figure]:
    """Cases a second, with one worker running: lost ones until each has loaded; then level ones.

    Caller, worker, Temporal and PostgreSQL share the machine.
    """
    async with stage() as made:
        await _cases(made)
        used = _used(made)
        began = time.perf_counter()
        found = await recover(made.store, made.temporal, set(RULES))
        returned = time.perf_counter() - began
        await _all_loaded(made)
        took = time.perf_counter() - began
        spent = {part: (now - used[part]) / CASES for part, now in _used(made).items()}
        if found.started != CASES or found.failed:
            raise NotAccepted(str(found))
        began = time.perf_counter()
        again = await recover(made.store, made.temporal, set(RULES))
        checked = time.perf_counter() - began
        if again.well != again.seen:
            raise NotAccepted(str(again))
    say(f"{CASES} lost cases: all started after {returned:.1f} s, all loaded after {took:.1f} s")
    say("CPU a case: " + ", ".join(f"{part} {cost:.1f} ms" for part, cost in spent.items()))
    return [
        Goal(">=", 50, absolute=True).figure("recover", CASES / took, "cases/s"),
        Goal(">=", 200, absolute=True).figure("recover-check", again.seen / checked, "cases/s"),
    ]


def _used(made: Stage) -> dict[str, float]:
    """Processor time so far, in milliseconds, of those who do most of it."""
    pids = {"worker": made.product.worker.pid, "Temporal": made.product.temporal.pid or 0}
    return {part: cpu_ms(pid) for part, pid in pids.items()}


async def _cases(made: Stage) -> None:
    """Cases that the store knows and Temporal does not: copies of one that was requested."""
    case = await made.requested()
    await made.temporal.client.get_workflow_handle(workflow_id("supervision", case.id)).terminate()
    events = await made.store.load_json(made.tenant, case.id)
    left = iter(range(CASES - 1))

    async def writer() -> None:
        for _ in left:
            stream = str(uuid4())
            await made.store.open_dossier(made.tenant, "supervision", stream)
            await made.store.record(
                Recording(
                    tenant=made.tenant,
                    process="supervision",
                    stream=stream,
                    expected_version=0,
                    command_id=str(uuid4()),
                    command="RequestTrajectory",
                    content_hash="copy",
                    actor=ActorRef(**events[0]["actor"]),
                    recorded_at=datetime.now(UTC),
                    correlation_id=stream,
                    settings_version=1,
                    events=[
                        Draft(
                            type=event["type"],
                            schema_version=event["schema_version"],
                            occurred_on=event["occurred_on"],
                            data=event["data"],
                        )
                        for event in events
                    ],
                    index=CaseIndex(
                        state="requested", open=True, parties={"teacher": case.teacher.id}
                    ),
                )
            )

    await asyncio.gather(*(writer() for _ in range(WRITERS)))


async def _all_loaded(made: Stage) -> None:
    """Until the history of every case says that it took in its events; looks cost no worker."""
    waiting = [workflow_id(s.process, s.stream) async for s in made.store.open_streams()]
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while waiting:
            run = await running(made.temporal, waiting[-1])
            if run is not None and run.seen is not None:
                waiting.pop()
            else:
                await asyncio.sleep(LOOK_SECONDS)
