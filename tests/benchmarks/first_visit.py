"""How many bytes come over the line when somebody opens a page for the first time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.benchmarks.figure import Figure, Goal, measures
from tests.benchmarks.stage import say
from tests.benchmarks.store_server import DATABASE, store_server
from tests.conftest import Database
from tests.web.served import Served, chromium, serving

if TYPE_CHECKING:
    from playwright.async_api import Browser

VISITS = (
    ("nobody", None, "/"),
    ("home", "ellen", "/"),
    ("case", "ellen", "/supervision/{in_guidance}"),
    ("case with its report", "hendrik", "/supervision/{report_issued}"),
    ("visit to write down", "ellen", "/supervision/{in_guidance}/do/RecordVisit"),
    ("dashboard", "saskia", "/dashboard"),
    ("proof of an event", "noor", "/audit/events/{event}"),
)
SETTLED_MS = 500
MOST_KB = 250


@measures("first-visit")
async def first_visit() -> Sequence[Figure]:
    """The largest of some visits in Chromium with an empty cache: page, styles, scripts, icon.

    Counted is what came over the line, with headers, as the browser itself tells it. Its yardstick
    is nothing but the bound; a second visit is told beside it.
    """
    from playwright.async_api import async_playwright

    async with store_server() as server, async_playwright() as playwright:
        browser = await chromium(playwright)
        largest = 0.0
        async with serving(Database(server.server, DATABASE, server.passwords)) as site:
            for name, person, path in VISITS:
                first, again = await _bytes(browser, site, person, path)
                say(f"{name}: {first / 1000:.1f} kB, a second time {again / 1000:.1f} kB")
                largest = max(largest, first / 1000)
        await browser.close()
    return [Goal("<=", MOST_KB, absolute=True).figure("first-visit", largest, "kB")]


async def _bytes(
    browser: Browser, site: Served, person: str | None, path: str
) -> tuple[float, float]:
    """What the first and the second visit to a page transfer."""
    context = await browser.new_context(locale="nl", viewport={"width": 390, "height": 844})
    await site.sign_in(context, person)
    page = await context.new_page()
    told = await context.new_cdp_session(page)
    sizes: list[float] = []

    def loaded(event: dict[str, Any]) -> None:
        sizes.append(event["encodedDataLength"])

    told.on("Network.loadingFinished", loaded)
    await told.send("Network.enable")
    found: list[float] = []
    for _ in range(2):
        sizes.clear()
        answer = await page.goto(site.url(path), wait_until="load")
        assert answer is not None
        assert answer.status == 200
        await page.wait_for_timeout(SETTLED_MS)
        found.append(sum(sizes))
    await context.close()
    return found[0], found[1]
