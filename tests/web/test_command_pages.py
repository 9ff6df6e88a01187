"""The page of a command: asked in words, faults at their fields, nothing typed lost, done once."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import PEOPLE, Board, Installation, client_of
from tests.web.test_pages import sign_in
from web.api.app import create_app
from web.site import DEMO_BOARD
from web.texts import texts
from workflows.registry import RULES

if TYPE_CHECKING:
    import httpx2

    from events.store.store import Store
    from workflows.gateway import Gateway

NL = texts("nl")
FORMS = NL.pages["forms"]


@pytest.fixture
async def demo(store: Store, gateway: Gateway) -> AsyncIterator[Board]:
    app = create_app(store, gateway, RULES, Installation("demo"))
    async with client_of(app) as http:
        board = Board(store, app, http, DEMO_BOARD)
        for role, name in PEOPLE.items():
            await board.add(role, name, role)
        yield board


async def page_of(board: Board, by: str, path: str, status: int = 200) -> str:
    await sign_in(board, by)
    answer = await board.http.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([\w.]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found if name != "back"}


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    area = re.search(rf'name="{re.escape(name)}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return html.unescape((found or area or [""] * 2)[1])


def chosen(page: str, name: str) -> str:
    (select,) = re.findall(rf'<select [^>]*name="{re.escape(name)}".*?</select>', page, re.DOTALL)
    found = re.search(r'value="([^"]*)" selected', select)
    return found[1] if found else ""


async def send(board: Board, path: str, **fields: str) -> httpx2.Response:
    return await board.http.post(path, data=fields)


async def test_a_case_is_begun_on_a_page(demo: Board) -> None:
    for by in ("teacher", "advisor", "coordinator"):
        await page_of(demo, by, "/supervision/new", 404)
    assert 'href="/supervision/new"' in await page_of(demo, "hr", "/supervision")
    page = await page_of(demo, "hr", "/supervision/new")
    assert '<button class="do">Traject aanvragen</button>' in page
    assert "Nog een zorgpunt toevoegen" in page
    filled = hidden(page) | {
        "teacher": demo.people["teacher"].id,
        "client": demo.people["client"].id,
        "school": "De <Windvaan>",
        "concerns.0.text": "Onrust & lawaai",
        "concerns.1.text": "",
    }
    wrong = await send(demo, "/supervision/new", **filled)
    assert wrong.status_code == 422
    assert "<title>Fout: " in wrong.text
    assert f'<a href="#f.manager">{NL.events["labels"]["manager"]}</a>' in wrong.text
    assert 'aria-describedby="f.manager.help f.manager.wrong"' in wrong.text
    assert value_of(wrong.text, "school") == "De <Windvaan>"
    assert value_of(wrong.text, "concerns.0.text") == "Onrust & lawaai"
    assert chosen(wrong.text, "teacher") == demo.people["teacher"].id
    # A row more comes without a script, and keeps all that was typed.
    more = await send(demo, "/supervision/new", **filled, add="concerns")
    assert (more.status_code, 'name="concerns.2.text"' in more.text) == (200, True)
    assert value_of(more.text, "concerns.0.text") == "Onrust & lawaai"
    good = filled | {"manager": demo.people["manager"].id, "concerns.2.text": "Te laat beginnen"}
    answers = [await send(demo, "/supervision/new", **good) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    told = await demo.http.get(answers[0].headers["Location"])
    assert "Vastgelegd: Traject aangevraagd" in told.text
    assert "De &lt;Windvaan&gt;" in told.text
    (case,) = (await demo.get("/supervision")).json()["items"]
    assert (await demo.get(f"/supervision/{case['id']}")).json()["concerns"] == ["C1", "C2"]


async def test_a_client_requests_for_no_one_else(demo: Board) -> None:
    page = await page_of(demo, "client", "/supervision/new")
    assert hidden(page)["client"] == demo.people["client"].id
    assert 'id="f.client"' not in page


async def test_what_is_open_is_offered_and_what_is_not_says_why(demo: Board) -> None:
    stream = (await demo.open()).json()["id"]
    path = f"/supervision/{stream}"
    case = await page_of(demo, "coordinator", path)
    assert "U bent aan zet" in case
    assert f'<a class="do" href="{path}/do/AcceptRequest">{FORMS["title"]["AcceptRequest"]}' in case
    assert "/do/RecordIntake" not in case
    early = await page_of(demo, "coordinator", f"{path}/do/AssignAdvisor", 409)
    assert early.count(FORMS["refused_title"]) == 1
    await page_of(demo, "teacher", f"{path}/do/AcceptRequest", 403)
    await page_of(demo, "coordinator", f"{path}/do/NoSuchCommand", 404)
    await page_of(demo, "coordinator", f"{path}/do/RequestTrajectory", 404)
    form = f"{path}/do/AcceptRequest"
    page = await page_of(demo, "coordinator", form)
    wrong = await send(demo, form, **hidden(page), hourly_rate="veel")
    assert wrong.status_code == 422
    assert FORMS["fault"]["money"] in wrong.text
    done = await send(demo, form, **hidden(wrong.text), hourly_rate="€ 118,50")
    assert done.status_code == 303
    after = (await demo.http.get(done.headers["Location"])).text
    assert "118,50" in after
    again = await send(demo, form, **hidden(page), hourly_rate="120")
    assert again.status_code == 409
    assert NL.pages["do"]["before_title"] in again.text
    elsewhere = await demo.http.post(form, data={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 404


async def test_only_a_choice_that_may_be_left_out_can_be_taken_back(demo: Board) -> None:
    stream = (await demo.open()).json()["id"]
    await demo.done(stream, "AcceptRequest", {"hourly_rate": "118.00"}, "coordinator")
    advisor = {"advisor": demo.people["advisor"].id}
    await demo.done(stream, "AssignAdvisor", advisor, "coordinator")
    page = await page_of(demo, "advisor", f"/supervision/{stream}/do/EstimateScope")
    assert 'name="client_agrees" value="" checked' in page
    needed = await page_of(demo, "hr", f"/supervision/{stream}/do/Suspend")
    assert 'type="radio" name="category"' in needed
    assert 'name="category" value=""' not in needed


async def test_a_warning_is_told_beforehand_and_does_not_block(demo: Board) -> None:
    stream = await demo.in_guidance()
    form = f"/supervision/{stream}/do/AbortTrajectory"
    page = await page_of(demo, "client", form)
    assert FORMS["confirm"]["AbortTrajectory"] in page
    first = await send(demo, form, **hidden(page), reason="Het lukt niet")
    warning = NL.warning("warning.improvement_track_incomplete")
    assert (first.status_code, warning in first.text) == (200, True)
    assert value_of(first.text, "reason") == "Het lukt niet"
    assert (await demo.get(f"/supervision/{stream}")).json()["state"] == "guidance"
    done = await send(demo, form, **hidden(first.text), reason="Het lukt niet")
    assert done.status_code == 303
    assert warning in (await demo.http.get(done.headers["Location"])).text
    assert (await demo.get(f"/supervision/{stream}")).json()["state"] == "aborted"


async def test_the_timeline_is_chosen_from_and_corrected(demo: Board) -> None:
    stream = await demo.in_guidance()
    path = f"/supervision/{stream}"
    page = await page_of(demo, "hr", path)
    (event,) = set(
        re.findall(r"do/CorrectRecord\?event=([\w-]+)\">Corrigeren<span[^>]*>: Traject", page)
    )
    form = await page_of(demo, "hr", f"{path}/do/CorrectRecord?event={event}")
    assert chosen(form, "event") == event
    assert "do/CorrectRecord" not in await page_of(demo, "teacher", path)

    def moments(text: str) -> list[str]:
        return re.findall(r'<li id="e-', text)

    everything = len(moments(page))
    hers = await page_of(demo, "hr", f"{path}?by={demo.people['teacher'].id}")
    assert len(moments(hers)) == 1
    hours = await page_of(demo, "hr", f"{path}?kind=Uren+geboekt&first=2020-01-01&last=x")
    assert f"{len(moments(hours))} van {everything} vastleggingen" in hours
    assert 1 < len(moments(hours)) < everything
    nothing = await page_of(demo, "hr", f"{path}?last=2020-01-01")
    assert NL.pages["turn"]["filter"]["empty"] in nothing
