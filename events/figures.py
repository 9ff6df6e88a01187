"""What reports count of one case: numbers and words of our own, nothing that somebody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one case, each process's own; what a process does not know stays as here.

    ``first_day`` and ``last_day`` are local days, ``hours`` are decimal hours, ``amount`` is what
    the invoice basis comes to in euros. ``unsigned`` counts the parties whose signature is waited
    for; ``stalled``: nothing has happened for longer than the board allows.
    """

    school: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    visits_agreed: int = 0
    visits_held: int = 0
    goals: int = 0
    goals_reached: int = 0
    hours: Decimal | None = None
    amount: Decimal | None = None
    outcome: str | None = None
    unsigned: int = 0
    without_deputy: bool = False
    stalled: bool = False
