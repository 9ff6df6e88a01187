"""Loads a dump beside its place and swaps it in: what is half restored never has a name to serve.

Everything that has to be right before anybody is served is done and checked under a name that
nobody looks for; only then the database gets its own.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.backup import SQL, run_program
from deploy.embedded.postgres_binaries import postgres_program
from deploy.manifest import DUMP, BackupRefused, Manifest, Tell

_LOCK = 0x726573746F7265
_OWNERS = ("traject_owner", "traject_keeper")


@dataclass(frozen=True)
class Target:
    """A database to be, and the one that it is made in; ``admin`` is a session beside both."""

    dsn: str
    admin: asyncpg.Connection
    version: int

    @property
    def name(self) -> str:
        return urlsplit(self.dsn).path.removeprefix("/")

    @property
    def beside(self) -> str:
        return f"{self.name}_restoring"

    def dsn_beside(self, role: str | None = None) -> str:
        """The way into the database that is being restored, in a role of the service's."""
        beside = _with_database(self.dsn, self.beside)
        return f"{beside}{'&' if urlsplit(beside).query else '?'}role={role}" if role else beside

    async def drop_beside(self) -> None:
        await self.admin.execute(f'drop database if exists "{self.beside}" with (force)')


@asynccontextmanager
async def target_of(owner_dsn: str) -> AsyncIterator[Target]:
    """Raises BackupRefused where the login may not, or somebody else restores just now."""
    admin = await asyncpg.connect(_with_database(owner_dsn, "postgres"))
    try:
        server = await admin.fetchrow(SQL["server"])
        assert server is not None
        if not server["superuser"]:
            raise BackupRefused(
                "A backup is restored as a superuser of PostgreSQL: name one in"
                " TRAJECT_POSTGRES_OWNER_DSN."
            )
        if not await admin.fetchval(SQL["lead"], _LOCK):
            raise BackupRefused("Another restore into this server is under way.")
        yield Target(owner_dsn, admin, server["version"])
    finally:
        await admin.close()


async def refuse_unless_free(target: Target) -> None:
    """Raises BackupRefused where the place holds data, or somebody is there."""
    if not await target.admin.fetchval(SQL["exists"], target.name):
        return
    if await target.admin.fetchval(SQL["sessions"], target.name):
        raise BackupRefused(
            f"Somebody is connected to the database {target.name}: stop worker and web first."
        )
    connection = await asyncpg.connect(target.dsn)
    try:
        if await connection.fetchval(SQL["holds_data"]):
            raise BackupRefused(
                f"The database {target.name} holds data, which a restore never overwrites. Set it"
                f' aside first: alter database "{target.name}" rename to "{target.name}_old".'
            )
    finally:
        await connection.close()


async def load_dump(target: Target, folder: Path, manifest: Manifest, tell: Tell) -> None:
    """The dump in a database of its own; what an earlier try left there is dropped."""
    program = postgres_program("pg_restore", max(target.version, manifest.postgres_version))
    await target.drop_beside()
    await _make_roles(target, manifest.roles)
    await target.admin.execute(f'create database "{target.beside}"')

    async def look() -> None:
        done = await target.admin.fetchval(SQL["database_bytes"], target.beside)
        tell(min(done or 0, manifest.table_bytes), manifest.table_bytes)

    jobs = min(4, os.cpu_count() or 1)
    command = (
        *(str(program), "--exit-on-error", "--no-password", f"--jobs={jobs}"),
        str(folder / DUMP),
    )
    await run_program(command, target.dsn_beside(), look)
    tell(manifest.table_bytes, manifest.table_bytes)


async def swap_in(target: Target) -> None:
    """Give the restored database its name. Raises BackupRefused where the place was taken."""
    await refuse_unless_free(target)
    await target.admin.execute(f'drop database if exists "{target.name}"')
    await target.admin.execute(f'alter database "{target.beside}" rename to "{target.name}"')


async def attempt(target: Target, work: Callable[[], Awaitable[None]]) -> None:
    """Nothing is left of a try that failed; of one that was killed the next one takes it away."""
    try:
        await work()
    except BaseException:
        with suppress(asyncpg.PostgresError, OSError):
            await target.drop_beside()
        raise


async def _make_roles(target: Target, roles: Sequence[str]) -> None:
    """As the first migration makes them, because owners and rights in the dump name them."""
    for role in roles:
        if not await target.admin.fetchval(SQL["has_role"], role):
            await target.admin.execute(f'create role "{role}" nologin nosuperuser nobypassrls')
    for role in _OWNERS:
        await target.admin.execute(f'grant "{role}" to current_user')


def _with_database(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))
