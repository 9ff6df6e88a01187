"""Documents of a dossier as they were first made: their bytes are what people sign."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import asyncpg

from events.store.connection import raising_store_errors
from events.store.dossiers import Dossiers
from events.store.errors import Unsealable
from events.store.sql import statements

SQL = statements("documents")


@dataclass(frozen=True, slots=True)
class Document:
    """A document as people read it, and its SHA-256 in hex."""

    content: bytes
    sha256: str


class Documents(Dossiers):
    """Keeps each version of a document once, sealed with the key of its dossier."""

    async def document(self, tenant: str, stream: str, kind: str, version: int) -> Document | None:
        """What was kept; None when it was not made yet. Raises Erased, UnknownDossier."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["get"], tenant, stream, kind, version)
        return None if row is None else await self._opened(tenant, stream, kind, version, row)

    async def keep_document(
        self, tenant: str, stream: str, kind: str, version: int, content: bytes
    ) -> Document:
        """Keep it unless it was kept before; what is kept from now on, the first one in any case.

        Raises Erased, or UnknownDossier where nothing happened in the stream yet.
        """
        digest = hashlib.sha256(content).digest()
        seal = await self._seal(tenant, stream)
        body = seal.seal_document(kind, version, content)
        async with raising_store_errors(), self._board(tenant) as connection:
            row = await connection.fetchrow(
                SQL["keep"], tenant, stream, kind, version, digest, body
            )
        assert row is not None
        return await self._opened(tenant, stream, kind, version, row)

    async def _opened(
        self, tenant: str, stream: str, kind: str, version: int, row: asyncpg.Record
    ) -> Document:
        seal = await self._seal(tenant, stream)
        content = seal.open_document(kind, version, row["body"])
        if hashlib.sha256(content).digest() != row["sha256"]:
            raise Unsealable(f"{kind} {version} of stream {stream} is not what its hash says")
        return Document(content, row["sha256"].hex())
