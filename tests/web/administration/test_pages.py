"""Administration: what is typed is kept or said to be wrong, and every change leaves its line."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from activities.letters import KINDS
from deploy.demo.examples import person_id
from events.store.directory import PersonRow
from tests.web.administration.hands import HERE, last_change, sent, shown
from tests.web.example_site import ExampleSite
from tests.web.ruling import wrong_in
from web.administration import health
from web.administration.importing import rows_of
from web.administration.letters import GROUPS as ABOUT
from web.administration.letters import wrong_place
from web.permissions.routes import ROUTES
from web.site import DEMO_BOARD
from web.texts import LANGUAGES, texts
from workflows.gateway import Gateway
from workflows.wire import connect

HEALTH = texts("nl").pages["administration"]["health"]

HR = PersonRow("7f7c1d1e-0000-4000-8000-000000000001", DEMO_BOARD, "Hanne", None, "nl", ("hr",))


async def test_each_sees_what_the_own_role_opens(desk: ExampleSite) -> None:
    for by, parts in (
        ("saskia", {"people", "absence", "handover", "settings", "holidays", "letters", "health"}),
        ("boukje", {"people", "health"}),
        ("rik", {"handover"}),
    ):
        html = await shown(desk, by, HERE)
        assert set(re.findall(rf'class="person" href="{HERE}/(\w+)"', html)) == parts, by
    await shown(desk, "marloes", HERE, 403)
    assert f'href="{HERE}"' in await shown(desk, "boukje", "/")
    assert "Begeleiding van" not in await shown(desk, "boukje", "/")


async def test_every_page_says_all_in_both_languages(desk: ExampleSite) -> None:
    paths = [
        path
        for method, path in (key.split(" ", 1) for key in ROUTES)
        if method == "GET" and path.startswith(HERE) and "{" not in path and "json" not in path
    ]
    paths += [
        f"{HERE}/people/{person_id('ellen')}",
        f"{HERE}/letters/overdue/nl",
        "/permissions?process=partners&role=hr",
    ]
    for language in LANGUAGES:
        http = await desk.signed_in(person_id("saskia"))
        http.cookies.set("traject_language", language)
        titles: set[str] = set()
        for path in paths:
            answer = await http.get(path)
            assert answer.status_code == 200, (path, answer.text)
            plain = re.sub(r"<[^>]*>|\{(naam|name)\}", " ", answer.text.partition("<main")[2])
            assert not re.findall(r"\{\w*\}|\b[a-z]+_[a-z_]+\b|\bNone\b|built-in", plain), path
            titles.add(re.findall(r"<title>(.*?)</title>", answer.text)[0])
            assert answer.text.count("<h1") == 1, path
        assert len(titles) == len(paths)
        http.cookies.delete("traject_language")


async def test_somebody_is_added_changed_and_leaves(desk: ExampleSite) -> None:
    typed = {"name": "Koen Adema", "email": "koen@school", "language": "nl", "roles": "advisor"}
    html = await sent(desk, "saskia", f"{HERE}/people/new", typed, 422)
    assert 'value="Koen Adema"' in html
    assert 'href="#email"' in html
    assert 'aria-describedby="email-help email-wrong"' in html
    typed["email"] = "ellen@voorbeeld.example"
    assert "heeft dit e-mailadres al" in await sent(
        desk, "saskia", f"{HERE}/people/new", typed, 422
    )
    typed["email"] = "koen@school.example"
    where = (await sent(desk, "saskia", f"{HERE}/people/new", typed)).partition("?")[0]
    koen = where.rpartition("/")[2]
    more = {**typed, "roles": ["advisor", "coordinator"], "over": "advisor"}
    await sent(desk, "boukje", where, more)
    assert await last_change(desk, "person") == (
        {"roles": ["advisor"]},
        {"roles": ["advisor", "coordinator"]},
    )
    token = await desk.store.issue_token(DEMO_BOARD, koen)
    link = await desk.store.make_feed(DEMO_BOARD, koen)
    http = await desk.signed_in(koen)
    assert (await http.get("/")).status_code == 200
    await sent(desk, "saskia", f"{where}/leave", {})
    assert await desk.store.by_token(token) is None
    assert await desk.store.feed(DEMO_BOARD, koen) is None, "it stays gone when somebody is back"
    assert await desk.store.by_feed(link) is None
    assert (await http.get("/supervision")).status_code == 303
    assert "geen toegang meer" in await shown(desk, "saskia", where)
    assert "Koen Adema" not in await shown(desk, "saskia", f"{HERE}/people?q=koen")
    assert "Koen Adema" in await shown(desk, "saskia", f"{HERE}/people?q=koen&gone=yes")
    await sent(desk, "saskia", f"{where}/return", {})
    assert await last_change(desk, "person") == ({"active": False}, {"active": True})


async def test_a_form_of_another_site_is_not_found(desk: ExampleSite) -> None:
    http = await desk.signed_in(person_id("saskia"))
    answer = await http.post(
        f"{HERE}/people/new",
        data={"name": "Eve", "language": "nl"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 404
    assert "Eve" not in await shown(desk, "saskia", f"{HERE}/people?q=eve")


def test_a_file_is_read_line_by_line() -> None:
    text = (
        "\ufeffNaam;E-mail;Rollen;Taal\r\n"
        "Karin;karin@school.nl;Leerkracht/mentor;\r\n"
        "Jan;jan;opperhoofd;fr\r\n"
        ";karin@school.nl;;en\r\n"
    )
    rows, wrong = rows_of(text, {}, HR)
    assert wrong == ""
    assert [(row.line, row.kind, row.wrong) for row in rows] == [
        (2, "added", ()),
        (3, "wrong", ("mail", "role", "language")),
        (4, "wrong", ("name", "twice")),
    ]
    assert rows[0].roles == ("teacher", "mentor")
    assert rows_of("a,b\n1,2", {}, HR)[1] == "heads"
    assert rows_of("", {}, HR)[1] == "missing"
    assert rows_of("name\te-mail\n" + "x\tx@y.z\n" * 501, {}, HR)[1] == "lines"
    rows, _ = rows_of("naam;e-mail\rKarin\x1b;karin@school.nl\r", {}, HR)
    assert [row.name for row in rows] == ["Karin"], "an old Mac ends lines so; nothing is unseen"
    assert rows_of("naam;e-mail\nZo\ufffd;zoe@school.nl", {}, HR)[1] == "lost_letters"
    assert rows_of(f'naam;e-mail\n"{"x" * 140_000}";a@b.nl', {}, HR)[1] == "unreadable"


async def test_many_people_come_from_a_file_after_a_look(desk: ExampleSite) -> None:
    file = (
        "naam,e-mail,rollen\n"
        "Nina Post,nina@voorbeeld.example,mentor\n"
        "Ellen van Duinen,ellen@voorbeeld.example,\n"
    )
    before = len(await desk.store.everyone(DEMO_BOARD))
    html = await sent(desk, "saskia", f"{HERE}/people/import", {"file": file}, 200)
    assert "1 nieuw, 0 gewijzigd, 1 ongewijzigd, 0 niet goed" in html
    assert "Sla deze persoon op" in html
    assert len(await desk.store.everyone(DEMO_BOARD)) == before
    await sent(desk, "saskia", f"{HERE}/people/import", {"file": file, "go": "yes"})
    people = {one.name: one.roles for one in await desk.store.everyone(DEMO_BOARD)}
    assert people["Nina Post"] == ("mentor",)
    assert people["Ellen van Duinen"] == ("advisor",), "what is left empty stays as it is"
    again = {"file": file, "go": "yes"}
    html = await sent(desk, "saskia", f"{HERE}/people/import", again, 200)
    assert "Alles staat er al zo in." in html
    more = {"file": file + "Nina Post,nina@voorbeeld.example,mentor/adviseur\n"}
    assert "twee keer" in await sent(desk, "saskia", f"{HERE}/people/import", more, 422)
    changed = {"file": file.replace(",mentor", ",mentor/adviseur")}
    html = await sent(desk, "saskia", f"{HERE}/people/import", changed, 200)
    assert "0 nieuw, 1 gewijzigd, 1 ongewijzigd, 0 niet goed" in html
    wrong = file + "Bas,bas,opper|Hoofd{0}\n"
    html = await sent(desk, "saskia", f"{HERE}/people/import", {"file": wrong, "go": "yes"}, 422)
    assert "1 niet goed" in html
    assert "Niet bekend als rol: opper, Hoofd{0}." in html


async def test_absence_asks_for_no_reason(desk: ExampleSite) -> None:
    today = datetime.now(UTC).date()
    form = {
        "person": person_id("ellen"),
        "from": today.isoformat(),
        "to": (today + timedelta(days=5)).isoformat(),
        "stands_in": person_id("tobias"),
    }
    html = await shown(desk, "saskia", f"{HERE}/absence")
    assert 'name="reason"' not in html
    await sent(desk, "saskia", f"{HERE}/absence", form)
    html = await shown(desk, "saskia", f"{HERE}/absence")
    assert "Tobias Lindqvist neemt waar." in html
    assert "afwezig" in await shown(desk, "saskia", f"{HERE}/people?q=ellen")
    assert "staat deze persoon al" in await sent(desk, "saskia", f"{HERE}/absence", form, 422)
    end = {"person": form["person"], "from": form["from"]}
    await sent(desk, "saskia", f"{HERE}/absence/end", end)
    await sent(desk, "saskia", f"{HERE}/absence/end", end, 404)
    assert (await last_change(desk, "absence"))[1] is None


async def test_letters_have_only_places_that_can_be_filled(desk: ExampleSite) -> None:
    here = f"{HERE}/letters/overdue/nl"
    typed = {"do": "keep", "subject": "Er is iets te laat", "intro": "Dag {naam},\n\nKijk even."}
    html = await sent(desk, "saskia", here, {**typed, "intro": "Dag {voornaam}"}, 422)
    assert "Tussen accolades mag alleen" in html
    assert "Dag {voornaam}" in html
    html = await sent(desk, "saskia", here, {**typed, "do": "preview"}, 200)
    assert "Dag Saskia Polderman," in html
    assert await desk.store.texts_of(DEMO_BOARD) == {}
    await sent(desk, "saskia", here, typed)
    kept = (await desk.store.texts_of(DEMO_BOARD))["overdue", "nl"]
    assert kept.intro.replace("\r\n", "\n") == "Dag {name},\n\nKijk even."
    assert "Dag {naam}," in await shown(desk, "saskia", here)
    assert "1 met eigen tekst" in await shown(desk, "saskia", f"{HERE}/letters")
    await sent(desk, "saskia", here, {"do": "usual"})
    log = re.sub(r"<[^>]+>", "", await shown(desk, "saskia", HERE))
    assert "was Er is iets te laat; is nu standaardtekst" in log
    assert "was Dag {naam}," in log
    assert await desk.store.texts_of(DEMO_BOARD) == {}
    await shown(desk, "saskia", f"{HERE}/letters/nothing/nl", 404)
    assert all(map(wrong_place, ("{", "{}", "}{", "{naam} {x}")))
    assert not wrong_place("{name} en {naam}")


def test_messages_are_called_what_mails_call_them() -> None:
    for place, language in enumerate(("nl", "en")):
        named = texts(language).pages["administration"]["letter_kinds"]
        assert named == {kind: subjects[place] for kind, subjects in KINDS.items()}
    listed = [kind for kinds in ABOUT.values() for kind in kinds]
    assert sorted(listed) == sorted(KINDS), "each stands once in the list"


async def test_all_work_of_somebody_goes_to_another_once(desk: ExampleSite) -> None:
    """By a coordinator, whom the rules let; hr sees what there is and may not do it."""
    ellen, tobias, nienke = map(person_id, ("ellen", "tobias", "nienke"))
    ask = f"?of={ellen}&to={tobias}&reason=Verlof&look=yes"
    parts = await desk.store.parts_of(DEMO_BOARD, ellen)
    assert {one.part for one in parts} == {"advisor"}
    html = await shown(desk, "saskia", f"{HERE}/handover{ask}")
    assert "kan nu niet, of alleen door een ander" in html
    assert "gaat over" not in html
    assert re.search(r"een van de coördinatoren misschien wel: [^<]*Rik Oosterveen\.<", html)
    unfit = ask.replace(tobias, person_id("marloes"))
    assert "heeft niet de juiste rol" in await shown(desk, "rik", f"{HERE}/handover{unfit}")
    html = await shown(desk, "rik", f"{HERE}/handover{ask}")
    assert "misschien wel" not in html
    going = html.count(">gaat over<")
    assert going == len(parts) > 0
    key = re.findall(r'name="key" value="([^"]+)"', html)[0]
    form = {"of": ellen, "to": tobias, "reason": "Verlof", "key": key}
    where = await sent(desk, "rik", f"{HERE}/handover", form)
    again = await sent(desk, "rik", f"{HERE}/handover", form)
    assert again.partition("?")[0] == where.partition("?")[0], "a double click begins it once"
    html = await shown(desk, "rik", where.partition("?")[0])
    assert f"{going} van {going} behandeld" in html
    assert "Reden: Verlof" in html
    assert ">overgedragen<" in html
    assert await desk.store.parts_of(DEMO_BOARD, ellen) == []
    for one in parts:
        events = (await desk.store.load_many(DEMO_BOARD, {one.stream: 0}))[one.stream]
        assert sum(event.type == "AdvisorReplaced" for event in events) == 1
        assert await wrong_in(desk.app, f"{one.process}/{one.stream}") == []
    assert (await last_change(desk, "handover"))[1]["parts"] == going
    # A partner's coordinator goes to somebody who is its deputy: the rules say no, and so it is.
    partner = desk.ids["partner"]
    state = desk.app.state.site.dossiers
    dossier = await state.read(DEMO_BOARD, "partners", partner)
    assert dossier is not None
    deputy = dossier.state.deputy
    form = {"of": dossier.state.coordinator, "to": deputy, "reason": "Verlof", "key": "k"}
    where = (await sent(desk, "nienke", f"{HERE}/handover", form)).partition("?")[0]
    html = await shown(desk, "nienke", where)
    assert ">niet gelukt<" in html
    assert "Probeer opnieuw" in html
    assert nienke == dossier.state.coordinator


async def test_a_temporal_that_says_nothing_keeps_nobody_waiting(
    desk: ExampleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes calls, and answers none: an administrator's first page looks at it, too."""
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        temporal = await connect(address, desk.store.dossier_key, task_queue="x", lazy=True)
        site = desk.app.state.site
        desk.app.state.site = replace(site, gateway=Gateway(desk.store, temporal))
        try:
            assert HEALTH["bad_short"] in await shown(desk, "boukje", "/")
            told = HEALTH["finding"]["temporal"]["many"]
            assert told in await shown(desk, "boukje", f"{HERE}/health")
        finally:
            desk.app.state.site = site


async def test_how_it_goes_is_told_in_words_and_to_programs(desk: ExampleSite) -> None:
    await desk.catch_up()
    html = await shown(desk, "boukje", f"{HERE}/health")
    assert "De dienst die dossiers afhandelt, is bereikbaar." in html
    assert "Eén achtergronddienst behandelt de dossiers." in html
    told = (await desk.get("boukje", f"{HERE}/health.json")).json()
    levels = {one["name"]: one["level"] for one in told["findings"]}
    assert levels["temporal"] == levels["workers"] == levels["parked"] == "ok"
    assert {"mail", "mail_failed", "late", "no_checkpoint"} <= levels.keys()
    await sent(desk, "boukje", f"{HERE}/health/retry", {})
    assert "binnen een minuut" in await shown(desk, "boukje", f"{HERE}/health")
    await shown(desk, "marloes", f"{HERE}/health.json", 403)


async def test_an_administrator_meets_no_closed_door(desk: ExampleSite) -> None:
    """Whatever a page shows somebody who looks after the system and sees no case leads on."""
    await desk.catch_up()
    someone = f"{HERE}/people/{person_id('ellen')}"
    for page in ("/", HERE, someone, f"{HERE}/health", f"{HERE}/mail"):
        html = await shown(desk, "boukje", page)
        main = html.partition("<main")[2].partition("</main>")[0]
        for href in set(re.findall(r'href="(/[^"#]*)"', main)):
            await shown(desk, "boukje", href)
    assert "Afwezigheid vastleggen" in await shown(desk, "saskia", someone)
    home = await shown(desk, "boukje", "/")
    assert f'href="{HERE}/people"' in home
    assert "Er werkt iets niet goed. Kijk bij ‘Werking van Traject’." in home, "nothing is signed"
    assert "in uw dossiers" not in home, "there are none"
    assert f'href="{HERE}/health"' not in await shown(desk, "saskia", "/")


async def test_auditors_search_what_was_changed(desk: ExampleSite) -> None:
    now = await desk.store.settings(DEMO_BOARD)
    later = now.model_copy(update={"close": now.close + 1})
    by = person_id("saskia")
    await desk.store.change_settings(DEMO_BOARD, by, later, over=now, what="settings")
    html = await shown(desk, "noor", "/audit/administration")
    assert "Instellingen gewijzigd" in html
    assert "Saskia Polderman" in html
    html = await shown(desk, "noor", f"/audit/administration?what=letter&by={person_id('saskia')}")
    assert "Instellingen gewijzigd" not in html
    assert "Tekst van een bericht gewijzigd" in html
    html = await shown(desk, "noor", "/audit/administration?to=2020-01-01")
    assert "Toon alles" in html
    assert "geen wijzigingen in deze selectie" in html
    await shown(desk, "saskia", "/audit/administration", 403)


@pytest.mark.parametrize("path", ["people", "holidays", "letters/overdue/nl", "absence"])
async def test_odd_questions_are_answered(desk: ExampleSite, path: str) -> None:
    odd = "q=%25%27%00x&page=99999999&year=٣&role=x&of=x&look=1&done=%3Cscript%3E&person=%22x"
    answer = await desk.get("saskia", f"{HERE}/{path}?{odd.replace('%00', '')}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text.partition("<main")[2]
