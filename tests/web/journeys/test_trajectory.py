"""One whole trajectory by all its people through the pages: at a desk, on a telephone, and again
in browsers that run no script."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from deploy.demo.examples import Step, lead, person_id
from tests.web.example_board import REPORTED
from tests.web.journeys.hands import DESK, PHONE, Hands
from tests.web.ruling import wrong_in
from tests.web.served import CHROMIUM, Served

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

SIZES = {"joost": PHONE, "tobias": PHONE}
"""Teachers and advisors have a telephone with them; the others sit at a desk."""
NAMES = (("eerste", "V1"), ("tweede", "V2"), ("derde", "V3"))
"""The pages name visits in the order in which they are planned."""
LAST = (
    Step("joost", "ConfirmReceipt", {}, ""),
    Step("hendrik", "ConfirmReceipt", {}, ""),
    Step("hendrik", "CloseTrajectory", {"outcome": "no_follow_up"}, ""),
)


@pytest.mark.parametrize(("teacher", "script"), [("lotte", True), ("karim", False)])
async def test_a_trajectory_from_request_to_closing(
    site: Served, browser: Browser, teacher: str, script: bool
) -> None:
    who = {"joost": teacher}
    hands: dict[str, Hands] = {}
    case = ""
    for step in (*lead(REPORTED, datetime.now(UTC).date()).steps, *LAST):
        by = who.get(step.by, step.by)
        if by not in hands:
            size = SIZES.get(step.by, DESK)
            hands[by] = await Hands.at(browser, site, by, size, script=script)
        data = _told(step, who)
        try:
            if not case:
                case = f"supervision/{await hands[by].begin('supervision', data)}"
            else:
                await hands[by].give(case, step.command, data)
        except Exception as error:
            error.add_note(f"{step.command}: {await hands[by].shows()}")
            raise
    assert await wrong_in(site.app, case) == []
    for one in hands.values():
        assert one.said == [], one.person
        await one.page.context.close()


def _told(step: Step, who: dict[str, str]) -> dict[str, object]:
    """What is filled in: of other people, and without what the page knows by itself."""
    text = json.dumps(step.data)
    for old, new in (*((person_id(one), person_id(other)) for one, other in who.items()), *NAMES):
        text = text.replace(old, new)
    return json.loads(text)
