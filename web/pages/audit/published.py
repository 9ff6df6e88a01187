"""What of the log lies outside the database: its newest checkpoint, and the keys that sign it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from events.audit.publishing import Away, BadPlace, Publication
from web.site import Site

LATEST, KEYS = "latest.txt", "keys.txt"
PATIENCE = 2.0
"""Seconds; a page does without rather than wait for a place that does not answer."""
_KEPT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Published:
    """None and nothing where the place cannot be reached, or none is known."""

    latest: str | None = None
    keys: tuple[str, ...] = ()
    read_at: float = field(default_factory=time.monotonic)


_kept: dict[str, Published] = {}


async def published(site: Site, expected: str | None = None) -> Published:
    """As it was at most 15 s ago; as it is now where its newest checkpoint is not ``expected``."""
    kept = _kept.get(site.published)
    old = kept is None or time.monotonic() - kept.read_at > _KEPT_SECONDS
    if kept is None or old or expected not in (None, kept.latest):
        kept = _kept[site.published] = await _read(site.published)
    return kept


async def _read(place: str) -> Published:
    if not place:
        return Published()
    try:
        async with asyncio.timeout(PATIENCE):
            publication = await asyncio.to_thread(Publication.at, place)
            latest, keys = await publication.get(LATEST), await publication.get(KEYS)
            return Published(
                latest.decode() if latest is not None else None,
                tuple((keys or b"").decode().split()),
            )
    except (Away, BadPlace, TimeoutError, UnicodeDecodeError):
        return Published()
