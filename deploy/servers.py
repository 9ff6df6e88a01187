"""The servers a command works on: those that are named, or this machine's own for that long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.supervisor import FolderLock, StartFailed
from deploy.embedded.temporal import EmbeddedTemporal
from deploy.home import Home
from deploy.up import DATABASE
from settings import Settings


@asynccontextmanager
async def own_postgres(settings: Settings, *, join: bool = False) -> AsyncIterator[Settings]:
    """The settings with a PostgreSQL that runs.

    ``join``: one that `traject up` keeps running will do. Raises StartFailed where it is in use
    and may not be joined.
    """
    if settings.postgres_dsn is not None or settings.postgres_owner_dsn is not None:
        yield settings
        return
    home = Home(settings)
    home.make()
    if join and _in_use(home.postgres):
        yield home.joined(settings)
        return
    server = EmbeddedPostgres(home.postgres)
    await server.start()
    try:
        yield _with(settings, data_folder=home.folder, postgres_dsn=server.dsn_for(DATABASE))
    finally:
        await server.stop()


@asynccontextmanager
async def own_temporal(settings: Settings, found: Settings) -> AsyncIterator[Settings]:
    """``found``, which came of ``settings``, with a Temporal that runs. Raises StartFailed."""
    if found.temporal_address is not None:
        yield found
        return
    server = EmbeddedTemporal(Home(settings).temporal)
    await server.start()
    try:
        yield _with(found, temporal_address=server.address)
    finally:
        await server.stop()


def _with(settings: Settings, **changes: Any) -> Settings:
    explicit = settings.model_dump(include=settings.model_fields_set)
    return Settings.model_validate({**explicit, **changes})


def _in_use(folder: Path) -> bool:
    if not folder.exists():
        return False
    lock = FolderLock(folder)
    try:
        lock.take()
    except StartFailed:
        return True
    lock.release()
    return False
