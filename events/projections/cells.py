"""Small counts of people, kept from who may not know of single cases: no sum gives one away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")

SMALLEST = 5
"""Counts below this are not told (docs/design.md; 005 2.1, Projections: board)."""


def parts(counts: Mapping[K, int]) -> tuple[dict[K, int | None], int | None]:
    """The parts of a whole, each of at least one, and the whole, as they may be told.

    Small parts are hidden. What is hidden follows from the whole where it is one part, or where
    the rest leaves none of several room to be large: then the smallest told part is hidden too,
    and in the end everything, with the whole.
    """
    hidden = {name for name, count in counts.items() if count < SMALLEST}
    by_size = sorted((name for name in counts if name not in hidden), key=lambda name: counts[name])
    while hidden and not _room(counts, hidden):
        if not by_size:
            return dict.fromkeys(counts), None
        hidden.add(by_size.pop(0))
    told = {name: None if name in hidden else count for name, count in counts.items()}
    return told, sum(counts.values()) if counts else None


def _room(counts: Mapping[K, int], hidden: set[K]) -> bool:
    """Whether each hidden part could be a large one, as far as the rest of the whole tells."""
    others = len(hidden) - 1
    return others > 0 and sum(counts[name] for name in hidden) - others >= SMALLEST


def part(count: int, of: int | None) -> int | None:
    """A count of cases, told only where neither it nor the rest of ``of`` cases is small."""
    if count < SMALLEST or (of is not None and 0 < of - count < SMALLEST):
        return None
    return count
