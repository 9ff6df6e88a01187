"""One site with its processes at work, and one browser, for all stories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.skipping import SkippingTemporal
from tests.web.served import Served, chromium, served
from web.site import DEMO_BOARD
from workflows.internships.workflow import InternshipProcess
from workflows.partners.workflow import PartnerProcess
from workflows.supervision.workflow import SupervisionProcess

if TYPE_CHECKING:
    from playwright.async_api import Browser

TEACHERS = {"lotte": "Lotte Brandsma", "karim": "Karim Haddou"}
"""They have no trajectory yet."""


@pytest.fixture(scope="package")
async def site(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[Served]:
    processes = [SupervisionProcess, PartnerProcess, InternshipProcess]
    async with served(postgres, logins, temporal_env, processes) as site:
        for key, name in TEACHERS.items():
            mail = f"{key}@voorbeeld.example"
            await site.store.add_person(
                DEMO_BOARD, name, mail, roles=["teacher"], person=person_id(key)
            )
        yield site


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        yield browser
        await browser.close()
