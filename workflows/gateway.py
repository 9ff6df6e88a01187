"""The way from the outside to a running process: one call gives a command and brings its answer."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any, Protocol
from uuid import uuid4
from weakref import WeakValueDictionary

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from events.event import stream_id
from events.recording import Recorded
from workflows.decision import Giver, Refused
from workflows.wire import (
    COMMAND,
    ERASED,
    FAILED,
    REFUSED,
    TASK_TIMEOUT,
    Envelope,
    GiverRef,
    StreamRef,
    Temporal,
    update_id,
    workflow_id,
)

CALL = timedelta(seconds=8)
PATIENCE = 10.0
"""Seconds a caller waits for an answer before it is told to try again."""
NO_OFFSET = timedelta(0)
ABREAST = 4
"""Commands to one case that this process has under way at once.

A run takes ten; the eleventh makes the server abort all ten and have them tried again.
"""
RETRYABLE = frozenset(
    {
        RPCStatusCode.NOT_FOUND,
        RPCStatusCode.ABORTED,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.ALREADY_EXISTS,
    }
)
"""What the server says while a run ends or continues as new under a command."""


class Unavailable(Exception):
    """No answer in time. The command may have been taken; to repeat it is safe."""


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker as Temporal knows it: its name, the version it runs, and when it last asked."""

    name: str
    build: str
    at: datetime


class Dossiers(Protocol):
    """What of the store is needed here."""

    async def open_dossier(self, tenant: str, process: str, stream: str) -> None: ...


class Gateway:
    """Gives commands to processes through Temporal; keeps nothing itself."""

    def __init__(self, store: Dossiers, temporal: Temporal, *, patience: float = PATIENCE) -> None:
        self._store = store
        self._temporal = temporal
        self._patience = patience
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def give(
        self,
        *,
        tenant: str,
        process: str,
        stream: str,
        command_id: str,
        content_hash: str,
        command: str,
        data: dict[str, Any],
        giver: Giver,
        clock_offset: timedelta = NO_OFFSET,
        cause: str | None = None,
    ) -> Recorded:
        """The answer of the process; the same id and content may be given any number of times.

        Raises Refused with the contract's code, and Unavailable when no answer came in time.
        """
        if giver.person is None and cause is None:
            raise ValueError("a command has a person who gives it, or a cause")
        if stream == stream_id(tenant, command_id):
            await self._store.open_dossier(tenant, process, stream)
        self._temporal.tenants.learn(stream, tenant)
        envelope = Envelope(
            command_id=command_id,
            content_hash=content_hash,
            command=command,
            data=data,
            giver=GiverRef(person=giver.person, roles=giver.roles),
            attempt=uuid4().hex,
            cause=cause,
        )
        ref = StreamRef(tenant=tenant, process=process, stream=stream, clock_offset=clock_offset)
        turns = self._turns.setdefault(stream, asyncio.Semaphore(ABREAST))
        try:
            async with asyncio.timeout(self._patience), turns:
                return await self._ask(ref, envelope)
        except TimeoutError:
            raise Unavailable("no answer in time") from None

    async def _ask(self, ref: StreamRef, envelope: Envelope) -> Recorded:
        name = update_id(envelope.command_id, envelope.content_hash)
        for pause in chain((0.02, 0.02, 0.05, 0.1, 0.2), repeat(0.5)):
            try:
                return await self._update(ref, envelope, name)
            except WorkflowUpdateFailedError as failed:
                if not _is_old(failed.cause, envelope):
                    raise _verdict(failed.cause) from None
                # Temporal keeps the outcome of an update id for the whole run, also a refusal;
                # what was refused before is decided anew.
                name = update_id(envelope.command_id, envelope.content_hash, envelope.attempt)
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                raise Unavailable("no answer in time") from None
            except RPCError as error:
                if error.status not in RETRYABLE:
                    raise Unavailable(error.status.name) from None
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _update(self, ref: StreamRef, envelope: Envelope, name: str) -> Recorded:
        start = WithStartWorkflowOperation(
            ref.process,
            ref,
            id=workflow_id(ref.process, ref.stream),
            task_queue=self._temporal.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            task_timeout=TASK_TIMEOUT,
        )
        try:
            return await self._temporal.client.execute_update_with_start_workflow(
                COMMAND,
                envelope,
                id=name,
                start_workflow_operation=start,
                result_type=Recorded,
                rpc_timeout=CALL,
            )
        except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
            # The operation holds the same error; left unread it would be logged as lost.
            with suppress(Exception):
                await start.workflow_handle()
            raise

    async def status(self) -> dict[str, Any]:
        """Whether Temporal answers, and how fast in milliseconds."""
        began = time.perf_counter()
        try:
            serving = await self._temporal.client.service_client.check_health(
                timeout=timedelta(seconds=1)
            )
        except (RPCError, RuntimeError) as error:
            return {"temporal": "unavailable", "reason": type(error).__name__}
        took = round((time.perf_counter() - began) * 1000, 1)
        return {"temporal": "ok" if serving else "unavailable", "ms": took}

    async def workers(self) -> list[WorkerSeen]:
        """Who asked for work within the last minutes.

        Raises Unavailable where Temporal does not answer.
        """
        asked = DescribeTaskQueueRequest(
            namespace=self._temporal.client.namespace,
            task_queue=TaskQueue(name=self._temporal.task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        try:
            told = await self._temporal.client.workflow_service.describe_task_queue(
                asked, timeout=timedelta(seconds=1)
            )
        except (RPCError, RuntimeError) as error:
            raise Unavailable(type(error).__name__) from None
        return [
            WorkerSeen(
                name=one.identity,
                build=one.deployment_options.build_id or one.worker_version_capabilities.build_id,
                at=one.last_access_time.ToDatetime(UTC),
            )
            for one in told.pollers
        ]


def _is_old(cause: BaseException | None, envelope: Envelope) -> bool:
    """Whether the outcome belongs to another call than this one."""
    if not isinstance(cause, ApplicationError):
        return True
    if cause.type not in (REFUSED, FAILED):
        return cause.type == "AcceptedUpdateCompletedWorkflow"
    return len(cause.details) < 3 or cause.details[2] != envelope.attempt


def _verdict(cause: BaseException | None) -> Exception:
    if not isinstance(cause, ApplicationError):
        return Unavailable(f"the process failed: {type(cause).__name__}")
    if cause.type == REFUSED:
        return Refused(str(cause.details[0]), cause.details[1])
    kind = cause.details[0] if cause.type == FAILED and cause.details else cause.type
    if kind == ERASED:
        return Refused("case.erased")
    return Unavailable(f"the process failed: {kind}")
