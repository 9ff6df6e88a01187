"""Whether this process can do its work: is PostgreSQL there, and is Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import JSONResponse

from web.api.problems import RETRY_AFTER_SECONDS
from web.site import site_of

if TYPE_CHECKING:
    from workflows.gateway import Gateway

PATIENCE_SECONDS = 2.0


async def health(request: Request) -> JSONResponse:
    """``GET /health``: 200 when commands can be taken, else 503; says which part is away."""
    site = site_of(request)
    postgres, temporal = await asyncio.gather(
        _there(site.store.installation()), _serving(site.gateway)
    )
    well = postgres and temporal
    content = {
        "status": "ok" if well else "away",
        "postgres": "ok" if postgres else "away",
        "temporal": "ok" if temporal else "away",
    }
    headers = {"Cache-Control": "no-store"}
    if not well:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return JSONResponse(content, 200 if well else 503, headers)


async def _serving(gateway: Gateway) -> bool:
    return (await gateway.status())["temporal"] == "ok"


async def _there(answer: Awaitable[object]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await answer
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it cannot be used now
        return False
    return True
