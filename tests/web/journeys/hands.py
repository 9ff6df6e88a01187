"""A person at a browser: opens pages, fills in forms as somebody would, and sends them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.web.served import Served, complaints
from web.texts import texts

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page

PHONE, DESK = (390, 844), (1280, 900)
SEND = "button.do:not(.plain), button:not([type=button]):not([name]):not([formaction])"
"""The button that gives the command; others keep a draft, or ask for one row more."""
WAIT_MS = 15_000
NAMED = frozenset({"concern", "version"})
"""What the pages count by themselves."""


@dataclass
class Hands:
    """Somebody's browser. ``script`` says whether it runs scripts."""

    site: Served
    person: str
    page: Page
    script: bool
    said: list[str] = field(default_factory=list)
    asked: str = ""

    @property
    def form(self) -> Locator:
        """The form of the command that is being given."""
        return self.page.locator(f'main form[method="post"][action*="{self.asked}"]').first

    @classmethod
    async def at(
        cls,
        browser: Browser,
        site: Served,
        person: str,
        size: tuple[int, int] = DESK,
        *,
        script: bool = True,
    ) -> Hands:
        """A browser of this person's own, signed in."""
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="nl",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(WAIT_MS)
        await site.sign_in(context, person)
        page = await context.new_page()
        return cls(site, person, page, script, complaints(page))

    async def open(self, path: str) -> None:
        """A page of the site."""
        answer = await self.page.goto(self.site.url(path), wait_until="domcontentloaded")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)

    async def begin(self, process: str, data: Mapping[str, Any]) -> str:
        """A new case, from the list of cases; its id."""
        await self.open(f"/{process}")
        await self.page.locator(f'main a[href="/{process}/new"]').first.click()
        self.asked = f"/{process}/new"
        await self.fill(data)
        await self.send()
        await self.page.wait_for_url(re.compile(rf"/{process}/[0-9a-f-]{{36}}"))
        found = re.search(rf"/{process}/([0-9a-f-]{{36}})", self.page.url)
        assert found is not None
        return found[1]

    async def give(self, case: str, command: str, data: Mapping[str, Any]) -> None:
        """A command, by its link on the page of the case (``process/id``), until it is recorded."""
        await self.ask(case, command)
        await self.fill(data)
        await self.send()
        await self.recorded()

    async def ask(self, case: str, command: str) -> None:
        """Its form, by the link on the page of the case, or on that page itself."""
        if not self.page.url.endswith(case):
            await self.open(f"/{case}")
        self.asked = f"/{case}/do/{command}"
        if await self.form.is_visible():
            return
        link = self.page.locator(f'a[href^="/{case}/do/{command}"]')
        if not await link.first.is_visible():
            # What is offered less often is folded away.
            await self.page.locator("main details", has=link).first.locator("summary").click()
        await link.first.click()
        await self.form.wait_for()

    async def recorded(self) -> None:
        """The page says that it was recorded."""
        await self.page.locator("#done").wait_for()

    async def send(self) -> None:
        """The form's own button; a warning is read and the same sent again."""
        await self.form.locator(SEND).first.click()
        if await self.page.locator("#warned").count():
            await self.form.locator(SEND).first.click()

    async def shows(self) -> str:
        """What is to be read on the page now, for whom a test tells why it failed."""
        text = await self.page.locator("main").inner_text()
        wrong = await self.page.locator(".why, .notice").all_inner_texts()
        return f"{self.person} at {self.page.url}: {wrong}\n{text[:1500]}"

    async def fill(self, data: Mapping[str, Any]) -> None:
        """Every field by its name; what is not asked is known to the page already."""
        form = self.form
        await form.wait_for()
        cards = await self._cards(form)
        for name, value in leaves(data, cards):
            await self._fill(form, name, value)

    async def _cards(self, form: Locator) -> dict[str, str]:
        """Which card of the findings is about which goal: the path of each by the goal's name."""
        hidden = form.locator('input[name^="with:findings."]')
        found = await hidden.evaluate_all("all => all.map(one => [one.value, one.name])")
        return {goal: name.removeprefix("with:").removesuffix(".goal") for goal, name in found}

    async def _fill(self, form: Locator, name: str, value: str | Sequence[str]) -> None:
        fields = form.locator(f'[name="{name}"]:not([type=hidden])')
        if isinstance(value, str) and await fields.count() == 0:
            known = form.locator(f'[name="{name}"][type=hidden], [name="with:{name}"]')
            left = name.rpartition(".")[2] in NAMED or await known.count()
            assert left, f"{name} is not asked at {self.page.url}"
            return
        if not isinstance(value, str):
            await self._fill_several(form, name, value)
            return
        kind = await fields.first.evaluate("one => one.type")
        if kind in ("radio", "checkbox"):
            chosen = form.locator(f'[name="{name}"][value="{value}"]:not([type=hidden])')
            await chosen.first.check()
        elif kind == "select-one":
            await fields.first.select_option(value)
        else:
            await fields.first.fill(value)

    async def _fill_several(self, form: Locator, name: str, values: Sequence[str]) -> None:
        boxes = form.locator(f'[name="{name}"]:not([type=hidden])')
        if await boxes.count() and await boxes.first.evaluate("one => one.type") == "checkbox":
            for box in await boxes.all():
                await box.set_checked(await box.get_attribute("value") in values)
            return
        for number, value in enumerate(values):
            await self._fill(form, f"{name}.{number}", value)


def leaves(
    data: Any, cards: Mapping[str, str], path: str = ""
) -> Iterator[tuple[str, str | list[str]]]:
    """The fields of a form by their dotted names, with what to fill in."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from leaves(value, cards, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list):
        if all(isinstance(one, str) for one in data):
            yield path, data
            return
        for number, one in enumerate(data):
            known = cards.get(one.get("goal", "")) if path == "findings" else None
            rest = {name: value for name, value in one.items() if not (known and name == "goal")}
            yield from leaves(rest, cards, known or f"{path}.{number}")
    elif isinstance(data, bool):
        yield path, "true" if data else "false"
    else:
        yield path, str(data)


WORDS = texts("nl").pages
