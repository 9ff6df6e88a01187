"""Brings a database to the schema this version needs, forward only, and hands out the logins."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

SCHEMA = Path(__file__).parent / "schema"
LOGIN_ROLES = ("traject_app", "traject_sequencer", "traject_projector", "traject_reader")

_LOCK = 0x7472616A656374
_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")
_LEDGER = """
create schema if not exists traject;
create table if not exists traject.migration (
    number integer primary key,
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null default now()
);
"""


class MigrationRefused(Exception):
    """The database and the migration files do not fit together; the text says how."""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = SCHEMA) -> list[Migration]:
    """The migration files in order; raises MigrationRefused where a number is missing or twice."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None or int(match[1]) != len(found) + 1:
            raise MigrationRefused(
                f"{path.name} is not the next migration: files are named 0001_name.sql, "
                f"0002_name.sql and so on, without gaps"
            )
        found.append(Migration(int(match[1]), path.name, path.read_text(encoding="utf-8")))
    return found


async def migrate(dsn: str, folder: Path = SCHEMA) -> list[str]:
    """Apply what is missing, each file in a transaction of its own; returns the names applied.

    ``dsn`` is of a superuser, or of the database's owner with CREATEROLE. Safe to run from
    several places at once and as often as one likes. Raises MigrationRefused when an applied
    file was changed since, or when the database is newer than these files.
    """
    wanted = migrations(folder)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("set client_min_messages = warning")
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        async with connection.transaction():
            await connection.execute(_LEDGER)
        ledger = {
            row["number"]: row
            for row in await connection.fetch("select number, name, sha256 from traject.migration")
        }
        _refuse_other_history(wanted, ledger)
        applied: list[str] = []
        for migration in wanted:
            if migration.number not in ledger:
                await _apply(connection, migration)
                applied.append(migration.name)
        return applied
    finally:
        await connection.close()


def _refuse_other_history(wanted: list[Migration], ledger: Mapping[int, Mapping[str, str]]) -> None:
    for migration in wanted:
        known = ledger.get(migration.number)
        if known is not None and known["sha256"] != migration.sha256:
            raise MigrationRefused(
                f"{migration.name} was changed after it was applied to this database "
                f"(as {known['name']}). Applied migrations are never edited: restore the file "
                f"and put the change into a new one."
            )
    newer = sorted(set(ledger) - {migration.number for migration in wanted})
    if newer:
        raise MigrationRefused(
            f"the database has migration {ledger[newer[-1]]['name']}, which this version "
            f"does not know: run a version that is at least as new as the database."
        )


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute("reset role")
        await connection.execute(
            "insert into traject.migration (number, name, sha256) values ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.sha256,
        )


async def grant_logins(dsn: str, passwords: Mapping[str, str]) -> None:
    """Let the service's roles log in with these passwords; ``dsn`` is of a superuser.

    Raises ValueError for a role that is not one of LOGIN_ROLES.
    """
    unknown = set(passwords) - set(LOGIN_ROLES)
    if unknown:
        raise ValueError(f"not a role of this service: {', '.join(sorted(unknown))}")
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            # Two databases of one cluster share their roles and may be set up side by side.
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            for role, password in passwords.items():
                statement = await connection.fetchval(
                    "select format('alter role %I login password %L', $1::text, $2::text)",
                    role,
                    password,
                )
                await connection.execute(statement)
    finally:
        await connection.close()


async def mark_installation(dsn: str, kind: str) -> None:
    """Say once what this installation is for: ``production``, ``test`` or ``demo``.

    Raises MigrationRefused when it is marked as something else: a mark is never changed.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "insert into traject.installation (kind) values ($1) on conflict do nothing", kind
        )
        marked = await connection.fetchval("select kind from traject.installation")
        if marked != kind:
            raise MigrationRefused(
                f"this installation is marked {marked} and cannot become {kind}: "
                f"use another database"
            )
    finally:
        await connection.close()
