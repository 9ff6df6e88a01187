"""The first page of who is signed in: what waits, what is planned, what changed, and where to."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from events.projections.projector import Projector
from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.numbering import number_all
from tests.web.conftest import PEOPLE, Board, Installation, client_of
from tests.web.test_pages import sign_in
from web.api.app import create_app
from web.pages.home.links import COMMAND_OF, href
from web.site import DEMO_BOARD
from web.texts import texts
from workflows.gateway import Gateway
from workflows.registry import RULES

Project = Callable[[], Awaitable[None]]
SECRET = "V2"


@pytest.fixture
async def demo(store: Store, gateway: Gateway) -> Board:
    """The demo installation, with its board."""
    app = create_app(store, gateway, RULES, Installation("demo"))
    board = Board(store, app, client_of(app), DEMO_BOARD)
    for role, name in PEOPLE.items():
        await board.add(role, name, role)
    return board


@pytest.fixture
def project(database: Database, master_keys: MasterKeys) -> Project:
    """Gives all events their positions, and puts them into the read models."""

    async def everything() -> None:
        raw = await asyncpg.connect(database.owner_dsn)
        await number_all(raw)
        await raw.close()
        stories = {name: rules.story for name, rules in RULES.items()}
        await Projector(database.projector_dsn, master_keys, stories).catch_up()

    return everything


async def shown(board: Board, by: str, path: str = "/", status: int = 200) -> str:
    await sign_in(board, by)
    answer = await board.http.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def main_of(html: str) -> str:
    """What a page says, without what stands at the top of all pages and without ``until``."""
    found = re.search(r"<main.*?</main>", html, re.DOTALL)
    assert found
    return re.sub(r'name="until" value="[^"]+"', "", found[0])


async def test_a_desk_is_the_same_from_events_and_from_read_models(
    demo: Board, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await demo.in_guidance()
    at = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%dT08:30")
    await demo.done(stream, "PlanVisit", {"visit": "V1", "at": at, "announced": True})
    await demo.done(stream, "PlanVisit", {"visit": SECRET, "at": at, "announced": False})
    other = await demo.add("other", "Lieke Postma", "teacher")
    opened = (await demo.open(teacher=other.id, school="Het Baken")).json()["id"]
    paths = ("/", "/tasks", "/agenda")
    before = {
        (by, path): main_of(await shown(demo, by, path)) for by in demo.people for path in paths
    }
    await project()
    folded: list[str] = []
    site = demo.app.state.site
    read = site.dossiers.read_many

    async def read_many(tenant: str, process: str, streams: list[str]) -> object:
        folded.extend(streams)
        return await read(tenant, process, streams)

    monkeypatch.setattr(site.dossiers, "read_many", read_many)
    after = {
        (by, path): main_of(await shown(demo, by, path)) for by in demo.people for path in paths
    }
    assert after == before
    folded.clear()
    for by in demo.people:
        for path in ("/tasks", "/agenda"):
            await shown(demo, by, path)
    assert folded == []

    accept = f'href="/supervision/{opened}/do/AcceptRequest"'
    assert accept in after["coordinator", "/"]
    assert "Traject van Lieke Postma" in after["coordinator", "/tasks"]
    assert accept not in after["hr", "/"] + after["advisor", "/"]
    assert "08:30" in after["teacher", "/agenda"]
    assert (
        after["teacher", "/agenda"].count("lassenbezoek")
        == after["advisor", "/agenda"].count("lassenbezoek") / 2
    )
    for path in paths:
        assert SECRET not in after["teacher", path] + after["manager", path]
        assert "naangekondigd" not in after["teacher", path] + after["manager", path]
    assert "Onaangekondigd bezoek gepland" in after["client", "/"]
    assert 'href="/supervision/new"' in after["hr", "/"] + after["client", "/"]
    assert "/supervision/new" not in after["teacher", "/"] + after["coordinator", "/"]
    assert texts("nl").pages["desk"]["empty"]["board"] in after["board", "/"]


async def test_what_changed_is_told_until_it_was_seen(demo: Board) -> None:
    stream = (await demo.open()).json()["id"]
    html = await shown(demo, "teacher")
    assert "Wat er de laatste week is gebeurd" in html
    assert "Traject aangevraagd" in html
    assert "Saskia Polman" in html
    # What somebody did is no news to the same person.
    assert "Er is niets veranderd" in await shown(demo, "hr")
    until = re.search(r'name="until" value="([^"]+)"', await shown(demo, "teacher"))
    assert until
    await demo.give(stream, "AcceptRequest", {"hourly_rate": "118.00"}, "coordinator")
    seen = await demo.http.post("/seen", data={"until": until[1]})
    assert (seen.status_code, seen.headers["Location"]) == (303, "/")
    html = await shown(demo, "teacher")
    assert "Sinds u hier voor het laatst keek" in html
    assert "Aanvraag geaccepteerd" in html
    assert "Traject aangevraagd" not in html
    far = (datetime.now(UTC) + timedelta(days=900)).isoformat()
    assert (await demo.http.post("/seen", data={"until": far})).status_code == 303
    looked = await demo.store.desks.looked(demo.tenant, demo.people["teacher"].id)
    assert looked is not None
    assert looked <= datetime.now(UTC)
    assert "Er is niets veranderd" in await shown(demo, "teacher")
    for bad in ("", "x", "2026-01-01T00:00"):
        assert (await demo.http.post("/seen", data={"until": bad})).status_code == 422
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    answer = await demo.http.post("/seen", data={"until": far}, headers=elsewhere)
    assert answer.status_code == 404


async def test_an_advisor_is_told_which_visits_are_to_be_planned(
    demo: Board, project: Project
) -> None:
    stream = await demo.in_guidance()
    link = f'href="/supervision/{stream}/do/PlanVisit"'
    assert link in await shown(demo, "advisor")
    await project()
    assert link in await shown(demo, "advisor")
    for by in ("teacher", "client", "hr"):
        assert link not in await shown(demo, by)
    at = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%dT08:30")
    await demo.done(stream, "PlanVisit", {"visit": "V1", "at": at, "announced": True})
    assert link not in await shown(demo, "advisor")


async def test_pages_of_all_tasks_know_their_numbers(demo: Board) -> None:
    for path in ("/tasks?page=0", "/tasks?page=x", "/agenda?page=21", "/agenda?page=-1"):
        await shown(demo, "hr", path, 422)
    demo.http.cookies.clear()
    for path in ("/tasks", "/agenda"):
        assert (await demo.http.get(path)).status_code == 303


def test_every_task_leads_to_a_command_that_there_is() -> None:
    for process, commands in COMMAND_OF.items():
        for task, command in commands.items():
            assert command in RULES[process].commands, task
    assert href("supervision", "s", "talk:V2") == "/supervision/s/do/RecordFollowUpTalk?visit=V2"
    assert href("supervision", "s", "decide") == "/supervision/s"
    # An intake that waits for somebody to hold it leads to where that somebody is named.
    intake = "/supervision/s/do/RecordIntake"
    assert (
        href("supervision", "s", "intake", {"advisor": None}) == "/supervision/s/do/AssignAdvisor"
    )
    assert href("supervision", "s", "intake", {"advisor": "x"}) == intake
    assert href("supervision", "s", "intake", {}) == intake
    assert href("nothing", "s", "x") == "/nothing/s"


async def test_a_list_is_searched_by_name(demo: Board) -> None:
    await demo.add("lotte", "Lotte Brandsma", "teacher")
    first = (await demo.open()).json()["id"]
    second = (await demo.open(teacher=demo.people["lotte"].id)).json()["id"]

    async def found(who: str, by: str = "hr") -> set[str]:
        html = await shown(demo, by, f"/supervision?who={who}")
        assert 'name="who"' in html
        return {one for one in (first, second) if one in html}

    assert await found("marl") == {first}
    assert await found("brandsma+LOTTE") == {second}
    assert await found("niemand") == set()
    assert await found("a%00b") == set()
    assert "Geen trajecten in deze selectie" in await shown(demo, "hr", "/supervision?who=niemand")
    assert await found("lotte", by="teacher") == set()
    ended = await shown(demo, "hr", "/supervision?who=lotte&show=ended")
    assert second not in ended
    assert "/supervision?show=open&amp;who=lotte" in ended
