"""The loan process on real parts: a worker, a gateway and a store, with one board on it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from activities.errands import ErrandActivities
from activities.recording import RecordingActivities
from events.event import Event, stream_id
from events.recording import Recorded
from events.store.store import Store
from tests.toy.workflow import LoanProcess
from workflows.decision import Giver
from workflows.gateway import Gateway
from workflows.sandbox import sandboxed
from workflows.wire import STATUS, STICKY_TIMEOUT, Status, Temporal, workflow_id


def content_hash(*content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass
class Stage:
    """What a test holds: who gives commands to whom."""

    store: Store
    temporal: Temporal
    gateway: Gateway
    tenant: str
    librarian: Giver
    borrower: str = field(default_factory=lambda: str(uuid4()))

    @property
    def skipper(self) -> TimeSkipper:
        return TimeSkipper(self.temporal.client, config=TimeSkippingConfig(enabled=False))

    async def give(
        self,
        stream: str,
        command: str,
        data: dict[str, Any] | None = None,
        *,
        process: str = "loans",
        command_id: str | None = None,
        giver: Giver | None = None,
        clock_offset: timedelta = timedelta(0),
    ) -> Recorded:
        data = data or {}
        giver = giver or self.librarian
        return await self.gateway.give(
            tenant=self.tenant,
            process=process,
            stream=stream,
            command_id=command_id or str(uuid4()),
            content_hash=content_hash(stream, command, data, giver.person),
            command=command,
            data=data,
            giver=giver,
            clock_offset=clock_offset,
        )

    def opening(self, book: str | None = None) -> tuple[str, str, dict[str, Any]]:
        """(stream, command id, data) of a loan not yet opened."""
        command_id = str(uuid4())
        data = {"borrower": self.borrower, "book": book or command_id[:13]}
        return stream_id(self.tenant, command_id), command_id, data

    async def open(self, book: str | None = None, **more: Any) -> str:
        stream, command_id, data = self.opening(book)
        await self.give(stream, "OpenLoan", data, command_id=command_id, **more)
        return stream

    def handle(self, stream: str, process: str = "loans") -> WorkflowHandle[Any, Any]:
        return self.temporal.client.get_workflow_handle(workflow_id(process, stream))

    async def status(self, stream: str, process: str = "loans") -> Status:
        return await self.handle(stream, process).query(STATUS, result_type=Status)

    async def until(self, stream: str, reached: Callable[[Status], bool]) -> Status:
        """Asks until it is so, for at most ten seconds."""
        async with asyncio.timeout(10):
            while not reached(status := await self.status(stream)):
                await asyncio.sleep(0.02)
        return status

    async def events(self, stream: str) -> list[Event]:
        return await self.store.load(self.tenant, stream)

    async def types(self, stream: str) -> list[str]:
        return [event.type for event in await self.events(stream)]

    async def pass_time(self, stream: str, span: timedelta) -> None:
        """Moves the clock of this loan; what falls due on the way happens."""
        await self.skipper.fast_forward(self.handle(stream), span)

    @asynccontextmanager
    async def worker(
        self,
        processes: Sequence[type] = (LoanProcess,),
        *,
        activities: RecordingActivities | None = None,
        errands: ErrandActivities | None = None,
        cached: int = 1000,
    ) -> AsyncIterator[Worker]:
        reach = activities or RecordingActivities(self.store, "test")
        errands = errands or ErrandActivities(self.store, self.gateway)
        async with Worker(
            self.temporal.client,
            task_queue=self.temporal.task_queue,
            workflows=list(processes),
            activities=[reach.load, reach.record, reach.recall, errands.errand],
            workflow_runner=sandboxed(processes),
            max_cached_workflows=cached,
            sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        ) as running:
            yield running
