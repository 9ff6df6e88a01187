"""Scenario files on the whole product: HTTP API, real Temporal with moved clocks, PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.harness.over_http import HttpEngine
from deploy.harness.product import Product
from workflows.scenarios import run_file

HERE = Path(__file__).parent


@asynccontextmanager
async def product(**environment: str) -> AsyncIterator[Product]:
    folder = Path(tempfile.mkdtemp(prefix="traject-scenarios-"))
    folder.chmod(0o711)
    running = Product(folder, in_memory=True, environment=environment)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def play(running: Product, name: str) -> list[str]:
    """The steps that did not hold."""
    client = (await running.connection()).client
    engine = HttpEngine(running.url, await running.store(), client)
    try:
        outcome = await run_file(HERE / f"{name}.yaml", engine)
    finally:
        await engine.close()
    assert outcome.passed
    return outcome.failures


@pytest.fixture(scope="module")
async def warm() -> AsyncIterator[Product]:
    async with product() as running:
        yield running


@pytest.mark.parametrize(
    "name", ["a-basic-level-reached", "c-abort-in-guidance", "n-internship", "w-stewardship"]
)
async def test_a_scenario_holds_over_http(warm: Product, name: str) -> None:
    assert await play(warm, name) == []


async def test_a_scenario_holds_when_every_step_is_a_replay() -> None:
    """No workflow stays in memory: each task rebuilds the case from its history."""
    async with product(TRAJECT_MAX_CACHED_WORKFLOWS="0") as cold:
        assert await play(cold, "a-basic-level-reached") == []
