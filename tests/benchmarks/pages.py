"""How long the pages take with ten thousand cases and a million events in the store."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import cast

import asyncpg
import httpx2

from deploy.demo.examples import people
from deploy.projections import stories
from events.projections.known import PROJECTIONS
from events.projections.rebuild import rebuild
from events.store.migrate import mark_installation
from events.store.store import Store
from tests.benchmarks.bulk import Filled, fill
from tests.benchmarks.figure import Figure, Goal, measures, median, percentile
from tests.benchmarks.stage import say
from tests.benchmarks.store_server import StoreServer, store_server
from tests.web.conftest import Installation
from tests.web.pages_everywhere import PAGES, Shown
from web.api.app import create_app
from web.serve import run, spare_what_stays
from web.site import DEMO_BOARD
from workflows.gateway import Gateway
from workflows.registry import RULES

CASES = "BENCH_CASES"
DEFAULT = 10_000
EVENTS_A_CASE = 100
CALLS = 40
WARM = 3
MOST_MS = 100
ELSEWHERE = frozenset(
    {
        "start", "sign-in-back",  # in a demo they list everybody, which no other installation does
        "dashboard", "dashboard-board", "dashboard-filtered",  # a figure of their own
        "health",  # asks Temporal, which is not here
        "home-administrator",  # so does this
    }
)  # fmt: skip
"""Not measured here."""
_PLACE = re.compile(r"\{(\w+)\}")
OPEN = frozenset({"in_guidance", "just_requested"})
ENDED = frozenset({"closed", "report_issued"})
ROLES = {one.key: one.roles for one in people()}
_OF_ROLE = """
select person, stream
  from traject.person_role join traject.party using (tenant, person)
  join traject.stream using (tenant, stream)
 where tenant = $1 and role = $2 and open = $3
 order by person, stream limit 200
"""
_OF_NOBODY = """
select person, s.stream
  from traject.person_role join traject.stream s using (tenant)
 where tenant = $1 and role = $2 and s.open = $3
 order by person, s.stream limit 200
"""
"""Whoever has no part in a case looks into any."""


@dataclass(frozen=True)
class Visit:
    """A page that somebody of the board opens: each time of another of that person's cases."""

    name: str
    person: str | None
    paths: Sequence[str]


@measures("pages")
async def pages() -> Sequence[Figure]:
    """The slowest page by its 95th percentile, for one person at a time.

    The pages are those of `tests.web.pages_everywhere`, but for what shows cases that are no
    trajectories: of those there are none here. BENCH_CASES says how many there are.
    """
    cases = int(os.environ.get(CASES, DEFAULT))
    async with store_server() as server, AsyncExitStack() as opened:
        filled = await fill(
            server, cases * EVENTS_A_CASE, streams_of=EVENTS_A_CASE, tenant=DEMO_BOARD
        )
        await rebuild(
            server.dsn("traject_projector"), filled.keys, stories, PROJECTIONS, processes=2
        )
        address = await opened.enter_async_context(served(server, filled))
        slowest = 0.0
        for visit in await _visits(server):
            times = await times_of(address, visit)
            if times:
                late = percentile(times, 95)
                say(f"{visit.name}: p50 {median(times):.1f}, p95 {late:.1f} ms")
                slowest = max(slowest, late)
    return [Goal("<=", MOST_MS, absolute=True).figure("pages", slowest, "ms")]


async def times_of(address: str, visit: Visit) -> list[float]:
    """Milliseconds of each call, after a few that are not counted; none where there is no page."""
    found: list[float] = []
    async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
        if visit.person is not None:
            chosen = {"person": visit.person}
            signed_in = await http.post("/sign-in", data=chosen)
            assert signed_in.status_code == 303, signed_in.text
        for number in range(WARM + CALLS):
            path = visit.paths[number % len(visit.paths)]
            began = time.perf_counter()
            answer = await http.get(path)
            found.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                say(f"{visit.name}: {path} was answered {answer.status_code}")
                return []
    return found[WARM:]


async def _visits(server: StoreServer) -> list[Visit]:
    """The pages of the list, by somebody of the same role here, with cases of that person."""
    raw = await asyncpg.connect(server.dsn())
    try:
        known = [
            await _visit(raw, shown)
            for shown in PAGES
            if shown.status == 200 and shown.name not in ELSEWHERE
        ]
        return [visit for visit in known if visit is not None]
    finally:
        await raw.close()


async def _visit(raw: asyncpg.Connection, shown: Shown) -> Visit | None:
    places = frozenset(_PLACE.findall(shown.path))
    if not places <= OPEN | ENDED:
        return None
    if shown.person is None:
        return None if places else Visit(shown.name, None, [shown.path])
    role, still_open = ROLES[shown.person][0], places <= OPEN
    rows = await raw.fetch(_OF_ROLE, DEMO_BOARD, role, still_open)
    if not rows:
        rows = await raw.fetch(_OF_NOBODY, DEMO_BOARD, role, still_open)
    person = str(rows[0]["person"])
    streams = [str(row["stream"]) for row in rows if str(row["person"]) == person]
    paths = [_PLACE.sub(stream, shown.path) for stream in streams] if places else [shown.path]
    return Visit(shown.name, person, paths)


@asynccontextmanager
async def served(server: StoreServer, filled: Filled) -> AsyncIterator[str]:
    await mark_installation(server.dsn(), "demo")
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    store = await Store.connect(server.dsn("traject_app"), filled.keys, facts)
    for role in {role for roles in ROLES.values() for role in roles}:
        name = f"{role.replace('_', ' ').title()} van het bestuur"
        await store.add_person(filled.tenant, name, roles=[role])
    # Nobody gives a command here.
    app = create_app(store, cast(Gateway, None), RULES, Installation("demo"))
    spare_what_stays()
    listener, stop = socket.create_server(("127.0.0.1", 0)), asyncio.Event()
    serving = asyncio.ensure_future(run(app, listener, stop))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop.set()
    await serving
    listener.close()
    await store.close()
