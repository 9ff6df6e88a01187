"""An installation on servers that others run: the secrets are made once, the parts live by them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.supervisor import free_port
from deploy.part import Part
from events.audit.logkeys import LogKeys
from events.store.keys import MasterKeys
from events.store.migrate import grant_logins
from settings import read_settings
from tests.conftest import Database
from tests.deploy.test_cli import traject
from tests.skipping import SkippingTemporal

GRACE_SECONDS = 10


@pytest.fixture
async def secrets(database: Database, folder: Path) -> AsyncIterator[Path]:
    """The folder that `migrate --secrets` filled."""
    done = migrated(database, folder / "secrets")
    assert len(done) == 6
    yield folder / "secrets"
    # Roles belong to the whole server, and the other tests know the passwords from before.
    await grant_logins(database.owner_dsn, database.passwords)


def migrated(database: Database, secrets: Path) -> list[str]:
    """The files that the command made."""
    given = {"TRAJECT_POSTGRES_DSN": database.owner_dsn, "TRAJECT_INSTALLATION": "test"}
    done = traject("migrate", "--secrets", str(secrets), "--json", **given)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["made"]


async def test_secrets_are_made_once_and_open_what_they_should(
    database: Database, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {file.name: file.read_text() for file in secrets.iterdir()}
    assert migrated(database, secrets) == []
    assert {file.name: file.read_text() for file in secrets.iterdir()} == kept
    monkeypatch.setenv("TRAJECT_SECRETS", str(secrets))
    settings = read_settings()
    for role in ("app", "sequencer", "projector", "reader"):
        connection = await asyncpg.connect(settings.database(role))
        assert await connection.fetchval("select session_user") == f"traject_{role}"
        await connection.close()
    assert MasterKeys.load(settings.master_keys)
    assert LogKeys.load(settings.log_keys)
    assert all(file.stat().st_mode & 0o077 == 0 for file in secrets.iterdir())


async def test_parts_serve_and_stop_with_the_secrets_alone(
    secrets: Path, folder: Path, temporal_env: SkippingTemporal
) -> None:
    ports = {"worker": free_port(), "web": free_port()}
    environment = {
        "TRAJECT_SECRETS": str(secrets),
        "TRAJECT_DATA_FOLDER": str(folder),
        "TRAJECT_INSTALLATION": "test",
        "TRAJECT_TEMPORAL_ADDRESS": temporal_env.address,
        "TRAJECT_TASK_QUEUE": folder.name,
        "TRAJECT_HTTP_PORT": str(ports["web"]),
        "TRAJECT_WORKER_PORT": str(ports["worker"]),
    }
    parts = [Part(name, port, folder / name, environment) for name, port in ports.items()]
    for part in parts:
        part.start()
    try:
        for part in parts:
            await part.serves()
        for part in parts:
            await part.stop(GRACE_SECONDS)
            assert await part.ended() == 0
    finally:
        for part in parts:
            part.kill()
