"""Makes Temporal forget the process of an erased dossier: every run it had, and any late one."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from workflows.wire import POKE, Temporal, workflow_id

if TYPE_CHECKING:
    from events.store.store import Store

PATIENCE = 60.0
END_SECONDS = 2.0
"""How long a process gets to end by itself, so that its worker lets go of what it remembers."""
POKE_EVERY = 0.2
CALL = timedelta(seconds=10)
AFTER_FAILURE = 5.0

log = structlog.stdlib.get_logger("traject.forgetting")


class StillKnownError(Exception):
    """Temporal still knows of the process."""


async def forget_process(
    temporal: Temporal, process: str, stream: str, *, patience: float = PATIENCE
) -> int:
    """End and delete every run of a stream's process; returns how many there were.

    When it returns, neither a description nor a list knows any. Raises StillKnownError after
    ``patience`` seconds. Safe to repeat.
    """
    name = workflow_id(process, stream)
    until = time.monotonic() + patience
    found: set[str] = set()
    pause = 0.02
    while True:
        runs = await _runs(temporal, name)
        if not runs:
            return len(found)
        if time.monotonic() > until:
            raise StillKnownError(f"Temporal still knows {len(runs)} runs of {name}")
        for run in runs - found:
            await _end(temporal, name, run)
        found |= runs
        for run in runs:
            await _delete(temporal, name, run)
        await asyncio.sleep(pause)
        pause = min(2 * pause, 0.5)


async def forget_late(
    store: Store, temporal: Temporal, met: asyncio.Queue[tuple[str, str]]
) -> None:
    """Forget whatever a worker meets of erased dossiers, for ever; one by one."""
    while True:
        tenant, stream = await met.get()
        process = await store.process_of(tenant, stream)
        if process is None:
            continue
        try:
            runs = await forget_process(temporal, process, stream)
        except (RPCError, StillKnownError) as error:
            log.warning("late process stays", tenant=tenant, stream=stream, exc_info=error)
            await asyncio.sleep(AFTER_FAILURE)
        else:
            if runs:
                log.info("late process forgotten", tenant=tenant, stream=stream, runs=runs)


async def _runs(temporal: Temporal, name: str) -> set[str]:
    """The list lags behind, the description knows the last run only: together they miss none."""
    client = temporal.client
    runs = {run.run_id async for run in client.list_workflows(f"WorkflowId = '{name}'")}
    current = await _described(temporal, name)
    return runs if current is None else runs | {current.run_id}


async def _described(
    temporal: Temporal, name: str, run: str | None = None
) -> WorkflowExecutionDescription | None:
    try:
        handle = temporal.client.get_workflow_handle(name, run_id=run)
        return await handle.describe(rpc_timeout=CALL)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return None


async def _end(temporal: Temporal, name: str, run: str) -> None:
    """By itself if it can, as it then leaves its worker's memory too; else by force."""
    handle = temporal.client.get_workflow_handle(name, run_id=run)
    until = time.monotonic() + END_SECONDS
    with suppress(RPCError):
        while time.monotonic() < until:
            described = await _described(temporal, name, run)
            if described is None or described.status != WorkflowExecutionStatus.RUNNING:
                return
            await handle.signal(POKE, rpc_timeout=CALL)
            await asyncio.sleep(POKE_EVERY)
        await handle.terminate(rpc_timeout=CALL)


async def _delete(temporal: Temporal, name: str, run: str) -> None:
    request = DeleteWorkflowExecutionRequest(
        namespace=temporal.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=name, run_id=run),
    )
    try:
        await temporal.client.workflow_service.delete_workflow_execution(request, timeout=CALL)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
