"""What a step is measured against: a bare Temporal update with one regular activity.

No HTTP, no store, no sealing, no rules: a client calls the update, the workflow runs an activity
that returns its argument. ``python -m tests.benchmarks.yardstick ADDRESS QUEUE`` is its worker.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

ROOT = Path(__file__).parents[2]
CALL_SECONDS = timedelta(seconds=30)
Handle = WorkflowHandle[Any, Any]
ARGUMENT = {"change": "Rekenen en taal wisselen van uur"}


@activity.defn
async def same(argument: dict[str, Any]) -> dict[str, Any]:
    """Its argument."""
    return argument


@workflow.defn
class Bare:
    """Waits for updates for ever."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def step(self, argument: dict[str, Any]) -> dict[str, Any]:
        """One regular activity."""
        return await workflow.execute_activity(
            same, argument, start_to_close_timeout=timedelta(seconds=5)
        )


@dataclass(frozen=True)
class Yardstick:
    """A client of the server that the product uses, and the queue of the bare worker."""

    client: Client
    queue: str

    async def started(self) -> Handle:
        """A new bare workflow."""
        return await self.client.start_workflow(Bare.run, id=uuid4().hex, task_queue=self.queue)


async def step(handle: Handle) -> None:
    """One bare update."""
    await handle.execute_update(Bare.step, ARGUMENT, rpc_timeout=CALL_SECONDS)


@asynccontextmanager
async def yardstick(address: str, folder: Path) -> AsyncIterator[Yardstick]:
    """A worker process of its own on that server; ``folder`` gets its log."""
    from deploy.embedded.supervisor import Child

    queue = f"bare-{uuid4().hex}"
    child = Child.start(
        [sys.executable, "-m", "tests.benchmarks.yardstick", address, queue],
        log=folder / "yardstick.log",
        death=signal.SIGKILL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        made = Yardstick(await Client.connect(address), queue)
        await step(await made.started())
        yield made
    finally:
        child.kill()


async def _serve(address: str, queue: str) -> None:
    client = await Client.connect(address)
    async with Worker(client, task_queue=queue, workflows=[Bare], activities=[same]):
        await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve(sys.argv[1], sys.argv[2]))
