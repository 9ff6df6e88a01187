"""What auditors see on their pages: everything in words, and nothing that is not theirs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.properties.desk import TENANT
from tests.properties.processes.board import IDS
from tests.web.audit.conftest import Audited, links, seen
from tests.web.filled import SCRIPT, SECRET
from web.pages.audit.asked import KINDS

_CODE = re.compile(r"\b(?:[a-z]+_[a-z_]+|[A-Z][a-z]+[A-Z]\w*|[a-z]+:[A-Z]\d|None|True|False)\b")
_KEYS = re.compile(
    r"traject/\S+|python -m zipfile \S+ \S+|python -P \S+ \S+|[0-9a-f-]{36}\S*|[0-9a-f]{64}"
)


def coded(text: str) -> list[str]:
    """What looks like a name in the code and not like a word."""
    return _CODE.findall(_KEYS.sub("", text).replace("JavaScript", ""))


async def streams(audited: Audited) -> dict[str, str]:
    """Every case, and its process."""
    found = {
        stream: audited.played.board.process(stream)
        for stream in audited.played.board.engine.streams
    }
    return {
        stream: process
        for stream, process in found.items()
        if process in ("supervision", "internships", "partners", "assessments")
    }


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_every_page_is_in_words(audited: Audited, language: str) -> None:
    event = audited.played.board.events(audited.played.running)[-2].event_id
    paths = ["/audit", "/audit/export", f"/audit/events/{event}"]
    paths += [f"/audit/search?kind={kind}" for kind in KINDS]
    for stream, process in (await streams(audited)).items():
        last = len(audited.played.board.events(stream))
        base = f"/audit/{process}/{stream}"
        paths += [base, f"{base}/export", f"{base}/knew"]
        paths += [f"{base}?at={n}" for n in range(1, last, 9)]
    for path in paths:
        text = await audited.words(path, language=language)
        assert coded(text) == [], path
        assert "onbekende persoon" not in text or "search" in path, path


async def test_others_come_in_nowhere(audited: Audited) -> None:
    stream = audited.played.running
    base, event = audited.case(stream), audited.played.board.events(stream)[0].event_id
    paths = [
        "", "/search", "/search.csv", "/checkpoint.txt", "/keys.txt", "/export", "/export.zip",
        "/export/progress", f"/events/{event}", f"/events/{event}/proof.json",
        f"/events/{event}/export.zip",
    ]  # fmt: skip
    paths = [f"/audit{path}" for path in paths]
    paths += [base, f"{base}/knew", f"{base}/export", f"{base}/export.zip"]
    for by in ("hr", "coordinator", "teacher", "manager", "advisor", "board"):
        for path in paths:
            await audited.get(path, by, status=403)
    audited.http.cookies.clear()
    for path in paths:
        answer = await audited.http.get(path)
        assert answer.status_code == 303, path
        assert "/audit" not in answer.headers["location"].partition("?")[0], path


async def test_who_is_the_teacher_audits_nothing_of_the_own_case(audited: Audited) -> None:
    """An auditor who is the teacher sees of the own case what its teacher sees: nothing here."""
    stream, teacher = audited.played.running, IDS["teacher"]
    event = next(
        one for one in audited.played.board.events(stream) if one.type == "UnannouncedVisitPlanned"
    )
    await audited.store.set_roles(TENANT, teacher, ["teacher", "auditor"])
    try:
        base = audited.case(stream)
        for path in (base, f"{base}/knew", f"{base}/export", f"{base}/export.zip"):
            await audited.get(path, "teacher", status=404)
        for path in ("", "/proof.json", "/export.zip"):
            await audited.get(f"/audit/events/{event.event_id}{path}", "teacher", status=404)
        everything = ""
        for kind in KINDS:
            for path in ("search", "search.csv"):
                everything += (await audited.get(f"/audit/{path}?kind={kind}", "teacher")).text
        assert SECRET not in everything
        assert stream not in everything
        assert "Onaangekondigd bezoek gepland" not in re.sub(r"<option.*?</option>", "", everything)
        assert stream in (await audited.get("/audit/search?kind=cases")).text
    finally:
        await audited.store.set_roles(TENANT, teacher, ["teacher"])


async def test_a_case_is_told_step_by_step(audited: Audited) -> None:
    stream = audited.played.running
    events, base = audited.played.board.events(stream), audited.case(stream)
    held = next(one for one in events if one.type == "IntakeHeld")
    text = await audited.words(f"{base}?at={held.version}")
    assert "Intakegesprek gehouden op" in text
    assert "Status Intake Diagnose" in text
    assert "Gedaan door Advisor" in text
    assert f"Gebeurtenis {held.version} van {len(events)}" in text
    by_instant = await audited.words(
        f"{base}?at={held.recorded_at.isoformat().replace('+', '%2B')}"
    )
    last_then = sum(one.recorded_at <= held.recorded_at for one in events)
    assert f"Gebeurtenis {last_then} van {len(events)}" in by_instant
    page = (await audited.get(base)).text
    assert f"{base}?at={len(events) - 1}" in links(page)
    assert 'rel="next"' not in page
    assert SCRIPT not in page
    assert "wordt vastgehouden" in seen(page)
    far = await audited.words(f"{base}?at=999999")
    assert f"Gebeurtenis {len(events)} van {len(events)}" in far
    await audited.get(f"{base}?at=gisteren", status=422)
    assert "Gebeurtenis 1 van" in await audited.words(f"{base}?at=1999-01-01")


async def test_who_knew_what_is_what_they_saw_and_no_more(audited: Audited) -> None:
    stream = audited.played.running
    events, base = audited.played.board.events(stream), audited.case(stream)
    planned = next(one for one in events if getattr(one.data, "visit", "") == SECRET)
    link = f"{base}/knew?at={planned.version}&as=teacher&with=advisor"
    text = await audited.words(link)
    assert f"Teacher, leerkracht: kon {planned.version - 2} van {planned.version} zien." in text
    assert f"Advisor, adviseur: kon {planned.version} van {planned.version} zien." in text
    only = await audited.words(f"{link}&only=1")
    assert SECRET in only
    assert "zonder: Uurtarief" in only
    assert "Intakegesprek gehouden" not in only
    facts = only.rpartition("Zo stond het dossier er voor deze persoon voor")
    assert SECRET in facts[2]
    alone = await audited.words(f"{base}/knew?at={planned.version}&as={IDS['teacher']}&only=1")
    assert SECRET not in alone.rpartition("Zo stond het dossier")[2]
    early = await audited.words(f"{base}/knew?at=1&as=advisor")
    assert "had toen nog geen rol" in early


async def test_a_search_finds_by_name_school_state_and_period(audited: Audited) -> None:
    running, escalated = audited.played.running, audited.played.escalated

    async def cases(query: str) -> set[str]:
        html = (await audited.get(f"/audit/search?{query}")).text
        return {
            link.rpartition("/")[2]
            for link in links(html)
            if re.fullmatch(r"/audit/\w+/[0-9a-f-]{36}", link)
        }

    assert {running, escalated} <= await cases("q=teach")
    assert await cases("q=windva") == {running, escalated}
    assert await cases("q=windva&state=escalated") == {escalated}
    assert await cases("q=windva&status=open") == {running}
    assert await cases("process=partners") == {audited.played.partner}
    assert await cases("until=2026-01-06") == {escalated}
    assert await cases("from=2026-01-20") == {
        running,
        audited.played.partner,
        audited.played.internship,
    }
    assert await cases("q=%25") == set()
    assert await cases(f"person={IDS['advisor']}") == {running, escalated}
    answer = await audited.get(f"/audit/search?q={running}", status=303)
    assert answer.headers["location"] == audited.case(running)
    event = audited.played.board.events(running)[3].event_id
    answer = await audited.get(f"/audit/search?q={event}", status=303)
    assert answer.headers["location"] == f"/audit/events/{event}"
    for nonsense in (
        "cursor=abc",
        "kind=commands&cursor=x",
        "kind=reads&cursor=%FF",
        "kind=people&cursor=y",
    ):
        await audited.get(f"/audit/search?{nonsense}", status=422)
    await audited.get("/audit/search?kind=nothing&from=x&person=y&q=%00&process=z&state=%27")


async def test_commands_are_found_by_giver_kind_and_case(audited: Audited) -> None:
    running = audited.played.running

    async def rows(query: str) -> list[str]:
        html = (await audited.get(f"/audit/search?kind=commands&{query}")).text
        return [seen(row) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)[1:]]

    assert await rows("who=advis") == []
    choices = (await audited.get("/audit/search?kind=commands&who=advis")).text
    assert "Er zijn meerdere mensen met deze naam" in choices
    assert f"person={IDS['advisor']}" in choices
    assert "Er zijn er nog meer" not in choices
    many = (await audited.get("/audit/search?kind=commands&who=e")).text
    assert many.count('class="person"') == 8
    assert "Er zijn er nog meer" in many
    assert "Niemand van het bestuur" in await audited.words("/audit/search?kind=reads&who=Zzz")
    found = await rows("who=advisor&process=supervision")
    assert found == await rows(f"person={IDS['advisor']}&process=supervision")
    assert found
    assert all("Advisor" in row for row in found)
    assert len(await rows(f"stream={running}&type=UnannouncedVisitPlanned")) == 2
    assert await rows("type=UnannouncedVisitPlanned&process=partners") == []
    assert await rows("until=2026-01-01") == []
    everything, query = list[str](), ""
    while True:
        html = (await audited.get(f"/audit/search?kind=commands{query}")).text
        everything += re.findall(r'href="/audit/events/([^"]*)"', html)
        more = [link for link in links(html) if "cursor=" in link]
        if not more:
            break
        query = "&cursor=" + more[0].rpartition("cursor=")[2]
    assert len(everything) == len(set(everything))
    assert len(everything) > 50


async def test_files_of_a_search_are_safe_in_a_spreadsheet(audited: Audited) -> None:
    person = await audited.store.add_person(TENANT, '=HYPERLINK("x")', roles=["manager"])
    answer = await audited.get("/audit/search.csv?kind=people")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "\"'=HYPERLINK(" in answer.text
    assert "Naam;Rollen;Dossiers" in answer.text
    await audited.store.set_active(TENANT, person.id, False)
    assert "vertrokken" in await audited.words("/audit/search?kind=people&q=hyperlink")


async def test_looking_is_noted(audited: Audited) -> None:
    stream = audited.played.escalated
    base, event = audited.case(stream), audited.played.board.events(stream)[0].event_id
    before = datetime.now(UTC)
    for path in (
        f"{base}?at=2",
        f"{base}/knew?as=teacher",
        f"/audit/events/{event}",
        f"{base}/export.zip",
    ):
        await audited.get(path)
    await audited.get(f"/audit/search?kind=reads&stream={stream}")
    await audited.get(f"/audit/search?kind=refusals&stream={stream}")
    rows = [row for row in await audited.store.reads(TENANT, stream) if row.at >= before]
    assert [row.what for row in rows] == ["audit", "knew", "proof", "export", "reads", "refusals"]
    assert {row.person for row in rows} == {IDS["auditor"]}
    assert rows[0].as_of == audited.played.board.events(stream)[1].recorded_at
    assert "de controle door de tijd" in await audited.words(
        f"/audit/search?kind=reads&stream={stream}"
    )


async def test_the_start_says_whether_all_is_sealed_and_published(audited: Audited) -> None:
    text = await audited.words("/audit")
    assert "ja, ook dit controlepunt" in text
    assert "niets: alles is ondertekend" in text
    assert "Advisor: Een klassenbezoek plannen" in text or "Advisor: " in text
    assert "Het bezoek valt buiten de periode" in text
    note = (await audited.get("/audit/checkpoint.txt")).text
    assert note == (await audited.publication.get("latest.txt") or b"").decode()
    assert (await audited.get("/audit/keys.txt")).text.split() == audited.keys.vkeys
