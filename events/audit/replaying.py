"""Reads dossiers for a replay, many at a time: of one board or all, up to an instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from events.audit.replay import Player, Replayed
from events.settings import TenantSettings
from events.store.connection import SESSION
from events.store.instants import microseconds
from events.store.sql import statements

SQL = statements("replay")

ALWAYS = 2**63 - 1
AT_ONCE = 100
"""So many dossiers are read in one query."""

Wanted = Callable[[TenantSettings], datetime | None]
"""The instant up to which a board's dossiers are replayed; None for all that was recorded."""


@dataclass(frozen=True, slots=True)
class Page:
    """The dossiers of a board from one stream to another, both included."""

    tenant: str
    first: UUID
    last: UUID
    dossiers: int
    events: int


@dataclass(frozen=True, slots=True)
class Played:
    """What a page came to, up to which instant, and the board's settings as they are now."""

    cases: list[Replayed]
    until: datetime | None
    settings: TenantSettings

    def moment(self, case: Replayed, now: datetime) -> datetime:
        """The instant to look at a case: never later than now by the clock of its process."""
        latest = max(now, case.last_recorded_at)
        return latest if self.until is None else min(self.until, latest)


async def connected(dsn: str) -> asyncpg.Connection:
    """A connection as traject_projector, who may read every board."""
    return await asyncpg.connect(
        dsn, server_settings={**SESSION, "application_name": "traject audit replay"}
    )


async def pages(
    connection: asyncpg.Connection, board: str | None = None, stream: str | None = None
) -> list[Page]:
    """All that there is to replay: of every board, of one, or one dossier."""
    rows = await connection.fetch(SQL["pages"], board, stream, AT_ONCE)
    return [Page(*row) for row in rows]


async def play(
    connection: asyncpg.Connection, page: Page, player: Player, wanted: Wanted
) -> Played:
    """The dossiers of a page as they were; those of which nothing was recorded yet are left out."""
    settings = await _settings(connection, page.tenant)
    until = wanted(settings)
    last = ALWAYS if until is None else microseconds(until)
    rows = await connection.fetch(SQL["dossiers"], page.tenant, page.first, page.last, last)
    return Played([player.play(page.tenant, row) for row in rows], until, settings)


async def _settings(connection: asyncpg.Connection, tenant: str) -> TenantSettings:
    row: Any = await connection.fetchrow(SQL["settings"], tenant)
    if row is None:
        return TenantSettings()
    read = TenantSettings.model_validate_json(row["settings"])
    return read.model_copy(update={"version": row["version"]})


def instant_of(text: str | None) -> Wanted:
    """What ``2026-03-02``, ``2026-03-02T08:30`` or an instant with its zone means to a board.

    Without a zone it is the board's local time; without a text everything is wanted. Raises
    ValueError where it is no instant.
    """
    if text is None:
        return lambda _settings: None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return lambda _settings: moment.astimezone(UTC)
    return lambda settings: moment.replace(tzinfo=settings.zone).astimezone(UTC)
