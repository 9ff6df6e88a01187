"""Every page, in both languages, narrow and wide, light and dark: open to everybody, in words.

A run of all tests looks at one page of each kind; ``./dev looks`` at all of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from tests.skipping import SkippingTemporal
from tests.web.pages_everywhere import MAIN, PAGES, Shown
from tests.web.served import CHROMIUM, Served, chromium, complaints, served
from workflows.registry import RULES

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

EVERYTHING = os.environ.get("TRAJECT_LOOKS") == "all"
LOOKED_AT = [one for one in PAGES if EVERYTHING or one.name in MAIN]
AXE = {"resultTypes": ["violations"], "iframes": False}
TARGET_PIXELS = 44
NAMES = {name for rules in RULES.values() for name in (*rules.commands, *rules.story.facts)}
OF_CODE = sorted(name for name in NAMES if re.search("[a-z][A-Z]", name))
"""Commands and events whose names are no plain English word."""
CODE = re.compile(
    r"\b[a-z]+_[a-z0-9_]+\b|\{[a-z_]*\}|\b(?:None|undefined|NaN)\b|\[object "
    rf"|\b(?:{'|'.join(OF_CODE)})\b"
)
"""What only programmers say: names of states and fields, commands and events, empty places."""

READ = """(pixels) => {
  const shown = document.body.cloneNode(true);
  for (const quoted of shown.querySelectorAll("code, pre, script, style, textarea"))
    quoted.remove();
  const labels = [...document.querySelectorAll("[aria-label], [alt], [title], [placeholder]")]
    .flatMap(one => ["aria-label", "alt", "title", "placeholder"].map(a => one.getAttribute(a)));
  const small = [...document.querySelectorAll(
      "main button, main select, main .do, main textarea, "
      + "main input:not([type=hidden]):not([type=checkbox]):not([type=radio])")]
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.height > 0 && box.height < pixels - 0.5 && !one.closest(".hidden"))
    .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${box.height}`);
  return {
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    words: [shown.textContent, ...labels.filter(Boolean)].join("\\n"),
    small,
  };
}"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return [one.className, style.outlineStyle !== "none" || style.boxShadow !== "none"];
}"""
OVER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > width + 0.5 && one.clientWidth > 1)
    .map(one => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`);
}"""


@dataclass(frozen=True)
class Look:
    """How somebody looks. ``narrower`` is how many pixels are left when the page is enlarged."""

    language: str
    width: int
    height: int
    scheme: str
    narrower: int


UNFOLD = "for (const one of document.querySelectorAll('main details')) one.open = true"
LOOKS = {
    "telephone": Look("nl", 390, 844, "light", 320),
    "desk": Look("en", 1280, 900, "dark", 640),
}


@dataclass
class Reader:
    """A browser, with a tab for each look and person that is kept from page to page."""

    browser: Browser
    site: Served
    tabs: dict[tuple[str, str | None], Page] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)

    async def tab(self, look: str, person: str | None) -> Page:
        """The tab of that person; a new one signs in first."""
        if (look, person) not in self.tabs:
            how = LOOKS[look]
            context = await self.browser.new_context(
                viewport={"width": how.width, "height": how.height},
                locale=how.language,
                color_scheme="dark" if how.scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            await self.site.sign_in(context, person)
            self.tabs[look, person] = await context.new_page()
        return self.tabs[look, person]


@pytest.fixture(scope="module")
async def reader(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[Reader]:
    from playwright.async_api import async_playwright

    async with served(postgres, logins, temporal_env) as site, async_playwright() as playwright:
        browser = await chromium(playwright)
        yield Reader(browser, site)
        await browser.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("shown", LOOKED_AT, ids=lambda shown: shown.name)
async def test_a_page_is_open_to_everybody(reader: Reader, shown: Shown, look: str) -> None:
    how, page = LOOKS[look], await reader.tab(look, shown.person)
    await page.set_viewport_size({"width": how.width, "height": how.height})
    said = complaints(page)
    answer = await page.goto(reader.site.url(shown.path))
    assert answer is not None
    assert answer.status == shown.status
    assert answer.url == reader.site.url(shown.path), "led elsewhere"
    if shown.unfolded:
        await page.evaluate(UNFOLD)
    found: dict[str, Any] = await page.evaluate(READ, TARGET_PIXELS)
    assert found["lang"] == how.language
    assert found["headings"] == 1
    assert await page.evaluate(OVER) == [], "sticks out"
    assert found["small"] == [], f"to be hit by a finger: {TARGET_PIXELS} pixels"
    assert [one for one in CODE.findall(found["words"]) if one not in shown.says] == []
    assert found["title"].strip()
    if not shown.same:
        other = reader.titles.setdefault((look, found["title"]), shown.name)
        assert other == shown.name, f"titled as {other} is: {found['title']}"
    await check_with_axe(page)
    await check_keyboard(page)
    await page.set_viewport_size({"width": how.narrower, "height": how.height})
    assert await page.evaluate(OVER) == [], "sticks out when it is enlarged to twice its size"
    # The browser itself speaks of an answer that says "not found".
    assert [one for one in said if f"status of {shown.status}" not in one] == []


async def check_with_axe(page: Page) -> None:
    """Nothing that bars anybody, as far as axe can see."""
    from axe_playwright_python.async_playwright import Axe

    violations = (await Axe().run(page, options=AXE)).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in violations] == []


async def check_keyboard(page: Page) -> None:
    """The first key leads past the top of the page, and one sees where one is."""
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED) == ["skip", True]
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"
