"""How a running process reaches the store and other processes: through activities only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

from events.recording import Delivered
from workflows.decision import Errand
from workflows.wire import ERRAND, Parcel, StreamRef

ACTIVITY_TIMEOUT = timedelta(seconds=5)
RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    maximum_interval=timedelta(milliseconds=500),
    backoff_coefficient=2,
)
"""Whoever waits for an answer is told soon after the store is back: half of what a caller waits
before trying anew (``Retry-After``)."""
ERRAND_TIMEOUT = timedelta(hours=1)
ERRAND_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    maximum_interval=timedelta(seconds=10),
    backoff_coefficient=2,
)
"""A stream that gives no answer for long is asked every ten seconds, for as long as it takes."""
HEARTBEAT = timedelta(seconds=5)
"""An errand whose worker was killed is taken up by another one after this."""

T = TypeVar("T")


async def reach(gives: type[T], activity: str, *arguments: Any) -> T:
    """Tries on until the store answers: to give up would pin that failure to the command's id."""
    return await workflow.execute_local_activity(
        activity,
        args=arguments,
        result_type=gives,
        start_to_close_timeout=ACTIVITY_TIMEOUT,
        retry_policy=RETRY,
    )


async def deliver(ref: StreamRef, errand: Errand) -> Delivered:
    """Gives an errand's command to every stream it is for; tries on until all have answered."""
    parcel = Parcel(
        tenant=ref.tenant,
        stream=ref.stream,
        clock_offset=ref.clock_offset,
        key=errand.key,
        cause=errand.cause,
        process=errand.process,
        command=errand.command,
        data=dict(errand.data),
        streams=errand.streams,
        person=errand.person,
        parts=errand.parts,
    )
    return await workflow.execute_activity(
        ERRAND,
        parcel,
        result_type=Delivered,
        start_to_close_timeout=ERRAND_TIMEOUT,
        heartbeat_timeout=HEARTBEAT,
        retry_policy=ERRAND_RETRY,
    )
