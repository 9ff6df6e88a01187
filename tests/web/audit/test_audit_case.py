"""A case of real commands before its auditor: put to the rules again, and erased."""

from __future__ import annotations

import re

import asyncpg

from tests.conftest import Database
from tests.web.audit.conftest import seen
from tests.web.conftest import Board
from tests.web.test_erased import erased
from web.signin.cookies import COOKIE


async def words(board: Board, path: str, status: int = 200) -> str:
    board.http.cookies.clear()
    board.http.cookies.set(COOKIE, board.tokens["auditor"])
    answer = await board.http.get(path, headers={"Accept-Language": "nl"})
    assert answer.status_code == status, answer.text
    return seen(answer.text)


async def test_commands_are_put_to_the_rules_of_their_time(
    board: Board, database: Database
) -> None:
    stream = await board.in_guidance()
    base = f"/audit/supervision/{stream}"
    refused = await board.give(stream, "FixGoalList", {}, "advisor")
    assert refused.status_code != 200
    text = await words(board, f"{base}?at=2")
    assert "De regels van toen staan dit toe" in text
    assert "Gedaan door Rik Oosterhof in de rol van coördinator" in text
    assert "118,00" in text
    assert "niet uit de regels volgt" not in text
    tried = await words(board, f"/audit/search?kind=refusals&stream={stream}")
    assert "Ellen van Duyvenvoorde" in tried
    assert "Traject van Marloes Terpstra" in tried
    assert "FixGoalList" not in tried
    # Who owns the database takes away how the command was given.
    raw = await asyncpg.connect(database.owner_dsn)
    try:
        await raw.execute("alter table traject.event disable trigger all")
        await raw.execute(
            "update traject.event set given = null where stream = $1 and version = 3", stream
        )
    finally:
        await raw.close()
    text = await words(board, f"{base}?at=3")
    assert "Volgens de regels van toen klopt dit niet" in text
    assert "niet bewaard zoals ze werd gegeven" in text
    assert "niet uit de regels volgt" in text


async def test_an_erased_case_shows_what_stays(board: Board, database: Database) -> None:
    stream, _ = await erased(board, database)
    text = await words(board, f"/audit/supervision/{stream}", 410)
    assert "Gewist dossier" in text
    assert "Traject aangevraagd" in text
    assert "Wissen goedgekeurd" in text
    assert "Noor Achterberg, auditor" in text
    assert "De Windvaan" not in text
    found = await words(board, "/audit/search?kind=cases&status=erased")
    assert "gewist" in found
    assert "De Windvaan" not in found
    assert (
        f"/audit/supervision/{stream}"
        in (await board.http.get("/audit/search?kind=cases&status=erased")).text
    )
    await words(board, f"/audit/supervision/{stream}/export")
    html = (await board.http.get(f"/audit/supervision/{stream}")).text
    first = re.search(r"/audit/events/[0-9a-f-]+", html)
    assert first
    assert "Dossier traject werkbegeleiding" in await words(board, first[0])


async def test_who_audits_is_shown_the_way_to_decide_on_an_erasure(board: Board) -> None:
    stream = (await board.open()).json()["id"]
    request = {"ground": "consent_withdrawn", "reason": "toestemming ingetrokken"}
    await board.done(stream, "RequestErasure", request, "hr")
    await words(board, f"/audit/supervision/{stream}")
    html = (await board.http.get(f"/audit/supervision/{stream}")).text
    assert f'href="/supervision/{stream}/do/ApproveErasure"' in html
    assert f'href="/supervision/{stream}/do/DeclineErasure"' in html
    await words(board, f"/supervision/{stream}/do/ApproveErasure")
