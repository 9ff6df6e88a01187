"""Large answers that are made while they are read: who stops reading holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from weakref import WeakValueDictionary

import structlog
from fastapi.responses import StreamingResponse

from web.headers import Message, Send

PATIENCE = 30.0
"""Seconds in which a part has to be taken."""
PART_BYTES = 64 << 10

log = structlog.get_logger("web")


class _NotTaken(Exception):
    """Whoever asked has stopped reading."""


class Download(StreamingResponse):
    """An answer in pieces. Where a part of one is not taken in time, it ends and is cut off."""

    def __init__(
        self, content: AsyncGenerator[bytes], headers: Mapping[str, str], media_type: str
    ) -> None:
        super().__init__(content, headers=headers, media_type=media_type)
        self._pieces = content

    async def stream_response(self, send: Send) -> None:
        async def sent(message: Message) -> None:
            try:
                await asyncio.wait_for(send(message), PATIENCE)
            except TimeoutError:
                raise _NotTaken from None

        start = {"status": self.status_code, "headers": self.raw_headers}
        try:
            async with aclosing(self._pieces) as pieces:
                await sent({"type": "http.response.start", **start})
                async for piece in pieces:
                    for first in range(0, len(piece), PART_BYTES):
                        part = piece[first : first + PART_BYTES]
                        await sent({"type": _BODY, "body": part, "more_body": True})
            await sent({"type": _BODY, "body": b"", "more_body": False})
        except _NotTaken:
            log.warning("a download was not read on")


_BODY = "http.response.body"


class Turns:
    """So many at once of all people, and of each of them one."""

    def __init__(self, most: int) -> None:
        self._places = asyncio.Semaphore(most)
        self._own: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def own(self, person: str) -> AsyncIterator[None]:
        """While nothing else is made for this person."""
        lock = self._own.get(person)
        if lock is None:
            lock = self._own[person] = asyncio.Lock()
        async with lock:
            yield

    @asynccontextmanager
    async def of(self, person: str) -> AsyncIterator[None]:
        """The same, and in one of the places of all people."""
        async with self.own(person), self._places:
            yield

    async def next(self, pieces: AsyncIterator[bytes]) -> bytes | None:
        """The next piece, made in one of the places of all people; None after the last."""
        async with self._places:
            return await anext(pieces, None)
