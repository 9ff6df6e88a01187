"""``./dev screens``: pictures of the main pages for the documents, made from the example board."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

import asyncpg

from deploy.embedded.postgres import EmbeddedPostgres
from events.store.migrate import LOGIN_ROLES, grant_logins, migrate
from tests.conftest import Database, scratch_folder
from tests.web.served import CHROMIUM, Served, chromium, serving

if TYPE_CHECKING:
    from playwright.async_api import Browser

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
DATABASE = "screens"
MOST_BYTES = 150_000
DESK, PHONE = (1280, 860), (390, 844)


@dataclass(frozen=True, slots=True)
class Screen:
    """A picture: of which page, as whom, on how large a screen, from how far down."""

    name: str
    person: str
    path: str
    size: tuple[int, int] = DESK
    below: int = 0


SCREENS = (
    Screen("case", "ellen", "/supervision/{in_guidance}"),
    Screen("home", "rik", "/"),
    Screen("visit", "ellen", "/supervision/{in_guidance}/do/RecordVisit", PHONE),
    Screen("goals", "ellen", "/supervision/{in_guidance}/do/DraftGoal"),
    Screen("planning", "ellen", "/supervision/{in_guidance}/do/PlanVisit"),
    Screen("report", "ellen", "/supervision/{in_guidance}/do/DraftFinalReport"),
    Screen("dashboard", "saskia", "/dashboard"),
    Screen("trajectories", "rik", "/supervision"),
    Screen("through-time", "noor", "/audit/supervision/{in_guidance}?at=20"),
    Screen("proof", "noor", "/audit/events/{event}"),
    Screen("people", "saskia", "/administration/people"),
)


async def make(names: Sequence[str]) -> int:
    """Makes those that are named, or all; says how large each is. 0 where all are small enough."""
    from playwright.async_api import async_playwright

    wanted = [one for one in SCREENS if one.name in names or not names]
    unknown = set(names) - {one.name for one in SCREENS}
    if unknown:
        print(f"There is no screen '{min(unknown)}'.", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    large = 0
    with scratch_folder() as folder:
        server = EmbeddedPostgres(folder / "postgres", fsync=False)
        await server.start()
        try:
            database = await _database(server)
            async with serving(database) as site, async_playwright() as playwright:
                browser = await chromium(playwright)
                for screen in wanted:
                    bytes_ = await _picture(browser, site, screen)
                    large += bytes_ > MOST_BYTES
                    print(f"docs/screens/{screen.name}.png  {bytes_ / 1000:.0f} kB", flush=True)
                await browser.close()
        finally:
            await server.stop()
    if large:
        print(f"{large} of them are larger than {MOST_BYTES // 1000} kB.", file=sys.stderr)
    return 1 if large else 0


async def _database(server: EmbeddedPostgres) -> Database:
    connection = await asyncpg.connect(server.dsn)
    await connection.execute(f"create database {DATABASE}")
    await connection.close()
    await migrate(server.dsn_for(DATABASE))
    passwords = {role: token_urlsafe(12) for role in LOGIN_ROLES}
    await grant_logins(server.dsn_for(DATABASE), passwords)
    return Database(server, DATABASE, passwords)


async def _picture(browser: Browser, site: Served, screen: Screen) -> int:
    width, height = screen.size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        locale="nl",
        color_scheme="light",
        reduced_motion="reduce",
    )
    await site.sign_in(context, screen.person)
    page = await context.new_page()
    answer = await page.goto(site.url(screen.path), wait_until="load")
    assert answer is not None
    assert answer.status == 200, f"{screen.name} was answered {answer.status}"
    await page.evaluate("document.fonts.ready")
    await page.mouse.wheel(0, screen.below)
    file = FOLDER / f"{screen.name}.png"
    await page.screenshot(path=file)
    await context.close()
    return file.stat().st_size


def main() -> int:
    if CHROMIUM is None or shutil.which(CHROMIUM) is None:
        print("Chromium is missing: apt install chromium.", file=sys.stderr)
        return 1
    return asyncio.run(make(sys.argv[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
