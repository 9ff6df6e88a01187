"""Signing in with an account of the school: a real code flow against a provider on loopback."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from observability import configure_logging
from tests.web.signin.conftest import HOME, PUBLIC, SECRET, Door, query_of

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config.*:DeprecationWarning")
"""The provider of the tests is written for an older Authlib."""

VERIFIED = {"email": "sanne@voorbeeld.example", "email_verified": True}


async def test_somebody_comes_in_and_goes_on_to_the_page(door: Door) -> None:
    await door.account("s1", **VERIFIED)
    async with door.browser() as browser:
        asked = await browser.get("/supervision?show=ended")
        assert asked.headers["Location"] == "/sign-in?back=%2Fsupervision%3Fshow%3Dended"
        offered = await browser.get(asked.headers["Location"])
        assert "/sign-in/start?back=%2Fsupervision%3Fshow%3Dended" in offered.text
        answer = await door.come_in(browser, "s1", "/supervision?show=ended")
        assert answer.headers["Location"] == "/supervision?show=ended"
        (cookie,) = [c for c in answer.headers.get_list("Set-Cookie") if "traject_session" in c]
        assert cookie.startswith("__Host-traject_session=")
        for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=43200"):
            assert word in cookie
        assert "Domain" not in cookie
        assert "Sanne" in (await browser.get("/supervision?show=ended")).text
        (session,) = await door.store.sessions_of(door.tenant, door.people["sanne"].id)
        assert session.how == "provider"


async def test_the_flow_is_bound_to_this_browser(door: Door) -> None:
    await door.account("s1", **VERIFIED)
    async with door.browser() as browser, door.browser() as other:
        start = await browser.get("/sign-in/start")
        sent = query_of(start.headers["Location"])
        assert sent["response_type"] == "code"
        assert sent["redirect_uri"] == "https://traject.example/sign-in/return"
        assert sent["code_challenge_method"] == "S256"
        back = await door.code(start.headers["Location"], "s1")
        # A link that somebody else was sent after signing in is of no use.
        assert (await other.get(back)).status_code == 400
        wrong = back.replace(sent["state"], sent["state"][:-1] + "x")
        assert (await browser.get(wrong)).status_code == 400
        answer = await browser.get(back)
        assert answer.status_code == 303
        (token,) = [r for r in door.wire.seen if r.method == "POST"]
        verifier = parse_qs(token.content.decode())["code_verifier"][0]
        assert create_s256_code_challenge(verifier) == sent["code_challenge"]
        # Neither the way nor the code serves twice.
        assert (await browser.get(back)).status_code == 400


async def test_every_sign_in_has_a_new_key(door: Door) -> None:
    await door.account("s1", **VERIFIED)
    name = "__Host-traject_session"
    async with door.browser() as browser:
        browser.cookies.set(name, "known-to-somebody-else", domain="traject.example")
        await door.come_in(browser, "s1")
        first = [c.value for c in browser.cookies.jar if c.name == name]
        assert "known-to-somebody-else" not in first
        assert await door.store.by_session("known-to-somebody-else") is None
        await door.come_in(browser, "s1")
        second = browser.cookies[name]
        assert second not in first
        assert await door.store.by_session(str(first[0])) is None


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({}, "Uw account is nog niet bekend"),
        ({"email": "sanne@voorbeeld.example"}, "Uw account is nog niet bekend"),
        (VERIFIED | {"email": "ander@voorbeeld.example"}, "Uw account is nog niet bekend"),
        (VERIFIED | {"schac_home_organization": "elders.example"}, "Uw bestuur is nog niet bekend"),
        (VERIFIED | {"schac_home_organization": None}, "Uw bestuur is nog niet bekend"),
    ],
)
async def test_who_is_not_known_stays_out(door: Door, claims: dict[str, str], words: str) -> None:
    await door.account("s2", **claims)
    async with door.browser() as browser:
        answer = await door.come_in(browser, "s2")
        assert answer.status_code == 403
        assert words in answer.text
        assert ("<code" in answer.text) == ("account" in words)
        # The provider would let the same account in again at once.
        assert f'href="{door.idp}/oauth2/end_session?' in answer.text
        assert (await browser.get("/supervision")).headers["Location"].startswith("/sign-in")
    assert len(await door.store.everyone(door.tenant)) == 1


async def test_an_account_is_known_by_its_subject_from_then_on(door: Door) -> None:
    await door.account("s1", **VERIFIED)
    async with door.browser() as browser:
        await door.come_in(browser, "s1")
        await door.rules()
        await door.account("s1", email="getrouwd@voorbeeld.example")
        assert (await door.come_in(browser, "s1")).status_code == 303
        # Another account with the same address is somebody else.
        await door.rules(link_by_email=True)
        await door.account("s3", **VERIFIED)
        assert (await door.come_in(browser, "s3")).status_code == 403
        await door.store.set_active(door.tenant, door.people["sanne"].id, False)
        answer = await door.come_in(browser, "s1")
        assert "U hebt geen toegang meer" in answer.text


async def test_a_board_may_let_the_provider_bring_people_and_roles(door: Door) -> None:
    roles = {"employee": "advisor", "board": "board"}
    await door.rules(make_people=True, roles_by="both", roles=roles)
    await door.account("s4", name="Tom Bos", eduperson_affiliation=["employee", "staff"])
    async with door.browser() as browser:
        assert (await door.come_in(browser, "s4")).status_code == 303
        tom = next(p for p in await door.store.everyone(door.tenant) if p.name == "Tom Bos")
        assert tom.roles == ("advisor",)
        # What the board gave stays; what the provider gave goes when it is given no more.
        await door.store.set_roles(door.tenant, tom.id, ["advisor", "mentor"])
        await door.account("s4", name="Tom Bos", eduperson_affiliation="board")
        await door.come_in(browser, "s4")
        assert await _roles(door, tom.id) == ("board", "mentor")
        await door.rules(roles_by="provider", roles=roles)
        await door.come_in(browser, "s4")
        assert await _roles(door, tom.id) == ("board",)
        await door.rules(roles_by="board", roles=roles)
        await door.account("s4", name="Tom Bos", eduperson_affiliation="employee")
        await door.come_in(browser, "s4")
        assert await _roles(door, tom.id) == ("board",)
    await door.account("s5", name="", given_name="", eduperson_affiliation="employee")
    await door.rules(make_people=True)
    async with door.browser() as browser:
        answer = await door.come_in(browser, "s5")
        assert "Uw naam ontbreekt" in answer.text


async def _roles(door: Door, person: str) -> tuple[str, ...]:
    return (await door.store.persons(door.tenant, [person]))[person].roles


async def test_who_leaves_may_leave_the_school_too(door: Door) -> None:
    await door.account("s1", **VERIFIED)
    async with door.browser() as browser:
        await door.come_in(browser, "s1")
        key = browser.cookies["__Host-traject_session"]
        answer = await browser.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
        assert await door.store.by_session(key) is not None
        answer = await browser.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.headers["Location"] == "/sign-in/left"
        assert await door.store.by_session(key) is None
        assert "__Host-traject_session" not in browser.cookies
        told = await browser.get("/sign-in/left")
        assert f"{door.idp}/oauth2/end_session?client_id=traject" in told.text


async def test_a_provider_that_is_away_is_said_so(door: Door) -> None:
    async with door.browser() as browser:
        door.wire.away = True
        answer = await browser.get("/sign-in/start?back=/supervision")
        assert (answer.status_code, "niet bereikbaar" in answer.text) == (503, True)
        assert 'href="/sign-in?back=%2Fsupervision"' in answer.text
        door.wire.away = False
        start = await browser.get("/sign-in/start")
        state = query_of(start.headers["Location"])["state"]
        denied = await browser.get("/sign-in/return", params={"error": "x", "state": state})
        assert (denied.status_code, "afgebroken" in denied.text) == (400, True)
        # Who says no at the provider comes back from some of them without the state.
        denied = await browser.get("/sign-in/return", params={"error": "access_denied"})
        assert (denied.status_code, "afgebroken" in denied.text) == (400, True)
        start = await browser.get("/sign-in/start")
        state = query_of(start.headers["Location"])["state"]
        made_up = await browser.get("/sign-in/return", params={"code": "x", "state": state})
        assert (made_up.status_code, "niet gelukt" in made_up.text) == (400, True)


PROVIDERS = ("authlib", "werkzeug", "oidc_provider_mock")
"""Loggers of the provider, which runs in this very process."""


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, down to the least line."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("DEBUG", stream)
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()


async def test_nothing_secret_is_logged(door: Door, lines: io.StringIO) -> None:
    await door.account("s1", **VERIFIED)
    async with door.browser() as browser:
        start = await browser.get("/sign-in/start")
        logging.disable(logging.CRITICAL)
        back = await door.code(start.headers["Location"], "s1")
        logging.disable(logging.NOTSET)
        answer = await browser.get(back)
        assert answer.status_code == 303
        await browser.get(back)
        key = browser.cookies["__Host-traject_session"]
        await browser.get("/supervision")
        token = await door.store.make_token(door.tenant, door.people["sanne"].id, "rooster")
        await browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    (exchange,) = [r for r in door.wire.seen if r.method == "POST"]
    (told,) = [r for r in door.wire.seen if r.url.path == "/userinfo"]
    sent = query_of(back) | query_of(start.headers["Location"])
    verifier = parse_qs(exchange.content.decode())["code_verifier"][0]
    bearer = told.headers["Authorization"].removeprefix("Bearer ")
    found = [line for line in lines.getvalue().splitlines() if not _of_others(line)]
    text = "\n".join(found)
    assert "account linked" in text
    for secret in (key, token, verifier, bearer, sent["code"], sent["state"], sent["nonce"]):
        assert len(secret) > 15
        assert secret not in text
    assert SECRET not in text
    assert HOME not in text
    assert "sanne@" not in text


def _of_others(line: str) -> bool:
    """Of the provider, or of the browser, which is a client of the same kind as the product's."""
    told = json.loads(line)
    return told.get("logger", "").startswith(PROVIDERS) or f" {PUBLIC}/" in str(told.get("event"))
