"""The pages in a real browser: nothing sticks out, and nothing is barred to anyone."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.store.store import Store
from tests.web.conftest import PEOPLE, Board, Installation, client_of
from web.api.app import create_app
from web.serve import run
from web.site import DEMO_BOARD
from workflows.gateway import Gateway
from workflows.registry import RULES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

FINDINGS = [{"goal": "G1", "seen": "partly", "example": "signaal bij twee van de drie wissels"}]


@pytest.fixture
async def address(store: Store, gateway: Gateway) -> AsyncIterator[str]:
    """The demo on a port, with one trajectory that is well on its way and one just asked for."""
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
    listener = socket.create_server(("127.0.0.1", 0))
    stop = asyncio.Event()
    serving = asyncio.ensure_future(run(app, listener, stop))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop.set()
    await serving


@pytest.mark.parametrize(("width", "height", "language"), [(390, 844, "nl"), (1280, 900, "en")])
async def test_pages_fit_and_are_open_to_everybody(
    address: str, tmp_path: Path, width: int, height: int, language: str
) -> None:
    from axe_playwright_python.async_playwright import Axe
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale=language
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))

        async def look(name: str) -> None:
            await page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
            overflow = await page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow == 0, f"{name} is {overflow} pixels too wide"
            found = (await Axe().run(page)).response["violations"]
            assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []

        await page.goto(address)
        await look("start")
        await page.get_by_role("button", name="Ellen van Duyvenvoorde").click()
        await page.wait_for_url("**/supervision")
        await look("cases")
        await page.get_by_role("link", name="Marloes Terpstra").click()
        await page.wait_for_url("**/supervision/*-*")
        await look("case")
        for summary in await page.locator("summary").all():
            await summary.click()
        await look("case-details")
        assert complaints == []
        await page.goto(f"{address}/supervision/nothing")
        await look("missing")
        with suppress(Exception):
            await context.close()
        await browser.close()
