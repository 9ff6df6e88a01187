"""Processes that take commands beside a site of the example board, and end with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.errands import ErrandActivities
from activities.recording import RecordingActivities
from events.recording import Recorded
from events.store.store import Store
from tests.skipping import SkippingTemporal
from workflows.gateway import Gateway
from workflows.sandbox import sandboxed
from workflows.wire import connect, workflow_id


class Noting(Gateway):
    """Knows which processes it reached: the cases of the example board have the same ids in every
    test, so that what one of them left running would be found by the next."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.reached: set[str] = set()

    async def give(self, *, process: str, stream: str, **rest: Any) -> Recorded:
        self.reached.add(workflow_id(process, stream))
        return await super().give(process=process, stream=stream, **rest)


@asynccontextmanager
async def working(
    temporal_env: SkippingTemporal, processes: Sequence[type], store: Store
) -> AsyncIterator[Gateway]:
    """A gateway whose commands are decided and recorded."""
    temporal = await connect(temporal_env.address, store.dossier_key, task_queue=uuid4().hex)
    gateway, reach = Noting(store, temporal), RecordingActivities(store, "demo")
    errands = ErrandActivities(store, gateway)
    try:
        async with Worker(
            temporal.client,
            task_queue=temporal.task_queue,
            workflows=list(processes),
            activities=[reach.load, reach.record, reach.recall, errands.errand],
            workflow_runner=sandboxed(list(processes)),
            graceful_shutdown_timeout=timedelta(seconds=1),
        ):
            yield gateway
    finally:
        for case in gateway.reached:
            with suppress(RPCError):  # it ended by itself
                await temporal.client.get_workflow_handle(case).terminate()
