"""An open page of a case shows what another person records, and leaves alone what its own does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.web.journeys.hands import Hands
from tests.web.served import CHROMIUM, Served
from web.live import Live, Watch
from web.texts import texts

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

LIVE = texts("nl").pages["turn"]["live"]


async def entries(page: Page) -> int:
    return await page.locator("#part-timeline li[id]").count()


async def watched(live: Live, person: str) -> Watch:
    """The page of this person that is being told, once it is."""
    async with asyncio.timeout(5):
        while True:
            if found := [one for one in live._watches.get(person, ()) if not one.over]:
                return found[0]
            await asyncio.sleep(0.01)


async def test_what_another_records_appears(site: Served, browser: Browser) -> None:
    live = site.app.state.live
    listening = asyncio.ensure_future(live.listen(site.database.app_dsn, site.app.state.site))
    case = f"supervision/{site.ids['in_guidance']}"
    watching = await Hands.at(browser, site, "saskia")
    ellen = await Hands.at(browser, site, "ellen")
    try:
        page = watching.page
        async with page.expect_request("**/live?*"):
            await watching.open(f"/{case}")
        before = await entries(page)
        await page.locator("details.filter > summary").click()
        await page.locator("#first").fill("2026-01-01")
        await page.locator("h1").click()
        await ellen.give(case, "LogHours", {"intervention": "intake", "hours": "0,5"})
        # The timeline holds a choice that was begun, so only the rest is put in place.
        status = page.locator("[data-live-status]")
        await status.get_by_text(LIVE["waiting"]).wait_for()
        assert await page.locator("#first").input_value() == "2026-01-01"
        assert await entries(page) == before
        await page.locator("#first").fill("")
        await page.locator("#first").blur()
        await status.get_by_text(LIVE["changed"]).wait_for()
        assert await entries(page) == before + 1
        assert await page.locator("details.filter").get_attribute("open") is not None
        # A server that stops ends the stream: the page comes back and says nothing of signing out.
        async with page.expect_request("**/live?*"):
            (await watched(live, site.ids["saskia"])).let_go((0.1, 0.2))
        assert await status.get_by_text(LIVE["ended"]).count() == 0
        # Where it does not come back for three seconds it says so, however often it tries.
        await page.clock.install()
        await page.route("**/live?*", lambda route: route.abort())
        async with page.expect_event("requestfailed"):
            (await watched(live, site.ids["saskia"])).let_go((0.1, 0.1))
        await page.clock.fast_forward(2_000)
        await page.wait_for_event("requestfailed")
        await page.clock.fast_forward(1_500)
        await status.get_by_text(LIVE["lost"]).wait_for()
        await page.unroute("**/live?*")
        await status.get_by_text(LIVE["back"]).wait_for()
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        await watching.page.context.close()
        await ellen.page.context.close()
    said = [one for one in watching.said if "live" not in one and "ERR_FAILED" not in one]
    assert said == []
