"""A store with cases, and read models of it that a test builds step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from events.projections.builds import Build, builds
from events.projections.known import PROJECTIONS
from events.projections.projection import Stories
from events.projections.projector import Projector
from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import Database
from tests.events.projections.outings import FACTS, START, Outings, stories
from tests.events.store.numbering import number_all

NOON = START + timedelta(hours=4)


def noon() -> datetime:
    """The moment of every test; processes that help rebuilding find it by this name."""
    return NOON


TABLES = ("projected", *(projection.table for projection in PROJECTIONS))


@dataclass
class Desk:
    """The database from all sides: the service's, the projector's, and the superuser's."""

    database: Database
    keys: MasterKeys
    store: Store
    raw: asyncpg.Connection

    def outings(self, tenant: str | None = None) -> Outings:
        return Outings(self.store, tenant or str(uuid4()))

    def projector(
        self, known: Stories | None = None, *, now: datetime = NOON, **more: Any
    ) -> Projector:
        return Projector(
            self.database.projector_dsn,
            self.keys,
            stories() if known is None else known,
            clock=lambda: now,
            **more,
        )

    async def number(self) -> int:
        """Give all events their positions; the last of them."""
        return await number_all(self.raw)

    async def project(self, known: Stories | None = None, **more: Any) -> None:
        """All events numbered and in the rows."""
        await self.number()
        await self.projector(known, **more).catch_up()

    async def builds(self) -> list[Build]:
        return await builds(self.raw)

    async def live(self, name: str = "cases") -> Build:
        (found,) = (one for one in await self.builds() if (one.name, one.state) == (name, "live"))
        return found

    async def rows(self, numbers: Sequence[int] | None = None) -> dict[str, list[str]]:
        """Every row of the live builds as text, but for the number of the build."""
        if numbers is None:
            numbers = [one.number for one in await self.builds() if one.state == "live"]
        found: dict[str, list[str]] = {}
        for table in TABLES:
            columns = await self.raw.fetch(
                "select attname from pg_attribute where attrelid = $1::text::regclass"
                " and attnum > 0 and attname <> 'build' order by attnum",
                f"traject.{table}",
            )
            names = ", ".join(f"t.{row['attname']}" for row in columns)
            rows = await self.raw.fetch(
                f"select p.name || row({names})::text as row from traject.{table} t"
                " join traject.projection p using (build)"
                " where t.build = any ($1::integer[]) order by 1",
                list(numbers),
            )
            found[table] = [row["row"] for row in rows]
        return found

    async def one(self, stream: str, name: str = "cases") -> asyncpg.Record | None:
        """What the live build says of a case, or None."""
        table = next(one.table for one in PROJECTIONS if one.name == name)
        return await self.raw.fetchrow(
            f"select t.*, h.version, h.day, h.settings from traject.{table} t"
            " join traject.projected h using (build, tenant, stream)"
            " join traject.projection p using (build)"
            " where p.state = 'live' and t.stream = $1",
            stream,
        )


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    keys = MasterKeys.generate()
    store = await Store.connect(database.app_dsn, keys, FACTS)
    raw = await asyncpg.connect(database.owner_dsn)
    yield Desk(database, keys, store, raw)
    await raw.close()
    await store.close()
