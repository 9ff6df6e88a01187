"""A case that was erased: what staff is told of it, what others are, and its certificate."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from events.event import instant_text
from events.settings import TenantSettings
from events.store.certificates import Certificate, LastEvent, LogThen, OutlivedPart, Said, Step
from events.store.erasing import Eraser
from tests.conftest import Database
from tests.web.conftest import Board
from web.documents.certificates import certificate_text
from web.signin.cookies import COOKIE
from web.texts import texts

NOW = instant_text(datetime(2026, 11, 25, 9, 30, tzinfo=UTC))


def certificate(board: Board, stream: str, version: int) -> Certificate:
    return Certificate(
        tenant=board.tenant,
        stream=stream,
        process="supervision",
        ground="consent_withdrawn",
        requested=Said(by=board.people["hr"].id, at=NOW),
        approved=Said(by=board.people["auditor"].id, at=NOW),
        operator="Invented Operator",
        begun_at=NOW,
        erased_at=NOW,
        finished_at=NOW,
        last=LastEvent(version=version, hash="ab" * 32),
        log=LogThen(size=12, checkpoint="traject/example\n12\nroot\n"),
        steps=(
            Step(step="marked", at=NOW, evidence={"version": version}),
            Step(step="exports", at=NOW, evidence={"removed": ["a"], "not_here": [], "copies": []}),
            Step(
                step="cleared",
                at=NOW,
                evidence={
                    "rewritten": ["traject.dossier_key"],
                    "vacuumed": [],
                    "overwritten": None,
                    "sought": None,
                    "held": [],
                },
            ),
        ),
        outlived=(OutlivedPart(kind="business_record", keep_until="2033-11-25"),),
    )


async def erased(board: Board, database: Database) -> tuple[str, Certificate]:
    """A case of which nothing is left but its certificate."""
    stream = (await board.open()).json()["id"]
    request = {"ground": "consent_withdrawn", "reason": "toestemming ingetrokken"}
    await board.done(stream, "RequestErasure", request, "hr")
    await board.done(stream, "ApproveErasure", {"reason": "terecht"}, "auditor")
    eraser = await Eraser.connect(database.owner_dsn)
    try:
        await eraser.begin(board.tenant, stream, 3)
        await eraser.destroy(board.tenant, stream, 3, [])
        await eraser.purge(board.tenant, stream)
        made = certificate(board, stream, 3)
        await eraser.certify(board.tenant, stream, made.text())
    finally:
        await eraser.close()
    # What a running web process hears by itself: `web.serve`.
    board.store.forget(board.tenant, stream)
    board.app.state.site.dossiers.forget(board.tenant, stream)
    return stream, made


async def test_staff_is_told_when_why_and_at_whose_word(board: Board, database: Database) -> None:
    stream, _ = await erased(board, database)
    answer = await board.get(f"/supervision/{stream}")
    assert answer.status_code == 410
    told = answer.json()["erasure"]
    assert told["ground"] == "consent_withdrawn"
    assert told["requested"]["by"] == board.people["hr"].id
    assert told["approved"]["by"] == board.people["auditor"].id
    assert set(told) == {"ground", "requested", "approved", "begun_at", "erased_at"}

    for language, words in (
        ("nl", ("Dit dossier is gewist", "de toestemming is ingetrokken", "Gevraagd")),
        ("en", ("This case has been erased", "consent was withdrawn", "Requested")),
    ):
        cookie = f"{COOKIE}={board.tokens['coordinator']}"
        headers = {"Accept-Language": language, "Cookie": cookie}
        page = await board.http.get(f"/supervision/{stream}", headers=headers)
        assert page.status_code == 410
        for word in (*words, "Saskia Polman", "Noor Achterberg"):
            assert word in page.text, word

    assert (await board.get(f"/supervision/{stream}", "teacher")).status_code == 404
    assert stream not in (await board.get("/supervision")).text


async def test_a_command_to_it_is_refused_and_noted(board: Board, database: Database) -> None:
    stream, _ = await erased(board, database)
    hold = {"reason": "geschil"}
    for by in ("hr", "auditor"):
        answer = await board.give(stream, "PlaceLegalHold", hold, by)
        assert (answer.status_code, answer.json()["code"]) == (410, "case.erased")
    refused = await board.store.refusals(board.tenant, stream)
    assert [(row.command, row.code) for row in refused] == [("PlaceLegalHold", "case.erased")] * 2


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "nl",
            (
                "Verklaring van vernietiging",
                "Grond",
                "wo 25 november 2026, 10:30",
                "zakelijke administratie",
            ),
        ),
        (
            "en",
            ("Certificate of erasure", "Ground", "Wed 25 November 2026, 10:30", "business records"),
        ),
    ],
)
async def test_a_certificate_reads_in_both_languages(
    board: Board, language: str, words: tuple[str, ...]
) -> None:
    made = certificate(board, "3d5c9d8e-0f4b-5a7c-8e61-6a1d2b7c4f90", 3)
    names = {person.id: person.name for person in board.people.values()}
    words_of = texts("nl" if language == "nl" else "en")
    text = certificate_text(made, words_of, TenantSettings(), names)
    for word in (
        *words,
        "Saskia Polman",
        "Noor Achterberg",
        "Invented Operator",
        "traject/example",
    ):
        assert word in text, word
    assert "{" not in text
    assert json.loads(made.text())["format"] == "traject-erasure-1"
    nameless = certificate_text(made, words_of, TenantSettings(), {})
    assert board.people["hr"].id in nameless
