"""The example board with administration, and processes that take commands, once for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.skipping import SkippingTemporal
from tests.web.example_site import ExampleSite, example_site
from tests.web.working import working
from web.site import DEMO_BOARD
from workflows.partners.workflow import PartnerProcess
from workflows.supervision.workflow import SupervisionProcess

PROCESSES: list[type] = [SupervisionProcess, PartnerProcess]


@pytest.fixture(scope="package")
async def desk(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[ExampleSite]:
    """With ``ada``, an administrator and nothing else."""
    async with example_site(postgres, logins, partial(working, temporal_env, PROCESSES)) as site:
        await site.store.add_person(
            DEMO_BOARD,
            "Ada Beheer",
            "ada@voorbeeld.example",
            roles=["administrator"],
            person=person_id("ada"),
        )
        yield site
