"""A file as spreadsheets write it, chosen in a browser: no name loses a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.journeys.hands import Hands
from tests.web.served import CHROMIUM, Served

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


async def test_names_keep_their_letters_however_the_file_was_written(
    site: Served, browser: Browser
) -> None:
    from playwright.async_api import expect

    hands = await Hands.at(browser, site, "boukje")
    page, text = hands.page, "naam;e-mail\nZoë Çelik;zoe@school.example\n"
    try:
        await hands.open("/administration/people/import")
        for written in ("utf-8-sig", "cp1252"):
            file = {"name": "mensen.csv", "mimeType": "text/csv", "buffer": text.encode(written)}
            await page.locator("#file").fill("")
            await page.locator("#pick").set_input_files([file])  # pyright: ignore[reportArgumentType]
            await expect(page.locator("#file"), written).to_have_value(text)
    finally:
        await page.context.close()
    assert hands.said == []
