"""Counts tries in the memory of this process, so that nobody tries without end."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_KEYS = 20_000
"""Beyond so many, full buckets are forgotten; what is left of the emptiest is kept."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many at once, and one more each so many seconds."""

    size: int
    seconds: float


class Buckets:
    """Token buckets by key: one holds ``size`` tries and gets one back each ``seconds``.

    Callers choose keys, however long; of each its hash is kept.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[tuple[str, bytes], float] = {}

    def take(self, kind: str, key: str, pace: Pace) -> float:
        """Takes one try; returns how many seconds to wait, 0 where there was one."""
        now = self._clock()
        bucket = kind, hashlib.sha256(key.encode(errors="surrogatepass")).digest()
        # A bucket is told by the moment at which it will be full again.
        full_at = max(self._full_at.get(bucket, now), now) + pace.seconds
        wait = full_at - now - pace.size * pace.seconds
        if wait > 1e-9:
            return wait
        if len(self._full_at) >= MOST_KEYS:
            self._forget(now)
        self._full_at[bucket] = full_at
        return 0.0

    def _forget(self, now: float) -> None:
        kept = sorted(self._full_at.items(), key=lambda one: one[1], reverse=True)
        self._full_at = dict(one for one in kept[: MOST_KEYS // 2] if one[1] > now)
