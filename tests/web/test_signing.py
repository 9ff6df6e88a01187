"""Signing by a link: exactly what is shown, once, by nobody else, and nothing gives a code away."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from events.store.keys import MasterKeys
from events.store.links import Links, SigningLink
from tests.pacts.workflow import PactProcess
from tests.web.conftest import PactBoard
from web.texts import texts

NL, EN = texts("nl").pages["sign"], texts("en").pages["sign"]
AGREED = {"agree": "yes"}


@pytest.fixture
def processes() -> list[type]:
    return [PactProcess]


async def code(pacts: PactBoard, case: str, kind: str = "agreement_to_sign", **changes: Any) -> str:
    """The code in the mail of the last notice of that kind to the contact."""
    contact = pacts.people["contact"].id
    found = await pacts.store.notices(pacts.tenant, person=contact, stream=case)
    notice = [one for one in found if one.kind == kind][-1]
    until = notice.recorded_at + timedelta(days=14)
    link = SigningLink(pacts.tenant, case, contact, notice.version, until)
    return pacts.store.links.code(replace(link, **changes))


async def opened(pacts: PactBoard, code: str, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await pacts.http.get(f"/sign/{code}", headers=named)


async def sent(pacts: PactBoard, code: str, **fields: str) -> httpx2.Response:
    return await pacts.http.post(f"/sign/{code}", data=fields)


async def signatures(pacts: PactBoard, stream: str) -> list[Any]:
    summary = (await pacts.get(f"/pacts/{stream}", "hr")).json()
    return [one for version in summary["agreement"]["versions"] for one in version["signed"]]


async def refusals(pacts: PactBoard, stream: str) -> list[tuple[str | None, str, str]]:
    found = await pacts.store.refusals(pacts.tenant, stream)
    return [(one.person, one.command, one.code) for one in found]


async def test_the_page_shows_exactly_what_is_signed(pacts: PactBoard) -> None:
    stream = await pacts.pact(goal="Leren <b>lassen</b>\ntweede regel")
    link = await code(pacts, stream)
    answer = await opened(pacts, link)
    assert answer.status_code == 200
    pdf = await pacts.http.get(f"/sign/{link}/agreement.pdf")
    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert pdf.content == (await pacts.pdf(stream)).content
    for words in (
        "Beste Bram Kade,",
        "Marloes Terpstra",
        "Leren &lt;b&gt;lassen&lt;/b&gt;\ntweede regel",
        "Kade Techniek",
        "versie 1",
        hashlib.sha256(pdf.content).hexdigest(),
        f'href="/sign/{link}/agreement.pdf"',
        "namens de gastorganisatie",
    ):
        assert words in answer.text, words
    assert "<script" not in answer.text
    assert "Afmelden" not in answer.text
    contact = pacts.people["contact"].id
    noted = await pacts.store.reads(pacts.tenant, stream)
    assert [(one.person, one.what) for one in noted[:2]] == [
        (contact, "link"),
        (contact, "agreement"),
    ]


async def test_it_speaks_the_reader_s_language(pacts: PactBoard) -> None:
    link = await code(pacts, await pacts.pact())
    assert NL["button"] in (await opened(pacts, link)).text
    english = await opened(pacts, link, Accept_Language="en")
    assert '<html lang="en">' in english.text
    assert EN["button"] in english.text
    assert "Host organisation" in english.text
    chosen = await pacts.http.post("/language", data={"language": "en", "back": f"/sign/{link}"})
    assert chosen.headers["Location"] == f"/sign/{link}"
    assert EN["button"] in (await opened(pacts, link, Accept_Language="nl")).text


async def test_its_address_goes_nowhere_and_its_content_is_not_kept(pacts: PactBoard) -> None:
    link = await code(pacts, await pacts.pact())
    for path in (f"/sign/{link}", f"/sign/{link}/agreement.pdf"):
        headers = (await pacts.http.get(path)).headers
        assert headers.get_list("Referrer-Policy") == ["no-referrer"]
        assert headers["Cache-Control"] == "private, no-store"
        assert "noindex" in headers["X-Robots-Tag"]
        assert len(headers.get_list("Content-Security-Policy")) == 1


async def test_signing_is_done_once_and_says_when(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    answer = await sent(pacts, link, **AGREED)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign/{link}")
    (signature,) = await signatures(pacts, stream)
    contact, content = pacts.people["contact"].id, (await pacts.pdf(stream)).content
    assert (signature["party"], signature["person"]) == ("host", contact)
    assert signature["document"] == hashlib.sha256(content).hexdigest()
    after = await opened(pacts, link)
    assert after.status_code == 200
    assert NL["done"] in after.text
    assert f"{datetime.fromisoformat(signature['at']).year}" in after.text
    assert '<form method="post">' not in after.text
    assert (await sent(pacts, link, **AGREED)).status_code == 303
    assert len(await signatures(pacts, stream)) == 1
    assert await refusals(pacts, stream) == []
    events = (await pacts.get(f"/pacts/{stream}/timeline", "hr")).json()["items"]
    assert events[-1]["by"] == {"person": contact, "role": "contact"}


async def test_a_double_click_signs_once(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    answers = await asyncio.gather(*(sent(pacts, link, **AGREED) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(await signatures(pacts, stream)) == 1


async def test_nothing_is_signed_without_saying_so(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    for fields in ({}, {"agree": "no"}):
        answer = await sent(pacts, link, **fields)
        assert answer.status_code == 422
        assert NL["agree_missing"] in answer.text
    assert await signatures(pacts, stream) == []
    contact = pacts.people["contact"].id
    assert await refusals(pacts, stream) == [(contact, "SignAgreement", "command.invalid")] * 2


async def test_a_form_from_elsewhere_is_none(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    for headers in (
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        answer = await pacts.http.post(f"/sign/{link}", data=AGREED, headers=headers)
        assert answer.status_code == 404
    assert await signatures(pacts, stream) == []
    # A page without referrer makes a browser without Sec-Fetch-Site say that it has no origin.
    answer = await pacts.http.post(f"/sign/{link}", data=AGREED, headers={"Origin": "null"})
    assert answer.status_code == 303


async def test_what_is_no_genuine_code_is_the_plain_page_of_what_is_not_there(
    pacts: PactBoard,
) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    foreign = Links(MasterKeys.generate()).code(
        SigningLink(
            pacts.tenant, stream, pacts.people["contact"].id, 2, datetime(2099, 1, 1, tzinfo=UTC)
        )
    )
    flipped = link[:20] + ("A" if link[20] != "A" else "B") + link[21:]
    nowhere = await pacts.http.get("/nowhere", headers={"Accept": "text/html"})
    for wrong in (foreign, flipped, link[:-1], link + "A", "x", "%00", "..%2f..%2fhealth"):
        for answer in (
            await pacts.http.get(f"/sign/{wrong}"),
            await pacts.http.get(f"/sign/{wrong}/agreement.pdf"),
            await pacts.http.post(f"/sign/{wrong}", data=AGREED),
            await pacts.http.post(f"/sign/{wrong}", data={"fresh": "yes"}),
        ):
            assert answer.status_code == 404
            plain = re.sub(r'name="back" value="[^"]*"', "", answer.text)
            assert plain == re.sub(r'name="back" value="[^"]*"', "", nowhere.text)
    assert await pacts.store.reads(pacts.tenant, stream) == []
    assert await refusals(pacts, stream) == []


async def test_a_code_for_what_was_no_invitation_is_none(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    wrong: list[dict[str, Any]] = [
        {"version": 1},
        {"version": 99},
        {"stream": pacts.people["hr"].id},
    ]
    for changes in wrong:
        assert (await opened(pacts, await code(pacts, stream, **changes))).status_code == 404
    gone = pacts.people["contact"].id
    link = await code(pacts, stream)
    await pacts.store.set_active(pacts.tenant, gone, False)
    assert (await opened(pacts, link)).status_code == 404


async def lapsed(pacts: PactBoard, stream: str, link: str, why: str, anew: bool) -> None:
    """The link says why it serves no more, shows nothing, signs nothing, and that is noted."""
    before = await signatures(pacts, stream)
    opened_before = await openings(pacts, stream)
    refused = await refusals(pacts, stream)
    answer = await opened(pacts, link)
    assert answer.status_code == 409
    assert NL["lapse"][why] in answer.text
    assert (NL["fresh"] in answer.text) is anew
    assert (NL["nothing"] in answer.text) is not anew
    assert "werkplaats" not in answer.text
    assert (await pacts.http.get(f"/sign/{link}/agreement.pdf")).status_code == 409
    assert (await sent(pacts, link, **AGREED)).status_code == 409
    assert await signatures(pacts, stream) == before
    assert await openings(pacts, stream) == opened_before + 1
    person = pacts.people["contact"].id
    added = (await refusals(pacts, stream))[len(refused) :]
    assert added == [(person, "SignAgreement", "link.expired")] * 3


async def openings(pacts: PactBoard, stream: str) -> int:
    return sum(one.what == "link" for one in await pacts.store.reads(pacts.tenant, stream))


async def test_a_superseded_link_signs_nothing(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    old = await code(pacts, stream)
    await pacts.done(stream, "AmendAgreement", {"goal": "Anders", "reason": "x"}, "coordinator")
    await lapsed(pacts, stream, old, "superseded", anew=True)
    assert (await sent(pacts, await code(pacts, stream), **AGREED)).status_code == 303
    assert [one["party"] for one in await signatures(pacts, stream)] == ["host"]
    await lapsed(pacts, stream, old, "superseded", anew=False)


async def test_an_expired_link_signs_nothing(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    ago = datetime.now(UTC) - timedelta(minutes=2)
    await lapsed(pacts, stream, await code(pacts, stream, until=ago), "expired", anew=True)


async def test_a_link_lasts_until_its_last_moment(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    now = datetime.now(UTC)
    for days, status in ((13, 200), (15, 409)):
        at = (now + timedelta(days=days)).isoformat()
        assert (await opened(pacts, link, Traject_Clock=at)).status_code == status


async def test_a_revoked_link_signs_nothing(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    await pacts.done(stream, "RevokeSigningLink", {"party": "host"}, "coordinator")
    await lapsed(pacts, stream, link, "revoked", anew=False)
    assert (await sent(pacts, link, fresh="yes")).status_code == 404
    await pacts.done(stream, "AskEvaluation", {}, "coordinator")
    reminded = await code(pacts, stream, "evaluation_due")
    assert (await opened(pacts, reminded)).status_code == 409
    await pacts.done(stream, "SendSigningLink", {"party": "host"}, "coordinator")
    assert (await opened(pacts, reminded)).status_code == 409
    given = await code(pacts, stream, "signing_link")
    assert (await sent(pacts, given, **AGREED)).status_code == 303


async def test_the_end_of_the_case_ends_the_link(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    await pacts.done(stream, "EndPact", {}, "coordinator")
    await lapsed(pacts, stream, link, "ended", anew=False)


async def test_who_has_no_part_any_more_signs_nothing(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    await pacts.store.set_roles(pacts.tenant, pacts.people["contact"].id, ["student"])
    await lapsed(pacts, stream, link, "no_party", anew=False)


async def test_a_fresh_link_is_sent_once_a_day_and_ends_earlier_ones(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    old = await code(pacts, stream)
    ago = datetime.now(UTC) - timedelta(minutes=2)
    expired = await code(pacts, stream, until=ago)
    asked = await sent(pacts, expired, fresh="yes")
    assert (asked.status_code, NL["fresh_now"] in asked.text) == (200, True)
    again = await sent(pacts, expired, fresh="yes")
    assert NL["fresh_before"] in again.text
    revoked = await opened(pacts, old)
    assert NL["lapse"]["revoked"] in revoked.text
    contact = pacts.people["contact"].id
    told = await pacts.store.notices(pacts.tenant, person=contact, stream=stream)
    assert [one.kind for one in told] == ["agreement_to_sign", "signing_link"]
    fresh = await code(pacts, stream, "signing_link")
    assert (await opened(pacts, fresh)).status_code == 200
    assert (await sent(pacts, fresh, **AGREED)).status_code == 303
    assert len(await signatures(pacts, stream)) == 1
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    late = await pacts.http.post(
        f"/sign/{expired}", data={"fresh": "yes"}, headers={"Traject-Clock": tomorrow}
    )
    assert late.status_code == 404


async def test_a_fresh_link_goes_to_nobody_without_an_address(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream, until=datetime.now(UTC) - timedelta(minutes=2))
    person = pacts.people["contact"]
    await pacts.store.add_person(
        pacts.tenant, person.name, None, roles=person.roles, person=person.id
    )
    assert NL["nothing"] in (await opened(pacts, link)).text
    assert (await sent(pacts, link, fresh="yes")).status_code == 404


async def test_a_link_that_serves_gives_no_fresh_one(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    assert (await sent(pacts, await code(pacts, stream), fresh="yes")).status_code == 404


async def test_an_evaluation_is_sent_by_link(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    await sent(pacts, await code(pacts, stream), **AGREED)
    await pacts.done(stream, "AskEvaluation", {}, "coordinator")
    link = await code(pacts, stream, "evaluation_due")
    page = await opened(pacts, link)
    assert page.status_code == 200
    assert NL["text"] in page.text
    assert "agreement.pdf" not in page.text
    for wrong in ({}, {"text": "  "}, {"text": "x" * 20_001}, {"text": "Goed", "worth": "6"}):
        assert (await sent(pacts, link, **wrong)).status_code == 422
    kept = await sent(pacts, link, text="x" * 20_001, worth="4")
    assert NL["text_length"] in kept.text
    assert 'value="4" checked' in kept.text
    text = "é" * 19_000
    for _ in range(2):
        assert (await sent(pacts, link, text=text, worth="4")).status_code == 303
    timeline = (await pacts.get(f"/pacts/{stream}/timeline", "hr")).json()["items"]
    assert timeline[-1]["data"] == {"party": "host", "text": text, "worth": 4}
    assert NL["done_evaluation"] in (await opened(pacts, link)).text
    other = await sent(pacts, link, text="Toch anders")
    assert other.status_code == 409
    assert len((await pacts.get(f"/pacts/{stream}/timeline", "hr")).json()["items"]) == len(
        timeline
    )


async def test_a_fresh_link_after_signing_is_for_the_evaluation(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    await sent(pacts, await code(pacts, stream), **AGREED)
    await pacts.done(stream, "AskEvaluation", {}, "coordinator")
    expired = await code(
        pacts, stream, "evaluation_due", until=datetime.now(UTC) - timedelta(minutes=2)
    )
    assert NL["fresh_now"] in (await sent(pacts, expired, fresh="yes")).text
    fresh = await code(pacts, stream, "signing_link")
    assert (await sent(pacts, fresh, text="Prima")).status_code == 303


async def test_no_log_line_holds_a_code(
    pacts: PactBoard,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)

    async def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("something nobody foresaw")

    with caplog.at_level(logging.DEBUG):
        await opened(pacts, link)
        await sent(pacts, link)
        await pacts.http.get(f"/sign/{link}/agreement.pdf")
        monkeypatch.setattr(pacts.store, "document", broken)
        assert (await opened(pacts, link)).status_code == 500
        assert (await sent(pacts, link, **AGREED)).status_code == 500
    own = [one for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]
    said = [one.getMessage() for one in own] + list(capfd.readouterr())
    assert "unexpected fault" in "".join(said)
    assert link[:40] not in "".join(said)
