"""What a signing link is worth to others: one spelling, one party, and nothing that leaks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.pacts.workflow import PactProcess
from tests.web.conftest import PactBoard
from tests.web.test_signing import AGREED, NL, code, opened, sent, signatures


@pytest.fixture
def processes() -> list[type]:
    return [PactProcess]


async def test_a_code_has_one_spelling(pacts: PactBoard) -> None:
    stream, link, minute = await pacts.pact(), "", 0
    while not {"-", "_"} <= set(link):
        minute += 1
        until = datetime.now(UTC) + timedelta(days=1, minutes=minute)
        link = await code(pacts, stream, until=until)
    assert pacts.store.links.read(link) is not None
    for other in (link.replace("-", "+"), link.replace("_", "/"), link + "="):
        assert pacts.store.links.read(other) is None
        assert (await opened(pacts, other.replace("/", "%2F"))).status_code == 404


async def test_every_answer_below_sign_keeps_its_address(
    pacts: PactBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await code(pacts, await pacts.pact())
    path = f"/sign/{link}"

    async def broken(*_: object) -> None:
        raise ValueError("something nobody foresaw")

    answers = [
        await pacts.http.get("/sign/x"),
        await pacts.http.get(path + "/"),
        await pacts.http.put(path),
        await pacts.http.get(path + "/agreement.pdf"),
        await pacts.http.post(path, data=AGREED | {"x": "a" * 400_000}),
    ]
    monkeypatch.setattr(pacts.store, "document", broken)
    answers.append(await pacts.http.get(path))
    assert [answer.status_code for answer in answers][-3:] == [200, 413, 500]
    for answer in answers:
        assert answer.headers.get_list("Referrer-Policy") == ["no-referrer"]
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in answer.headers.get("Cache-Control", "no-store")
    elsewhere = (await pacts.http.get("/nowhere")).headers
    assert elsewhere["Referrer-Policy"] == "same-origin"
    assert "X-Robots-Tag" not in elsewhere


@pytest.mark.parametrize("roles", [["hr"], []])
async def test_who_is_that_party_no_more_sees_nothing(pacts: PactBoard, roles: list[str]) -> None:
    stream = await pacts.pact(goal="Leren lassen")
    link = await code(pacts, stream)
    await pacts.store.set_roles(pacts.tenant, pacts.people["contact"].id, roles)
    for answer in (
        await opened(pacts, link),
        await pacts.http.get(f"/sign/{link}/agreement.pdf"),
        await sent(pacts, link, **AGREED),
    ):
        assert answer.status_code == 409
        assert NL["lapse"]["no_party"] in answer.text
        assert "lassen" not in answer.text
    assert await signatures(pacts, stream) == []


@pytest.mark.parametrize("digits", [2, 4_000, 5_000])
async def test_a_number_of_any_length_is_refused(pacts: PactBoard, digits: int) -> None:
    stream = await pacts.pact()
    await sent(pacts, await code(pacts, stream), **AGREED)
    await pacts.done(stream, "AskEvaluation", {}, "coordinator")
    link = await code(pacts, stream, "evaluation_due")
    assert (await sent(pacts, link, text="Goed", worth="9" * digits)).status_code == 422
