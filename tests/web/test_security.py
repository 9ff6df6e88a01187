"""What others may try against the site: code in pages, forms of other sites, addresses that lead
away, fields nobody asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import cast
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from starlette.routing import BaseRoute, Route

from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.web.conftest import client_of
from tests.web.pages_everywhere import PAGES
from tests.web.served import Served, served
from web.headers import HEADERS, KEYS
from web.pages.page import FOLDER
from web.site import DEMO_BOARD
from workflows.registry import RULES

TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
SCRIPTS = sorted((FOLDER / "static").rglob("*.js"))
SAME = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elders.example"},
    {"Origin": "http://127.0.0.1:8000.elders.example"},
    {"Origin": "http://127.0.0.1"},
)
OF_CODE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|\|\s*safe\b"
    r"|(?:src|href)\s*=\s*[\"']?(?:https?:)?//",
    re.IGNORECASE,
)
"""Code or styles within a page, something from another place, and text that is not escaped."""
OF_TEXT = re.compile(
    r"\beval\(|\bnew Function\(|\.innerHTML\s*\+?=|\.outerHTML\s*\+?=|insertAdjacentHTML"
    r"|document\.write|localStorage|sessionStorage|https?://(?!www\.w3\.org/)"
)
"""How a script would turn text into code or markup, keep what people wrote, or call others."""
TAKEN_HOME = ("export.html", "file/")
"""Pages of the file that people take home: no site serves them, their styles are with them."""


def test_no_template_has_code_in_it() -> None:
    found: dict[str, list[str]] = {}
    for template in TEMPLATES:
        name = template.relative_to(FOLDER / "templates").as_posix()
        faults = OF_CODE.findall(template.read_text(encoding="utf-8"))
        if name.startswith(TAKEN_HOME):
            faults = [one for one in faults if one.lower() != "<style"]
        if faults:
            found[name] = faults
    assert found == {}


def test_no_script_makes_code_of_text() -> None:
    found = {file.name: OF_TEXT.findall(file.read_text(encoding="utf-8")) for file in SCRIPTS}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_policy_lets_nothing_in() -> None:
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "data:" not in policy
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= {
        part.strip() for part in policy.split(";")
    }


@pytest.fixture(scope="module")
async def site(postgres: EmbeddedPostgres, logins: dict[str, str]) -> AsyncIterator[Served]:
    async with served(postgres, logins) as site:
        yield site


@pytest.fixture(scope="module")
async def doors(site: Served) -> AsyncIterator[dict[str | None, httpx2.AsyncClient]]:
    """The site as each example person has it open, and as somebody who is not signed in."""
    found: dict[str | None, httpx2.AsyncClient] = {}
    for key in (None, *site.board.people):
        found[key] = http = client_of(site.app)
        if key is not None and site.board.people[key].roles != ("contact",):
            chosen = {"person": person_id(key)}
            assert (await http.post("/sign-in", data=chosen, headers=SAME)).status_code == 303
    yield found
    for http in found.values():
        await http.aclose()


Doors = dict[str | None, httpx2.AsyncClient]


async def test_every_page_is_kept_from_doing_more(site: Served, doors: Doors) -> None:
    for shown in PAGES:
        answer = await doors[shown.person].get(shown.path.format_map(site.ids))
        for name, value in HEADERS.items():
            secret = name == "referrer-policy" and shown.path.startswith(KEYS)
            kept = "no-referrer" if secret else value
            assert answer.headers.get(name) == kept, (shown.name, name)
        assert answer.headers["cache-control"].startswith(("no-store", "private")), shown.name
        assert "strict-transport-security" not in answer.headers, "a demo has no TLS"
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=", answer.text), shown.name


def posts(site: Served) -> Iterator[tuple[str, str]]:
    """Every address that changes something, with the ids of cases there are."""
    routes = cast("list[BaseRoute]", site.app.routes)
    for route in routes:
        if not isinstance(route, Route) or route.path.startswith("/api/"):
            continue
        process = route.path.split("/")[1]
        names = {"supervision": "in_guidance"}
        case = site.ids.get(names.get(process, process.removesuffix("s")), str(uuid4()))
        command = min(RULES[process].commands) if process in RULES else "X"
        fill = {"id": case, "code": site.ids["link"], "command": command, "process": "supervision"}
        path = re.sub(r":\w+\}", "}", route.path).format_map(
            defaultdict(lambda: str(uuid4()), fill)
        )
        for method in sorted((route.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            yield method, path


async def test_no_other_site_sends_a_form_for_us(site: Served, doors: Doors) -> None:
    before = await _events(site)
    tried = list(posts(site))
    assert len(tried) > 10
    for method, path in tried:
        for number, elsewhere in enumerate(ELSEWHERE):
            http = doors["rik" if number % 2 else "saskia"]
            cookies = dict(http.cookies)
            answer = await http.request(method, path, data={"language": "en"}, headers=elsewhere)
            refused = answer.status_code in (403, 404, 429)
            # Signing out and the choice of a language lead to a page; what counts is that nothing
            # was set or taken away.
            idle = answer.status_code == 303 and "set-cookie" not in answer.headers
            assert refused or idle, (method, path, elsewhere, answer.status_code)
            assert dict(http.cookies) == cookies, path
    assert await _events(site) == before
    assert (await doors["rik"].get("/supervision")).status_code == 200
    assert (await doors["saskia"].get("/supervision")).status_code == 200


async def test_a_session_opens_no_call_of_the_api(site: Served, doors: Doors) -> None:
    """The API goes by tokens alone: what a browser sends by itself gives no command there."""
    case = site.ids["in_guidance"]
    for path in ("/me", "/supervision", f"/supervision/{case}", "/dashboard"):
        assert (await doors["saskia"].get(f"/api/v1{path}")).status_code == 401
    path = f"/api/v1/supervision/{case}/commands/Suspend"
    headers = {"Idempotency-Key": str(uuid4())}
    answer = await doors["saskia"].post(path, json={"category": "leave"}, headers=headers)
    assert answer.status_code == 401


AWAY = (
    "https://elders.example",
    "//elders.example",
    "///elders.example",
    "/\\elders.example",
    "\\\\elders.example",
    "/\t/elders.example",
    "/%09/elders.example",
    "/%2felders.example",
    "/%5celders.example",
    "http:elders.example",
    " //elders.example",
    "/\n/elders.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@elders.example",
    ".elders.example",
)


@pytest.mark.parametrize("away", AWAY)
async def test_no_address_leads_away(site: Served, doors: Doors, away: str) -> None:
    http = doors[None]
    answers = [
        await http.post("/language", data={"language": "nl", "back": away}, headers=SAME),
        await http.post("/sign-in", data={"person": person_id("noor"), "back": away}, headers=SAME),
        await http.get("/sign-in", params={"back": away}),
        await http.get("/", params={"back": away, "next": away}),
        await doors["saskia"].get("/sign-in", params={"back": away}),
    ]
    http.cookies.clear()
    for answer in answers:
        where = answer.headers.get("location")
        if where is not None:
            _at_home(where)
        for where in re.findall(r"(?:href|action|content)=\"([^\"]*elders[^\"]*)\"", answer.text):
            _at_home(where)


def _at_home(where: str) -> None:
    """A browser stays with us: it leaves out tabs and line breaks, and takes ``\\`` for ``/``."""
    plain = re.sub(r"[\t\r\n]", "", where).strip().replace("\\", "/")
    assert urlsplit(urljoin("http://127.0.0.1:8000/x/y", plain)).netloc == "127.0.0.1:8000", where
    assert urlsplit(plain).scheme in ("", "http"), where


INTRUDING = (
    "by", "tenant", "actor", "role", "roles", "event_id", "command_id", "stream", "process",
    "recorded_at", "version", "settings_version", "__class__", "model_config",
)  # fmt: skip


def test_no_command_takes_a_field_that_is_not_its_own(site: Served) -> None:
    schemas = site.app.openapi()["components"]["schemas"]
    for process, rules in RULES.items():
        for name, kind in rules.commands.items():
            assert kind.model_config.get("extra") == "forbid", (process, name)
            fields = schemas.get(f"{process}.{name}", {}).get("properties", {})
            assert not {"tenant", "by", "actor", "event_id", "recorded_at"} & set(fields), name


@pytest.mark.parametrize("field", INTRUDING)
async def test_a_call_cannot_say_who_and_when_it_is(site: Served, field: str) -> None:
    token = await site.store.issue_token(DEMO_BOARD, person_id("hendrik"))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    path = f"/api/v1/supervision/{site.ids['in_guidance']}/commands/Suspend"
    sent = {"category": "leave", field: person_id("saskia")}
    async with client_of(site.app) as http:
        answer = await http.post(path, json=sent, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"] == [
        {"field": field, "detail": answer.json()["errors"][0]["detail"]}
    ]


UPLOADS = (
    b'--x\r\nContent-Disposition: form-data; name="a"; filename="../../x"\r\n\r\nx\r\n--x--',
    b"",
    b"\x00" * 4096,
    b"a=" + b"b" * 2_000_000,
    b"&".join(b"a%d=1" % number for number in range(20_000)),
)


async def test_nothing_that_is_uploaded_breaks_a_form(site: Served, doors: Doors) -> None:
    case = f"/supervision/{site.ids['in_guidance']}/do/Suspend"
    for path in ("/language", case, "/sign-in", f"/sign/{site.ids['link']}"):
        for sent in UPLOADS:
            for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
                headers = SAME | {"Content-Type": kind}
                answer = await doors["hendrik"].post(path, content=sent, headers=headers)
                assert answer.status_code < 500, (path, kind, sent[:40], answer.status_code)


async def _events(site: Served) -> int:
    raw = await asyncpg.connect(site.database.owner_dsn)
    try:
        return int(await raw.fetchval("select count(*) from traject.event") or 0)
    finally:
        await raw.close()
