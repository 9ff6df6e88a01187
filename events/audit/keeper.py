"""Keeps the log: numbers what was read and refused, grows the trees, has checkpoints signed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import asyncpg

from events.audit.contradiction import Contradiction
from events.audit.entries import entry_of
from events.audit.logkeys import LogKeys
from events.audit.merkle import leaf_hash
from events.audit.note import Checkpoint
from events.audit.publishing import Away, BadPlace, Publication
from events.audit.signing import EVERY, checkpoint, forget_spent
from events.audit.tiles import LOGS, SQL, Log, Tiles
from events.store.connection import SESSION
from events.store.errors import BadKeys, StoreError, unreachable
from events.store.sequencer import COMMAND_TIMEOUT, RETRY, STANDBY_POLL
from events.store.sequencer import SQL as POSITIONS

__all__ = ["Keeper", "checkpoint", "integrate"]

LEADER_LOCK = 0x6C6F676B656570
BATCH = 2_000
POLL = 1.0
"""Seconds between two looks: proofs are asked of checkpoints, which come once a minute."""
SOON = 5.0
"""Seconds before news is looked at again that came too soon after another leader's checkpoint."""

# Not waiting for the disk is safe here: what is lost is computed again, and the same. Checkpoints
# do wait for it.
_SESSION = {**SESSION, "application_name": "traject log keeper", "synchronous_commit": "off"}

log = logging.getLogger(__name__)


async def integrate(connection: asyncpg.Connection, batch: int = BATCH) -> int:
    """Take at most ``batch`` new entries of each log into its tree; returns how many leaves came.

    No transaction is open longer than one statement. Safe to break off and repeat anywhere.
    ``connection`` is of traject_sequencer. Raises Contradiction where an entry is missing.
    """
    for name in ("reads", "refused"):
        await connection.fetchval(SQL["number"], name, batch)
    return sum([await _grow(connection, name, batch) for name in LOGS])


async def _grow(connection: asyncpg.Connection, name: Log, batch: int) -> int:
    tiles = Tiles(connection)
    edge = await tiles.edge(name)
    rows = await connection.fetch(SQL[f"fresh_{name}"], edge.size, batch)
    if not rows:
        return 0
    if rows[-1]["position"] != edge.size + len(rows):
        raise Contradiction(
            "changed",
            f"An entry of the log of {name} is missing between {edge.size + 1} and"
            f" {rows[-1]['position']}: it was removed. 'traject audit verify' names it.",
        )
    leaves = b"".join(leaf_hash(entry_of(name, row)) for row in rows)
    # Where another keeper was faster nothing is written, and this is looked at again.
    return len(rows) if await tiles.extend(name, edge, leaves) else 0


class Keeper:
    """One of possibly many; only the one that holds the lock keeps the log.

    ``dsn`` is of the role ``traject_sequencer``. ``says`` is told "ok" or "failing": failing while
    nothing can be signed; the trees are kept even then.
    """

    def __init__(
        self, dsn: str, key_file: Path, publish_to: str, says: Callable[[str], None]
    ) -> None:
        self._dsn = dsn
        self._key_file = key_file
        self._publish_to = publish_to
        self._says = says
        self.leading = False
        self.last: Checkpoint | None = None
        """The last checkpoint that this process signed."""

    async def run(self, stop: asyncio.Event) -> None:
        """Lead or stand by until ``stop``, through failures of PostgreSQL."""
        while not stop.is_set():
            try:
                await self._session(stop)
            except Exception as error:
                if not unreachable(error):
                    raise
                log.warning("log keeper lost its database: %s", type(error).__name__)
                await _rest(stop, RETRY)
            finally:
                self.leading = False

    async def _session(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self._dsn, command_timeout=COMMAND_TIMEOUT, server_settings=_SESSION
        )
        try:
            # What this process said as a leader is now for the next one to say.
            self._says("ok")
            while not await connection.fetchval(POSITIONS["lead"], LEADER_LOCK):
                await _rest(stop, STANDBY_POLL)
                if stop.is_set():
                    return
            self.leading = True
            await self._lead(connection, stop)
        finally:
            connection.terminate()

    async def _lead(self, connection: asyncpg.Connection, stop: asyncio.Event) -> None:
        news, with_news, without = True, monotonic(), monotonic()
        while not stop.is_set():
            try:
                given = await integrate(connection)
            except Contradiction as error:
                self._fails(error)
                await _rest(stop, EVERY.total_seconds())
                continue
            news = news or given > 0
            if given >= BATCH:
                continue
            if monotonic() >= (with_news if news else without):
                signed = await self._sign(connection)
                news, without = False, monotonic() + EVERY.total_seconds()
                with_news = without if signed else monotonic() + SOON
            await _rest(stop, POLL)

    async def _sign(self, connection: asyncpg.Connection) -> bool:
        """Whether a checkpoint was signed."""
        try:
            # Read each time: another process may have rotated them.
            keys = LogKeys.load(self._key_file)
            publication = Publication.at(self._publish_to)
            signed = await checkpoint(connection, keys, publication, datetime.now(UTC))
            await forget_spent(connection, self._key_file, keys)
        except (StoreError, BadKeys, BadPlace, Away) as error:
            self._fails(error)
            return False
        self._says("ok")
        self.last = signed or self.last
        return signed is not None

    def _fails(self, error: Exception) -> None:
        log.error("no checkpoint is signed: %s", error)
        self._says("failing")


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
