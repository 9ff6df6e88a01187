"""Report, invoice basis and dossier as PDF: what their reader may see, in type, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.web.conftest import Board
from tests.web.documents.browsing import signed_in
from tests.web.test_documents import HOSTILE
from web.documents import papers
from web.documents.papers import draft_of
from web.documents.press import PRESS
from web.documents.sheet import TEMPLATE, Course, Entry, Facts, Grid, Passage, Section, Sheet
from web.documents.typesetting import pdf
from web.wording import Detail


class Watched:
    """The press, and what it was given to set in type."""

    def __init__(self) -> None:
        self.papers: list[Mapping[str, Any]] = []

    async def pdf(self, template: str, paper: Mapping[str, Any]) -> bytes:
        self.papers.append(paper)
        return await PRESS.pdf(template, paper)

    @property
    def last(self) -> str:
        return json.dumps(self.papers[-1], ensure_ascii=False)


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Watched:
    watched = Watched()
    monkeypatch.setattr(papers, "PRESS", watched)
    return watched


def sheet(text: str) -> Sheet:
    nested = Detail(text[:40], parts=(Detail("", parts=(Detail("a", text), Detail("b", "c"))),))
    blocks = [
        Passage(text),
        Passage(text, aside=True),
        Facts([Detail(text[:60], text), nested]),
        Grid([text[:60], "b"], [[text, "1,00"]], frozenset({1}), ["Totaal", "1,00"]),
        Course([Entry(text[:30], text[:60], text, text[:60], [nested])]),
    ]
    at = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    return Sheet(
        text[:80], "nl", at, text[:200], text[:80], [Section(text[:80], blocks)], "CONCEPT"
    )


@pytest.mark.parametrize("text", HOSTILE[:9], ids=range(9))
def test_what_people_write_is_text_in_every_block(text: str) -> None:
    made = pdf(TEMPLATE, sheet(text).json())
    assert made.startswith(b"%PDF-1.7")


def test_it_is_a_tagged_pdf_a_with_bookmarks() -> None:
    made = pdf(TEMPLATE, sheet("Verslag").json())
    for part in (
        b"pdfaid:part>2<", b"pdfaid:conformance>A<", b"/MarkInfo", b"/StructTreeRoot", b"/Lang(nl)",
        b"/Outlines",
    ):  # fmt: skip
        assert part in made, part
    assert pdf(TEMPLATE, sheet("Verslag").json()) == made


def test_a_form_that_is_half_filled_in_is_a_draft() -> None:
    sent = {
        "sections.results": "Goed",
        "sections.process": " ",
        "goal_results.G1": "reached",
        "overall": "sufficient",
        "hours": "2",
        "sections": "geen",
        "goal_results.": "x",
    }
    assert draft_of(sent) == {
        "sections": {"results": "Goed"},
        "goal_results": {"G1": "reached"},
        "overall": "sufficient",
    }


SECRET = {"V2", "Onaangekondigd bezoek gepland", "onaangekondigd bezoek"}


async def test_everybody_has_the_documents_that_are_theirs(board: Board, press: Watched) -> None:
    stream = await board.in_guidance()
    today = datetime.now(UTC).date()
    at = f"/supervision/{stream}"
    assert (await board.get(f"{at}/report.pdf", "advisor")).status_code == 404
    await board.done(
        stream, "PlanVisit", {"visit": "V1", "at": f"{today}T09:00", "announced": True}
    )
    found = [{"goal": "G1", "seen": "partly", "example": "Bij rekenen stopte het signaal"}]
    await board.done(stream, "RecordVisit", {"visit": "V1", "findings": found, "hours": "2.5"})
    later = f"{today + timedelta(days=4)}T10:15"
    await board.done(stream, "PlanVisit", {"visit": "V2", "at": later, "announced": False})
    sections = {"results": "Het signaal komt #steeds vaker", "process": "Drie bezoeken"}
    data = {"sections": sections, "goal_results": {"G1": "partly"}, "overall": "sufficient"}
    await board.done(stream, "DraftFinalReport", data)

    for by in ("advisor", "hr", "teacher", "manager"):
        made = await board.get(f"{at}/dossier.pdf", by)
        assert (made.status_code, made.headers["Content-Type"]) == (200, "application/pdf")
        assert "1. Functie" in press.last
        assert "Bij rekenen stopte het signaal" in press.last
        told = [word for word in SECRET if word in press.last]
        assert bool(told) == (by in ("advisor", "hr")), (by, told)
        assert (later[:10] in press.last) is False
        report = await board.get(f"{at}/report.pdf", by)
        assert report.status_code == 200
        assert "Het signaal komt #steeds vaker" in press.last
        assert "CONCEPT" in press.last
        assert "V2" not in press.last
    assert (await board.get(f"{at}/dossier.pdf", "board")).status_code == 404
    assert (await board.get(f"{at}/dossier.pdf", None)).status_code == 401
    english = await board.get(f"{at}/report.pdf?language=en", "hr")
    assert english.headers["Content-Disposition"] == 'inline; filename="final-report.pdf"'
    assert "Course of the process" in press.last
    again = await board.get(
        f"{at}/report.pdf?language=en", "hr", If_None_Match=english.headers["ETag"]
    )
    assert again.status_code == 304
    for odd in ("0", "2", "-1", "x", "٣"):
        assert (await board.get(f"{at}/report.pdf?version={odd}", "hr")).status_code == 404
    reads = {read.what for read in await board.store.reads(board.tenant, stream)}
    assert {"dossier", "report"} <= reads
    await _preview(board, press, stream)
    await _invoice(board, press, stream)


async def _preview(board: Board, press: Watched, stream: str) -> None:
    sent = {"sections.results": "Nog niet af <b>", "goal_results.G1": "reached"}
    path = f"/supervision/{stream}/report/preview.pdf"
    for by, status in (("advisor", 200), ("teacher", 404)):
        await signed_in(board, by)
        answer = await board.http.post(path, data=sent)
        assert answer.status_code == status
    answer = await board.http.post(path, data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 404
    board.http.cookies.clear()
    kept = await board.get(f"/supervision/{stream}/timeline", "advisor")
    assert "Nog niet af" not in kept.text


async def _invoice(board: Board, press: Watched, stream: str) -> None:
    at = f"/supervision/{stream}"
    assert (await board.get(f"{at}/invoice.pdf", "client")).status_code == 404
    await board.done(stream, "AbortTrajectory", {"reason": "Andere baan"}, "client")
    for by, status in (("client", 200), ("hr", 200), ("teacher", 404), ("manager", 404)):
        assert (await board.get(f"{at}/invoice.pdf", by)).status_code == status
    assert "€\u00a0826,00" in press.last
    assert "Marloes Terpstra" not in press.last
    dossier = await board.get(f"{at}/dossier.pdf", "manager")
    assert dossier.status_code == 200
    assert not [word for word in SECRET if word in press.last]
