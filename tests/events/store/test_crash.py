"""PostgreSQL ends in the middle of everything: what was answered is there, numbers stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from uuid import uuid4

import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from events.recording import Recording
from events.store.chain import verify
from events.store.errors import unreachable
from events.store.keys import MasterKeys
from events.store.migrate import LOGIN_ROLES, grant_logins, migrate
from events.store.positions import Position, PositionReader
from events.store.sequencer import Sequencer
from events.store.store import Store
from tests.events.store.samples import FACTS, opened, recording

DATABASE = "postgres"
WRITERS = 8
CRASHES = 3
SECONDS = 0.7

pytestmark = pytest.mark.crash


@contextmanager
def until_gone() -> Iterator[None]:
    """Leaves quietly when the server goes away."""
    try:
        yield
    except Exception as error:
        if not unreachable(error):
            raise


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A server of the test's own, which flushes as in production."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    await migrate(server.dsn)
    yield server
    await server.kill()
    await server.stop()


async def test_answers_and_numbers_outlive_crashes(server: EmbeddedPostgres) -> None:
    passwords = {role: token_urlsafe(12) for role in LOGIN_ROLES}
    await grant_logins(server.dsn, passwords)

    def dsn(role: str) -> str:
        return server.dsn_for(DATABASE, role, passwords[role])

    tenant = str(uuid4())
    answered: list[Recording] = []
    read: list[Position] = []
    store = await Store.connect(dsn("traject_app"), MasterKeys.generate(), FACTS)
    streams = [await opened(store, tenant) for _ in range(WRITERS)]
    versions = [0] * WRITERS
    unsure: dict[int, Recording] = {}

    async def write(writer: int) -> None:
        """Until the server is gone; a command without an answer is repeated after the crash."""
        with until_gone():
            while True:
                wanted = unsure.get(writer) or recording(tenant, streams[writer], versions[writer])
                unsure[writer] = wanted
                answer = await store.record(wanted)
                assert answer.outcome in ("recorded", "repeated")
                del unsure[writer]
                answered.append(wanted)
                versions[writer] += 1

    async def follow() -> None:
        with until_gone():
            reader = await PositionReader.connect(dsn("traject_projector"))
            while True:
                read.extend(await reader.read_positions(read[-1].position if read else 0))
                await asyncio.sleep(0.002)

    for _ in range(CRASHES):
        sequencer, stop = Sequencer(dsn("traject_sequencer")), asyncio.Event()
        store.on_recorded = sequencer.wake
        numbering = asyncio.create_task(sequencer.run(stop))
        following = asyncio.create_task(follow())
        writing = [asyncio.create_task(write(writer)) for writer in range(WRITERS)]
        await asyncio.sleep(SECONDS)
        await server.kill()
        stop.set()
        await asyncio.gather(numbering, following, *writing)
        await server.start()

    assert len(answered) > 50
    assert len(read) > 50
    for wanted in answered:
        found = await store.find_command(tenant, wanted.command_id)
        assert found is not None
        assert found.stream == wanted.stream
    for writer, stream in enumerate(streams):
        head = await store.head(tenant, stream)
        assert head.version in (versions[writer], versions[writer] + 1)
        assert verify(await store.chain(tenant, stream), head) is None

    sequencer, stop = Sequencer(dsn("traject_sequencer")), asyncio.Event()
    numbering = asyncio.create_task(sequencer.run(stop))
    reader = await PositionReader.connect(dsn("traject_projector"))
    total = sum([(await store.head(tenant, stream)).version for stream in streams])
    async with asyncio.timeout(20):
        while len(rows := await reader.read_positions(0, 100_000)) < total:
            await reader.news(0.1)
    assert [row.position for row in rows] == list(range(1, total + 1))
    assert read == rows[: len(read)]
    await reader.close()
    stop.set()
    await numbering
    await store.close()
