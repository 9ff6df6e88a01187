"""Erasing dossiers: the calls that destroy, which only the owner of the database may make."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from events.event import instant_text
from events.store.certificates import LogThen
from events.store.connection import SESSION, BoardConnection
from events.store.erasures import SQL, Ask
from events.store.errors import StoreError, UnknownDossier, detail, sqlstate
from events.store.instants import instant

COPIES = ("export", "file", "agreement", "calendar")
"""Readings by which something of a case leaves the system, by their names in the log of reads."""


class NotErasable(StoreError):
    """It may not be erased now; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OtherEvents(StoreError):
    """The stream has other events than those that were looked at."""


class WrongOrder(StoreError):
    """An erasure did not come as far as this step needs."""


@dataclass(frozen=True, slots=True)
class Erasable:
    """A dossier that is to be erased, and how far its erasure has come."""

    tenant: str
    process: str
    stream: str
    version: int
    hash: bytes
    begun_at: datetime | None
    destroyed_at: datetime | None
    certificate: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the stream's headers say: who asked, who approved, and why it may not be erased."""

    requested: Ask | None
    approved: Ask | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives a dossier until a day, without names."""

    kind: str
    content: dict[str, Any]
    keep_until: date

    def json(self) -> dict[str, Any]:
        return {
            "class": self.kind,
            "content": self.content,
            "keep_until": self.keep_until.isoformat(),
        }


class Eraser:
    """One connection as the owner of the database; every step is safe to repeat."""

    def __init__(self, connection: BoardConnection) -> None:
        self._connection = connection

    @property
    def connection(self) -> asyncpg.Connection:
        return self._connection

    @classmethod
    async def connect(cls, dsn: str) -> Eraser:
        """``dsn`` is of the database's owner, or a superuser, who can also look into its files."""
        connection = await asyncpg.connect(
            dsn,
            connection_class=BoardConnection,
            server_settings={**SESSION, "application_name": "traject erase"},
        )
        return cls(connection)

    async def close(self) -> None:
        await self._connection.close()

    async def found(self, streams: Collection[str] | None = None) -> list[Erasable]:
        """These streams; without them all that were ever approved and are not certified yet."""
        rows = await self._connection.fetch(
            SQL["found"], None if streams is None else list(streams)
        )
        return [
            Erasable(
                str(row["tenant"]),
                row["process"],
                str(row["stream"]),
                row["version"],
                row["hash"],
                None if row["erased_us"] is None else instant(row["erased_us"]),
                row["destroyed_at"],
                row["certificate"],
            )
            for row in rows
        ]

    async def asked(self, tenant: str, stream: str) -> Asked:
        row = await self._row("asked", tenant, stream)
        return Asked(
            _ask(row["requested_by"], row["requested_us"]),
            _ask(row["approved_by"], row["approved_us"]),
            row["refusal"],
        )

    async def begin(self, tenant: str, stream: str, version: int) -> datetime:
        """From now on nothing is appended. When it began, the first time.

        Raises NotErasable, or OtherEvents where the stream is not at this version any more.
        """
        return instant((await self._row("begin", tenant, stream, version))[0])

    async def wrapped_key(self, tenant: str, stream: str) -> bytes | None:
        """Its key as it is stored, to search for later; None once it was destroyed."""
        await self._connection.work_for(tenant)
        return await self._connection.fetchval(SQL["wrapped"], tenant, stream)

    async def destroy(
        self, tenant: str, stream: str, version: int, kept: Sequence[Kept]
    ) -> datetime:
        """Destroy the key, and keep what outlives the dossier; when it was destroyed first.

        Raises NotErasable, OtherEvents and WrongOrder.
        """
        outlived = json.dumps([one.json() for one in kept])
        return (await self._row("destroy", tenant, stream, version, outlived))[0]

    async def log_then(self) -> LogThen:
        """How long the log of all events is now, and its last checkpoint."""
        row = await self._row("log_then")
        return LogThen(size=row["size"], checkpoint=row["note"])

    async def purge(self, tenant: str, stream: str) -> dict[str, int]:
        """Remove all rows that tell of it but its events and the logs of attempts; how many.

        Raises WrongOrder while its key is there.
        """
        return json.loads((await self._row("purge", tenant, stream))[0])

    async def copies(self, tenant: str, stream: str) -> list[dict[str, str]]:
        """Who took away copies of it, which no erasure reaches: what, by whom, and when."""
        await self._connection.work_for(tenant)
        rows = await self._connection.fetch(SQL["copies"], tenant, stream, list(COPIES))
        return [
            {
                "what": row["what"],
                "by": str(row["person"]),
                "at": instant_text(instant(row["at_us"])),
            }
            for row in rows
        ]

    async def left(self, tenant: str, stream: str) -> dict[str, int]:
        """How many such rows there are, by table."""
        return json.loads((await self._row("left", tenant, stream))[0])

    async def certify(self, tenant: str, stream: str, certificate: str) -> None:
        """Keep the certificate; the first one stays."""
        await self._row("certify", tenant, stream, certificate)

    async def again(
        self, tenant: str, stream: str, kept: Sequence[Kept], certificate: str | None
    ) -> None:
        """Erase what was erased before and came back with a backup, whatever its stream says."""
        outlived = json.dumps([one.json() for one in kept])
        await self._row("again", tenant, stream, outlived, certificate)

    async def sweep_outlived(self, today: date) -> int:
        """Remove what outlived its dossier and need not be kept any more."""
        return (await self._row("sweep_outlived", today))[0]

    async def _row(self, name: str, *arguments: Any) -> asyncpg.Record:
        try:
            row = await self._connection.fetchrow(SQL[name], *arguments)
        except asyncpg.PostgresError as error:
            raise _known(error) from error
        assert row is not None
        return row


def _ask(person: object, at_us: int | None) -> Ask | None:
    return None if at_us is None else Ask(str(person) if person else None, instant(at_us))


def _known(error: asyncpg.PostgresError) -> Exception:
    match sqlstate(error):
        case "TJ002":
            return UnknownDossier(str(error))
        case "TJ020":
            return NotErasable(detail(error) or "")
        case "TJ021":
            return OtherEvents(str(error))
        case "TJ022":
            return WrongOrder(str(error))
        case _:
            return error
