"""Dossiers that a projection could not go on with, and trying again once the cause is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from events.projections import builds
from events.projections.builds import SQL, Build
from events.projections.folding import Folder
from events.projections.known import PROJECTIONS
from events.projections.projection import Projection, Stories
from events.projections.projector import connect, real_time
from events.projections.writing import Overtaken, page, write
from events.store.administration import SQL as ADMINISTRATION
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys

TRIES = 50


@dataclass(frozen=True, slots=True)
class Parked:
    """A dossier that stands still in a build since ``version``, its event at ``position``.

    ``error`` says what it is and nothing that somebody wrote.
    """

    build: int
    projection: str
    tenant: str
    process: str
    stream: str
    version: int
    position: int | None
    error: str
    attempts: int
    parked_at: datetime
    tried_at: datetime


async def parked(
    connection: asyncpg.Connection, projections: Sequence[Projection] = PROJECTIONS
) -> list[Parked]:
    """What is parked in builds of these that are live or to become so."""
    rows = await connection.fetch(SQL["all_parked"], [one.name for one in projections])
    return [
        Parked(
            row["build"],
            row["name"],
            str(row["tenant"]),
            row["process"],
            str(row["stream"]),
            row["event"],
            row["position"],
            row["error"],
            row["attempts"],
            row["parked_at"],
            row["tried_at"],
        )
        for row in rows
    ]


async def retry(
    dsn: str,
    master_keys: MasterKeys | KeyRing,
    stories: Stories,
    projections: Sequence[Projection] = PROJECTIONS,
) -> tuple[int, int]:
    """Try everything that is parked in these again: how many are shown now, how many are not.

    May run beside a projector: whichever comes second finds that it was overtaken, and looks anew.
    """
    connection = await connect(dsn)
    try:
        before = await parked(connection, projections)
        folder = Folder(stories, master_keys, keep=0)
        for one in before:
            projection = next(it for it in projections if it.name == one.projection)
            await _again(connection, folder, projection, one)
        left = {(one.build, one.stream) for one in await parked(connection, projections)}
        still = sum((one.build, one.stream) in left for one in before)
        return len(before) - still, still
    finally:
        connection.terminate()


async def retry_asked(
    dsn: str, master_keys: MasterKeys | KeyRing, stories: Stories
) -> tuple[int, int] | None:
    """As `retry`, where somebody asked for it since the last time; None where nobody did.

    What was asked stands until it was tried. Two that begin at once both try, which is harmless.
    """
    connection = await connect(dsn)
    try:
        asked = await connection.fetch(ADMINISTRATION["retries"])
        if not asked:
            return None
        tried = await retry(dsn, master_keys, stories)
        tenants, times = ([row[name] for row in asked] for name in ("tenant", "asked_at"))
        await connection.execute(ADMINISTRATION["retried"], tenants, times)
        return tried
    finally:
        connection.terminate()


async def _again(
    connection: asyncpg.Connection, folder: Folder, projection: Projection, one: Parked
) -> None:
    key = one.tenant, one.stream
    for _ in range(TRIES):
        build = await _build(connection, one.build)
        if build is None or not build.of(projection):
            return
        rows = await connection.fetch(SQL["upto"], [key[0]], [key[1]], build.position)
        folded = await folder.fold(connection, {key: rows[0]["version"]}, real_time())
        anew = page(build, projection, build.position, folded, set())
        for case in folded.cases:
            anew.add(case)
        try:
            await write(connection, [anew])
        except Overtaken:
            continue
        return


async def _build(connection: asyncpg.Connection, number: int) -> Build | None:
    every = await builds.builds(connection)
    return next((build for build in every if build.number == number), None)
