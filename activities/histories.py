"""What the run of a case has taken in, read from its history in Temporal without waking it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryReverseRequest,
)
from temporalio.converter import WorkflowSerializationContext
from temporalio.service import RPCError, RPCStatusCode

from events.store.errors import StoreError
from workflows.wire import LOAD, RECORD, Temporal

CALL = timedelta(seconds=10)
FAILING_ATTEMPTS = 5
"""A task that was tried so often will not succeed by itself."""

_PAGE = 20
_CLOSED = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    }
)
_AT_WORK = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    }
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The last event of its stream that a run has taken in."""

    version: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Run:
    """A running process, as its history tells.

    ``tenant`` is None where nothing in it names a board; ``seen`` where it has not loaded yet.
    ``readable`` is whether the dossier's key opens what it holds; ``failing`` whether its tasks
    fail again and again.
    """

    tenant: str | None
    seen: Seen | None
    readable: bool
    failing: bool


async def running(temporal: Temporal, workflow: str) -> Run | None:
    """The run of this id; None where none runs.

    Raises RPCError where Temporal does not tell, and what `errors.unreachable` knows.
    """
    tenant: str | None = None
    at_work = False
    newest = True
    try:
        async for event in _backwards(temporal, workflow):
            if newest and event.event_type in _CLOSED:
                return None
            at_work = at_work or (newest and event.event_type in _AT_WORK)
            newest = False
            sealed = _taken_in(event)
            tenant = tenant or _board_of(sealed or _first_input(event))
            if sealed is None:
                continue
            readable, seen = await _opened(temporal, workflow, sealed)
            if seen is not None or not readable:
                return Run(tenant, seen, readable, at_work and await _failing(temporal, workflow))
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return None
        raise
    return Run(tenant, None, True, at_work and await _failing(temporal, workflow))


async def _backwards(temporal: Temporal, workflow: str) -> AsyncIterator[HistoryEvent]:
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=temporal.client.namespace,
        execution=WorkflowExecution(workflow_id=workflow),
        maximum_page_size=_PAGE,
    )
    service = temporal.client.workflow_service
    while True:
        page = await service.get_workflow_execution_history_reverse(
            request, retry=True, timeout=CALL
        )
        for event in page.history.events:
            yield event
        if not page.next_page_token:
            return
        request.next_page_token = page.next_page_token


def _taken_in(event: HistoryEvent) -> Payload | None:
    """What the store answered to a load or a record, still sealed."""
    if event.event_type != EventType.EVENT_TYPE_MARKER_RECORDED:
        return None
    details = event.marker_recorded_event_attributes.details
    if "data" not in details or "result" not in details:
        return None
    about = json.loads(details["data"].payloads[0].data)
    if about.get("activity_type") not in (LOAD, RECORD):
        return None
    return details["result"].payloads[0]


def _first_input(event: HistoryEvent) -> Payload | None:
    if event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
        return None
    given = event.workflow_execution_started_event_attributes.input.payloads
    return given[0] if given else None


def _board_of(payload: Payload | None) -> str | None:
    if payload is None or "tenant" not in payload.metadata:
        return None
    return payload.metadata["tenant"].decode(errors="replace")


async def _opened(temporal: Temporal, workflow: str, sealed: Payload) -> tuple[bool, Seen | None]:
    """Whether it could be read, and the last event of the own stream in it."""
    converter = temporal.client.data_converter.with_context(
        WorkflowSerializationContext(namespace=temporal.client.namespace, workflow_id=workflow)
    )
    try:
        [answer] = await converter.decode([sealed], [dict])
    except (StoreError, KeyError):
        # The key is another one, or gone: of a dossier that the store has anew, or that was erased.
        return False, None
    if answer.get("outcome") not in (None, "recorded"):
        return True, None
    stream = workflow.rpartition("/")[2]
    own = [one for one in answer["events"] if one["stream_id"] == stream]
    return True, Seen(own[-1]["version"], own[-1]["event_id"]) if own else None


async def _failing(temporal: Temporal, workflow: str) -> bool:
    described = await temporal.client.workflow_service.describe_workflow_execution(
        DescribeWorkflowExecutionRequest(
            namespace=temporal.client.namespace,
            execution=WorkflowExecution(workflow_id=workflow),
        ),
        retry=True,
        timeout=CALL,
    )
    return described.pending_workflow_task.attempt >= FAILING_ATTEMPTS
