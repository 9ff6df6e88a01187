"""Errands: a command that a process gives to other streams, each exactly once in effect."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from events.event import PROCESS_ROLE
from events.recording import Delivered
from events.store.errors import StoreError
from observability import bound
from workflows.decision import Giver, Refused
from workflows.drafting import own_ids
from workflows.gateway import Gateway, Unavailable
from workflows.wire import ERRAND, Parcel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from events.store.store import Store

ABREAST = 8
"""Streams that one errand talks to at once."""
BEAT_SECONDS = 1.0

log = structlog.stdlib.get_logger("traject.errands")


class ErrandActivities:
    """Regular activities: they may take long, and go on where a killed worker left off."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store = store
        self._gateway = gateway

    @activity.defn(name=ERRAND)
    async def errand(self, parcel: Parcel) -> Delivered:
        """Gives the command to every stream of the errand; safe to repeat.

        Raises when a server is away: Temporal then tries again, and who took it answers as before.
        """
        with bound(tenant=parcel.tenant, stream=parcel.stream):
            streams = parcel.streams or await self._found(parcel)
            async with _beating():
                taken = await self._give_all(parcel, streams)
            log.info(
                "errand done",
                process=parcel.process,
                command=parcel.command,
                given=sum(taken),
                refused=len(taken) - sum(taken),
            )
        return Delivered(given=sum(taken), refused=len(taken) - sum(taken))

    async def _found(self, parcel: Parcel) -> Sequence[str]:
        if parcel.person is None:
            return ()
        return await self._store.streams_of(
            parcel.tenant, parcel.process, parcel.person, parcel.parts
        )

    async def _give_all(self, parcel: Parcel, streams: Sequence[str]) -> list[bool]:
        free = asyncio.Semaphore(ABREAST)

        async def give(stream: str) -> bool:
            async with free:
                return await self._give(parcel, stream)

        async with asyncio.TaskGroup() as messengers:
            given = [messengers.create_task(give(stream)) for stream in streams]
        return [one.result() for one in given]

    async def _give(self, parcel: Parcel, stream: str) -> bool:
        """Whether the stream took the command, now or before."""
        for command_id in own_ids(stream, f"{parcel.stream}|{parcel.key}"):
            try:
                await self._gateway.give(
                    tenant=parcel.tenant,
                    process=parcel.process,
                    stream=stream,
                    command_id=command_id,
                    content_hash=f"{parcel.stream}|{parcel.key}",
                    command=parcel.command,
                    data=parcel.data,
                    giver=Giver(None, (PROCESS_ROLE,)),
                    clock_offset=parcel.clock_offset,
                    cause=parcel.cause,
                )
            except Refused as refused:
                if refused.code == "command.id_reused":
                    continue
                log.warning("errand refused", stream=stream, refusal=refused.code)
                return False
            except Unavailable as away:
                raise ApplicationError("a process gave no answer", type="Unavailable") from away
            except StoreError as error:
                log.warning("errand refused", stream=stream, refusal=type(error).__name__)
                return False
            return True
        return False


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
