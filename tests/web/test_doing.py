"""What somebody with an account does on a case's page: with the right words, and only once."""

from __future__ import annotations

import asyncio
import hashlib
import html
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from events.settings import TrainingSchool
from events.store.store import Store
from tests.web.conftest import EVERY, PEOPLE, Board, Installation, client_of
from tests.web.internship import command, drafted, partner, people_of
from tests.web.test_pages import sign_in
from web.api.app import create_app
from web.site import DEMO_BOARD
from web.texts import texts
from workflows.gateway import Gateway, Unavailable
from workflows.internships.workflow import InternshipProcess
from workflows.partners.workflow import PartnerProcess
from workflows.placements.workflow import PlacementProcess

NL = texts("nl").pages
SIGN = "SignAgreement"


@pytest.fixture
def processes() -> list[type]:
    return [PartnerProcess, InternshipProcess, PlacementProcess]


@pytest.fixture
async def demo(store: Store, gateway: Gateway) -> AsyncIterator[Board]:
    """The demo installation, with those an internship needs."""
    app = create_app(store, gateway, EVERY, Installation("demo"))
    async with client_of(app) as http:
        board = Board(store, app, http, DEMO_BOARD)
        for role in ("teacher", "coordinator", "manager"):
            await board.add(role, PEOPLE[role], role)
        await people_of(board)
        yield board


async def shown(board: Board, path: str, by: str) -> str:
    await sign_in(board, by)
    answer = await board.http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def filled(page: str, name: str, **fields: str) -> dict[str, str]:
    """The form of a command as a browser sends it."""
    (form,) = re.findall(
        rf'<form method="post" action="[^"]*/do/{name}#do".*?</form>', page, re.DOTALL
    )
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {**dict(hidden), **fields}


def typed(page: str, field: str) -> str:
    (text,) = re.findall(rf'<textarea id="{field}".*?>\n(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(text)


def forms(page: str) -> list[str]:
    return re.findall(r'action="[^"]*/do/(\w+)#do"', page)


async def send(board: Board, path: str, name: str, fields: Any, **headers: str) -> httpx2.Response:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return await board.http.post(f"{path}/do/{name}", data=fields, headers=named)


async def agreement(board: Board, path: str) -> Any:
    answer = await board.get(path, "coordinator")
    return answer.json()["agreement"]


async def test_the_page_asks_to_sign_exactly_what_is_read(demo: Board) -> None:
    path = f"/internships/{await drafted(demo, await partner(demo))}"
    page = await shown(demo, path, "teacher")
    assert forms(page) == [SIGN]
    pdf = (await demo.http.get(f"{path}/agreement/1.pdf")).content
    for words in (
        hashlib.sha256(pdf).hexdigest(),
        f'href="{path}/agreement/1.pdf"',
        "namens de docent",
        'href="#do"',
        "wacht op ondertekening door: Docent, School, Gastorganisatie",
    ):
        assert words in page, words
    signed = await send(demo, path, SIGN, filled(page, SIGN, agree="yes"))
    assert (signed.status_code, signed.headers["Location"][: len(path)]) == (303, path)
    after = (await demo.http.get(signed.headers["Location"])).text
    assert "Vastgelegd: Overeenkomst ondertekend." in after
    assert forms(after) == []
    assert "wacht op ondertekening door: School, Gastorganisatie" in after
    (version,) = (await agreement(demo, path))["versions"]
    assert [(one["party"], one["document"]) for one in version["signed"]] == [
        ("teacher", hashlib.sha256(pdf).hexdigest())
    ]
    # Whose it is not, is not told that it was done.
    assert "Vastgelegd" not in await shown(demo, signed.headers["Location"], "leader")
    assert forms(await shown(demo, path, "coordinator")) == []


async def test_sent_again_it_is_signed_once(demo: Board) -> None:
    path = f"/internships/{await drafted(demo, await partner(demo))}"
    fields = filled(await shown(demo, path, "leader"), SIGN, agree="yes")
    answers = await asyncio.gather(*(send(demo, path, SIGN, fields) for _ in range(3)))
    answers.append(await send(demo, path, SIGN, fields))
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (303, answers[0].headers["Location"])
    }
    assert (await agreement(demo, path))["signed"] == ["school"]


async def test_nothing_is_signed_unsaid_or_superseded_or_from_elsewhere(demo: Board) -> None:
    stream = await drafted(demo, await partner(demo))
    path = f"/internships/{stream}"
    page = await shown(demo, path, "teacher")
    unsaid = await send(demo, path, SIGN, filled(page, SIGN))
    assert unsaid.status_code == 422
    assert NL["sign"]["agree_missing"] in unsaid.text
    assert forms(unsaid.text) == [SIGN]
    fields = filled(page, SIGN, agree="yes")
    for elsewhere in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert (await send(demo, path, SIGN, fields, **elsewhere)).status_code == 404
    changed = {"tasks": "Alleen meekijken", "reason": "Zo wil het bedrijf het"}
    await command(demo, path[1:], "AmendAgreement", changed, by="coordinator")
    old = await send(demo, path, SIGN, fields)
    assert old.status_code == 409
    assert texts("nl").problems["agreement.version_superseded"].title in old.text
    assert filled(old.text, SIGN)["version"] == "2"
    other = filled(old.text, SIGN, agree="yes", document="0" * 64)
    assert (await send(demo, path, SIGN, other)).status_code == 409
    assert (await agreement(demo, path))["signed"] == []
    refused = await demo.store.refusals(DEMO_BOARD, stream)
    assert [one.code for one in refused] == [
        "command.invalid",
        *["agreement.version_superseded"] * 2,
    ]


async def test_only_who_may_is_answered(demo: Board) -> None:
    path = f"/internships/{await drafted(demo, await partner(demo))}"
    fields = filled(await shown(demo, path, "teacher"), SIGN, agree="yes")
    unknown = path.rpartition("/")[0] + "/0c6f0a52-1de5-4b3a-9d5f-6f0c4f2a7b11"
    for where, name, sent in (
        (path, "AcceptPlace", fields),
        (path, "ProposeInternship", fields),
        (unknown, SIGN, fields),
    ):
        assert (await send(demo, where, name, sent)).status_code == 404
    back = await demo.http.get(f"{path}/do/{SIGN}")
    assert (back.status_code, back.headers["Location"]) == (303, path)
    await sign_in(demo, "manager")
    assert (await send(demo, path, SIGN, fields)).status_code == 404
    await sign_in(demo, "coordinator")
    answer = await send(demo, path, SIGN, fields)
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    demo.http.cookies.clear()
    # Nobody is signed in any more: what was filled in waits on a page that asks who it is.
    answer = await send(demo, path, SIGN, fields)
    assert answer.status_code == 401
    assert fields["key"] in answer.text
    assert (await agreement(demo, path))["signed"] == []


async def test_a_leader_approves_and_what_was_typed_stays(demo: Board) -> None:
    name = "ApproveInternship"
    proposal = {
        "question": "Hoe wordt een lasrobot geprogrammeerd?",
        "kind": "deepening",
        "half_days": 10,
        "school": "vmbo De Klinker",
        "school_leader": demo.people["leader"].id,
    }
    stream = await command(demo, "internships", "ProposeInternship", proposal, by="teacher")
    path = f"/internships/{stream}"
    assert forms(await shown(demo, path, "teacher")) == []
    page = await shown(demo, path, "leader")
    assert forms(page) == [name]
    note = "\nDe <lessen> zijn & blijven geregeld"
    wrong = await send(demo, path, name, filled(page, name, note=note))
    assert wrong.status_code == 422
    assert NL["sign"]["replacement_missing"] in wrong.text
    assert 'aria-describedby="replacement-wrong"' in wrong.text
    assert typed(wrong.text, "note") == note
    again = filled(wrong.text, name, note=note, replacement="arranged")
    assert again["key"] == filled(page, name)["key"]
    done = await send(demo, path, name, again)
    assert done.status_code == 303
    assert forms((await demo.http.get(path)).text) == []
    assert (await demo.get(path, "leader")).json()["replacement"] == "arranged"


async def test_an_evaluation_is_never_lost(demo: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "SubmitEvaluation"
    stream = await drafted(demo, await partner(demo), days_ahead=0, half_days=1)
    path = f"/internships/{stream}"
    for by in ("teacher", "leader", "host"):
        await command(demo, path[1:], SIGN, {"version": 1}, by=by)
    await command(demo, path[1:], "StartInternship", by="coordinator")
    period = (await demo.get(path, "teacher")).json()["period"]
    half = {"date": period["from"], "part": "morning", "attended": True}
    await command(demo, path[1:], "RecordHalfDay", half, by="teacher")
    page = await shown(demo, path, "teacher")
    assert forms(page) == [name]
    fields = filled(page, name, text="Veel geleerd", worth="4")
    for wrong in ({"text": "  "}, {"worth": "6"}, {"worth": "9" * 5000}, {"text": "x" * 20_001}):
        answer = await send(demo, path, name, fields | wrong)
        assert answer.status_code == 422
        assert typed(answer.text, "text") == (fields | wrong)["text"]

    async def silent(*_: Any, **__: Any) -> Any:
        raise Unavailable("no answer in time")

    with monkeypatch.context() as patched:
        patched.setattr(Gateway, "give", silent)
        away = await send(demo, path, name, fields)
    assert away.status_code == 503
    assert NL["error"]["away_title"] in away.text
    assert typed(away.text, "text") == "Veel geleerd"
    assert filled(away.text, name)["key"] == fields["key"]
    assert (await send(demo, path, name, fields)).status_code == 303
    assert (await send(demo, path, name, fields)).status_code == 303
    late = await send(demo, path, name, fields | {"text": "Toch anders"})
    assert late.status_code == 409
    assert NL["do"]["before_title"] in late.text
    assert typed(late.text, "text") == "Toch anders"
    assert filled(late.text, name)["key"] != fields["key"]
    assert (await demo.get(path, "teacher")).json()["evaluations"]["submitted"] == ["teacher"]


@pytest.mark.parametrize(
    ("answer", "state"), [("AcceptPlace", "accepted"), ("DeclineOffer", "requested")]
)
async def test_a_student_answers_an_offer(demo: Board, answer: str, state: str) -> None:
    student = await demo.add("student", "Yara Hofman", "student")
    trainer = await demo.add("institute", "Kees de Wit", "institute_trainer")
    await demo.add("trainer", "Lotte Baan", "school_trainer")
    first = datetime.now(UTC).date() + timedelta(days=30)
    school = TrainingSchool(
        name="De Windvaan", capacity=2, train="core", until=date(first.year + 2, 1, 1)
    )
    settings = await demo.store.settings(DEMO_BOARD)
    await demo.store.save_settings(DEMO_BOARD, settings.model_copy(update={"schools": (school,)}))
    asked = {
        "student": student.id,
        "institute_trainer": trainer.id,
        "route": "full_time",
        "phase": "LIO",
        "from": str(first),
        "to": str(first + timedelta(days=120)),
        "questions": ["Hoe geef ik orde?"],
    }
    stream = await command(demo, "placements", "RequestPlacement", asked, by="institute")
    path = f"/placements/{stream}"
    offer = {"school": "De Windvaan", "school_leader": demo.people["leader"].id}
    await command(demo, path[1:], "OfferPlace", offer, by="trainer")
    page = await shown(demo, path, "student")
    assert forms(page) == ["AcceptPlace", "DeclineOffer"]
    if answer == "DeclineOffer":
        unsaid = await send(demo, path, answer, filled(page, answer))
        assert NL["sign"]["reason_missing"] in unsaid.text
    done = await send(demo, path, answer, filled(page, answer, reason="Te ver reizen"))
    assert done.status_code == 303
    assert (await demo.get(path, "student")).json()["state"] == state
