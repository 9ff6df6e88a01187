"""Exports that an installation keeps in its own folder: an erasure finds and removes them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from events.store.sql import statements

SQL = statements("kept")


@dataclass(frozen=True, slots=True)
class Removed:
    """Files that are gone now, and those that were not there: moved, or on another machine."""

    removed: list[str]
    not_here: list[str]


async def register(
    connection: asyncpg.Connection,
    file: str,
    streams: Mapping[str, Iterable[str]],
    made_by: str,
) -> None:
    """Note which dossiers, by board, a file is going to hold; before it is written.

    ``connection`` is of traject_app; it works for several boards one after another.
    """
    async with connection.transaction():
        for tenant, ids in streams.items():
            await connection.execute(SQL["work_for"], tenant)
            await connection.execute(SQL["register"], tenant, file, list(ids), made_by)


async def is_registered(connection: asyncpg.Connection, file: str, tenants: Iterable[str]) -> bool:
    """Whether no erasure removed the file meanwhile. ``connection`` is of traject_app."""
    async with connection.transaction():
        for tenant in tenants:
            await connection.execute(SQL["work_for"], tenant)
            if not await connection.fetchval(SQL["is_registered"], tenant, file):
                return False
    return True


async def forget(connection: asyncpg.Connection, file: str, tenants: Iterable[str]) -> None:
    """The file was never made. ``connection`` is of traject_app."""
    async with connection.transaction():
        for tenant in tenants:
            await connection.execute(SQL["work_for"], tenant)
            await connection.execute(SQL["unmade"], tenant, file)


async def remove_exports(
    connection: asyncpg.Connection, folder: Path, tenant: str, stream: str
) -> Removed:
    """Remove every kept file that holds this dossier, also where it holds others.

    ``connection`` is of the database's owner. Safe to break off and repeat.
    """
    removed, not_here = list[str](), list[str]()
    for row in await connection.fetch(SQL["exports_with"], tenant, stream):
        file = folder / row["file"]
        there = await asyncio.to_thread(file.exists)
        (removed if there else not_here).append(row["file"])
        await asyncio.to_thread(file.unlink, missing_ok=True)
        await connection.execute(SQL["forget"], row["file"])
    return Removed(removed, not_here)
