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

PATIENCE = 180.0
"""Seconds until Temporal has deleted what it was told to; a cluster takes its time, half a minute
with its usual settings."""
END_SECONDS = 2.0
"""How long a process gets to end by itself, so that its worker lets go of what it remembers."""
POKE_EVERY = 0.2
SETTLE_SECONDS = 0.6
"""What was deleted the moment it ended is looked at by the server again only after seconds."""
DELETE_EVERY = 15.0
CALL = timedelta(seconds=10)
AFTER_FAILURE = 5.0

log = structlog.stdlib.get_logger("traject.forgetting")


class StillKnownError(Exception):
    """Temporal still knows of the process."""


async def forget_process(
    temporal: Temporal,
    process: str,
    stream: str,
    *,
    end_seconds: float = END_SECONDS,
    patience: float = PATIENCE,
) -> int:
    """End and delete every run of a stream's process; returns how many there were.

    When it returns, neither a description nor a list knows any. A run gets ``end_seconds`` to end
    by itself. Raises StillKnownError after ``patience`` seconds. Safe to repeat.
    """
    name = workflow_id(process, stream)
    until = time.monotonic() + patience
    deleted: dict[str, float] = {}
    pause = 0.02
    while True:
        runs = await _runs(temporal, name)
        if not runs:
            return len(deleted)
        if time.monotonic() > until:
            raise StillKnownError(
                f"Temporal still knows {len(runs)} runs of {name}. Run this again later."
            )
        fresh = runs - deleted.keys()
        if any([await _end(temporal, name, run, end_seconds) for run in fresh]):
            await asyncio.sleep(SETTLE_SECONDS)
        for run in runs:
            if time.monotonic() - deleted.get(run, -DELETE_EVERY - 1) > DELETE_EVERY:
                await _delete(temporal, name, run)
                deleted[run] = time.monotonic()
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
            # Without its key it cannot even be told to end.
            runs = await forget_process(temporal, process, stream, end_seconds=0)
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


async def _end(temporal: Temporal, name: str, run: str, seconds: float) -> bool:
    """By itself if it can, as it then leaves its worker's memory too; else by force.

    Says whether it ran until now.
    """
    handle = temporal.client.get_workflow_handle(name, run_id=run)
    until = time.monotonic() + seconds
    ran = False
    with suppress(RPCError):
        while True:
            described = await _described(temporal, name, run)
            if described is None or described.status != WorkflowExecutionStatus.RUNNING:
                return ran
            ran = True
            if time.monotonic() >= until:
                break
            await handle.signal(POKE, rpc_timeout=CALL)
            await asyncio.sleep(POKE_EVERY)
        await handle.terminate(rpc_timeout=CALL)
    return ran


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
