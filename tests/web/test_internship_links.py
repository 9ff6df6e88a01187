"""A real internship is signed, and evaluated, by the links that its mails carry."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from activities.invitations import Invitations
from activities.mail import written
from events.store.store import Store
from tests.web.conftest import PEOPLE, Board
from tests.web.internship import command, drafted, partner, people_of
from workflows.internships.workflow import InternshipProcess
from workflows.partners.workflow import PartnerProcess


@pytest.fixture
def processes() -> list[type]:
    return [PartnerProcess, InternshipProcess]


@pytest.fixture
async def placed(board: Board) -> tuple[Board, str]:
    await people_of(board)
    return board, await drafted(board, await partner(board))


ADDRESS = "https://traject.example"


async def mails(board: Board, to: str) -> list[tuple[str, str, str | None]]:
    """Kind, text, and the path of the link of every mail to somebody, in order."""
    store: Store = board.store
    invitations = Invitations(store.links, store.settings, ADDRESS)
    found: list[tuple[str, str, str | None]] = []
    for mail in await store.kept_mail(board.tenant):
        if mail.to.id == board.people[to].id:
            _, text = written(mail, await invitations.link(mail), ADDRESS)
            link = re.search(r"https://traject\.example(/sign/\S+)", text)
            found.append((mail.notice.kind, text, link and link[1]))
    return found


async def summary(board: Board, stream: str) -> Any:
    return (await board.get(f"/internships/{stream}", "coordinator")).json()


async def test_the_host_signs_by_the_link_in_its_mail(placed: tuple[Board, str]) -> None:
    board, stream = placed
    ((kind, text, link),) = await mails(board, "host")
    assert (kind, "persoonlijk" in text) == ("agreement_to_sign", True)
    assert link is not None
    asked = [kind for kind, _, path in await mails(board, "teacher") if path is None]
    assert "agreement_to_sign" in asked
    page = await board.http.get(link)
    assert page.status_code == 200
    for words in (
        "Overeenkomst docentstage",
        "Metaalwerken Van Stralen BV",
        PEOPLE["teacher"],
        "Dirk Verhagen",
        "Een lasrobot leren programmeren",
        "namens de gastorganisatie",
    ):
        assert words in page.text, words
    assert (await board.http.post(link, data={"agree": "yes"})).status_code == 303
    for by in ("teacher", "leader"):
        await command(board, f"internships/{stream}", "SignAgreement", {"version": 1}, by=by)
    pdf = (await board.get(f"/internships/{stream}/agreement/1.pdf", "teacher")).content
    agreement = (await summary(board, stream))["agreement"]
    assert (agreement["complete"], agreement["document"]) == (True, hashlib.sha256(pdf).hexdigest())
    assert {one["document"] for one in agreement["versions"][0]["signed"]} == {
        agreement["document"]
    }
    closing = [text for kind, text, _ in await mails(board, "host") if kind == "agreement_complete"]
    assert "Meld u aan" not in closing[0]


async def test_a_fresh_link_reaches_who_asked_for_it(placed: tuple[Board, str]) -> None:
    board, stream = placed
    ((_, _, old),) = await mails(board, "host")
    assert old is not None
    path = f"internships/{stream}"
    amended = {"costs": "Geen", "reason": "Samen gereisd"}
    await command(board, path, "AmendAgreement", amended, by="coordinator")
    assert (await board.http.get(old)).status_code == 409
    assert (await board.http.post(old, data={"fresh": "yes"})).status_code == 200
    kind, _, fresh = (await mails(board, "host"))[-1]
    assert kind == "signing_link"
    assert fresh not in (None, old)
    assert "fresh_link_sent" in [kind for kind, _, _ in await mails(board, "coordinator")]
    assert (await board.http.post(str(fresh), data={"agree": "yes"})).status_code == 303
    assert (await summary(board, stream))["agreement"]["signed"] == ["host"]


async def test_the_host_evaluates_by_a_link_too(board: Board) -> None:
    await people_of(board)
    stream = await drafted(board, await partner(board), days_ahead=0, half_days=1)
    path = f"internships/{stream}"
    ((_, _, signing),) = await mails(board, "host")
    assert (await board.http.post(str(signing), data={"agree": "yes"})).status_code == 303
    for by in ("teacher", "leader"):
        await command(board, path, "SignAgreement", {"version": 1}, by=by)
    await command(board, path, "StartInternship", {}, by="coordinator")
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Amsterdam")).date()
    half = {"date": str(today), "part": "morning", "attended": True}
    await command(board, path, "RecordHalfDay", half, by="teacher")
    await command(board, path, "RequestFreshLink", {}, by="host")
    kind, _, link = (await mails(board, "host"))[-1]
    assert kind == "signing_link"
    assert "Hoe ging het?" in (await board.http.get(str(link))).text
    sent = await board.http.post(str(link), data={"text": "Zij vroeg goed door", "worth": "5"})
    assert sent.status_code == 303
    assert (await summary(board, stream))["evaluations"]["submitted"] == ["host"]
    assert "uw evaluatie is binnen" in (await board.http.get(str(link))).text


async def test_a_new_contact_signs_by_a_link_of_one_s_own(placed: tuple[Board, str]) -> None:
    board, stream = placed
    path, host = f"internships/{stream}", (await summary(board, stream))["host"]
    ((_, _, old),) = await mails(board, "host")
    await board.add("successor", "Bea van Stralen", "contact")
    successor = {"contact": board.people["successor"].id}
    await command(board, f"partners/{host}", "AddContact", successor, by="coordinator")
    replaced = {**successor, "reason": "left"}
    await command(board, path, "ReplaceHostContact", replaced, by="coordinator")
    assert (await board.http.get(str(old))).status_code == 409
    assert (await board.http.post(str(old), data={"agree": "yes"})).status_code == 409
    links = {kind: link for kind, _, link in await mails(board, "successor")}
    assert (set(links), links["part_taken_over"]) == (
        {"part_taken_over", "agreement_to_sign"},
        None,
    )
    link = str(links["agreement_to_sign"])
    page = await board.http.get(link)
    assert page.status_code == 200
    assert "Bea van Stralen" in page.text
    assert (await board.http.post(link, data={"agree": "yes"})).status_code == 303
    (signed,) = (await summary(board, stream))["agreement"]["versions"][0]["signed"]
    assert (signed["party"], signed["person"]) == ("host", board.people["successor"].id)


async def test_who_left_the_host_signs_nothing(placed: tuple[Board, str]) -> None:
    board, stream = placed
    host = (await summary(board, stream))["host"]
    ((_, _, link),) = await mails(board, "host")
    gone = {"contact": board.people["host"].id, "reason": "left"}
    await command(board, f"partners/{host}", "EndContact", gone, by="coordinator")
    answer = await board.http.post(str(link), data={"agree": "yes"})
    assert answer.status_code == 409
    assert "geen contactpersoon" in answer.text
    assert (await summary(board, stream))["agreement"]["signed"] == []


async def test_planned_half_days_are_in_the_calendar(board: Board) -> None:
    await people_of(board)
    first = datetime.now(UTC).date() + timedelta(days=20)
    schedule = [{"date": str(first), "part": part} for part in ("morning", "afternoon")]
    planned = {"half_days": 2, "schedule": schedule}
    stream = await drafted(board, await partner(board), **planned)
    calendar = (await board.get(f"/internships/{stream}/calendar.ics", "teacher")).text
    for part in ("ochtend", "middag"):
        assert f"SUMMARY:stage ({part})" in calendar
    ((_, _, link),) = await mails(board, "host")
    page = (await board.http.get(str(link))).text
    assert "Geplande dagdelen" in page
    assert "middag" in page
    pdf = await board.get(f"/internships/{stream}/agreement/1.pdf", "teacher")
    assert pdf.status_code == 200
