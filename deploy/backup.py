"""A backup: a folder with a dump of the whole database, and a manifest of what is in it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg

from deploy.embedded.postgres_binaries import postgres_program
from deploy.embedded.supervisor import Child
from deploy.manifest import (
    CHECKPOINT,
    DUMP,
    MANIFEST,
    BackupRefused,
    Manifest,
    Numbered,
    Tell,
    hashed,
    write,
)
from events.audit.tiles import Tiles
from events.store.rewrapping import Rewrapping
from events.store.sql import statements

SQL = statements("backups")

_LOOK = 0.2


async def backup(owner_dsn: str, folder: Path, tell: Tell = lambda _done, _of: None) -> Manifest:
    """Dump the database into a new folder while it serves; ``tell`` hears of bytes.

    ``owner_dsn`` is of a superuser, or one with BYPASSRLS: others would see no rows. The folder
    appears when all is in it. Raises BackupRefused, StartFailed where there is no pg_dump.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused(f"{folder} holds something already: name a new folder.")
    half = folder.with_name(f".{folder.name}.half")
    connection = await asyncpg.connect(
        owner_dsn, server_settings={"idle_in_transaction_session_timeout": "0"}
    )
    try:
        server = await _server(connection)
        program = postgres_program("pg_dump", server["version"])
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True, mode=0o700)
        # It reads, and has no transaction id: positions are given all the while.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval(SQL["snapshot"])
            facts, checkpoint = await _facts(connection, server)
            command = (
                *(str(program), "--format=custom", "--compress=gzip:1", "--no-password"),
                *(f"--snapshot={snapshot}", f"--file={half / DUMP}"),
            )

            async def look() -> None:
                await asyncio.sleep(0)
                with suppress(FileNotFoundError):
                    done = (half / DUMP).stat().st_size
                    tell(min(done, facts["table_bytes"]), facts["table_bytes"])

            await run_program(command, owner_dsn, look)
        if checkpoint is not None:
            (half / CHECKPOINT).write_text(checkpoint, encoding="utf-8")
        files = {path.name: hashed(path) for path in sorted(half.iterdir())}
        manifest = Manifest(**facts, files=files, made_at=datetime.now(UTC)).sealed()
        write(half / MANIFEST, manifest.model_dump_json(indent=2))
        if folder.exists():
            folder.rmdir()
        half.rename(folder)
        tell(facts["table_bytes"], facts["table_bytes"])
        return manifest
    finally:
        await connection.close()
        shutil.rmtree(half, ignore_errors=True)


async def run_program(
    command: Sequence[str], dsn: str, look: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Run a program of PostgreSQL on a database; it ends with us, however that comes.

    Raises BackupRefused with its last words when it fails.
    """
    parts = urlsplit(dsn)
    name, at, place = parts.netloc.rpartition("@")
    public = urlunsplit(parts._replace(netloc=f"{name.partition(':')[0]}{at}{place}"))
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if parts.password is not None:
        env["PGPASSWORD"] = unquote(parts.password)
    with tempfile.TemporaryDirectory() as scratch:
        child = Child.start(
            [*command, f"--dbname={public}"],
            log=Path(scratch) / "said",
            death=signal.SIGKILL,
            env=env | {"LC_ALL": "C"},
        )
        try:
            while not await child.ended(_LOOK):
                if look is not None:
                    await look()
        finally:
            child.kill()
        if child.exit_code:
            lines = child.said().strip().splitlines() or ["it said nothing"]
            raise BackupRefused(f"{Path(command[0]).name} failed: {lines[-1]}")


async def _server(connection: asyncpg.Connection) -> asyncpg.Record:
    row = await connection.fetchrow(SQL["server"])
    assert row is not None
    if not row["sees_all"]:
        raise BackupRefused(
            "A backup is made as a superuser of PostgreSQL, or as a role with BYPASSRLS: any"
            " other one sees no rows. Name one in TRAJECT_POSTGRES_OWNER_DSN."
        )
    return row


async def _facts(
    connection: asyncpg.Connection, server: asyncpg.Record
) -> tuple[dict[str, Any], str | None]:
    """What the manifest says besides the files; and the last checkpoint's text."""
    try:
        row = await connection.fetchrow(SQL["facts"])
    except asyncpg.UndefinedTableError:
        raise BackupRefused(
            "This is no database of Traject, or one of an older version: 'traject migrate' first."
        ) from None
    assert row is not None
    last = await connection.fetchrow(SQL["checkpoint"])
    return {
        "installation": row["installation"] or "production",
        "migration": row["migration"],
        "postgres": server["text"],
        "postgres_version": server["version"],
        "roles": tuple(role["rolname"] for role in await connection.fetch(SQL["roles"])),
        "events": row["events"],
        "reads": row["reads"],
        "refused": row["refused"],
        "positions": row["positions"],
        "trees": await Tiles(connection).sizes(),
        "checkpoint": last and Numbered(number=last["number"], size=last["size"]),
        "masters": await Rewrapping(connection).masters(),
        "table_bytes": row["bytes"],
    }, last and last["note"]
