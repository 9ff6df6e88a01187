"""A person's complete file: all that is theirs, in words and as data, and nothing of others."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from deploy.boards import BadBoard
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.exporting import exports_folder
from deploy.personal_file import Wanted, make_file
from deploy.retention import kept_cases
from events.store.directory import UnknownPerson
from events.store.subjects import Concerned
from events.store.succession import Absence
from tests.properties.desk import TENANT
from tests.properties.processes.board import IDS
from tests.web.filled import SCRIPT, SECRET
from tests.web.internship import AGREEMENT
from tests.web.opened_file import Filled, case, execute, installed, opened, read
from tests.web.unread import unread
from web.privacy.archive import Asked, archive
from web.texts import texts


@pytest.fixture(scope="module")
async def filled(
    postgres: EmbeddedPostgres, logins: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Filled]:
    """Played and stored once, as nothing here changes a case but the last test."""
    async with installed(postgres, logins, tmp_path_factory.mktemp("installation")) as site:
        yield site


async def test_a_teacher_gets_all_cases_as_a_teacher_may_see_them(filled: Filled) -> None:
    before = await filled.logged()
    # Somebody looks beforehand, who is told of by role.
    await filled.get(f"/supervision/{filled.played.running}", "auditing_hr")
    files = await filled.file("/me/file", "teacher")
    kinds = [name.split("/")[1][3:] for name in files if name.endswith("case.json")]
    assert sorted(kinds) == ["assessments", "internships", "supervision", "supervision"]
    assert await filled.logged() == before + len(kinds)
    _, page, data = case(files, "supervision", 1)
    assert data["id"] == filled.played.running
    assert data["parts"] == ["teacher"]
    assert "Traject van Teacher" in page
    assert "Klassenbezoek V1 uitgevoerd" in page
    assert "een vast signaal" in page
    everything = read(files)
    # Not theirs yet, and never theirs.
    for hidden in (SECRET, "118.33", "118,33", "InvoiceBasisPrepared", "geheime reden van HR"):
        assert hidden not in everything, hidden
    assert "Dit dossier wordt niet gewist zolang het wordt vastgehouden." in page
    # What of others stands in it, the teacher reads in the case too.
    _, _, assessment = case(files, "assessments")
    assert assessment["parts"] == ["teacher"]
    readers = {(one["what"], *one["roles"]) for one in data["readings"]}
    assert readers == {("summary", "auditor", "hr"), ("file", "teacher")}
    assert [one["oneself"] for one in data["readings"]] == [False, True]
    looks = page[page.index("Wie dit dossier heeft gelezen") :]
    assert "auditor, HR-medewerker" in looks
    assert "uzelf" in looks
    assert "Auditing Hr" not in looks
    assert {one["kind"] for one in data["notices"]} >= {"visit_planned", "talk_planned"}


async def test_nothing_that_was_written_is_taken_for_a_page(filled: Filled) -> None:
    files = await filled.file("/me/file", "teacher")
    pages = read(files, ".html")
    assert "<script" not in pages
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;" in pages
    assert "src=" not in pages
    assert "http" not in pages.replace("http-equiv", "")
    _, page, data = case(files, "supervision", 1)
    corrected = data["timeline"][0]["event_id"]
    item = page[page.index(f'id="e-{corrected}"') :]
    assert "Gerectificeerd op" in item[: item.index("</li>")]
    assert SCRIPT in json.dumps(data, ensure_ascii=False).replace('\\"', '"')


async def test_agreements_come_along_as_they_were_made(filled: Filled) -> None:
    files = await filled.file("/me/file", "teacher")
    folder, page, data = case(files, "internships")
    (paper,) = data["documents"]
    assert f'<a href="{paper["file"]}">' in page
    content = files[f"{folder}/{paper['file']}"]
    assert content.startswith(b"%PDF")
    assert hashlib.sha256(content).hexdigest() == paper["sha256"]
    assert AGREEMENT["goal"] in page
    assert "ondertekend: docent, Teacher, di 20 januari 2026" in page.replace("Docent", "docent")
    assert "{" not in page[page.index("<main>") :]
    assert "24 maanden" in page
    _, behind, _ = case(files, "supervision")
    assert "De termijn is voorbij op" in behind


async def test_what_belongs_to_no_case_stands_on_the_first_page(filled: Filled) -> None:
    await filled.get("/supervision/not-a-case", "teacher")
    files = await filled.file("/me/file", "teacher")
    person = json.loads(files["person.json"])
    assert person["person"]["name"] == "Teacher"
    assert person["person"]["roles"] == ["teacher"]
    (token,) = person["tokens"]
    assert set(token) == {"name", "issued_at", "last_used_at", "ends_at", "revoked_at"}
    assert ([one["how"] for one in person["sessions"]], person["accounts"]) == (["chosen"], [])
    assert (person["mail"], person["feed"]) == ("direct", None)
    acts = {one["type"] for one in person["acts"]}
    assert {"TeacherConsentRecorded", "InternshipProposed", "AgreementSigned"} <= acts
    assert all(one["role"] == "teacher" for one in person["acts"])
    assert {one["type"] for one in person["notices"]} >= {"TrajectoryAccepted", "HostMatched"}
    page = files["index.html"].decode()
    for words in (
        "teacher@voorbeeld.example",
        "Instemming vastgelegd",
        "Autoriteit",
        "Docentstage",
    ):
        assert words in page, words
    assert filled.tokens["teacher"] not in read(files)
    linked = [f'href="{name}"' for name in files if name.startswith("cases/") and "html" in name]
    assert all(link in page for link in linked)


async def test_saved_filters_and_the_log_of_administration_come_along(filled: Filled) -> None:
    """By whom by role; of what somebody did to others only that, and when."""
    store, hr, teacher, mentor = filled.store, IDS["hr"], IDS["teacher"], IDS["mentor"]
    query = "process=supervision&school=De+Windvaan"
    await store.desks.save_filter(TENANT, hr, "Mijn scholen", query, preferred=True)
    entry = await store.entry(TENANT, teacher)
    assert entry is not None
    for language in ("en", "nl"):
        await store.keep_people(TENANT, hr, [replace(entry, language=language)])
    away = Absence(mentor, date(2001, 3, 2), date(2001, 3, 6), teacher)
    await store.keep_absence(TENANT, hr, away)
    await store.note_change(TENANT, hr, "sessions", mentor, {"sessions": 3}, None)

    files = await filled.file("/me/file", "teacher")
    data = json.loads(files["person.json"])
    assert data["filters"] == []
    changed, back, stands_in = data["administration"]
    nl, en = {"language": "nl"}, {"language": "en"}
    said = {"what": "person.changed", "roles": ["hr"], "about_oneself": True, "by_oneself": False}
    assert changed == said | {"at": changed["at"], "before": nl, "after": en}
    assert back == said | {"at": back["at"], "before": en, "after": nl}
    assert set(stands_in) == {"at", "what", "by_oneself", "about_oneself", "named_as"}
    assert (stands_in["what"], stands_in["named_as"]) == ("absence", ["stands_in"])
    page = " ".join(files["index.html"].decode().split())
    log = page[page.index('id="log"') : page.index('id="use"')]
    changes = "over u, door: HR-medewerker", "Taal: was Nederlands; is nu Engels"
    assert all(one in log for one in (*changes, "genoemd als: Waarnemer"))
    assert 'id="filters"' not in page
    for other in (mentor, "2001-03-02", "2 maart 2001", "Mentor", "Hr"):
        assert other not in log + json.dumps(data["administration"]), other

    own = await filled.file("/me/file", "hr", "en")
    data = json.loads(own["person.json"])
    assert [(one["name"], one["query"]) for one in data["filters"]] == [("Mijn scholen", query)]
    whats = [one["what"] for one in data["administration"]]
    assert whats == ["person.changed", "person.changed", "absence", "sessions"]
    assert all(set(one) == set(stands_in) - {"named_as"} for one in data["administration"])
    page = " ".join(own["index.html"].decode().split())
    assert 'Mijn scholen <span class="quiet">(used by default)' in page
    assert page.count("(by you)") == len(whats)
    other = await filled.file(f"/people/{IDS['student']}/file", "hr", "en")
    assert "This log holds nothing by you or about you." in read(other)
    away_file = await filled.file(f"/people/{mentor}/file", "auditor")
    told = json.loads(away_file["person.json"])["administration"][0]
    assert told["after"] == {"from": "2001-03-02", "to": "2001-03-06", "stands_in": teacher}
    assert "Waarnemer: is nu Teacher" in " ".join(read(away_file).split())


async def test_both_languages_say_it(filled: Filled) -> None:
    english = await filled.file("/me/file", "teacher", "en")
    page = english["index.html"].decode()
    assert '<html lang="en">' in page
    assert "Everything Traject has about you" in page
    _, case_page, _ = case(english, "supervision", 1)
    assert "Who read this case" in case_page
    assert "Class visit V1 held" in case_page


async def test_who_knows_of_a_visit_has_it_in_the_own_file(filled: Filled) -> None:
    for by, knows in (("advisor", True), ("manager", False)):
        files = await filled.file("/me/file", by)
        _, page, data = case(files, "supervision", 1)
        assert data["id"] == filled.played.running
        assert (SECRET in page) is knows
        assert (SECRET in json.dumps(data)) is knows
        assert (SECRET in read(files)) is knows
        assert "geheime reden" not in read(files)


async def test_a_calendar_or_window_that_follows_a_case_tells_nothing_of_what_is_planned(
    filled: Filled,
) -> None:
    """The advisor's looks at a case for as long as the unannounced visit is ahead."""
    at, running = datetime(2026, 4, 1, 9, tzinfo=UTC), filled.played.running
    for who, what in product(("advisor", "teacher"), ("page", "feed", "refresh")):
        await filled.store.log_read(
            TENANT, person=IDS[who], at=at, stream=running, process="supervision", what=what
        )
    for by, told in (("teacher", [True]), ("advisor", [True, False])):
        _, _, data = case(await filled.file("/me/file", by), "supervision", 1)
        assert data["id"] == running
        for what in ("feed", "refresh"):
            found = [one["oneself"] for one in data["readings"] if one["what"] == what]
            assert sorted(found, reverse=True) == told, (by, what)


async def test_hr_and_auditors_ask_for_others_and_nobody_else(filled: Filled) -> None:
    contact = f"/people/{IDS['contact']}/file"
    for by in ("teacher", "coordinator", "contact", "board", "manager"):
        answer = await filled.get(contact, by)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.role")
    nobody = "7d5c1f3e-8a52-4c1b-9b8e-2f6a0d9c4b11"
    for path in (f"/people/{nobody}/file", "/people/nobody/file"):
        assert (await filled.get(path, "hr")).status_code == 404
    assert (await filled.http.get("/api/v1/me/file")).status_code == 401
    assert (await filled.http.get(f"/api/v1{contact}")).status_code == 401
    for by in ("hr", "auditor"):
        assert json.loads((await filled.file(contact, by))["person.json"])["person"]["id"]


async def test_who_reads_no_case_gets_what_names_them_and_no_more(filled: Filled) -> None:
    files = await filled.file(f"/people/{IDS['contact']}/file", "hr")
    assert [name for name in files if name.startswith("cases/")] == []
    person = json.loads(files["person.json"])
    named = {one["process"]: one for one in person["named_in"]}
    assert set(named) == {"partners", "internships"}
    assert named["partners"]["parts"] == ["contact:1"]
    moments = [one for one in named["partners"]["events"] if "data" in one]
    assert [one["type"] for one in moments] == ["ContactMomentLogged"]
    assert "Had haast" in moments[0]["data"]["text"]
    fields = {one["type"]: one.get("named_as") for one in named["internships"]["events"]}
    assert fields == {
        "HostMatched": ["contact"],
        "HostContactReplaced": ["previous"],
        "HandoverTaskOpened": ["of"],
    }
    everything = read(files)
    assert "Had haast &lt;script&gt;" in everything
    for others in ("lasrobot", "kwartaalcijfers", "Kees valt in", "Naast de school", "Teacher"):
        assert others not in everything, others
    rows = [one for one in await filled.store.reads(TENANT) if one.what == "file"]
    assert {one.person for one in rows[-2:]} == {IDS["hr"]}


async def test_every_case_is_looked_through_where_that_is_asked(filled: Filled) -> None:
    """An auditor who approved a correction has no part, notice or deed in that case."""
    entry = (await filled.store.entries(TENANT, [IDS["auditor"]]))[IDS["auditor"]]
    now = datetime(2026, 2, 2, 11, tzinfo=UTC)
    asked = Asked(TENANT, entry, IDS["auditor"], now, texts("nl"))
    heard: list[tuple[int, int]] = []
    for all_cases in (False, True):
        pieces = [
            piece
            async for piece in archive(
                filled.site, asked, all_cases=all_cases, tell=lambda *done: heard.append(done)
            )
        ]
        person = json.loads(opened(b"".join(pieces))["person.json"])
        named = [one["id"] for one in person["named_in"]]
        assert named == ([filled.played.running] if all_cases else [])
        assert person["every_case_looked_into"] is all_cases
    assert heard[-1] == (5, 5)


async def test_who_reads_no_further_holds_up_nobody(filled: Filled) -> None:
    slow = [{"Authorization": f"Bearer {filled.tokens[by]}"} for by in ("advisor", "manager")]
    async with unread(filled.app, "/api/v1/me/file", [*slow, *slow]):
        assert await asyncio.wait_for(filled.file("/me/file", "teacher"), 30)


async def test_the_terminal_makes_it_whole_or_not_at_all(filled: Filled, tmp_path: Path) -> None:
    file, heard = tmp_path / "teacher.zip", list[tuple[float, float]]()
    wanted = Wanted(IDS["teacher"], language="en")
    size = await make_file(filled.settings, wanted, file, lambda *done: heard.append(done))
    assert size == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    assert heard[-1] == (5, 5)
    files = opened(file.read_bytes())
    assert "Everything Traject has about you" in files["index.html"].decode()
    assert len([name for name in files if name.endswith("case.json")]) == 4
    rows = [one for one in await filled.store.reads(TENANT) if one.what == "file"]
    assert {one.person for one in rows[-4:]} == {IDS["teacher"]}
    with pytest.raises(BadBoard, match="is there already"):
        await make_file(filled.settings, wanted, file, lambda *_: None)
    kept = exports_folder(filled.settings) / "teacher.zip"
    with pytest.raises(BadBoard, match="choose another"):
        await make_file(filled.settings, wanted, kept, lambda *_: None)
    elsewhere = Wanted(IDS["teacher"], board=IDS["hr"])
    for unknown in (Wanted(TENANT), elsewhere, Wanted(IDS["hr"], by=TENANT)):
        with pytest.raises(UnknownPerson):
            await make_file(filled.settings, unknown, tmp_path / "other.zip", lambda *_: None)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["teacher.zip"]


async def test_what_ended_is_listed_with_until_when_it_is_kept(filled: Filled) -> None:
    (one,) = await kept_cases(filled.settings, None, only_due=False, tell=lambda *_: None)
    told = one.json()
    assert "Personeelsdossier" in told.pop("ground")
    assert told == {
        "board": TENANT,
        "process": "supervision",
        "case": filled.played.escalated,
        "state": "escalated",
        "ended_on": "2026-01-14",
        "class": "personnel_file",
        "months": 24,
        "due_on": "2028-01-14",
        "due": False,
        "hold": False,
        "restricted": False,
        "erasure": None,
    }
    assert await kept_cases(filled.settings, TENANT, only_due=True, tell=lambda *_: None) == []
    assert await kept_cases(filled.settings, IDS["hr"], only_due=False, tell=lambda *_: None) == []
    environment = {
        "TRAJECT_POSTGRES_DSN": filled.database.app_dsn,
        "TRAJECT_MASTER_KEY_FILE": str(filled.settings.master_key_file),
        "TRAJECT_DATA_FOLDER": str(filled.settings.data_folder),
    }

    async def said(*words: str) -> str:
        call = CliRunner().invoke
        result = await asyncio.to_thread(call, cli.app, ["retention", *words], env=environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    listed = await said("list")
    assert f"{filled.played.escalated}  supervision" in listed
    assert "personnel_file 24 months until 2028-01-14  Personeelsdossier" in listed
    assert json.loads(await said("list", "--due", "--json")) == []


async def test_the_first_page_of_the_product_offers_it(filled: Filled) -> None:
    assert (await filled.http.get("/me/file")).headers["location"].startswith("/sign-in?back=")
    filled.http.cookies.set("traject_session", filled.tokens["student"])
    overview = (await filled.http.get("/")).text
    assert '<a class="do plain" href="/me/file" download>Mijn gegevens' in overview
    answer = await filled.http.get("/me/file")
    filled.http.cookies.clear()
    assert answer.headers["content-disposition"].startswith('attachment; filename="mijn-gegevens-')
    page = opened(answer.content)["index.html"].decode()
    assert "Er zijn geen dossiers waarin u een rol hebt." in page
    assert "U hebt niets vastgelegd." in page


async def test_who_left_and_what_was_erased(filled: Filled) -> None:
    """The last one here: it changes what is stored."""
    await filled.store.set_active(TENANT, IDS["advisor"], False)
    stream = filled.played.escalated
    await execute(
        filled.database.owner_dsn,
        f"update traject.stream set erased_us = 1 where stream = '{stream}'",
        "update traject.dossier_key set wrapped = null, destroyed_at = now()"
        f" where stream = '{stream}'",
    )
    filled.site.dossiers.forget_all()
    files = await filled.file(f"/people/{IDS['advisor']}/file", "auditor")
    person = json.loads(files["person.json"])
    assert person["person"]["active"] is False
    assert [one["stream"] for one in person["erased"]] == [stream]
    assert "traject werkbegeleiding" in files["index.html"].decode()
    assert {one["stream"] for one in person["acts"]} >= {stream, filled.played.running}
    (folder,) = {name.split("/")[1] for name in files if name.startswith("cases/")}
    assert folder == "01-supervision"
    concerned = await filled.store.concerning(TENANT, IDS["advisor"])
    assert replace(concerned[0], erased=True) == Concerned(stream, "supervision", True)
