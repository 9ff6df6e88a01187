"""The pages: signing in (in the demo, on this machine only), the list, a case, and languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest

from events.settings import TenantSettings
from events.store.store import Store
from tests.web.conftest import PEOPLE, Board, Installation, client_of
from web.api.app import create_app
from web.pages.case import VisitRow, ahead, step_line, visit_rows
from web.site import DEMO_BOARD
from web.texts import texts
from web.wording import Wording, ids_in
from workflows.gateway import Gateway
from workflows.registry import RULES


@pytest.fixture
async def demo(store: Store, gateway: Gateway) -> AsyncIterator[Board]:
    """The demo installation, with its board."""
    app = create_app(store, gateway, RULES, Installation("demo"))
    async with client_of(app) as http:
        board = Board(store, app, http, DEMO_BOARD)
        for role, name in PEOPLE.items():
            await board.add(role, name, role)
        yield board


async def sign_in(board: Board, by: str) -> httpx2.Response:
    board.http.cookies.clear()
    return await board.http.post("/sign-in", data={"person": board.people[by].id})


async def test_the_demo_lets_choose_a_person(demo: Board) -> None:
    answer = await demo.http.get("/")
    assert answer.status_code == 200
    for name in PEOPLE.values():
        assert name in answer.text
    signed = await sign_in(demo, "hr")
    assert (signed.status_code, signed.headers["Location"]) == (303, "/")
    cookie = signed.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Saskia Polman" in (await demo.http.get("/supervision")).text


async def test_a_program_gets_its_token_from_the_demo(demo: Board) -> None:
    answer = await demo.http.post(
        "/sign-in",
        data={"person": demo.people["hr"].email},
        headers={"Accept": "application/json"},
    )
    token = answer.json()["token"]
    me = await demo.http.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["name"] == "Saskia Polman"


@pytest.mark.parametrize("installation", ["production", "test"])
async def test_only_the_demo_lets_choose(board: Board, installation: str) -> None:
    app = create_app(board.store, board.app.state.site.gateway, RULES, Installation(installation))
    async with client_of(app) as http:
        answer = await http.get("/")
        assert answer.status_code == 200
        assert "nog niet ingesteld" in answer.text
        assert "Polman" not in answer.text
        person = board.people["hr"].id
        assert (await http.post("/sign-in", data={"person": person})).status_code == 404


async def test_the_demo_lets_nobody_choose_from_elsewhere(demo: Board) -> None:
    person = {"person": demo.people["hr"].id}
    transport = httpx2.ASGITransport(app=demo.app, client=("192.0.2.7", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        assert "Polman" not in (await http.get("/")).text
        assert (await http.post("/sign-in", data=person)).status_code == 404
    async with client_of(demo.app, headers={"Host": "evil.example"}) as http:
        assert "Polman" not in (await http.get("/")).text
        assert (await http.post("/sign-in", data=person)).status_code == 404
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        answer = await demo.http.post("/sign-in", data=person, headers=headers)
        assert answer.status_code == 404
    unknown = await demo.http.post("/sign-in", data={"person": str(uuid4())})
    assert unknown.status_code == 404


async def test_a_form_is_small(demo: Board) -> None:
    answer = await demo.http.post("/sign-in", data={"person": "x" * 11_000})
    assert answer.status_code == 413
    answer = await demo.http.post("/language", content=b"\xff", headers={"Content-Type": "text/x"})
    assert answer.headers["Location"] == "/"


async def test_signing_out_ends_the_session_in_the_store(demo: Board) -> None:
    await sign_in(demo, "hr")
    kept = dict(demo.http.cookies)
    assert (await demo.http.get("/supervision")).status_code == 200
    await demo.http.post("/sign-out")
    demo.http.cookies.update(kept)
    answer = await demo.http.get("/supervision")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?back=%2Fsupervision")


async def test_pages_ask_to_sign_in(demo: Board) -> None:
    for path in ("/supervision", f"/supervision/{uuid4()}"):
        answer = await demo.http.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/sign-in?back={quote(path, safe='')}"


async def test_an_empty_list_says_so(demo: Board) -> None:
    await sign_in(demo, "advisor")
    assert "U hebt nog geen trajecten" in (await demo.http.get("/supervision")).text
    shown = (await demo.http.get("/supervision?show=ended")).text
    assert "Geen trajecten in deze selectie" in shown


@pytest.fixture
async def stream(demo: Board) -> str:
    stream = await demo.in_guidance()
    at = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%dT08:30")
    await demo.done(stream, "PlanVisit", {"visit": "V1", "at": at, "announced": True})
    await demo.done(stream, "PlanVisit", {"visit": "V2", "at": at, "announced": False})
    return stream


async def test_a_case_is_told_in_words(demo: Board, stream: str) -> None:
    await sign_in(demo, "advisor")
    listed = (await demo.http.get("/supervision")).text
    assert f'href="/supervision/{stream}"' in listed
    answer = await demo.http.get(f"/supervision/{stream}")
    assert answer.status_code == 200
    for words in (
        "Traject van Marloes Terpstra",
        "Ellen van Duyvenvoorde is de adviseur.",
        "Onaangekondigd klassenbezoek V2 gepland",
        "De leswissel start met één vast signaal",
        "3,00",
        "Begeleiding",
    ):
        assert words in answer.text
    assert "TrajectoryRequested" not in answer.text
    # An open window that asks by itself is told apart: nobody need have looked.
    await demo.http.get(f"/supervision/{stream}", headers={"Traject-By-Itself": "yes"})
    noted = await demo.store.reads(DEMO_BOARD, stream)
    assert [one.what for one in noted[-2:]] == ["page", "refresh"]
    # And nobody has one without having opened it: who only says so has looked.
    await sign_in(demo, "client")
    for what in ("page", "refresh"):
        await demo.http.get(f"/supervision/{stream}", headers={"Traject-By-Itself": "yes"})
        assert (await demo.store.reads(DEMO_BOARD, stream))[-1].what == what
    # No window asks for the calendar by itself, whatever a request says of itself.
    calendar = f"/supervision/{stream}/calendar.ics"
    await demo.http.get(calendar, headers={"Traject-By-Itself": "yes"})
    assert (await demo.store.reads(DEMO_BOARD, stream))[-1].what == "calendar"


async def test_the_teacher_s_page_keeps_the_secret(demo: Board, stream: str) -> None:
    await sign_in(demo, "teacher")
    answer = await demo.http.get(f"/supervision/{stream}")
    assert "V1" in answer.text
    assert "V2" not in answer.text
    assert "naangekondigd klassenbezoek" not in answer.text
    assert "€" not in answer.text


async def test_every_page_speaks_both_languages(demo: Board, stream: str) -> None:
    await sign_in(demo, "hr")
    assert "Tijdlijn" in (await demo.http.get(f"/supervision/{stream}")).text
    changed = await demo.http.post("/language", data={"language": "en", "back": "/supervision"})
    assert changed.headers["Location"] == "/supervision"
    answer = await demo.http.get(f"/supervision/{stream}")
    assert '<html lang="en">' in answer.text
    assert "Timeline" in answer.text
    assert "Ellen van Duyvenvoorde is the advisor." in answer.text
    for dutch in ("Tijdlijn", "Adviseur", "Klassenbezoek"):
        assert dutch not in answer.text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
async def test_choosing_a_language_leads_nowhere_else(demo: Board, back: str) -> None:
    answer = await demo.http.post("/language", data={"language": "en", "back": back})
    assert answer.headers["Location"] == "/"


async def test_what_is_not_there_is_a_page_too(demo: Board, stream: str) -> None:
    await sign_in(demo, "board")
    for path in (f"/supervision/{stream}", f"/supervision/{uuid4()}", "/supervision/x"):
        answer = await demo.http.get(path)
        assert answer.status_code == 404
        assert "Deze pagina is er niet" in answer.text
    lost = await demo.http.get("/nowhere", headers={"Accept": "text/html"})
    assert lost.status_code == 404
    assert "Deze pagina is er niet" in lost.text


async def test_the_type_of_a_problem_is_a_page_that_explains_it(demo: Board) -> None:
    answer = await demo.http.get("/problems/goals.too_many")
    assert answer.status_code == 200
    assert "maximaal 15 doelen" in answer.text
    assert (await demo.http.get("/problems/no.such")).status_code == 404


async def test_pages_come_with_headers_that_hold_a_browser_back(demo: Board) -> None:
    for path in ("/", "/static/traject.css", "/api/v1/me", "/nowhere"):
        headers = (await demo.http.get(path)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
    html = (await demo.http.get("/")).text
    assert "<script" not in html
    assert "style=" not in html


async def test_names_are_words_and_never_markup(demo: Board) -> None:
    teacher = await demo.add("script", "<script>alert(1)</script>", "teacher")
    opened = await demo.open(teacher=teacher.id, school="<img src=x onerror=alert(1)>")
    await sign_in(demo, "hr")
    for path in ("/supervision", f"/supervision/{opened.json()['id']}"):
        text = (await demo.http.get(path)).text
        assert "<script>" not in text
        assert "<img src=x" not in text


def test_the_step_line_shows_where_a_case_stands() -> None:
    places = {step.name: step.place for step in step_line("guidance", [])}
    assert (places["goal_setting"], places["guidance"], places["closed"]) == (
        "done",
        "current",
        "ahead",
    )
    ended = {
        step.name: step.place
        for step in step_line("aborted", [{"type": "IntakePlanned"}, {"type": "IntakeHeld"}])
    }
    assert (ended["diagnosis"], ended["guidance"], ended["aborted"]) == (
        "done",
        "skipped",
        "current",
    )


def test_a_visit_row_gathers_what_happened_to_it() -> None:
    def item(kind: str, **data: object) -> dict[str, object]:
        return {"type": kind, "data": {"visit": "V1", **data}}

    (row,) = visit_rows(
        [
            item("ClassVisitPlanned", at="2026-02-10T08:30"),
            item("ClassVisitRescheduled", at="2026-02-12T08:30"),
            item("ClassVisitHeld", date="2026-02-13"),
            item("SelfAssessmentOmitted"),
            item("FollowUpTalkHeld", date="2026-02-14"),
        ]
    )
    assert (row.planned, row.held, row.assessment, row.talk_held) == (
        "2026-02-12T08:30",
        "2026-02-13",
        "omitted",
        "2026-02-14",
    )


def test_what_is_ahead_puts_the_reader_s_own_first() -> None:
    wording = Wording(texts("nl"), TenantSettings(), {})
    summary = {
        "overdue": ["talk:V1"],
        "next": [
            {"step": "talk:V1", "by": "advisor", "due": "2026-02-13"},
            {"step": "report", "by": "advisor", "due": "2026-04-23"},
        ],
    }
    tasks = [{"task": "talk:V1", "due": "2026-02-13", "overdue": True}]
    visits = [
        VisitRow("V1", planned="2026-02-10T08:30", held="2026-02-10"),
        VisitRow("V2", planned="2026-02-26T08:30"),
        VisitRow("V3", planned="2026-03-17T08:30", cancelled=True),
    ]
    assert [(one.what, one.mine, one.late) for one in ahead(summary, tasks, visits, wording)] == [
        ("nagesprek V1 houden", True, True),
        ("eindverslag uitbrengen", False, False),
        ("klassenbezoek V2", False, False),
    ]


def test_values_are_written_as_people_write_them() -> None:
    person = str(uuid4())
    dutch = Wording(texts("nl"), TenantSettings(), {person: "Rik Oosterhof"})
    english = Wording(texts("en"), TenantSettings(), {})
    assert dutch.local("2026-02-10T08:30") == "di 10 februari 2026, 08:30"
    assert english.day("2026-02-10") == "Tue 10 February 2026"
    assert dutch.instant("2026-01-06T08:05:00+00:00") == "di 6 januari 2026, 09:05"
    assert dutch.money("2360.00") == "€\u00a02.360,00"
    assert english.money("2360.00") == "€\u00a02,360.00"
    assert dutch.timer("talk:V2") == "nagesprek V2 houden"
    assert dutch.intervention("visit:V1") == "klassenbezoek V1"
    assert dutch.value("advisor", person) == "Rik Oosterhof"
    assert english.value("advisor", person) == "unknown person"
    assert dutch.value("announced", True) == "ja"
    assert dutch.sentence("TrajectoryDeclined", {}) == "Aanvraag afgewezen"
    assert dutch.sentence("SomethingNew", {}) == "SomethingNew"
    assert list(ids_in({"advisor": person, "items": [{"by": {"person": person}}]})) == [
        person,
        person,
    ]
