"""What happens to people who click twice, go back, have two tabs open, were away too long, or are
in a building without reception: nothing is recorded twice, and nothing that was typed is lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.web.journeys.hands import PHONE, WORDS, Hands
from tests.web.served import CHROMIUM, Served

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

HOURS = {"intervention": "intake", "hours": "1,5"}
MANY_KEYS = 150
CLICKS_AGAIN = """form => {
  const button = form.querySelector("button");
  button.click();
  setTimeout(() => { button.click(); console.log("again"); }, 300);
}"""
LOOKS_AWAY = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


async def recorded(site: Served, case: str) -> int:
    """How many events a case has."""
    raw = await asyncpg.connect(site.database.owner_dsn)
    try:
        count = "select count(*) from traject.event where stream = $1::text::uuid"
        return int(await raw.fetchval(count, case.partition("/")[2]) or 0)
    finally:
        await raw.close()


@pytest.fixture
def case(site: Served) -> str:
    return f"supervision/{site.ids['in_guidance']}"


async def test_a_double_click_is_one_command(site: Served, browser: Browser, case: str) -> None:
    ellen = await Hands.at(browser, site, "ellen", PHONE)
    before = await recorded(site, case)
    await ellen.ask(case, "LogHours")
    await ellen.fill(HOURS)
    await ellen.form.locator("button.do").last.dblclick()
    await ellen.recorded()
    assert await recorded(site, case) == before + 1
    # One who goes back sees the form again, and has given nothing by that.
    await ellen.page.go_back()
    await ellen.form.wait_for()
    await ellen.page.go_forward()
    await ellen.recorded()
    assert await recorded(site, case) == before + 1
    await ellen.page.context.close()


async def test_in_two_tabs_the_second_is_told(site: Served, browser: Browser) -> None:
    rik = await Hands.at(browser, site, "rik")
    case = f"supervision/{site.ids['just_requested']}"
    other = Hands(site, "rik", await rik.page.context.new_page(), script=True)
    for tab in (rik, other):
        await tab.ask(case, "AcceptRequest")
        await tab.fill({"hourly_rate": "112,50"})
    await rik.send()
    await rik.recorded()
    before = await recorded(site, case)
    await other.send()
    await other.page.locator("[role=alert]").wait_for()
    assert await recorded(site, case) == before
    assert "112,50" in await other.page.content(), "what was typed is still there"
    await rik.page.context.close()


async def test_a_session_that_is_over_takes_nothing_away(
    site: Served, browser: Browser, case: str
) -> None:
    ellen = await Hands.at(browser, site, "ellen", script=False)
    before = await recorded(site, case)
    await ellen.ask(case, "LogHours")
    await ellen.fill(HOURS)
    await site.sign_in(ellen.page.context, None)
    await ellen.send()
    await ellen.page.get_by_role("heading", name=WORDS["access"]["expired_title"]).wait_for()
    assert await recorded(site, case) == before
    await site.sign_in(ellen.page.context, "ellen")
    await ellen.page.get_by_role("button", name=WORDS["access"]["expired_again"]).click()
    await ellen.recorded()
    assert await recorded(site, case) == before + 1
    await ellen.page.context.close()


async def test_without_reception_what_is_typed_waits(
    site: Served, browser: Browser, case: str
) -> None:
    ellen = await Hands.at(browser, site, "ellen", PHONE)
    words = WORDS["tasks"]["draft"]["script"]
    await ellen.ask(case, "RecordVisit")
    status = ellen.page.locator("[data-draft-status]")
    await ellen.page.context.set_offline(True)
    note = "De plusgroep begon na twee minuten"
    area = ellen.form.locator("textarea").first
    await area.fill(note)
    await status.get_by_text(words["offline"]).wait_for()
    await ellen.page.context.set_offline(False)
    await status.get_by_text(words["saved"].partition("{")[0]).wait_for()
    address = ellen.page.url
    await ellen.page.context.close()

    later = await Hands.at(browser, site, "ellen")
    await later.page.goto(address)
    assert await later.page.locator("main textarea").first.input_value() == note
    await later.page.context.close()


async def test_what_is_sent_without_reception_stays_on_the_page(
    site: Served, browser: Browser, case: str
) -> None:
    ellen = await Hands.at(browser, site, "ellen", PHONE)
    before = await recorded(site, case)
    await ellen.ask(case, "LogHours")
    await ellen.page.context.set_offline(True)
    await ellen.fill(HOURS)
    send = ellen.form.locator("button.do").last
    await send.click()
    unsent = WORDS["tasks"]["draft"]["script"]["unsent"]
    await ellen.page.locator("[data-draft-status]").get_by_text(unsent).wait_for()
    assert await ellen.form.locator('[name="hours"]').input_value() == HOURS["hours"]
    await ellen.page.context.set_offline(False)
    await send.click()
    await ellen.recorded()
    assert await recorded(site, case) == before + 1
    await ellen.page.context.close()


async def test_a_network_that_answers_nothing_is_told_of(
    site: Served, browser: Browser, case: str
) -> None:
    """It is not waited for longer than a moment, which here is a short one."""
    ellen = await Hands.at(browser, site, "ellen", PHONE)
    soon = "const of = AbortSignal.timeout; AbortSignal.timeout = () => of.call(AbortSignal, 200);"
    await ellen.page.add_init_script(soon)
    before = await recorded(site, case)
    await ellen.ask(case, "LogHours")
    silent, over = ("**/mark*.svg*", "**/drafts/**"), asyncio.Event()

    async def never(route: Route) -> None:
        await over.wait()
        await route.abort()

    for address in silent:
        await ellen.page.route(address, never)
    await ellen.fill(HOURS)
    send = ellen.form.locator("button.do").last
    await send.click()
    unsent = WORDS["tasks"]["draft"]["script"]["unsent"]
    await ellen.page.locator("[data-draft-status]").get_by_text(unsent).wait_for()
    over.set()
    for address in silent:
        await ellen.page.unroute(address)
    await send.click()
    await ellen.recorded()
    assert await recorded(site, case) == before + 1
    await ellen.page.context.close()


async def test_a_double_click_loses_no_key(site: Served, browser: Browser) -> None:
    """It is shown once, on the answer that a second click would drop."""
    from playwright.async_api import Error

    ellen = await Hands.at(browser, site, "ellen")
    await ellen.open("/me/tokens")
    again = asyncio.Event()
    ellen.page.on("console", lambda said: again.set() if said.text == "again" else None)
    posted: list[str] = []

    async def late(route: Route) -> None:
        posted.append(route.request.method)
        if posted.count("POST") == 1 and posted[-1] == "POST":
            answer = await route.fetch()
            await again.wait()
            with suppress(Error):  # a second call would have let go of this one
                await route.fulfill(response=answer)
        else:
            await route.continue_()

    await ellen.page.route("**/me/tokens", late)
    await ellen.page.locator("#name").fill("rooster")
    await ellen.page.locator("input[name=days]").first.check()
    await ellen.page.locator("form.asked").evaluate(CLICKS_AGAIN)
    await ellen.page.locator(".fresh .key").wait_for()
    assert posted == ["POST"]
    assert await ellen.page.locator(".held .what").all_inner_texts() == ["rooster"]
    await ellen.page.context.close()


async def test_what_is_typed_after_a_preview_is_kept(
    site: Served, browser: Browser, case: str
) -> None:
    ellen = await Hands.at(browser, site, "ellen")
    await ellen.ask(case, "DraftFinalReport")
    await ellen.page.context.route("**/preview.pdf", lambda route: route.fulfill(body="%PDF"))
    async with ellen.page.context.expect_page():
        await ellen.form.locator("[formtarget=_blank]").click()
    await ellen.form.locator("textarea").first.fill("De leswissel verloopt rustig")
    kept = WORDS["tasks"]["draft"]["script"]["saved"].partition("{")[0]
    await ellen.page.locator("[data-draft-status]").get_by_text(kept).wait_for()
    await ellen.page.context.close()


async def asleep(hands: Hands, case: str) -> None:
    """The form of the report, in a window whose timers run only where a test lets them."""
    await hands.page.clock.install()
    await hands.ask(case, "DraftFinalReport")
    await hands.page.clock.pause_at(await hands.page.evaluate("Date.now() + 60000"))


async def test_who_looks_away_while_it_is_being_kept_is_no_second_window(
    site: Served, browser: Browser, case: str
) -> None:
    ellen = await Hands.at(browser, site, "ellen", PHONE)
    page, answered, sent = ellen.page, asyncio.Event(), list[str]()

    async def slowly(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            await answered.wait()
        await route.continue_()

    await page.route("**/drafts/**", slowly)
    await asleep(ellen, case)
    area, save = ellen.form.locator("textarea").last, page.locator("[data-draft-save]")
    await area.fill("De instructie")
    async with page.expect_request("**/drafts/**"):
        await save.click()
    await page.evaluate(LOOKS_AWAY)
    await area.fill("De instructie is kort")
    await page.evaluate(LOOKS_AWAY)
    async with page.expect_response(lambda one: "is kort" in (one.request.post_data or "")) as told:
        answered.set()
    assert (await told.value).status == 200
    assert len(sent) == 2
    await page.context.close()


async def test_an_answer_that_is_lost_is_no_second_window(
    site: Served, browser: Browser, case: str
) -> None:
    ellen = await Hands.at(browser, site, "ellen", PHONE)
    page = ellen.page

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/drafts/**", lost, times=1)
    await asleep(ellen, case)
    area, save = ellen.form.locator("textarea").last, page.locator("[data-draft-save]")
    await area.fill("De uitleg")
    await save.click()
    status, words = page.locator("[data-draft-status]"), WORDS["tasks"]["draft"]["script"]
    await status.get_by_text(words["offline"]).wait_for()
    await area.fill("De uitleg is lang")
    async with page.expect_response(lambda one: "is lang" in (one.request.post_data or "")) as told:
        await save.click()
    assert (await told.value).status == 200
    await page.context.close()


async def test_what_is_too_large_is_sent_once(site: Served, browser: Browser, case: str) -> None:
    ellen = await Hands.at(browser, site, "ellen", PHONE)
    page, sent = ellen.page, list[str]()

    async def refuse(route: Route) -> None:
        sent.append(route.request.post_data or "")
        await route.fulfill(status=413)

    await page.route("**/drafts/**", refuse)
    await asleep(ellen, case)
    area, large = ellen.form.locator("textarea").last, WORDS["tasks"]["draft"]["script"]["large"]
    await area.fill("De instructie is veel te lang")
    await page.clock.run_for(1000)
    await page.locator("[data-draft-status]").get_by_text(large).wait_for()
    await page.clock.run_for(5000)
    async with page.expect_response(lambda one: "korter" in (one.request.post_data or "")):
        await area.fill("De instructie is korter")
        await page.clock.run_for(1000)
    assert len(sent) == 2
    await page.context.close()


async def test_a_form_is_done_by_keys_alone(site: Served, browser: Browser, case: str) -> None:
    ellen = await Hands.at(browser, site, "ellen")
    keys = Keys(ellen.page)
    before = await recorded(site, case)
    await ellen.open("/")
    await keys.to('nav a[href="/supervision"]')
    await keys.press("Enter", "**/supervision")
    await keys.to(f'main a[href="/{case}"]')
    await keys.press("Enter", f"**/{case}")
    link = f'a[href^="/{case}/do/LogHours"]'
    if not await ellen.page.locator(link).first.is_visible():
        await keys.to(f"details:has({link}) > summary")
        await keys.press("Enter")
    await keys.to(link)
    await keys.press("Enter", "**/do/LogHours*")
    ellen.asked = f"/{case}/do/LogHours"
    await ellen.form.wait_for()
    await keys.to('[name="intervention"]')
    chosen = "document.activeElement.type"
    await keys.press("Space" if await ellen.page.evaluate(chosen) == "radio" else "ArrowDown")
    await keys.to('[name="hours"]')
    await ellen.page.keyboard.type("0,75")
    await keys.to(f'form[action*="{ellen.asked}"] button.do:not(.plain)')
    await keys.press("Enter")
    await ellen.recorded()
    assert await recorded(site, case) == before + 1
    assert ellen.said == []
    await ellen.page.context.close()


class Keys:
    """A keyboard, and no mouse."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def press(self, key: str, leads_to: str | None = None) -> None:
        await self._page.keyboard.press(key)
        if leads_to is not None:
            await self._page.wait_for_url(leads_to)

    async def to(self, what: str) -> None:
        """Tab by tab; each stop on the way is to be seen."""
        await self._page.locator(what).first.wait_for(state="attached")
        for _ in range(MANY_KEYS):
            await self._page.keyboard.press("Tab")
            here: dict[str, Any] = await self._page.evaluate(
                """what => {
                  const one = document.activeElement, style = getComputedStyle(one);
                  return {
                    there: one.matches(what),
                    shown: style.outlineStyle !== "none" || style.boxShadow !== "none",
                    name: one.outerHTML.slice(0, 100),
                  };
                }""",
                what,
            )
            assert here["shown"], f"nobody sees where they are: {here['name']}"
            if here["there"]:
                return
        raise AssertionError(f"{what} is not reached by keys at {self._page.url}")
