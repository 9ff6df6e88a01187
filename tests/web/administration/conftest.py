"""The example board with administration, and processes that take commands, once for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from tests.skipping import SkippingTemporal
from tests.web.example_site import ExampleSite, example_site
from tests.web.working import working
from workflows.partners.workflow import PartnerProcess
from workflows.supervision.workflow import SupervisionProcess

PROCESSES: list[type] = [SupervisionProcess, PartnerProcess]


@pytest.fixture(scope="package")
async def desk(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[ExampleSite]:
    async with example_site(postgres, logins, partial(working, temporal_env, PROCESSES)) as site:
        yield site
