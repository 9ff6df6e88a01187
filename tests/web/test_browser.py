"""The pages in a real browser: nothing sticks out, and nothing is barred to anyone."""

from __future__ import annotations

import asyncio
import io
import shutil
import socket
import zipfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from deploy.outbox import kept_mail
from events.store.keys import MasterKeys
from events.store.links import SigningLink
from events.store.migrate import mark_installation
from events.store.store import Store
from settings import Settings
from tests.conftest import Database
from tests.web.conftest import FACTS, PEOPLE, Board, Installation, client_of
from tests.web.internship import drafted, partner, people_of
from web.api.app import create_app
from web.serve import run
from web.site import DEMO_BOARD
from web.texts import texts
from workflows.gateway import Gateway
from workflows.internships.workflow import InternshipProcess
from workflows.partners.workflow import PartnerProcess
from workflows.registry import RULES
from workflows.supervision.workflow import SupervisionProcess

if TYPE_CHECKING:
    from playwright.async_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

MISSING = "this-code-was-never-made"
FINDINGS = [{"goal": "G1", "seen": "partly", "example": "signaal bij twee van de drie wissels"}]


@dataclass(frozen=True)
class Demo:
    """Where the demo is served, and paths: a link to sign by, one that has lapsed, and the case."""

    address: str
    link: str
    lapsed: str
    internship: str


@pytest.fixture
def processes() -> list[type]:
    return [SupervisionProcess, PartnerProcess, InternshipProcess]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The file with the master keys, as an operator's command finds it."""
    file = tmp_path / "keys.json"
    MasterKeys.generate().save(file)
    return file


@pytest.fixture
async def store(database: Database, keys: Path) -> AsyncIterator[Store]:
    store = await Store.connect(database.app_dsn, MasterKeys.load(keys), FACTS)
    yield store
    await store.close()


@pytest.fixture
async def demo(store: Store, gateway: Gateway) -> AsyncIterator[Demo]:
    """Trajectories under way and just asked for, and an internship with an agreement to sign."""
    app = create_app(store, gateway, RULES, Installation("demo"))
    async with client_of(app) as http:
        board = Board(store, app, http, DEMO_BOARD)
        for role, name in PEOPLE.items():
            await board.add(role, name, role)
        stream = await board.in_guidance()
        for visit, days, announced in (("V1", 5, True), ("V2", 20, False)):
            at = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT08:30")
            plan = {"visit": visit, "at": at, "announced": announced}
            await board.done(stream, "PlanVisit", plan)
        await board.done(stream, "RecordVisit", {"visit": "V1", "findings": FINDINGS})
        await board.done(
            stream, "SubmitSelfAssessment", {"visit": "V1", "ratings": {"G1": "partly"}}, "teacher"
        )
        other = await board.add("other", "Joost Wever-van den Broek", "teacher")
        await board.open(teacher=other.id, school="Openbare basisschool Het Lange Kompas")
        await people_of(board)
        internship = await drafted(board, await partner(board))
        until = datetime.now(UTC) + timedelta(days=14)
        (notice,) = await store.notices(DEMO_BOARD, person=board.people["host"].id)
        link = SigningLink(DEMO_BOARD, internship, notice.person, notice.version, until)
        lapsed = replace(link, until=until - timedelta(days=15))
    listener = socket.create_server(("127.0.0.1", 0))
    stop = asyncio.Event()
    serving = asyncio.ensure_future(run(app, listener, stop))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sign, late = (f"/sign/{store.links.code(one)}" for one in (link, lapsed))
    yield Demo(address, sign, late, f"/internships/{internship}")
    stop.set()
    await serving


async def seen(page: Page, picture: Path) -> None:
    """Keeps a picture of the page; nothing sticks out, and nothing is barred to anybody."""
    from axe_playwright_python.async_playwright import Axe

    await page.screenshot(path=picture, full_page=True)
    overflow = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow == 0, f"{picture.stem} is {overflow} pixels too wide"
    found = (await Axe().run(page)).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


async def look_into_own_file(page: Page, address: str, folder: Path) -> None:
    """All that is held about who is signed in, as it lies on that person's own disk."""
    answer = await page.request.get(f"{address}/me/file")
    with zipfile.ZipFile(io.BytesIO(await answer.body())) as archived:
        archived.extractall(folder / "file")
    await page.goto((folder / "file" / "index.html").as_uri())
    await seen(page, folder / "own-file.png")
    await page.locator("#cases + ul a").first.click()
    await seen(page, folder / "own-case.png")


@pytest.mark.parametrize(("width", "height", "language"), [(390, 844, "nl"), (1280, 900, "en")])
async def test_the_own_file_fits_and_is_open_to_everybody(
    demo: Demo, tmp_path: Path, width: int, height: int, language: str
) -> None:
    """The site's own pages are looked at by `test_browser_everywhere`."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale=language
        )
        page = await context.new_page()
        await page.goto(demo.address)
        await page.get_by_role("button", name="Ellen van Duyvenvoorde").click()
        await page.get_by_role("heading", level=1, name="Ellen").wait_for()
        await look_into_own_file(page, demo.address, tmp_path)
        with suppress(Exception):
            await context.close()
        await browser.close()


async def test_an_internship_is_signed_on_its_page_and_by_the_link_in_a_mail(
    demo: Demo, database: Database, keys: Path, tmp_path: Path
) -> None:
    from playwright.async_api import async_playwright

    words = texts("nl").pages
    await mark_installation(database.owner_dsn, "demo")
    settings = Settings(
        installation="demo",
        postgres_dsn=SecretStr(database.app_dsn),
        master_key_file=keys,
        public_url=demo.address,
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = await browser.new_context(locale="nl", java_script_enabled=False)
        page = await context.new_page()
        for name, width in (("Marloes Terpstra", 390), ("Dirk Verhagen", 1280)):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto(demo.address)
            await page.get_by_role("button", name=name).click()
            await page.goto(demo.address + demo.internship)
            await page.get_by_role("link", name=words["do"]["jump"]).click()
            await page.screenshot(path=tmp_path / f"to-sign-{width}.png", full_page=True)
            await page.get_by_role("checkbox").check()
            await page.get_by_role("button", name=words["sign"]["button"], exact=True).click()
            await page.get_by_text("Vastgelegd: Overeenkomst ondertekend").wait_for()
            await page.get_by_text("wacht op ondertekening door").first.wait_for()
            await page.screenshot(path=tmp_path / f"signed-{width}.png", full_page=True)
            await page.get_by_role("button", name=words["sign_out"]).click()
        (asked,) = [
            row
            for row in await kept_mail(settings, DEMO_BOARD, "Arno")
            if row["kind"] == "agreement_to_sign"
        ]
        await page.goto(asked["link"])
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name=words["sign"]["button"], exact=True).click()
        await page.get_by_text(words["sign"]["all_signed"]).wait_for()
        await page.goto(demo.address)
        await page.get_by_role("button", name="Dirk Verhagen").click()
        await page.goto(demo.address + demo.internship)
        await page.get_by_text(words["dossier"]["complete"]).wait_for()
        with suppress(Exception):
            await context.close()
        await browser.close()
