"""Reading many streams of a board at once, in one query instead of one for each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from events.event import Event
from events.store.dossiers import Dossier
from events.store.sql import statements
from events.store.streams import Streams

SQL = statements("batches")


class Batches(Streams):
    """Loads the new events of several streams together."""

    async def load_many(self, tenant: str, after: Mapping[str, int]) -> dict[str, list[Event]]:
        """The events of each of these streams after the version given with it.

        Streams that the board does not have, that are erased or whose erasure began are left
        out. Raises Unreadable when an event is no fact of its process.
        """
        known = await self._dossiers(tenant, list(after))
        wanted = {stream: after[stream] for stream in known}
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["events"], tenant, list(wanted), list(wanted.values())
            )
        found: dict[str, list[Event]] = {stream: [] for stream in wanted}
        for stream, group in groupby(rows, itemgetter(0)):
            dossier = known[str(stream)]
            assert dossier.seal is not None
            decoder = self._decoders.get(dossier.process)
            if decoder is not None:
                read = [(row[1], row[2]) for row in group]
                found[str(stream)] = decoder.events(read, dossier.seal)
            # Many take a while, and other calls are not to wait for all of them.
            await asyncio.sleep(0)
        return found

    async def _dossiers(self, tenant: str, streams: list[str]) -> dict[str, Dossier]:
        """Those that are open to be read, from memory where they were looked at just now."""
        known = {stream: self._cached(tenant, stream) for stream in streams}
        missing = [stream for stream, dossier in known.items() if not dossier or not dossier.begun]
        if missing:
            forgotten = self._forgotten
            async with self._board(tenant) as connection:
                rows = await connection.fetch(SQL["dossiers"], tenant, missing)
            for row in rows:
                stream = str(row["stream"])
                known[stream] = self._remember(tenant, stream, row, forgotten)
        return {
            stream: dossier
            for stream, dossier in known.items()
            if dossier and dossier.begun and dossier.seal is not None and not dossier.erasing
        }
