"""One's own sessions and tokens, forms without a session, the emergency, too many tries."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from html import unescape

import asyncpg
import httpx2
import pytest

from tests.conftest import Database
from tests.web.signin.conftest import Door
from web.signin.access import networks
from web.signin.limits import BY_ADDRESS, BY_CODE

ELSEWHERE = ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"})
PASSWORD = "zeven paarden eten appels"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


async def test_a_form_whose_session_is_over_keeps_all_that_was_typed(door: Door) -> None:
    action = "/supervision/3d5c9d8e-0f4b-5a7c-8e61-6a1d2b7c4f90/do/RecordIntake?x=1"
    typed = [("topics.0", 'a "b" <c>'), ("topics.1", ""), ("note", "één\nregel"), ("note", "2")]
    async with door.browser() as browser:
        answer = await browser.post(action, data=dict(typed[:2]) | {"note": ["één\nregel", "2"]})
        assert answer.status_code == 401
        assert "U bent niet meer aangemeld" in answer.text
        assert 'action="' + action.replace("&", "&amp;") + '"' in answer.text
        form = answer.text[answer.text.index('class="todo"') :]
        kept = [(unescape(name), unescape(value)) for name, value in HIDDEN.findall(form)]
        assert sorted(kept) == sorted(typed)
        assert '/sign-in?back=%2Fsign-in%2Fdone" target="_blank"' in answer.text
        for headers in ELSEWHERE:
            assert (await browser.post(action, data={"a": "b"}, headers=headers)).status_code == 404
        await door.enter(browser)
        done = await browser.get("/sign-in?back=/sign-in/done")
        assert done.headers["Location"] == "/sign-in/done"
        assert "Opnieuw versturen" in (await browser.get("/sign-in/done")).text


async def test_people_see_and_end_their_sessions(door: Door) -> None:
    async with door.browser() as browser, door.browser() as phone, door.browser() as other:
        await door.enter(browser)
        await door.enter(phone)
        door.people["bo"] = await door.store.add_person(door.tenant, "Bo", roles=["hr"])
        stranger = await door.enter(other, "bo")
        text = (await browser.get("/me/sessions")).text
        assert text.count("Firefox, Linux</span>") == 0
        ids = re.findall(r'name="session" value="([^"]+)"', text)
        assert len(ids) == 2
        assert text.count("dit apparaat") == 1
        # Nobody ends the session of somebody else by its id.
        bos = await door.store.by_session(stranger)
        assert bos is not None
        await browser.post("/me/sessions", data={"session": bos.session})
        assert await door.store.by_session(stranger) is not None
        for headers in ELSEWHERE:
            answer = await browser.post("/me/sessions", data={"others": "all"}, headers=headers)
            assert answer.status_code == 404
        assert (await phone.get("/me/sessions")).status_code == 200
        await browser.post("/me/sessions", data={"others": "all"})
        assert (await phone.get("/me/sessions")).status_code == 303
        (mine,) = await door.store.sessions_of(door.tenant, door.people["sanne"].id)
        answer = await browser.post("/me/sessions", data={"session": mine.id})
        assert answer.headers["Location"] == "/"
        assert (await browser.get("/me")).status_code == 303
        assert (await other.get("/me")).status_code == 200


async def test_an_open_window_keeps_nobody_signed_in(door: Door, database: Database) -> None:
    """What a page asks by itself does not count as using the session."""
    raw = await asyncpg.connect(database.owner_dsn)
    by_itself = ({"Accept": "text/event-stream"}, {"Traject-By-Itself": "yes"})
    try:
        async with door.browser() as browser:
            await door.enter(browser)
            await raw.execute("update traject.session set used_at = now() - interval '1 hour'")
            (before,) = await door.store.sessions_of(door.tenant, door.people["sanne"].id)
            for headers in by_itself:
                assert (await browser.get("/me", headers=headers)).status_code == 200
            (still,) = await door.store.sessions_of(door.tenant, door.people["sanne"].id)
            assert still.used_at == before.used_at
            await browser.get("/me")
            (used,) = await door.store.sessions_of(door.tenant, door.people["sanne"].id)
            assert used.used_at > before.used_at
            left = await browser.post("/sign-out")
            assert left.headers["Strict-Transport-Security"] == "max-age=31536000"
            assert left.headers["Clear-Site-Data"] == '"cache"'
    finally:
        await raw.close()


async def test_a_token_is_shown_once_and_ended(door: Door) -> None:
    async with door.browser() as browser:
        await door.enter(browser)
        for headers in ELSEWHERE:
            sent = {"name": "rooster", "days": "30"}
            answer = await browser.post("/me/tokens", data=sent, headers=headers)
            assert answer.status_code == 404
        wrong = await browser.post("/me/tokens", data={"name": " ", "days": "9999"})
        assert wrong.status_code == 422
        assert "Vul in waarvoor de sleutel is." in wrong.text
        assert "Kies hoe lang" in wrong.text
        made = await browser.post("/me/tokens", data={"name": "Rooster <b>", "days": "30"})
        token = re.findall(r">(tj_[^<]+)<", made.text)[0]
        # The same form once more, as by a page that is loaded anew, makes no second one.
        twice = await browser.post("/me/tokens", data={"name": " Rooster  <b>", "days": "30"})
        assert (twice.status_code, "tj_" in twice.text) == (422, False)
        assert "U hebt al een sleutel met deze omschrijving." in twice.text
        assert twice.text.count('name="end"') == 1
        assert made.headers["Cache-Control"] == "no-store"
        bearer = {"Authorization": f"Bearer {token}"}
        me = await browser.get("/api/v1/me", headers=bearer)
        assert me.json()["name"] == "Sanne"
        again = (await browser.get("/me/tokens")).text
        assert token not in again
        assert "Rooster &lt;b&gt;" in again
        ended = re.findall(r'name="end" value="([^"]+)"', again)[0]
        await browser.post("/me/tokens", data={"end": ended})
        assert (await browser.get("/api/v1/me", headers=bearer)).status_code == 401
        # The key of a session is none of the API's.
        key = await door.enter(browser)
        bearer = {"Authorization": f"Bearer {key}"}
        assert (await browser.get("/api/v1/me", headers=bearer)).status_code == 401
        # And a token is none of the pages'.
        token = await door.store.make_token(door.tenant, door.people["sanne"].id, "x")
        cookie = {"Cookie": f"__Host-traject_session={token}"}
        async with door.browser(**cookie) as other:
            assert (await other.get("/me")).status_code == 303


async def _tried(browser: httpx2.AsyncClient, login: str, password: str) -> httpx2.Response:
    sent = {"login": login, "password": password}
    return await browser.post("/sign-in/emergency", data=sent)


async def test_the_emergency_lets_an_administrator_in_and_is_noted(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    person = await door.store.add_person(door.tenant, "Noodbeheer", roles=["administrator"])
    await door.store.set_emergency(door.tenant, person.id, "nood", PASSWORD)
    async with door.browser() as browser:
        assert "Noodwachtwoord" in (await browser.get("/sign-in/emergency")).text
        for headers in ELSEWHERE:
            sent = {"login": "nood", "password": PASSWORD}
            answer = await browser.post("/sign-in/emergency", data=sent, headers=headers)
            assert answer.status_code == 404
        assert (await _tried(browser, "", "")).status_code == 422
        assert (await _tried(browser, "nie\0mand", PASSWORD)).status_code == 401
        refused = await _tried(browser, "nood", "verkeerd wachtwoord")
        assert refused.status_code == 401
        assert "verkeerd wachtwoord" not in refused.text
        assert (await _tried(browser, "iemand", PASSWORD)).status_code == 401
        assert (await _tried(browser, "Nood", PASSWORD)).status_code == 303
        assert (await browser.get("/me")).status_code == 200
        # It makes no token that outlives it, and is an administrator whatever else it is given.
        assert (
            await browser.post("/me/tokens", data={"name": "x", "days": "30"})
        ).status_code == 403
        await door.store.set_roles(door.tenant, person.id, ["administrator", "hr"])
        assert "Trajecten" not in (await browser.get("/")).text
        assert (await browser.get("/people")).status_code == 404
    log = await door.store.refusals(door.tenant)
    assert [(row.code, row.person) for row in log] == [
        ("auth.emergency_refused", None),
        ("auth.emergency_used", person.id),
    ]
    door.people["noor"] = await door.store.add_person(door.tenant, "Noor", roles=["auditor"])
    async with door.browser() as browser:
        await door.enter(browser, "noor")
        told = (await browser.get("/audit/search.csv?kind=refusals")).text.splitlines()
        said = "Aanmelden met noodtoegang;Noodtoegang gebruikt;geen dossier"
        assert said in told[1].replace(",", ";"), "in words, and no identifier of the code"
        assert "onbekende persoon" in told[2], "who does not know the password is nobody we know"
    async with door.browser() as browser:
        assert (await _tried(browser, "nood", PASSWORD)).status_code == 401
        await door.store.set_roles(door.tenant, person.id, ["administrator"])
        await door.store.switch_off_emergency(door.tenant, person.id)
        assert (await _tried(browser, "nood", PASSWORD)).status_code == 401
        # Five tries of one name, from wherever, then it takes time.
        await _tried(browser, "nood", PASSWORD)
        many = await _tried(browser, "NOOD", PASSWORD)
        assert many.status_code == 429
        assert 0 < int(many.headers["Retry-After"]) <= 300
        assert "te vaak" in many.text


async def test_tries_are_counted_by_address_and_by_code(door: Door) -> None:
    code = "A" * 90
    async with door.browser() as browser:
        for _ in range(BY_CODE["link"].size):
            assert (await browser.get(f"/sign/{code}")).status_code == 404
        many = await browser.get(f"/sign/{code}")
        assert many.status_code == 429
        assert int(many.headers["Retry-After"]) >= 1
        assert (await browser.get("/sign/other")).status_code == 404
    site, pace = door.site, BY_ADDRESS["link"]
    long = "A" * 2000
    for _ in range(BY_CODE["link"].size):
        site.buckets.take("link code", long, BY_CODE["link"])
    async with door.browser() as browser:
        # What cannot be a code is not counted as one.
        assert (await browser.get(f"/sign/{long}")).status_code == 404
    for _ in range(pace.size):
        site.buckets.take("link", "192.0.2.10", pace)
    async with door.browser() as browser:
        assert (await browser.get("/sign/another")).status_code == 429
        # Whoever is no proxy of ours does not say where it comes from.
        forged = {"X-Forwarded-For": "198.51.100.1"}
        assert (await browser.get("/sign/another", headers=forged)).status_code == 429
        known = replace(site, access=replace(site.access, proxies=networks("192.0.2.0/24")))
        door.app.state.site = known
        assert (await browser.get("/sign/another", headers=forged)).status_code == 404
        through = {"X-Forwarded-For": "198.51.100.1, 192.0.2.10, 192.0.2.11"}
        assert (await browser.get("/sign/another", headers=through)).status_code == 404
        # A proxy may add a line of its own, below the one that the caller made up.
        lines = [("X-Forwarded-For", f"198.51.100.{n}, 203.0.113.9") for n in (1, 2)]
        lines.append(("X-Forwarded-For", "198.51.100.7"))
        for _ in range(pace.size):
            site.buckets.take("link", "198.51.100.7", pace)
        assert (await browser.get("/sign/another", headers=lines)).status_code == 429
