"""Open pages are told that their case changed: whoever may see that, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from events.store.keys import MasterKeys
from events.store.sequencer import Sequencer
from events.store.store import Store
from tests.conftest import Database
from tests.web.conftest import FACTS, Board, Installation, client_of
from tests.web.conftest import PEOPLE as NAMES
from tests.web.test_pages import sign_in
from web import live as module
from web.api.app import create_app
from web.dossiers import Dossiers
from web.live import CHANGED, ENDED, MOST, Live, Watch, look_at, stream_of
from web.site import DEMO_BOARD, Site
from workflows.gateway import Gateway
from workflows.registry import RULES

SECOND = 5.0


@pytest.fixture
async def demo(store: Any, gateway: Gateway) -> AsyncIterator[Board]:
    app = create_app(store, gateway, RULES, Installation("demo"))
    async with client_of(app) as http:
        board = Board(store, app, http, DEMO_BOARD)
        for role, name in NAMES.items():
            await board.add(role, name, role)
        yield board


def site_of(board: Board) -> Site:
    return board.app.state.site


async def watch_of(board: Board, stream: str, by: str) -> Watch:
    dossier = await site_of(board).dossiers.read(board.tenant, "supervision", stream)
    assert dossier is not None
    return Watch(board.people[by], "supervision", stream, dossier.version)


async def allowed() -> bool:
    return True


async def test_who_may_not_see_it_is_not_told_that_it_was(demo: Board) -> None:
    """The unannounced visit: its advisor is told, its teacher is told only once it was held."""
    stream, site = await demo.in_guidance(), site_of(demo)
    advisor = await watch_of(demo, stream, "advisor")
    teacher = await watch_of(demo, stream, "teacher")
    board = await watch_of(demo, stream, "board")
    day = (await demo.get(f"/supervision/{stream}", "advisor")).json()["period"]["from"]
    plan = {"visit": "V1", "at": f"{day}T09:00", "announced": False}
    await demo.done(stream, "PlanVisit", plan)
    for watch in (advisor, teacher, board):
        await look_at(site, watch)
    assert (advisor.changed, teacher.changed, teacher.over) == (True, False, False)
    # Who may not read the case at all is let go without a word.
    assert (board.changed, board.over) == (False, True)
    last = (await demo.get(f"/supervision/{stream}/timeline", "teacher")).json()["items"][-1]
    demo.app.state.live.close()
    for by, told in (("teacher", False), ("advisor", True)):
        await sign_in(demo, by)
        answer = await demo.http.get(f"/supervision/{stream}/live?seen={last['event_id']}")
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert (CHANGED in answer.content) is told
        assert ENDED not in answer.content
        assert b"V1" not in answer.content
    findings = [{"goal": "G1", "seen": "seen", "example": "het signaal klonk"}]
    held = {"visit": "V1", "date": day, "findings": findings, "hours": "2"}
    await demo.done(stream, "RecordVisit", held)
    await look_at(site, teacher)
    assert teacher.changed


async def test_what_is_recorded_is_heard_of(demo: Board, database: Database) -> None:
    stream = (await demo.open()).json()["id"]
    live, stop = Live(), asyncio.Event()
    watch = await watch_of(demo, stream, "hr")
    sequencer = Sequencer(database.sequencer_dsn)
    tasks = [
        asyncio.ensure_future(live.listen(database.app_dsn, site_of(demo))),
        asyncio.ensure_future(sequencer.run(stop)),
    ]
    try:
        told = stream_of(live, watch, allowed)
        assert await anext(told) == b"retry: 2000\n\n"
        await demo.done(stream, "AcceptRequest", {"hourly_rate": "118.00"}, by="coordinator")
        sequencer.wake()
        assert await asyncio.wait_for(anext(told), SECOND) == CHANGED
        live.close()
        # Nobody was signed out: a server stops, and the browser comes back by itself.
        assert 2_000 <= _back(await asyncio.wait_for(anext(told), SECOND)) <= 8_000
        with pytest.raises(StopAsyncIteration):
            await anext(told)
        assert live.count == 0
    finally:
        stop.set()
        tasks[0].cancel()
        await asyncio.wait(tasks)


async def test_a_stream_ends_with_its_session(demo: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT", 0.05)
    stream, holds = (await demo.open()).json()["id"], True

    async def holding() -> bool:
        return holds

    watch = await watch_of(demo, stream, "hr")
    told = stream_of(Live(), watch, holding)
    await anext(told)
    assert await asyncio.wait_for(anext(told), SECOND) == module.BEAT
    holds = False
    watch.tell()
    assert await asyncio.wait_for(anext(told), SECOND) == ENDED


async def test_of_too_many_pages_the_first_are_let_go(demo: Board) -> None:
    stream, live = (await demo.open()).json()["id"], Live()
    watches = [await watch_of(demo, stream, "hr") for _ in range(MOST + 2)]
    told = stream_of(live, watches[0], allowed)
    await anext(told)
    for watch in watches[1:]:
        live.open(watch)
    assert [watch.over for watch in watches] == [True, True, *[False] * MOST]
    # It may come back, and not so soon that it drives out the others all the time.
    assert _back(await asyncio.wait_for(anext(told), SECOND)) >= 45_000
    for watch in watches:
        live.shut(watch)
    assert live.count == 0


def _back(sent: bytes) -> int:
    """After how many milliseconds the browser is to come back."""
    name, _, number = sent.decode().strip().partition(": ")
    assert name == "retry"
    return int(number)


async def test_a_case_that_cannot_be_read_holds_up_no_other(
    demo: Board, database: Database, master_keys: MasterKeys
) -> None:
    """As where its last event is of a newer version of the product than this process."""
    taught = [await demo.add(name, name, "teacher") for name in ("Anna", "Bea", "Cor")]
    streams = [(await demo.open(teacher=one.id)).json()["id"] for one in taught]
    watches = [await watch_of(demo, stream, "hr") for stream in streams]
    await demo.done(streams[1], "AcceptRequest", {"hourly_rate": "118.00"}, by="coordinator")
    await demo.done(streams[2], "DeclineRequest", {"reason": "Niet nodig"}, by="coordinator")
    known = {name: fact for name, fact in FACTS["supervision"].items() if "Accepted" not in name}
    older = await Store.connect(database.app_dsn, master_keys, {"supervision": known})
    live, site = Live(), site_of(demo)
    for watch in watches:
        live.open(watch)
    try:
        with capture_logs() as logged:
            for _ in range(2):
                await live.look(replace(site, store=older, dossiers=Dossiers(older, site.rules)))
    finally:
        await older.close()
    assert [watch.changed for watch in watches] == [False, False, True]
    assert [(one["kind"], one["stream"]) for one in logged] == [("Unreadable", streams[1])]


async def test_nothing_ends_the_telling(demo: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY", 0.01)
    looked = asyncio.Event()

    class Stumbling(Live):
        """Fails the first time, with what nobody thought of."""

        times = 0

        async def look(self, site: Site) -> None:
            self.times += 1
            if self.times == 1:
                raise LookupError("what was in it is nobody's business")
            looked.set()

    live = Stumbling()
    live.hear()
    with capture_logs() as logged:
        telling = asyncio.ensure_future(live._tell_on(site_of(demo)))
        try:
            await asyncio.wait_for(looked.wait(), SECOND)
        finally:
            telling.cancel()
            await asyncio.wait([telling])
    assert [(one["event"], one["kind"]) for one in logged] == [
        ("changes are not told", "LookupError")
    ]
    assert "business" not in str(logged)
