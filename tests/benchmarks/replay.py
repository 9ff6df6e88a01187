"""Replaying every case: how fast, beside a library that does the same, and as of any instant."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

from events.audit.replay import Player, view_of
from events.audit.replaying import ALWAYS, SQL, Page, connected, pages
from events.store.keys import MasterKeys
from events.store.store import Store
from events.supervision import STORY
from tests.benchmarks.bulk import fill
from tests.benchmarks.figure import Figure, Goal, measures, median, percentile
from tests.benchmarks.replay_peer import Peer
from tests.benchmarks.store_server import store_server

EVENTS = 200_000
MANY = 1_000_000
ROUNDS = 7
READS = 3_000
PATIENCE = 300
"""Seconds; where one of two processes fails, the other does not wait for ever."""

Row = dict[str, Any]
STORIES = {STORY.name: STORY}


async def _rows(dsn: str, wanted: Sequence[Page]) -> list[tuple[str, Row]]:
    """Dossiers as they are stored, with the board of each."""
    connection = await connected(dsn)
    try:
        return [
            (page.tenant, dict(row))
            for page in wanted
            for row in await connection.fetch(
                SQL["dossiers"], page.tenant, page.first, page.last, ALWAYS
            )
        ]
    finally:
        await connection.close()


def _play(player: Player, rows: Sequence[tuple[str, Row]]) -> tuple[int, float]:
    """How many events were decoded, unsealed and folded, and in how many seconds of a core."""
    events, began = 0, time.process_time()
    for tenant, row in rows:
        case = player.play(tenant, row)
        assert case.state is not None, case.fault
        events += case.recorded
    return events, time.process_time() - began


def _half(dsn: str, keys: MasterKeys, wanted: Sequence[Page], ready: Barrier, told: Any) -> None:
    """In a process of its own: what it reads before, it plays when the other is ready too."""
    rows = asyncio.run(_rows(dsn, wanted))
    player = Player(STORIES, keys)
    _play(player, rows[:20])
    ready.wait(PATIENCE)
    began = time.time()
    events, _ = _play(player, rows)
    told.put((events, began, time.time()))


def _by_two(dsn: str, keys: MasterKeys, wanted: Sequence[Page]) -> float:
    """Events a second of two processes together."""
    context = multiprocessing.get_context("spawn")
    ready, told = context.Barrier(2), context.Queue()
    halves = [wanted[::2], wanted[1::2]]
    work = [context.Process(target=_half, args=(dsn, keys, half, ready, told)) for half in halves]
    for process in work:
        process.start()
    found = [told.get(timeout=PATIENCE) for _ in work]
    for process in work:
        process.join()
    began = min(begun for _, begun, _ in found)
    ended = max(end for _, _, end in found)
    return sum(events for events, _, _ in found) / (ended - began)


@measures("replay", "replay-by-two", "replay-with-reading", "replay-vs-eventsourcing")
async def measure() -> list[Figure]:
    async with store_server() as server:
        filled = await fill(server, EVENTS)
        dsn, player = server.dsn("traject_projector"), Player(STORIES, filled.keys)
        connection = await connected(dsn)
        wanted = await pages(connection)
        one: list[float] = []
        read: list[float] = []
        for page in wanted:
            began = time.perf_counter()
            rows = await connection.fetch(
                SQL["dossiers"], page.tenant, page.first, page.last, ALWAYS
            )
            events, took = _play(player, [(page.tenant, row) for row in rows])
            one.append(events / took)
            read.append(events / (time.perf_counter() - began))
        await connection.close()
        ours, theirs = _beside(player, await _rows(dsn, wanted[:2]))
        two = median([_by_two(dsn, filled.keys, wanted) for _ in range(3)])
    return [
        Goal(">=", 100_000, absolute=True).figure("replay", median(one), "events/s"),
        Goal(">=", 1.5).figure("replay-by-two", two, "events/s", median(one)),
        Goal(">=", 50_000, absolute=True).figure("replay-with-reading", median(read), "events/s"),
        Goal(">=", 5).figure("replay-vs-eventsourcing", median(ours), "events/s", median(theirs)),
    ]


def _beside(player: Player, rows: Sequence[tuple[str, Row]]) -> tuple[list[float], list[float]]:
    """Events a second of ours and theirs, of the same cases, in turns."""
    peer = Peer([player.play(tenant, row) for tenant, row in rows])
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        events, took = _play(player, rows)
        ours.append(events / took)
        events, took = peer.play()
        theirs.append(events / took)
    return ours, theirs


@measures("as-of")
async def as_of() -> list[Figure]:
    """Until the summary is there: read from PostgreSQL, opened, folded and told."""
    chance = random.Random(1)
    took: list[float] = []
    async with store_server() as server:
        filled = await fill(server, MANY)
        facts = {STORY.name: STORY.facts}
        store = await Store.connect(server.dsn("traject_app"), filled.keys, facts)
        settings = await store.settings(filled.tenant)
        whole = await store.load(filled.tenant, filled.streams[1])
        first, last = whole[0].recorded_at, whole[-1].recorded_at
        for _ in range(READS):
            stream = chance.choice(filled.streams)
            moment = first + (last - first) * chance.random()
            began = time.perf_counter()
            state = STORY.fold(await store.load(filled.tenant, stream, until=moment))
            told = STORY.summary(state, view_of(STORY, state, "auditor", moment, settings))
            took.append((time.perf_counter() - began) * 1000)
            assert told["state"]
        await store.close()
    return [Goal("<=", 20, absolute=True).figure("as-of", percentile(took, 99), "ms")]
