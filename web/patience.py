"""Nobody waits longer for an answer than this, whatever is stuck behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from fastapi.responses import Response

from workflows.gateway import PATIENCE, Unavailable

LONGEST_SECONDS = PATIENCE + 1


async def in_time(work: Awaitable[Response]) -> Response:
    """The response of the work; raises Unavailable when it takes longer than LONGEST_SECONDS.

    Work that is given up is not waited for: a database that takes connections and says nothing
    would hold on to it, even to what clears up after it.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(_seen)
    try:
        await asyncio.wait([task], timeout=LONGEST_SECONDS)
        if not task.done():
            raise Unavailable("no answer in time")
        return task.result()
    finally:
        task.cancel()


def _seen(task: asyncio.Future[Response]) -> None:
    """What became of work that was given up is nobody's concern any more."""
    if not task.cancelled():
        task.exception()
