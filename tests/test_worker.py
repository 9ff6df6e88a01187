"""The worker puts itself together, answers commands, and ends in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from temporalio import workflow

from deploy.embedded.supervisor import free_port
from events.audit.logkeys import LogKeys
from events.event import stream_id
from events.store.keys import MasterKeys
from events.store.migrate import mark_installation
from events.store.store import Store
from observability import REGISTRY
from settings import BadSettings, Settings
from tests.conftest import Database
from tests.skipping import SkippingTemporal
from worker import PROCESSES, run_worker
from workflows.decision import Giver
from workflows.gateway import Gateway
from workflows.registry import RULES
from workflows.wire import connect_by

Make = Callable[..., Settings]


@pytest.fixture
async def make(database: Database, temporal_env: SkippingTemporal, tmp_path: Path) -> Make:
    """Settings for a worker on the shared servers."""
    await mark_installation(database.owner_dsn, "test")
    keys = tmp_path / "master-keys.json"
    MasterKeys.generate().save(keys)
    LogKeys.generate().save(tmp_path / "log-keys.json")

    def settings(**differing: object) -> Settings:
        return Settings.model_validate(
            {
                "installation": "test",
                "data_folder": tmp_path,
                "postgres_dsn": database.owner_dsn,
                "temporal_address": temporal_env.address,
                "master_key_file": keys,
                "task_queue": uuid4().hex,
                "worker_port": free_port(),
                **differing,
            }
        )

    return settings


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(settings, stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(15):
            await worker


async def health(settings: Settings) -> httpx2.Response:
    url = f"http://127.0.0.1:{settings.worker_port}/health"
    async with httpx2.AsyncClient() as http, asyncio.timeout(20):
        while True:
            try:
                return await http.get(url)
            except httpx2.TransportError:
                await asyncio.sleep(0.05)


async def test_it_answers_commands_and_ends(make: Make) -> None:
    settings = make()
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    async with running(settings):
        assert (await health(settings)).json()["status"] == "ok"
        store = await Store.connect(
            settings.database("app"), MasterKeys.load(settings.master_keys), facts
        )
        gateway = Gateway(store, await connect_by(settings, store.dossier_key))
        tenant, command_id, person = (str(uuid4()) for _ in range(3))
        answer = await gateway.give(
            tenant=tenant,
            process="supervision",
            stream=stream_id(tenant, command_id),
            command_id=command_id,
            content_hash="h",
            command="RequestTrajectory",
            data={
                "teacher": str(uuid4()),
                "client": str(uuid4()),
                "manager": str(uuid4()),
                "school": "De Wilg",
                "concerns": [{"concern": "C1", "text": "Lessen beginnen laat"}],
            },
            giver=Giver(person, ("hr",)),
        )
    assert [event["type"] for event in answer.events] == ["TrajectoryRequested"]
    assert len(await store.load(tenant, stream_id(tenant, command_id))) == 1
    await store.close()


def test_every_process_has_its_workflow() -> None:
    names = {workflow._Definition.must_from_class(process).name for process in PROCESSES}
    assert names == set(RULES)


async def test_health_tells_of_every_part(make: Make) -> None:
    settings = make()
    async with running(settings):
        async with asyncio.timeout(10):
            while not (lag := (parts := (await health(settings)).json()["parts"]).pop("lag")):
                await asyncio.sleep(0.05)
        servers, own = ("postgres", "temporal", "ledger"), ("sequencer", "log keeper", "outbox")
        more = "projections", "retries", "erasures", "housekeeping"
        assert parts == dict.fromkeys((*servers, *own, *more), "ok")
        none = {"events": 0, "seconds": 0, "parked": 0}
        assert lag == dict.fromkeys(("cases", "tasks", "agenda"), none)
        behind = REGISTRY.get_sample_value
        assert behind("traject_projection_behind_events", {"projection": "cases"}) == 0


async def test_a_database_of_another_kind_is_not_touched(make: Make) -> None:
    with pytest.raises(BadSettings, match="marked as test"):
        await run_worker(make(installation="production"), asyncio.Event())


async def away(part: str) -> None:
    """Returns when the worker said that it is not there."""
    async with asyncio.timeout(10):
        while REGISTRY.get_sample_value("traject_part_up", {"part": part}) != 0:
            await asyncio.sleep(0.02)


async def test_it_waits_for_servers_that_are_not_there_and_can_be_stopped_meanwhile(
    make: Make,
) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    async with running(make(temporal_address=nowhere)):
        await away("temporal")
    async with running(make(postgres_dsn=f"postgresql://traject_app:x@{nowhere}/traject")):
        await away("postgres")
