"""Exports that an installation keeps in its own folder: an erasure finds and removes them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

import asyncpg

from events.store.sql import statements

SQL = statements("kept")


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


async def exports_with(connection: asyncpg.Connection, tenant: str, stream: str) -> list[str]:
    """The kept files that hold this dossier. ``connection`` is of the database's owner."""
    rows = await connection.fetch(SQL["exports_with"], tenant, stream)
    return [row["file"] for row in rows]


async def remove_exports(
    connection: asyncpg.Connection, folder: Path, tenant: str, stream: str
) -> list[str]:
    """Remove every kept file that holds this dossier, also when it holds others; their names.

    ``connection`` is of the database's owner. Safe to break off and repeat.
    """
    names = await exports_with(connection, tenant, stream)
    for name in names:
        await asyncio.to_thread((folder / name).unlink, missing_ok=True)
        await connection.execute(SQL["forget"], name)
    return names
