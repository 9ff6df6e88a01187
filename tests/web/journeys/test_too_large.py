"""More than can be sent at once: told before it is sent, and never gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.journeys.hands import Hands
from tests.web.served import CHROMIUM, Served
from web.texts import texts

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

PAGES = texts("nl").pages
LARGE = PAGES["administration"]["import"]["too_large"].format(most="300 kB")


async def test_a_file_that_is_too_large_is_not_sent(site: Served, browser: Browser) -> None:
    hands = await Hands.at(browser, site, "boukje")
    page, lines = hands.page, "naam;e-mail\n" + "Bo;bo@school.example\n" * 15_000
    file = {"name": "mensen.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    posted: list[str] = []
    page.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    try:
        await hands.open("/administration/people/import")
        await page.locator("#pick").set_input_files([file])  # pyright: ignore[reportArgumentType]
        await page.get_by_text(LARGE).wait_for()
        text = page.locator("#file")
        assert await text.input_value() == ""
        await text.evaluate("(one, lines) => { one.value = lines; }", lines)
        send = page.locator("main form[data-most] button.do")
        await send.click()
        assert await text.input_value() == lines
        assert posted == []
        # Where that is not looked at first, the page says so and leads back to what was typed.
        await page.locator("main form[data-most]").evaluate("one => { one.dataset.most = 1e9; }")
        await send.click()
        await page.get_by_text(PAGES["refused"]["large_title"]).first.wait_for()
        assert [one.rpartition("/")[2] for one in posted] == ["import"]
        await page.get_by_role("button", name=PAGES["refused"]["back"]).click()
        await page.locator("#file").wait_for()
        assert await page.locator("#file").input_value() == lines
    finally:
        await page.context.close()
    assert [one for one in hands.said if "413" not in one] == []
