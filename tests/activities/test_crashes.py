"""Whatever is killed, and when: each accepted command leaves one set of events and is answered."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from events.event import stream_id
from tests.activities.installation import Installation

pytestmark = pytest.mark.crash

RATE = {"hourly_rate": "95.00"}


@pytest.fixture
async def here() -> AsyncIterator[Installation]:
    folder = tempfile.mkdtemp(prefix="traject-crash-")
    os.chmod(folder, 0o755)
    installation = Installation(Path(folder))
    await installation.start()
    yield installation
    await installation.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def opened(here: Installation) -> str:
    command_id = str(uuid4())
    here.people["teacher"] = str(uuid4())
    await here.insist("hr", "RequestTrajectory", here.request(), command_id=command_id)
    return stream_id(here.tenant, command_id)


@pytest.mark.parametrize("moment", ["before_append", "after_commit", "after_completion"])
async def test_a_worker_killed_around_the_append(here: Installation, moment: str) -> None:
    for _ in range(2):
        doomed = await here.worker(moment, "AcceptRequest")
        stream = await opened(here)
        command_id = str(uuid4())
        asked = asyncio.create_task(
            here.insist("coordinator", "AcceptRequest", RATE, stream=stream, command_id=command_id)
        )
        await doomed.killed()
        heir = await here.worker()
        answer = await asked
        assert [event["type"] for event in answer.events] == ["TrajectoryAccepted"]
        again = await here.insist(
            "coordinator", "AcceptRequest", RATE, stream=stream, command_id=command_id
        )
        assert again.events == answer.events
        await here.insist("coordinator", "AssignAdvisor", {"advisor": str(uuid4())}, stream=stream)
        assert await here.types(stream) == [
            "TrajectoryRequested",
            "TrajectoryAccepted",
            "AdvisorAssigned",
        ]
        await heir.stop()


async def test_a_first_command_whose_worker_is_killed(here: Installation) -> None:
    doomed = await here.worker("after_commit", "RequestTrajectory")
    command_id = str(uuid4())
    asked = asyncio.create_task(
        here.insist("hr", "RequestTrajectory", here.request(), command_id=command_id)
    )
    await doomed.killed()
    await here.worker()
    answer = await asked
    assert [event["type"] for event in answer.events] == ["TrajectoryRequested"]
    assert await here.types(stream_id(here.tenant, command_id)) == ["TrajectoryRequested"]


async def test_a_caller_is_answered_soon_after_a_kill(here: Installation) -> None:
    """A worker stands beside the killed one: the task's timeout and a little more."""
    doomed = await here.worker("after_commit", "AcceptRequest")
    stream = await opened(here)
    await here.worker()
    asked = asyncio.create_task(here.insist("coordinator", "AcceptRequest", RATE, stream=stream))
    await doomed.killed()
    killed = time.monotonic()
    await asked
    assert time.monotonic() - killed < 5


async def test_postgresql_killed_and_started_again(here: Installation) -> None:
    await here.worker()
    stream = await opened(here)
    for command, role, data in (
        ("AcceptRequest", "coordinator", RATE),
        ("AssignAdvisor", "coordinator", {"advisor": str(uuid4())}),
    ):
        await here.postgres.kill()
        asked = asyncio.create_task(here.insist(role, command, data, stream=stream))
        await asyncio.sleep(0)
        await here.postgres.start()
        await asked
    assert await here.types(stream) == [
        "TrajectoryRequested",
        "TrajectoryAccepted",
        "AdvisorAssigned",
    ]


async def test_temporal_killed_and_started_again(here: Installation) -> None:
    await here.worker()
    stream = await opened(here)
    await here.temporal.kill()
    asked = asyncio.create_task(here.insist("coordinator", "AcceptRequest", RATE, stream=stream))
    await here.temporal.start()
    await asked
    assert await here.types(stream) == ["TrajectoryRequested", "TrajectoryAccepted"]


async def test_a_stop_in_the_middle_of_many_commands_loses_none(here: Installation) -> None:
    first = await here.worker()
    streams = [await opened(here) for _ in range(6)]
    asked = [
        asyncio.create_task(here.insist("coordinator", "AcceptRequest", RATE, stream=stream))
        for stream in streams
    ]
    assert await first.stop() == 0
    await here.worker()
    await asyncio.gather(*asked)
    for stream in streams:
        assert await here.types(stream) == ["TrajectoryRequested", "TrajectoryAccepted"]
