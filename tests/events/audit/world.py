"""A small installation with a past: two boards, checkpoints, a publication, and a backup."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import asyncpg

from deploy.embedded.postgres import EmbeddedPostgres
from events.audit.keeper import checkpoint
from events.audit.logkeys import LogKeys
from events.audit.online import verify_database, verify_over
from events.audit.publishing import Publication
from events.audit.signing import rotate
from events.audit.verify import Checkpoint, Report
from events.audit.verify import checkpoint as read_checkpoint
from events.store.keys import MasterKeys
from events.store.store import Store
from events.supervision import STORY
from tests.benchmarks.bulk import Filled, fill
from tests.conftest import TEMPLATE, Database
from tests.events.audit.log import NOW
from tests.events.store.numbering import keep_all

MADE, BACKUP = "world_made", "world_backup"
STREAMS_OF = 20
FIRST, SECOND = 320, 300
"""Events of the first and the second board."""
LOOKED = 12
"""Readings and refusals."""

_numbers = count(1)


@dataclass
class World:
    """``MADE`` is the database as it stands now, ``BACKUP`` as it stood before the second board."""

    server: EmbeddedPostgres
    passwords: dict[str, str]
    key_file: Path
    place: Path
    publication: Publication
    vkeys: list[str]
    master_keys: MasterKeys
    boards: list[Filled] = field(default_factory=list)

    @asynccontextmanager
    async def copy(self, of: str = MADE) -> AsyncIterator[Copy]:
        """A database that a test may do with as it likes."""
        name = f"world_{next(_numbers)}"
        await self.execute(f"create database {name} template {of} strategy file_copy")
        try:
            database = Database(self.server, name, self.passwords)
            connection = await asyncpg.connect(database.owner_dsn)
            try:
                yield Copy(self, database, connection)
            finally:
                await connection.close()
        finally:
            await self.execute(f"drop database {name} with (force)")

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.server.dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def published(self, number: int) -> Checkpoint:
        """A checkpoint as somebody may have kept it."""
        note = await self.publication.get(f"checkpoints/{number:020}.txt")
        assert note is not None
        return read_checkpoint(note.decode())


class Undone(Exception):
    """Ends a transaction."""


@dataclass(frozen=True)
class Copy:
    """One copy, and its owner's way in."""

    world: World
    database: Database
    owner: asyncpg.Connection

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        """Whatever is done in here is undone afterwards."""
        with suppress(Undone):
            async with self.owner.transaction():
                yield
                raise Undone

    async def seen(self, *, publication: bool = True, kept: Sequence[Checkpoint] = ()) -> Report:
        """What is found of the database as its owner leaves it."""
        place = self.world.publication if publication else None
        return await verify_over(self.owner, self.world.vkeys[:1], publication=place, kept=kept)

    async def verified(self, *, processes: int = 1) -> Report:
        """What the verifier of the product finds, with the rights it has."""
        return await verify_database(
            self.database.projector_dsn,
            self.world.vkeys[:1],
            publication=self.world.publication,
            processes=processes,
        )


async def make_world(server: EmbeddedPostgres, passwords: dict[str, str], folder: Path) -> World:
    """Two boards; checkpoints after the first, after what was read and refused, after the second,
    and one that a new key took over from; then some events that no checkpoint states yet."""
    keys, key_file = LogKeys.generate(), folder / "log-keys.json"
    keys.save(key_file)
    place = folder / "published"
    publication = Publication.at(str(place))
    world = World(
        server, passwords, key_file, place, publication, keys.vkeys, MasterKeys.generate()
    )
    await world.execute(f"create database {MADE} template {TEMPLATE} strategy file_copy")
    history = _History(world, Database(server, MADE, passwords))
    await history.board(FIRST)
    await history.checkpoint()
    await history.looked()
    await history.checkpoint()
    await world.execute(f"create database {BACKUP} template {MADE} strategy file_copy")
    await history.board(SECOND)
    await history.checkpoint()
    await history.rotation()
    await history.looked()
    await history.checkpoint()
    await history.board(STREAMS_OF)
    return world


@dataclass
class _History:
    world: World
    database: Database
    at: datetime = NOW

    async def board(self, events: int) -> None:
        keys = self.world.master_keys
        dsn = self.database.owner_dsn
        self.world.boards.append(await fill(dsn, events, streams_of=STREAMS_OF, keys=keys))

    async def looked(self) -> None:
        """Somebody reads cases, and tries what is not allowed."""
        board = self.world.boards[0]
        facts = {STORY.name: STORY.facts}
        store = await Store.connect(
            self.database.app_dsn, self.world.master_keys, facts, max_size=1
        )
        for stream in board.streams[:LOOKED]:
            case = {"at": self.at, "stream": stream, "process": STORY.name}
            who = str(uuid4())
            await store.log_read(board.tenant, person=who, what="summary", **case)
            await store.log_refused(
                board.tenant, person=who, command="CloseTrajectory", code="auth.role", **case
            )
        await store.close()

    async def checkpoint(self) -> None:
        async with self._keeping() as keeping:
            await keep_all(keeping)
            keys, place = LogKeys.load(self.world.key_file), self.world.publication
            assert await checkpoint(keeping, keys, place, self.at, at_once=True)

    async def rotation(self) -> None:
        async with self._keeping() as keeping:
            await rotate(keeping, self.world.key_file, self.world.publication, self.at)

    @asynccontextmanager
    async def _keeping(self) -> AsyncIterator[asyncpg.Connection]:
        self.at += timedelta(hours=1)
        connection = await asyncpg.connect(self.database.sequencer_dsn)
        try:
            yield connection
        finally:
            await connection.close()
