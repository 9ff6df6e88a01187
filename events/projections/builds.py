"""Builds: each projection as it was begun, how far it has come, and which of them is live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from events.projections.projection import Projection
from events.store.sql import statements

SQL = statements("projections")

LEADER = 0x70726F6A
"""The first half of the advisory locks by which one leads; the second is the build's number."""

SWEPT = 2_000
"""So many rows go in one transaction: a long one would hold back all who read by position."""

HEADS = "projected"
"""The table of what is in the rows of a build, by dossier."""


class Unfinished(Exception):
    """A new build could not take the place of the live one; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Build:
    """One build of a projection, as it stood when it was looked at.

    ``fence`` counts every change of its rows: who writes names the count it worked from.
    ``live_at``: since when it is read.
    """

    number: int
    name: str
    version: int
    state: str
    position: int
    fence: int
    live_at: datetime | None = None

    def of(self, projection: Projection) -> bool:
        return (self.name, self.version) == (projection.name, projection.version)


@dataclass(frozen=True, slots=True)
class Status:
    """How far a build has come: ``seconds`` is how long the next event has been waiting for it."""

    build: int
    name: str
    version: int
    state: str
    position: int
    head: int
    parked: int
    seconds: float
    advanced_at: datetime

    @property
    def behind(self) -> int:
        return self.head - self.position


async def builds(connection: asyncpg.Connection) -> list[Build]:
    """All that there are, oldest first."""
    rows = await connection.fetch(SQL["builds"])
    return [Build(*row.values()) for row in rows]


async def status(connection: asyncpg.Connection) -> list[Status]:
    """All builds by name, with how far behind they are."""
    rows = await connection.fetch(SQL["status"])
    return [
        Status(
            row["build"],
            row["name"],
            row["version"],
            row["state"],
            row["position"],
            row["head"],
            row["parked"],
            max(0.0, row["seconds"]),
            row["advanced_at"],
        )
        for row in rows
    ]


async def begin(connection: asyncpg.Connection, projection: Projection) -> Build:
    """A new build with nothing in it, led by this connection before anybody else sees it."""
    async with connection.transaction():
        number: Any = await connection.fetchval(SQL["begin"], projection.name, projection.version)
        await lead(connection, number)
    return Build(number, projection.name, projection.version, "building", 0, 0)


async def lead(connection: asyncpg.Connection, number: int) -> bool:
    """Whether this connection leads the build from now on; False while another one does."""
    return bool(await connection.fetchval(SQL["lead"], LEADER, number))


async def leave(connection: asyncpg.Connection, number: int) -> None:
    """Let others lead the build."""
    await connection.execute(SQL["leave"], LEADER, number)


async def swap(connection: asyncpg.Connection, numbers: Sequence[int]) -> bool:
    """Let these builds take the places of those that are live, in one short transaction.

    False, and nothing changed, where one of them has not come as far as the one that it replaces:
    readers never see less than before. Raises Unfinished where one of them is gone.
    """
    async with connection.transaction():
        rows = await connection.fetch(SQL["hold"], list(numbers))
        live = {(row["name"], row["version"]): row for row in rows if row["state"] == "live"}
        fresh = [row for row in rows if row["build"] in numbers]
        if len(fresh) < len(numbers):
            raise Unfinished("Somebody removed what was being built.")
        for row in fresh:
            before = live.get((row["name"], row["version"]))
            if before is not None and before["position"] > row["position"]:
                return False
        for row in fresh:
            await connection.execute(SQL["retire"], row["name"], row["version"])
            await connection.execute(SQL["show"], row["build"])
        return True


async def remove(connection: asyncpg.Connection, build: Build, table: str) -> None:
    """Take away all rows of a build that nobody reads, a few at a time, and the build itself."""
    for one in (HEADS, "parked", table):
        statement = SQL["sweep"].format(table=one)
        while await connection.execute(statement, build.number, SWEPT) == f"DELETE {SWEPT}":
            pass
    await connection.execute(SQL["drop"], build.number)
