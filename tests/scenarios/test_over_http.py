"""Scenario files on the whole product: HTTP API, real Temporal with moved clocks, PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.harness.over_http import HttpEngine
from deploy.harness.product import Product
from workflows.scenarios import run_file

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


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


async def test_what_was_recorded_conforms_and_what_was_forged_does_not(warm: Product) -> None:
    """As `traject audit conform` says of the scenarios above: real clocks, settings, positions."""
    connection = await asyncpg.connect(warm.dsn)
    try:
        if not await connection.fetchval("select count(*) from traject.event"):
            assert await play(warm, "n-internship") == []
        code, said = await conform(warm, "--all", "--jobs", "2")
        assert (code, said["findings"]) == (0, [])
        assert {note["code"] for note in said["notes"]} <= {"deadline.late"}
        assert said["commands"] == said["checked"] > 0

        await connection.execute("alter table traject.event disable trigger never_changed")
        stream = await connection.fetchval(
            "update traject.event set warnings = '{x}' where event_id ="
            " (select event_id from traject.event where command is not null limit 1)"
            " returning stream"
        )
    finally:
        await connection.close()
    code, said = await conform(warm, str(stream))
    assert (code, [one["code"] for one in said["findings"]]) == (1, ["warnings.differ"])


async def conform(running: Product, *words: str) -> tuple[int | None, dict[str, Any]]:
    command = [sys.executable, str(ROOT / "cli.py"), "audit", "conform", "--json", *words]
    child = await asyncio.create_subprocess_exec(
        *command, env=running.environment(), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate()
    return child.returncode, json.loads(said)


async def test_a_scenario_holds_when_every_step_is_a_replay() -> None:
    """No workflow stays in memory: each task rebuilds the case from its history."""
    async with product(TRAJECT_MAX_CACHED_WORKFLOWS="0") as cold:
        assert await play(cold, "a-basic-level-reached") == []
