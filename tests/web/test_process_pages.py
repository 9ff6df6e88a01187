"""The pages of all processes: what may be seen and no more, in words, with a way to each."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from events.settings import TenantSettings
from events.store.store import Store
from tests.pacts.workflow import PactProcess
from tests.web.conftest import EVERY, PEOPLE, Installation, PactBoard, client_of
from tests.web.test_pages import sign_in
from web.api.app import create_app
from web.site import DEMO_BOARD
from web.texts import LANGUAGES, texts
from web.wording import Detail, Wording
from workflows.departures.workflow import DepartureProcess
from workflows.gateway import Gateway
from workflows.registry import RULES


@pytest.fixture
def processes() -> list[type]:
    return [PactProcess, DepartureProcess]


@pytest.fixture
async def demo(store: Store, gateway: Gateway) -> AsyncIterator[PactBoard]:
    """The demo installation with a process that has no pages of its own."""
    app = create_app(store, gateway, EVERY, Installation("demo"))
    async with client_of(app) as http:
        board = PactBoard(store, app, http, DEMO_BOARD, process="pacts")
        for role in ("teacher", "coordinator", "hr", "manager", "auditor"):
            await board.add(role, PEOPLE[role], role)
        await board.add("contact", "Bram Kade", "contact")
        yield board


async def shown(board: PactBoard, by: str, path: str, status: int = 200) -> str:
    await sign_in(board, by)
    answer = await board.http.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def tabs(html: str) -> list[str]:
    nav = re.search(r'<nav class="tabs".*?</nav>', html, re.DOTALL)
    return re.findall(r'href="(/\w*)"', nav[0]) if nav else []


async def test_everybody_sees_the_processes_that_are_open_to_them(demo: PactBoard) -> None:
    assert tabs(await shown(demo, "manager", "/")) == ["/", "/partners"]
    assert tabs(await shown(demo, "contact", "/")) == []
    demo.http.cookies.clear()
    assert "Bram Kade" not in (await demo.http.get("/")).text
    assert "Zodra u ergens een rol in krijgt" in await shown(demo, "contact", "/")
    await demo.pact()
    assert tabs(await shown(demo, "contact", "/")) == ["/", "/pacts"]
    hr = tabs(await shown(demo, "hr", "/"))
    assert hr[: 1 + len(EVERY)] == ["/", *(f"/{process}" for process in EVERY)]
    assert "/assessments" not in tabs(await shown(demo, "coordinator", "/"))


async def test_to_be_named_is_not_to_see(demo: PactBoard) -> None:
    body = {"command": "StaffLeft", "data": {"person": demo.people["teacher"].id}}
    headers = demo.headers("hr", Idempotency_Key="0c6f0a52-1de5-4b3a-9d5f-6f0c4f2a7b11")
    answer = await demo.http.post("/api/v1/departures", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert "/departures" not in tabs(await shown(demo, "teacher", "/"))
    assert "Vertrek van Marloes Terpstra" in await shown(demo, "hr", "/departures")


async def test_the_first_page_tells_what_waits_and_what_is_planned(demo: PactBoard) -> None:
    stream = await demo.pact()
    await demo.done(stream, "PlanTalk", {"talk": "T1", "at": "2027-07-01T09:30"}, "coordinator")
    html = await shown(demo, "teacher", "/")
    assert "Er wacht nu niets op u" in html
    assert f'href="/pacts/{stream}"' in html
    assert "nagesprek T1" in html
    assert re.search(r"donderdag 1 juli( 2027)?<", html)
    assert "09:30" in html


async def test_a_list_shows_cases_and_says_when_there_are_none(demo: PactBoard) -> None:
    assert "Er is hier nog niets" in await shown(demo, "hr", "/pacts")
    stream = await demo.pact()
    assert f'href="/pacts/{stream}"' in await shown(demo, "contact", "/pacts")
    assert stream not in await shown(demo, "manager", "/pacts")
    assert "Niets in deze selectie" in await shown(demo, "hr", "/pacts?show=ended")
    assert "Vertrek" in await shown(demo, "hr", "/departures")
    for process in RULES:
        await shown(demo, "hr", f"/{process}")
    demo.http.cookies.clear()
    answer = await demo.http.get("/pacts")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?back=%2Fpacts")


async def test_a_case_is_put_together_from_its_story(demo: PactBoard) -> None:
    stream = await demo.pact()
    await demo.done(stream, "SignAgreement", {"version": 1}, "teacher")
    await demo.done(stream, "AmendAgreement", {"goal": "Lassen", "reason": "x"}, "coordinator")
    await demo.done(stream, "SignAgreement", {"version": 2}, "contact")
    await demo.done(stream, "PlanTalk", {"talk": "T1", "at": "2027-07-01T09:30"}, "coordinator")
    html = await shown(demo, "teacher", f"/pacts/{stream}")
    for words in (
        "Marloes Terpstra",
        "Bram Kade",
        "Kade Techniek",
        "Lassen",
        "Versie 2",
        "vervallen",
        "nog niet door iedereen ondertekend",
        f'href="/pacts/{stream}/agreement/1.pdf"',
        f'href="/pacts/{stream}/agreement/2.pdf"',
        f'href="/pacts/{stream}/calendar.ics"',
        "Versie 2 van de overeenkomst ligt klaar",
        "nagesprek T1",
    ):
        assert words in html, words
    assert html.count("ondertekend op ") == 2
    noted = await demo.store.reads(DEMO_BOARD, stream)
    assert noted[-1].what == "page"
    for path in (f"/pacts/{stream}", f"/pacts/{stream}/agreement/1.pdf", "/pacts/nothing"):
        await shown(demo, "manager", path, 404)
    await shown(demo, "teacher", f"/partners/{stream}", 404)


async def test_documents_and_calendars_are_opened_from_the_page(demo: PactBoard) -> None:
    stream = await demo.pact()
    await sign_in(demo, "teacher")
    pdf = await demo.http.get(f"/pacts/{stream}/agreement/1.pdf")
    assert pdf.content == (await demo.pdf(stream)).content
    assert (await demo.http.get(f"/pacts/{stream}/agreement/2.pdf")).status_code == 404
    ics = await demo.http.get(f"/pacts/{stream}/calendar.ics")
    assert ics.text.startswith("BEGIN:VCALENDAR")
    whats = [one.what for one in await demo.store.reads(DEMO_BOARD, stream)]
    assert whats == ["agreement", "agreement", "calendar"]
    demo.http.cookies.clear()
    assert (await demo.http.get(f"/pacts/{stream}/agreement/1.pdf")).status_code == 303


async def test_who_left_keeps_a_name_in_what_happened(demo: PactBoard) -> None:
    stream = await demo.pact()
    await demo.store.set_active(DEMO_BOARD, demo.people["contact"].id, False)
    assert "Bram Kade" in await shown(demo, "teacher", f"/pacts/{stream}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_process_has_a_name_and_a_title_for_its_cases(language: Any) -> None:
    words = texts(language).pages["process"]
    for process in RULES:
        assert {"many", "one", "case", "more", "lead"} <= set(words[process])


def test_a_process_s_own_words_come_first() -> None:
    settings = TenantSettings()
    internship = Wording(texts("nl"), settings, {}, "internships")
    assert (internship.label("teacher"), internship.party("teacher")) == ("Docent", "Docent")
    assert Wording(texts("nl"), settings, {}).label("teacher") == "Leerkracht"
    assert internship.party("host") == "Gastorganisatie"
    assert internship.value("party", "host") == "de gastorganisatie"
    placement = Wording(texts("nl"), settings, {}, "placements")
    assert placement.task("start") == placement.planned({"kind": "start"})
    assert placement.task("start") == "de plaatsing beginnen"


def test_details_say_what_there_is() -> None:
    wording = Wording(texts("nl"), TenantSettings(), {"x": "y"})
    told = wording.details(
        {
            "period": {"from": "2026-03-09", "to": "2026-03-13"},
            "vog": {"needed": None, "seen_on": None},
            "hours": {"mentor": "7.50", "total": ""},
            "agreements": [],
            "single": False,
            "from": "09:00",
            "to": "17:00",
        }
    )
    assert told == [
        Detail("Periode", "ma 9 maart 2026 tot en met vr 13 maart 2026"),
        Detail("Uren", parts=(Detail("mentor", "7,50"),)),
        Detail("Enkelvoudig", "nee"),
        Detail("Van", "09:00"),
        Detail("Tot", "17:00"),
    ]


async def test_a_list_is_searched_without_a_script(demo: PactBoard) -> None:
    html = await shown(
        demo, "manager", "/partners?q=caf%C3%A9&kind=company&level=&vacant=&show=open"
    )
    assert '<form class="search" action="/partners"' in html
    assert 'value="café"' in html
    assert '<option value="company" selected>' in html
    assert '<input type="hidden" name="show" value="open">' in html
    assert 'href="/partners?show=ended&amp;q=caf%C3%A9&amp;kind=company"' in html
    assert "Niets in deze selectie" in html
    assert "Er is hier nog niets" in await shown(demo, "manager", "/partners")
    assert 'class="search"' not in await shown(demo, "hr", "/departures")
    await shown(demo, "manager", "/partners?kind=circus", 422)
