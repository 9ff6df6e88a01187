"""The whole store behind one object: what other parts of the product hold and call."""

from __future__ import annotations

from functools import cached_property

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.audit.commands import Commands
from events.audit.proofs import Audit
from events.projections.reading import ReadModels
from events.store.administration import Administration
from events.store.attempts import Attempts
from events.store.batches import Batches
from events.store.cases import Cases
from events.store.choosing import Choosing
from events.store.condition import Conditions
from events.store.connection import connect_pool
from events.store.desk import Desks
from events.store.directory import Directory
from events.store.documents import Documents
from events.store.drafts import Drafts
from events.store.emergency import Emergencies
from events.store.engagements import Engagements
from events.store.erasures import Erasures
from events.store.identities import Identities
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys
from events.store.leaving import Leaving
from events.store.links import Links
from events.store.notices import Notices
from events.store.post import Correspondence
from events.store.recorder import Recorder
from events.store.relay import PostOffice
from events.store.sessions import Sessions
from events.store.standings import Standings
from events.store.streams import Facts
from events.store.subjects import Subjects
from events.store.succession import Succession
from events.store.tokens import Tokens


class Store(
    Recorder,
    Batches,
    Documents,
    Drafts,
    Engagements,
    Cases,
    Directory,
    Choosing,
    Notices,
    PostOffice,
    Correspondence,
    Attempts,
    Standings,
    Erasures,
    Subjects,
    Sessions,
    Tokens,
    Identities,
    Emergencies,
    Administration,
    Succession,
    Conditions,
):
    """Everything the service keeps, seen by its application role."""

    def key_for(self, purpose: bytes) -> bytes:
        """A key of 256 bits for one purpose, the same in all processes of this installation."""
        masters = KeyRing.of(self._master_keys).now
        return HKDF(SHA256(), 32, None, purpose).derive(masters.keys[masters.current])

    @cached_property
    def links(self) -> Links:
        """Writes and reads the codes of signing links by the keys of this installation."""
        return Links(self._master_keys)

    @cached_property
    def leaving(self) -> Leaving:
        """Writes and reads the codes by which somebody ends digests."""
        return Leaving(KeyRing.of(self._master_keys))

    @cached_property
    def audit(self) -> Audit:
        """What auditors search and have proved."""
        return Audit(self._pool)

    @cached_property
    def desks(self) -> Desks:
        """Reads what lies on the desks of a board's people."""
        return Desks(self._pool)

    @cached_property
    def commands(self) -> Commands:
        """Reads commands as they were given, for whoever asks the rules once more."""
        return Commands(self._pool, self._master_keys)

    @cached_property
    def models(self) -> ReadModels:
        """Reads what the projections have made of all cases."""
        return ReadModels(self._pool)

    @classmethod
    async def connect(
        cls,
        dsn: str,
        master_keys: MasterKeys | KeyRing,
        facts: Facts,
        *,
        max_size: int = 10,
    ) -> Store:
        """Open a pool of up to ``max_size`` connections as the role in ``dsn``.

        Raises what `errors.unreachable` knows when PostgreSQL is away.
        """
        pool = await connect_pool(dsn, max_size=max_size)
        return cls(pool, master_keys, facts)

    async def close(self) -> None:
        """Wait for running calls, then close all connections."""
        await self._pool.close()
