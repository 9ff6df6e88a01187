"""How long the dashboard takes with ten thousand cases and a million events, as it is filtered."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AsyncExitStack

import asyncpg

from deploy.projections import stories
from events.projections.known import PROJECTIONS
from events.projections.rebuild import rebuild
from tests.benchmarks.bulk import fill
from tests.benchmarks.figure import Figure, Goal, measures, median, percentile
from tests.benchmarks.pages import CASES, DEFAULT, EVENTS_A_CASE, Visit, served, times_of
from tests.benchmarks.stage import say
from tests.benchmarks.store_server import StoreServer, store_server
from web.site import DEMO_BOARD

MOST_MS = 200
PERSON = """
select person from traject.person_role where tenant = $1 and role = $2 order by person limit 1
"""


@measures("dashboard")
async def dashboard() -> Sequence[Figure]:
    """The slowest by its 95th percentile, for one person at a time: of hr, and of the board."""
    cases = int(os.environ.get(CASES, DEFAULT))
    async with store_server() as server, AsyncExitStack() as opened:
        filled = await fill(
            server, cases * EVENTS_A_CASE, streams_of=EVENTS_A_CASE, tenant=DEMO_BOARD
        )
        await rebuild(
            server.dsn("traject_projector"), filled.keys, stories, PROJECTIONS, processes=2
        )
        visits = await _visits(server)
        address = await opened.enter_async_context(served(server, filled))
        slowest = 0.0
        for visit in visits:
            times = await times_of(address, visit)
            assert times, visit
            late = percentile(times, 95)
            say(f"{visit.name}: p50 {median(times):.1f}, p95 {late:.1f} ms")
            slowest = max(slowest, late)
    return [Goal("<=", MOST_MS, absolute=True).figure("dashboard", slowest, "ms")]


async def _visits(server: StoreServer) -> list[Visit]:
    raw = await asyncpg.connect(server.dsn())
    try:
        # The board that was filled has nobody of the board itself.
        hr = str(await raw.fetchval(PERSON, DEMO_BOARD, "hr"))
        advisor = str(await raw.fetchval(PERSON, DEMO_BOARD, "advisor"))
        board = str(await raw.fetchval(PERSON, DEMO_BOARD, "manager"))
        await raw.execute(
            "insert into traject.person_role (tenant, person, role) values ($1, $2, 'board')",
            DEMO_BOARD,
            board,
        )
    finally:
        await raw.close()
    paths = {
        "all": "/dashboard?show=all",
        "process and state": "/dashboard?process=supervision&state=guidance",
        "advisor": f"/dashboard?advisor={advisor}",
        "school and year": "/dashboard?school=De+Wilgenhof&period=2025-2026",
        "overdue": "/dashboard/cases?figure=overdue",
        "ended": "/dashboard/cases?figure=ended&page=20",
    }
    found = [Visit(name, hr, [path]) for name, path in paths.items()]
    return [*found, Visit("board", board, ["/dashboard?show=all"])]
