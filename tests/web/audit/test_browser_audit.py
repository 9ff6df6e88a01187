"""One auditor's afternoon in a browser: from a name to a file that was checked elsewhere."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from events.audit.logkeys import LogKeys
from events.audit.publishing import Publication
from tests.web.served import CHROMIUM, Served, chromium, complaints, served
from web.texts import texts

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

    from deploy.embedded.postgres import EmbeddedPostgres

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
WORDS = texts("nl").pages["audit"]
STEPS = 6


@dataclass
class Office:
    """The example board, sealed and published, and a browser. ``key`` is the log's."""

    site: Served
    browser: Browser
    key: str

    async def tab(self, width: int) -> Page:
        """A fresh window in which the auditor is signed in."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="nl", reduced_motion="reduce"
        )
        await self.site.sign_in(context, "noor")
        return await context.new_page()


@pytest.fixture(scope="module")
async def office(postgres: EmbeddedPostgres, logins: dict[str, str]) -> AsyncIterator[Office]:
    from playwright.async_api import async_playwright

    async with served(postgres, logins) as site, async_playwright() as playwright:
        keys = await Publication.at(site.published).get("keys.txt")
        assert keys is not None
        browser = await chromium(playwright)
        try:
            yield Office(site, browser, keys.decode().split()[0])
        finally:
            await browser.close()


@pytest.mark.parametrize("width", [1280, 390])
async def test_an_auditors_afternoon(office: Office, tmp_path: Path, width: int) -> None:
    page = await office.tab(width)
    said = complaints(page)
    await _find_the_case(page, office.site)
    await _go_back_in_time(page)
    await _ask_who_knew(page)
    await _see_the_proof(page)
    await _take_it_along(page, office, tmp_path)
    assert said == []
    await page.context.close()


async def _find_the_case(page: Page, site: Served) -> None:
    await page.goto(site.url("/"))
    await page.get_by_role("link", name=texts("nl").pages["sections"]["audit"]).click()
    await page.get_by_role("searchbox").fill("terpsma")
    await page.get_by_role("button", name=WORDS["search"]["submit"]).click()
    await page.get_by_role("link", name="Traject van Marloes").click()
    await page.get_by_role("heading", level=1, name="Traject van Marloes").wait_for()
    assert page.url == site.url("/audit/supervision/{in_guidance}")


async def _go_back_in_time(page: Page) -> None:
    slider = page.get_by_role("slider")
    last = int(await slider.input_value())
    await slider.focus()
    for _ in range(2):
        await slider.press("ArrowLeft")
    await page.locator(f'#step[data-at="{last - 2}"]').wait_for()
    assert page.url.endswith(f"?at={last - 2}")
    assert await page.get_by_role("slider").input_value() == str(last - 2)
    await page.get_by_role("link", name=WORDS["case"]["later"]).click()
    await page.locator(f'#step[data-at="{last - 1}"]').wait_for()
    await page.go_back()
    await page.locator(f'#step[data-at="{last - 2}"]').wait_for()
    await page.goto(page.url.partition("?")[0] + "?at=5")
    happened = page.locator("#happened ~ .sentence")
    assert await happened.inner_text() == await page.locator("#happened ~ .sentence").inner_text()
    assert await page.get_by_text(WORDS["case"]["allowed"]).is_visible()
    first = page.locator("table.changes tbody tr").first
    assert await first.locator("th").inner_text() != ""
    assert await _too_wide(page) == 0


async def _ask_who_knew(page: Page) -> None:
    await page.get_by_role("link", name=WORDS["case"]["knew"]).click()
    await page.goto(re.sub(r"at=\d+", "at=999", page.url))
    await page.get_by_label(WORDS["knew"]["as"], exact=True).select_option("teacher")
    await page.get_by_label(WORDS["knew"]["with"], exact=True).select_option("advisor")
    await page.get_by_role("button", name=WORDS["knew"]["show"], exact=True).click()
    row = page.get_by_role("row").filter(has_text="Onaangekondigd klassenbezoek").first
    cells = [one.strip() for one in await row.get_by_role("cell").all_inner_texts()]
    assert cells == [WORDS["knew"]["unseen"], WORDS["knew"]["seen"]]
    assert await _too_wide(page) == 0
    await page.get_by_role("link", name=WORDS["case"]["through_time"]).click()


async def _see_the_proof(page: Page) -> None:
    await page.get_by_role("link", name=WORDS["case"]["proof"]).click()
    await page.locator("#proof[data-result]").wait_for()
    assert await page.locator("#proof").get_attribute("data-result") == "allowed"
    assert await page.locator(".proof > li.yes").count() == STEPS
    assert await page.get_by_text(WORDS["event"]["by_browser"]).is_visible()
    await page.locator(".proof summary").nth(3).click()
    assert await page.get_by_text(WORDS["event"]["computed"], exact=True).nth(3).is_visible()
    assert await _too_wide(page) == 0
    await page.get_by_role("link", name=WORDS["to_case"]).click()


async def _take_it_along(page: Page, office: Office, folder: Path) -> None:
    await page.get_by_role("link", name=WORDS["case"]["export"], exact=True).click()
    async with page.expect_download() as started:
        await page.get_by_role("link", name=WORDS["export"]["go"]).click()
    download = await started.value
    file = folder / download.suggested_filename
    await download.save_as(file)
    await page.get_by_text(WORDS["export"]["done"]).wait_for()
    _, *commands = await page.locator(".command").all_inner_texts()
    told = ""
    for command in commands:
        program, *words = command.split()
        assert program == "python"
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, *words],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        told = done.stdout
    assert office.key in commands[-1]
    assert (folder / "traject-export" / "index.html").is_file()
    assert re.search(r"^Everything holds: .*\b1 checkpoint\b", told, re.MULTILINE)


async def _too_wide(page: Page) -> int:
    return await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def _other(hash_: str) -> str:
    return ("0" if hash_[0] != "0" else "1") + hash_[1:]


def _header(proof: dict[str, Any]) -> None:
    proof["chain"]["header"] = proof["chain"]["header"].replace("2026", "2025", 1)


def _entry(proof: dict[str, Any]) -> None:
    proof["entry"]["stored_us"] += 1


def _leaf(proof: dict[str, Any]) -> None:
    proof["leaf_hash"] = _other(proof["leaf_hash"])


def _path(proof: dict[str, Any]) -> None:
    proof["path"][2] = _other(proof["path"][2])


def _shorter(proof: dict[str, Any]) -> None:
    proof["path"].pop()


def _place(proof: dict[str, Any]) -> None:
    proof["index"] += 1


def _root(proof: dict[str, Any]) -> None:
    proof["checkpoint"]["note"] = proof["checkpoint"]["note"].replace(
        f"\n{proof['tree_size']}\n", f"\n{proof['tree_size'] + 1}\n", 1
    )


def _signature(proof: dict[str, Any]) -> None:
    proof["checkpoint"]["note"] = proof["checkpoint"]["note"].replace("\nat 20", "\nat 19", 1)


def _key(proof: dict[str, Any]) -> None:
    proof["keys"] = LogKeys.generate().vkeys


def _nothing(proof: dict[str, Any]) -> None:
    del proof["entry"]["tenant"]


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        (_header, {"chain"}),
        (_entry, {"entry"}),
        (_leaf, {"leaf"}),
        (_path, {"path"}),
        (_shorter, {"path"}),
        (_place, {"path"}),
        (_root, {"root", "signature"}),
        (_signature, {"signature"}),
        (_key, {"signature"}),
        (_nothing, {"chain", "entry"}),
    ],
)
async def test_what_was_tampered_with_is_red_at_its_step(
    office: Office, tab: Page, change: Callable[[dict[str, Any]], None], steps: set[str]
) -> None:
    async def tampered(route: Route) -> None:
        answer = await route.fetch()
        proof = json.loads(await answer.text())
        change(proof)
        await route.fulfill(response=answer, body=json.dumps(proof))

    await tab.unroute_all()
    await tab.route("**/proof.json", tampered)
    await tab.goto(office.site.url("/audit/events/{event}"))
    await tab.locator("#proof[data-result]").wait_for()
    assert await tab.locator("#proof").get_attribute("data-result") == "wrong"
    wrong = await tab.locator(".proof > li.no").evaluate_all("all => all.map(one => one.id)")
    assert set(wrong) == {f"step-{step}" for step in steps}
    assert await tab.locator("#verdict").inner_text() == WORDS["event"]["bad"]


@pytest.fixture(scope="module")
async def tab(office: Office) -> AsyncIterator[Page]:
    page = await office.tab(800)
    yield page
    await page.context.close()


async def test_without_its_proof_nothing_is_said_to_hold(office: Office, tab: Page) -> None:
    await tab.unroute_all()
    await tab.route("**/proof.json", lambda route: route.abort())
    await tab.goto(office.site.url("/audit/events/{event}"))
    await tab.locator("#proof[data-result]").wait_for()
    assert await tab.locator("#proof").get_attribute("data-result") == "unchecked"
    assert await tab.locator(".proof > li.yes").count() == 0
    assert await tab.locator("#verdict").inner_text() == WORDS["event"]["fetch_failed"]
