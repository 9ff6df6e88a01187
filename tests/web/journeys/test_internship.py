"""An internship from question to signed agreement, whose host has no account and signs by link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from deploy.demo.examples import lead, person_id
from events.store.links import SigningLink
from tests.web.journeys.hands import DESK, PHONE, WORDS, Hands
from tests.web.ruling import wrong_in
from tests.web.served import CHROMIUM, Served
from web.site import DEMO_BOARD

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

SIZES = {"samira": PHONE}


async def test_a_host_signs_by_the_link_in_a_mail(site: Served, browser: Browser) -> None:
    # Later than the internship that this teacher has on the example board.
    steps = lead("5-internship", datetime.now(UTC).date() + timedelta(days=60)).steps
    hands: dict[str, Hands] = {}
    case = ""
    for step in steps:
        if step.by not in hands:
            size = SIZES.get(step.by, DESK)
            hands[step.by] = await Hands.at(browser, site, step.by, size)
        one = hands[step.by]
        try:
            if not case:
                case = f"internships/{await one.begin('internships', step.data)}"
            elif step.command == "SignAgreement":
                await sign(one, case)
            else:
                await one.give(case, step.command, step.data)
        except Exception as error:
            error.add_note(f"{step.command}: {await one.shows()}")
            raise
    host = await browser.new_context(
        viewport={"width": 390, "height": 844}, locale="nl", java_script_enabled=False
    )
    page = await host.new_page()
    await page.goto(site.url(await link_in_mail(site, case)))
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name=WORDS["sign"]["button"], exact=True).click()
    await page.get_by_text(WORDS["sign"]["all_signed"]).wait_for()
    await hands["samira"].open(f"/{case}")
    await hands["samira"].page.get_by_text(WORDS["dossier"]["complete"]).first.wait_for()
    assert await wrong_in(site.app, case) == []
    for one in hands.values():
        assert one.said == [], one.person
        await one.page.context.close()
    await host.close()


async def sign(one: Hands, case: str) -> None:
    """The agreement is read and signed on the page of the case."""
    await one.ask(case, "SignAgreement")
    await one.form.get_by_role("checkbox").check()
    await one.send()
    await one.recorded()


async def link_in_mail(site: Served, case: str) -> str:
    """The address that the mail about this agreement holds."""
    notices = await site.store.notices(DEMO_BOARD, person=person_id("arno"))
    notice = next(one for one in reversed(notices) if one.stream == case.partition("/")[2])
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=14)
    link = SigningLink(DEMO_BOARD, notice.stream, notice.person, notice.version, until)
    return f"/sign/{site.store.links.code(link)}"
