"""Somebody who asks for something large and then reads no further."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from tests.web.conftest import client_of


@asynccontextmanager
async def unread(
    app: FastAPI, path: str, askers: Sequence[dict[str, str]]
) -> AsyncIterator[Sequence[asyncio.Task[Any]]]:
    """Each with these headers; meanwhile the first part for the first of them is under way."""
    begun = asyncio.Event()

    async def held(scope: Any, receive: Any, send: Any) -> None:
        async def full(message: Any) -> None:
            if message.get("body"):
                begun.set()
                await asyncio.Event().wait()
            await send(message)

        await app(scope, receive, full)

    async with client_of(held) as http:  # pyright: ignore[reportArgumentType] - around the app
        asking = [asyncio.ensure_future(http.get(path, headers=headers)) for headers in askers]
        try:
            await asyncio.wait_for(begun.wait(), 30)
            yield asking
        finally:
            for one in asking:
                one.cancel()
            await asyncio.wait(asking)
