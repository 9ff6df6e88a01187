"""How fast read models are rebuilt, and how long lists take with ten thousand cases in a store."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx2

from deploy.projections import stories
from events.projections.known import PROJECTIONS
from events.projections.rebuild import rebuild
from events.store.store import Store
from tests.benchmarks.bulk import Filled, fill
from tests.benchmarks.figure import Figure, Goal, measures, median, percentile
from tests.benchmarks.stage import say
from tests.benchmarks.store_server import StoreServer, store_server
from web.api.app import create_app
from web.serve import run
from workflows.gateway import Gateway
from workflows.registry import RULES

EVENTS = 300_000
PROCESSES = 2
REBUILDS = 3
CASES = 10_000
EVENTS_A_CASE = 30
CALLS = 60
WARM = 5
PATHS = {
    "list": "/api/v1/supervision",
    "tasks": "/api/v1/me/tasks",
    "dashboard": "/api/v1/dashboard",
}


@measures("rebuild")
async def rebuilding() -> Sequence[Figure]:
    """All of them, by two processes, in a store that is written to by nobody else."""
    async with store_server() as server:
        filled = await fill(server, EVENTS)
        rates: list[float] = []
        for _ in range(REBUILDS):
            began = time.perf_counter()
            await _rebuild(server, filled)
            rates.append(filled.events / (time.perf_counter() - began))
        say(f"events a second by run: {' '.join(f'{rate:.0f}' for rate in rates)}")
    return [Goal(">=", 30_000, absolute=True).figure("rebuild", median(rates), "events/s")]


async def _rebuild(server: StoreServer, filled: Filled) -> None:
    dsn = server.dsn("traject_projector")
    await rebuild(dsn, filled.keys, stories, PROJECTIONS, processes=PROCESSES)


@measures("lists")
async def lists() -> Sequence[Figure]:
    """The slowest of the three by its 95th percentile, as somebody of hr waits for them."""
    async with store_server() as server:
        filled = await fill(server, CASES * EVENTS_A_CASE, streams_of=EVENTS_A_CASE)
        await _rebuild(server, filled)
        async with _served(server, filled) as office:
            took = {name: await office.times(path) for name, path in PATHS.items()}
    for name, times in took.items():
        say(f"{name}: p50 {median(times):.1f}, p95 {percentile(times, 95):.1f} ms")
    slowest = max(percentile(times, 95) for times in took.values())
    return [Goal("<=", 100, absolute=True).figure("lists", slowest, "ms")]


@dataclass
class Office:
    """Somebody of hr who looks."""

    http: httpx2.AsyncClient
    token: str

    async def times(self, path: str) -> list[float]:
        """Milliseconds of each call, after a few that are not counted."""
        found: list[float] = []
        for _ in range(WARM + CALLS):
            began = time.perf_counter()
            headers = {"Authorization": f"Bearer {self.token}"}
            answer = await self.http.get(path, headers=headers)
            found.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.text
        return found[WARM:]


@asynccontextmanager
async def _served(server: StoreServer, filled: Filled) -> AsyncIterator[Office]:
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    store = await Store.connect(server.dsn("traject_app"), filled.keys, facts)
    person = await store.add_person(filled.tenant, "Saskia Polman", roles=["hr"])
    token = await store.issue_token(filled.tenant, person.id)
    # Nobody gives a command here.
    app = create_app(store, cast(Gateway, None), RULES, _Installation())
    listener, stop = socket.create_server(("127.0.0.1", 0)), asyncio.Event()
    serving = asyncio.ensure_future(run(app, listener, stop))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        yield Office(http, token)
    stop.set()
    await serving
    listener.close()
    await store.close()


class _Installation:
    installation: Any = "test"
    public_address = "http://127.0.0.1"
    published = ""
