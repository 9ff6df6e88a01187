"""What a board set for itself, each version kept, and what this installation is for."""

from __future__ import annotations

import asyncpg

from events.settings import TenantSettings
from events.store.connection import Connected
from events.store.sealing import canonical
from events.store.sql import statements

SQL = statements("boards")


class BoardSettings(Connected):
    """Reads and saves the settings of boards."""

    async def settings(self, tenant: str) -> TenantSettings:
        """The board's latest settings; the defaults are version 1."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["settings"], tenant)
        if row is None:
            return TenantSettings()
        return TenantSettings.model_validate_json(row["settings"]).model_copy(
            update={"version": row["version"]}
        )

    async def has_board(self, tenant: str) -> bool:
        """Whether this board was made here: who makes one keeps its settings."""
        async with self._board(tenant) as connection:
            return await connection.fetchrow(SQL["settings"], tenant) is not None

    async def save_settings(self, tenant: str, settings: TenantSettings) -> TenantSettings:
        """Keep these as the board's next version, and return them with its number."""
        text = canonical(
            settings.model_dump(mode="json", by_alias=True, exclude={"version"})
        ).decode()
        while True:
            try:
                async with self._board(tenant) as connection:
                    version = await connection.fetchval(SQL["save"], tenant, text)
                return settings.model_copy(update={"version": version})
            except asyncpg.UniqueViolationError:
                # Somebody else saved the same number first; the next one is free.
                continue

    async def installation(self) -> str:
        """``production``, ``test`` or ``demo``; production where nobody marked it."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["installation"]) or "production"
