"""What was recorded wrongly is read with its correction beside it, on every page of a case."""

from __future__ import annotations

from typing import Any

from events.settings import TenantSettings
from events.supervision import STORY
from tests.web.conftest import Board
from web.pages.case import moments
from web.texts import texts
from web.wording import Wording


def item(number: int, kind: str, **data: Any) -> dict[str, Any]:
    return {
        "event_id": f"e{number}",
        "type": kind,
        "recorded_at": f"2026-01-0{number}T09:00:00+00:00",
        "by": {"person": None, "role": "hr"},
        "data": data,
    }


def test_a_correction_and_what_it_corrects_stand_beside_each_other() -> None:
    timeline = [
        item(1, "IntakeHeld", date="2026-01-01"),
        item(2, "RecordCorrected", event="e1", correction="Het was op 2 januari"),
        item(3, "RecordCorrected", event="e2", correction="En ’s middags"),
        item(4, "RecordCorrected", event="e1"),
        item(5, "RecordCorrected", event="e9", correction="Van iets dat u niet ziet"),
    ]
    wording = Wording(texts("nl"), TenantSettings(), {}, "supervision", facts=STORY.facts)
    shown = {one.id: one for one in moments(timeline, wording)}
    assert list(shown) == ["e5", "e4", "e3", "e2", "e1"]
    beside = {id_: [by.id for by in one.corrections] for id_, one in shown.items()}
    assert beside == {"e1": ["e2", "e4"], "e2": ["e3"], "e3": [], "e4": [], "e5": []}
    assert {id_: one.corrects and one.corrects.id for id_, one in shown.items()} == {
        "e1": None, "e2": "e1", "e3": "e2", "e4": "e1", "e5": None,
    }  # fmt: skip
    assert [by.correction for by in shown["e1"].corrections] == ["Het was op 2 januari", ""]
    assert all("e1" not in str(one.details) for one in shown.values())


async def test_a_case_s_page_shows_both_and_where_it_stands(board: Board) -> None:
    stream = (await board.open()).json()["id"]
    timeline = (await board.get(f"/supervision/{stream}/timeline")).json()["items"]
    correction = {
        "event": timeline[0]["event_id"],
        "reason": "Verkeerd genoteerd",
        "correction": "De <b>lessen</b> beginnen op tijd",
        "approved_by": board.people["auditor"].id,
    }
    await board.done(stream, "CorrectRecord", correction, "hr")
    words = {"reason": "betwist"}
    await board.done(stream, "RestrictProcessing", words | {"ground": "accuracy"}, "hr")
    await board.done(stream, "PlaceLegalHold", words, "auditor")
    await board.done(stream, "LiftLegalHold", words, "auditor")
    await board.done(stream, "RequestErasure", words | {"ground": "objection"}, "hr")
    board.http.cookies.set("traject_session", board.tokens["teacher"])
    html = (await board.http.get(f"/supervision/{stream}")).text
    board.http.cookies.clear()
    first = html.index(f'<li id="e-{correction["event"]}">')
    assert "De &lt;b&gt;lessen&lt;/b&gt; beginnen op tijd" in html[first:]
    assert "Gerectificeerd op" in html[first:]
    assert f'<a href="#e-{correction["event"]}">Traject aangevraagd' in html[:first]
    assert "De verwerking van dit dossier is beperkt." in html
    assert "Er is gevraagd om dit dossier te wissen." in html
    assert "Dit dossier wordt vastgehouden" not in html
