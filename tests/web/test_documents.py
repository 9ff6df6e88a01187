"""Agreements as PDF: whatever is written in them, made once, and their hash in the signatures."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from events.process import Paper
from events.settings import TenantSettings
from tests.pacts.workflow import PactProcess
from tests.web.conftest import PactBoard
from tests.web.test_signing import code, opened
from web.documents import agreements
from web.documents.agreements import in_words
from web.documents.press import Press
from web.documents.typesetting import pdf
from web.texts import Language, texts
from web.wording import Wording

TEACHER, CONTACT = str(uuid4()), str(uuid4())
HOSTILE = (
    '#read("/etc/passwd")',
    '#import "@preview/x:0.1.0": *',
    "$ sum_(i=1)^n $ \\ \\u{41} `raw` ```x``` <label> @ref // comment /* open",
    '"] #panic("x") [ { } = kop\n- lijst\n+ lijst\n/ term: x',
    "emoji 🎒 👩\u200d🏫, 漢字, \ue000, \ufeff, \x07, \x00, \u202eomgekeerd\u202c",
    "é e\u0301 ŁÖşğı Здравствуй Ω \u0645\u0631\u062d\u0628\u0627 שלום",
    "woord " * 3_333,
    "x" * 20_000,
    "\n" * 5_000 + "ver",
    "🎒漢" * 2_000,
)


class Printed:
    """A press that makes the same of everything."""

    def __init__(self, made: bytes) -> None:
        self.made, self.papers = made, 0

    async def pdf(self, _template: str, _paper: Any) -> bytes:
        self.papers += 1
        await asyncio.sleep(0)
        return self.made


@pytest.fixture
def processes() -> list[type]:
    return [PactProcess]


def paper(**changes: Any) -> dict[str, Any]:
    fields = {"goal": "Leren", "from": "2026-03-09", "half_days": 10} | changes
    agreement = Paper(
        "internship_agreement",
        2,
        datetime(2026, 3, 4, 23, 30, tzinfo=UTC),
        {"teacher": TEACHER, "host": CONTACT},
        {"question": "Hoe werkt het?"},
        fields,
    )
    names = {TEACHER: "Marloes Terpstra", CONTACT: "Bram Kade"}
    return in_words(agreement, str(uuid4()), Wording(texts("nl"), TenantSettings(), names))


def test_it_says_who_agreed_on_what() -> None:
    words = paper(roles={"mentor": {"tasks": "begeleiden", "hours": "3"}}, days=["mon", "tue"])
    assert words["title"] == "Overeenkomst docentstage"
    assert words["version"] == "Versie 2, opgesteld op do 5 maart 2026"
    assert words["parties"] == [
        {"label": "Leerkracht", "text": "Marloes Terpstra"},
        {"label": "Gastorganisatie", "text": "Bram Kade"},
    ]
    told = {one["label"]: one for one in words["fields"]}
    assert told["Van"]["text"] == "ma 9 maart 2026"
    mentor = told["Rollen"]["parts"][0] if "Rollen" in told else words["fields"][3]["parts"][0]
    assert [part["text"] for part in mentor["parts"]] == ["begeleiden", "3"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_it_is_a_tagged_pdf_a_of_the_day_it_was_drafted(language: Language) -> None:
    words = paper() | {"language": language}
    made = pdf("agreement", words)
    assert made.startswith(b"%PDF-1.7")
    for part in (b"pdfaid:part>2<", b"pdfaid:conformance>A<", b"/MarkInfo", b"/StructTreeRoot"):
        assert part in made, part
    assert f"/Lang({language})".encode() in made
    assert b"D:20260304233000Z" in made
    assert pdf("agreement", words) == made


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_people_write_is_text(text: str) -> None:
    words = paper(goal=text, **{text[:60]: text})
    words["title"] = words["parties"][0]["text"] = text[:200]
    assert pdf("agreement", words).startswith(b"%PDF-1.7")


def test_what_cannot_be_shown_is_named() -> None:
    words = paper(goal="een 🎒 \ue000")
    (shown,) = [one for one in words["fields"] if "🎒" in one["text"]]
    made = pdf("agreement", words)
    shown["text"] = "een [SCHOOL SATCHEL] [U+E000]"
    assert pdf("agreement", words) == made


async def test_the_agreement_is_read_by_whoever_may_read_the_case(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    answer = await pacts.pdf(stream)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="overeenkomst-1.pdf"'
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert "private" in answer.headers["Cache-Control"]
    for by in ("coordinator", "hr", "contact"):
        assert (await pacts.pdf(stream, by=by)).content == answer.content
    noted = await pacts.store.reads(pacts.tenant, stream)
    assert [one.what for one in noted] == ["agreement"] * 4
    assert noted[0].person == pacts.people["teacher"].id
    assert (await pacts.pdf(stream, by="manager")).status_code == 404
    assert len(await pacts.store.reads(pacts.tenant, stream)) == 4


async def test_a_copy_that_is_still_right_is_not_sent_again(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    etag = (await pacts.pdf(stream)).headers["ETag"]
    path = f"/pacts/{stream}/agreement/1.pdf"
    again = await pacts.get(path, "teacher", If_None_Match=f'"other", W/{etag}')
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert (await pacts.get(path, "teacher", If_None_Match='"other"')).status_code == 200


async def test_other_versions_are_not_there(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    for version in ("2", "0", "-1", "01", "1x", "9" * 30, "%00", "1.pdf"):
        answer = await pacts.get(f"/pacts/{stream}/agreement/{version}.pdf", "teacher")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    for path in (f"/supervision/{stream}/agreement/1.pdf", f"/pacts/{uuid4()}/agreement/1.pdf"):
        assert (await pacts.get(path, "hr")).status_code == 404
    assert await pacts.store.reads(pacts.tenant, stream) == []


async def test_bytes_never_change_once_made(
    pacts: PactBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await pacts.pact()
    first = (await pacts.pdf(stream)).content
    await pacts.store.add_person(
        pacts.tenant, "Marloes Nieuwenaam", roles=["teacher"], person=pacts.people["teacher"].id
    )
    monkeypatch.setattr(agreements, "PRESS", Printed(b"another template"))
    assert (await pacts.pdf(stream)).content == first
    await pacts.done(stream, "AmendAgreement", {"goal": "Anders", "reason": "x"}, "coordinator")
    assert (await pacts.pdf(stream, 2)).content == b"another template"
    assert (await pacts.pdf(stream, 1)).content == first


async def test_two_that_are_made_at_once_are_one(
    pacts: PactBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await pacts.pact()
    press = Printed(b"made")
    monkeypatch.setattr(agreements, "PRESS", press)
    answers = await asyncio.gather(*(pacts.pdf(stream) for _ in range(4)))
    assert len({answer.content for answer in answers}) == 1
    assert press.papers == 1
    assert pacts.app.state.site.making == {}


async def test_what_cannot_be_made_now_is_asked_for_again_later(
    pacts: PactBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await pacts.pact()
    with monkeypatch.context() as broken:
        broken.setattr(agreements, "PRESS", Press(seconds=0.001))
        pdf = await pacts.pdf(stream)
        signed = await pacts.give(stream, "SignAgreement", {"version": 1}, "teacher")
        for answer in (pdf, signed):
            assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
            assert answer.headers["Retry-After"] == "1"
        page = await opened(pacts, await code(pacts, stream))
        assert page.status_code == 503
    assert (await pacts.pdf(stream)).status_code == 200
    assert pacts.app.state.site.making == {}


async def test_a_signature_carries_the_hash_of_what_was_signed(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    key = str(uuid4())
    signed = await pacts.give(stream, "SignAgreement", {"version": 1}, "teacher", key=key)
    document = hashlib.sha256((await pacts.pdf(stream)).content).hexdigest()
    assert signed.json()["events"][0]["data"] == {
        "version": 1,
        "party": "teacher",
        "document": document,
    }
    repeated = await pacts.give(stream, "SignAgreement", {"version": 1}, "teacher", key=key)
    assert repeated.json() == signed.json()
    named = {"version": 1, "document": document}
    other = await pacts.give(stream, "SignAgreement", named, "contact")
    assert other.json()["events"][0]["data"]["document"] == document
    summary = (await pacts.get(f"/pacts/{stream}", "teacher")).json()["agreement"]
    assert (summary["complete"], summary["document"]) == (True, document)


async def test_another_hash_than_that_of_the_document_is_refused(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    wrong = {"version": 1, "document": "0" * 64}

    async def answered(data: Any, by: str) -> tuple[str, str | None]:
        answer = (await pacts.give(stream, "SignAgreement", data, by)).json()
        return answer["code"], answer.get("field")

    assert await answered(wrong, "teacher") == ("agreement.version_superseded", "document")
    assert await answered({"version": 1, "document": "x"}, "teacher") == (
        "command.invalid",
        "document",
    )
    # What comes earlier in the order of checks has its own code.
    assert await answered(wrong, "manager") == ("auth.role", None)
    assert await answered(wrong | {"version": 2}, "teacher") == ("command.invalid", "version")
    await pacts.done(stream, "SignAgreement", {"version": 1}, "teacher")
    assert await answered(wrong, "teacher") == ("state.not_allowed", None)
    await pacts.done(stream, "AmendAgreement", {"goal": "Anders", "reason": "x"}, "coordinator")
    old = await answered(wrong, "teacher")
    assert old == ("agreement.version_superseded", "version")
    await pacts.done(stream, "EndPact", {}, "coordinator")
    assert await answered(wrong | {"version": 2}, "teacher") == ("state.final", None)
    refused = await pacts.store.refusals(pacts.tenant, stream)
    assert refused[0].code == "agreement.version_superseded"
