"""Errands: a command that a process gives to other streams, each exactly once in effect."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Literal

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from events.event import PROCESS_ROLE, own_id
from events.recording import Delivered, errand_hash
from events.store.errors import StoreError
from observability import bound
from workflows.decision import Giver, Refused
from workflows.gateway import Gateway, Unavailable
from workflows.wire import ERRAND, Parcel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from events.store.store import Store

ABREAST = 8
"""Streams that one errand talks to at once."""
SILENT_MAX = 8
"""So many without an answer are not the fault of single streams: the rest is left for later."""
BEAT_SECONDS = 1.0

Outcome = Literal["taken", "refused", "silent"]

log = structlog.stdlib.get_logger("traject.errands")


class ErrandActivities:
    """Regular activities: they may take long, and go on where a killed worker left off."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store = store
        self._gateway = gateway

    @activity.defn(name=ERRAND)
    async def errand(self, parcel: Parcel) -> Delivered:
        """Gives the command to every stream of the errand; safe to repeat.

        Raises while a stream gives no answer: Temporal then tries again, and who took it before is
        not asked twice. A stream that refuses, is not there or was erased is counted as that.
        """
        with bound(tenant=parcel.tenant, stream=parcel.stream):
            async with _beating():
                # In this order: who takes it in between, from an attempt given up, is in both.
                found = parcel.streams or await self._found(parcel)
                name = errand_hash(parcel.stream, parcel.key)
                took = await self._store.streams_that_took(parcel.tenant, name)
                came = await self._give_all(parcel, [one for one in found if one not in took])
            delivered = Delivered(given=len(took) + came["taken"], refused=came["refused"])
            log.info(
                "errand done" if not came["silent"] else "errand to be tried again",
                process=parcel.process,
                command=parcel.command,
                silent=came["silent"],
                **delivered.model_dump(),
            )
        if came["silent"]:
            raise ApplicationError("a process gave no answer", type="Unavailable")
        return delivered

    async def _found(self, parcel: Parcel) -> Collection[str]:
        """Streams in which the person has a part now; who took the command may be none of them."""
        if parcel.person is None:
            return ()
        return await self._store.streams_of(
            parcel.tenant, parcel.process, parcel.person, parcel.parts
        )

    async def _give_all(self, parcel: Parcel, streams: Collection[str]) -> Counter[Outcome]:
        free = asyncio.Semaphore(ABREAST)
        came: Counter[Outcome] = Counter()

        async def give(stream: str) -> None:
            async with free:
                asked = came["silent"] < SILENT_MAX
                came[await self._give(parcel, stream) if asked else "silent"] += 1

        async with asyncio.TaskGroup() as messengers:
            for stream in streams:
                messengers.create_task(give(stream))
        return came

    async def _give(self, parcel: Parcel, stream: str) -> Outcome:
        """What the stream makes of the command, now or when it first came."""
        name = errand_hash(parcel.stream, parcel.key)
        try:
            await self._gateway.give(
                tenant=parcel.tenant,
                process=parcel.process,
                stream=stream,
                command_id=own_id(stream, name),
                content_hash=name,
                command=parcel.command,
                data=parcel.data,
                giver=Giver(None, (PROCESS_ROLE,)),
                clock_offset=parcel.clock_offset,
                cause=parcel.cause,
            )
        except Refused as refused:
            log.warning("errand refused", to=stream, refusal=refused.code)
            return "refused"
        except Unavailable as away:
            log.warning("errand not answered", to=stream, exc_info=away)
            return "silent"
        except StoreError as error:
            log.warning("errand refused", to=stream, refusal=type(error).__name__)
            return "refused"
        return "taken"


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """Tells Temporal that this worker still lives, however long a single answer takes."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(BEAT_SECONDS)

    beating = asyncio.ensure_future(beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
