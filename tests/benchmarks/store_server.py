"""A server that flushes to disk, with a migrated database: what the store's figures run on."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

import asyncpg

from deploy.embedded.postgres import EmbeddedPostgres
from events.store.keys import MasterKeys
from events.store.migrate import LOGIN_ROLES, grant_logins, migrate
from events.store.store import Store
from events.store.streams import Facts

DATABASE = "traject"


@dataclass(frozen=True)
class StoreServer:
    """The ways into the database: the superuser's, and those of the service's roles."""

    server: EmbeddedPostgres
    passwords: dict[str, str]

    def dsn(self, role: str | None = None) -> str:
        if role is None:
            return self.server.dsn_for(DATABASE)
        return self.server.dsn_for(DATABASE, role, self.passwords[role])

    async def store(self, facts: Facts, connections: int = 10) -> Store:
        """The store as the service holds it."""
        return await Store.connect(
            self.dsn("traject_app"), MasterKeys.generate(), facts, max_size=connections
        )


@asynccontextmanager
async def store_server() -> AsyncIterator[StoreServer]:
    """On disk with fsync, as in production: figures without flushes would flatter."""
    with tempfile.TemporaryDirectory(prefix="traject-bench-") as folder:
        Path(folder).chmod(0o711)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        await server.start()
        try:
            connection = await asyncpg.connect(server.dsn)
            await connection.execute(f"create database {DATABASE}")
            await connection.close()
            await migrate(server.dsn_for(DATABASE))
            passwords = {role: token_urlsafe(12) for role in LOGIN_ROLES}
            await grant_logins(server.dsn_for(DATABASE), passwords)
            yield StoreServer(server, passwords)
        finally:
            await server.kill()
            await server.stop()
