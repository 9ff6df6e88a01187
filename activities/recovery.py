"""Gives every open case its running process again, after Temporal or a part of it was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog
from temporalio.client import WorkflowHandle, WorkflowQueryFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from events.store.dossiers import OpenStream
from events.store.store import Store
from workflows.wire import (
    POKE,
    STATUS,
    TASK_TIMEOUT,
    Status,
    StreamRef,
    Temporal,
    workflow_id,
)

PARALLEL = 4
CALL = timedelta(seconds=10)

log = structlog.stdlib.get_logger("traject.recovery")


@dataclass
class Recovery:
    """What was found. ``failed`` cases are left for the next time."""

    seen: int = 0
    started: int = 0
    poked: int = 0
    well: int = 0
    unknown: int = 0
    failed: int = 0


async def start(temporal: Temporal, ref: StreamRef) -> bool:
    """Start the process of a stream; False when it already runs."""
    temporal.tenants.learn(ref.stream, ref.tenant)
    try:
        await temporal.client.start_workflow(
            ref.process,
            ref,
            id=workflow_id(ref.process, ref.stream),
            task_queue=temporal.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            task_timeout=TASK_TIMEOUT,
            rpc_timeout=CALL,
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


async def recover(
    store: Store,
    temporal: Temporal,
    processes: Collection[str],
    *,
    check: bool = True,
    pause: float = 0.0,
    progress: Callable[[Recovery], None] | None = None,
) -> Recovery:
    """Start what does not run and, with ``check``, poke what is behind the store.

    Safe to repeat and to interrupt: each stream is looked at by itself. ``pause`` is the time in
    seconds that each of the few lookers takes between two streams. A check needs a worker; where
    none answers, running processes count as ``unknown``.
    """
    found = Recovery()
    queue: asyncio.Queue[OpenStream | None] = asyncio.Queue(maxsize=4 * PARALLEL)

    async def look() -> None:
        while (stream := await queue.get()) is not None:
            await _look_at(temporal, stream, found, check)
            found.seen += 1
            if progress is not None:
                progress(found)
            await asyncio.sleep(pause)

    async with asyncio.TaskGroup() as lookers:
        for _ in range(PARALLEL):
            lookers.create_task(look())
        async for stream in store.open_streams():
            if stream.process in processes:
                await queue.put(stream)
        for _ in range(PARALLEL):
            await queue.put(None)
    return found


async def _look_at(temporal: Temporal, stream: OpenStream, found: Recovery, check: bool) -> None:
    ref = StreamRef(tenant=stream.tenant, process=stream.process, stream=stream.stream)
    try:
        if await start(temporal, ref):
            found.started += 1
            return
        if not check:
            found.well += 1
            return
        handle: WorkflowHandle[object, object] = temporal.client.get_workflow_handle(
            workflow_id(stream.process, stream.stream)
        )
        status = await handle.query(STATUS, result_type=Status, rpc_timeout=CALL)
        if status.version >= stream.version:
            found.well += 1
            return
        await handle.signal(POKE, rpc_timeout=CALL)
        found.poked += 1
    except WorkflowQueryFailedError:
        found.unknown += 1
    except RPCError as error:
        if error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.FAILED_PRECONDITION):
            found.unknown += 1
        else:
            _failed(ref, error, found)
    except Exception as error:  # noqa: BLE001 - one bad case may not keep others from running
        _failed(ref, error, found)


def _failed(ref: StreamRef, error: Exception, found: Recovery) -> None:
    found.failed += 1
    problem = type(error).__name__
    log.warning("case not looked at", tenant=ref.tenant, stream=ref.stream, problem=problem)
