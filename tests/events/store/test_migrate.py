"""Migrations go forward only, once each, and refuse a history that is not theirs."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from events.store.migrate import (
    LOGIN_ROLES,
    SCHEMA,
    MigrationRefused,
    grant_logins,
    migrate,
    migrations,
)

NAME = "to_be_migrated"


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The superuser's way into a database without anything in it."""
    connection = await asyncpg.connect(postgres.dsn)
    await connection.execute(f"create database {NAME}")
    yield postgres.dsn_for(NAME)
    await connection.execute(f"drop database {NAME} with (force)")
    await connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SCHEMA, tmp_path / "schema")


async def test_applied_once(empty: str) -> None:
    names = [migration.name for migration in migrations()]
    assert await migrate(empty) == names
    assert await migrate(empty) == []


async def test_from_two_places_at_once(empty: str) -> None:
    applied = await asyncio.gather(migrate(empty), migrate(empty), migrate(empty))
    assert sorted(map(len, applied)) == [0, 0, len(migrations())]


async def test_changed_file_is_refused(empty: str, folder: Path) -> None:
    await migrate(empty, folder)
    file = folder / "0002_boards.sql"
    file.write_text(file.read_text() + "\n-- a later thought\n")
    with pytest.raises(MigrationRefused, match=r"0002_boards\.sql was changed after"):
        await migrate(empty, folder)


async def test_newer_database_is_refused(empty: str, folder: Path) -> None:
    later = folder / f"{len(migrations()) + 1:04}_later.sql"
    later.write_text("select 1;")
    assert later.name in await migrate(empty, folder)
    with pytest.raises(MigrationRefused, match="does not know"):
        await migrate(empty)


async def test_failed_file_leaves_nothing(empty: str, folder: Path) -> None:
    before = len(migrations())
    broken = folder / f"{before + 1:04}_broken.sql"
    broken.write_text("create table traject.half (x int); select 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, folder)
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("select to_regclass('traject.half')") is None
    assert await connection.fetchval("select max(number) from traject.migration") == before
    await connection.close()
    broken.write_text("create table traject.half (x int);")
    assert await migrate(empty, folder) == [broken.name]


@pytest.mark.parametrize("name", ["0001_again.sql", "9999_far.sql", "1_short.sql", "notes.sql"])
def test_files_are_numbered_without_gaps(folder: Path, name: str) -> None:
    (folder / name).write_text("select 1;")
    with pytest.raises(MigrationRefused, match="not the next migration"):
        migrations(folder)


async def test_only_service_roles_log_in(empty: str) -> None:
    await migrate(empty)
    with pytest.raises(ValueError, match="traject_owner"):
        await grant_logins(empty, {"traject_owner": "x"})
    assert not {"traject_owner", "traject_keeper"} & set(LOGIN_ROLES)


async def test_role_that_passes_row_security_is_refused(empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await connection.execute(
        "do $$ begin create role traject_reader; exception when duplicate_object then null; end $$"
    )
    await connection.execute("alter role traject_reader bypassrls")
    try:
        with pytest.raises(asyncpg.RaiseError, match="traject_reader must be neither"):
            await migrate(empty)
    finally:
        await connection.execute("alter role traject_reader nobypassrls")
        await connection.close()
    assert await migrate(empty)
