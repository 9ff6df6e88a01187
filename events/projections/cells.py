"""Small counts of people, kept from who may not know of single cases: no sum gives one away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")

SMALLEST = 5
"""Counts below this are not told (docs/design.md; 005 2.1, Projections: board)."""


def parts(counts: Mapping[K, int]) -> tuple[dict[K, int | None], int | None]:
    """The parts of a whole, each of at least one, and the whole, as they may be told.

    Small parts are hidden, and with them the smallest of the others, all that are as large. So the
    hidden parts may change places and the same would be told: each of them could be a large one,
    also for who knows this rule. Where all are small nothing is told.
    """
    large = [count for count in counts.values() if count >= SMALLEST]
    if len(large) == len(counts):
        return dict(counts), sum(counts.values()) if counts else None
    if not large:
        return dict.fromkeys(counts), None
    told = {name: count if count > min(large) else None for name, count in counts.items()}
    return told, sum(counts.values())


def part(count: int, of: int | None) -> int | None:
    """A count of cases, told only where neither it nor the rest of ``of`` cases is small."""
    if count < SMALLEST or (of is not None and 0 < of - count < SMALLEST):
        return None
    return count
