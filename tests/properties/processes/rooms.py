"""How many students the schools of a board have at a time (contract 3)."""

from __future__ import annotations

from collections.abc import Sequence

from tests.properties.processes.board import SCHOOLS
from tests.properties.processes.seen_placements import Placement

Held = tuple[str | None, str, str]


def _held(cases: Sequence[Placement]) -> list[Held]:
    return [
        (case.school, case.here_from, case.period[1])
        for case in cases
        if case.school and not case.ended
    ]


def _most(held: Sequence[Held], school: str | None, first: str, last: str) -> int:
    """How many at most are at a school on one of these days."""
    there = [(a, b) for where, a, b in held if where == school and a <= last and first <= b]
    days = [first, *(a for a, _ in there if a >= first)]
    return max(sum(a <= day <= b for a, b in there) for day in days)


def full(cases: Sequence[Placement], school: str | None, first: str, last: str) -> bool:
    """Whether there is a day on which a school has no room for one more."""
    return _most(_held(cases), school, first, last) >= SCHOOLS[school or ""]["capacity"]


def no_school_too_full(cases: Sequence[Placement]) -> list[str]:
    """Nowhere, on no day, more students than the school has room for."""
    held = _held(cases)
    return [
        f"{school} from {first} to {last}"
        for school, first, last in held
        if _most(held, school, first, last) > SCHOOLS[school or ""]["capacity"]
    ]
