"""The example board with administration, and processes that take commands, once for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from temporalio.worker import Worker

from activities.errands import ErrandActivities
from activities.recording import RecordingActivities
from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from events.store.store import Store
from tests.skipping import SkippingTemporal
from tests.web.example_site import ExampleSite, example_site
from web.site import DEMO_BOARD
from workflows.gateway import Gateway
from workflows.partners.workflow import PartnerProcess
from workflows.sandbox import sandboxed
from workflows.supervision.workflow import SupervisionProcess
from workflows.wire import connect

PROCESSES: list[type] = [SupervisionProcess, PartnerProcess]


@pytest.fixture(scope="package")
async def desk(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[ExampleSite]:
    """With ``ada``, an administrator and nothing else."""
    async with example_site(postgres, logins, partial(_working, temporal_env)) as site:
        await site.store.add_person(
            DEMO_BOARD,
            "Ada Beheer",
            "ada@voorbeeld.example",
            roles=["administrator"],
            person=person_id("ada"),
        )
        yield site


@asynccontextmanager
async def _working(temporal_env: SkippingTemporal, store: Store) -> AsyncIterator[Gateway]:
    temporal = await connect(temporal_env.address, store.dossier_key, task_queue=uuid4().hex)
    gateway, reach = Gateway(store, temporal), RecordingActivities(store, "demo")
    async with Worker(
        temporal.client,
        task_queue=temporal.task_queue,
        workflows=PROCESSES,
        activities=[
            reach.load,
            reach.record,
            reach.recall,
            ErrandActivities(store, gateway).errand,
        ],
        workflow_runner=sandboxed(PROCESSES),
        graceful_shutdown_timeout=timedelta(seconds=1),
    ):
        yield gateway
