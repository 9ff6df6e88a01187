"""What is played together on a board, how often, and what must have been met by then."""

from __future__ import annotations

from collections import Counter
from random import Random

from tests.properties.payloads import Seeded
from tests.properties.processes.board import Board, board_settings
from tests.properties.processes.walker import Walker
from tests.workflows.histories import findings

POLICIES = ("contract", "always", "never")
"""Whether a placement needs a VOG, board by board."""

THEMES: dict[str, tuple[str, ...]] = {
    "internships": (*["internships"] * 7, "partners"),
    "placements": ("placements",),
    "partners": (*["partners"] * 7, "departures"),
    "departures": ("partners", "partners", "departures"),
    "assessments": ("assessments",),
    "all": ("internships", "placements", "partners", "departures", "assessments"),
}
"""The processes of a walk; what stands twice is played twice as often."""

WALKS: dict[str, tuple[int, int]] = {
    "internships": (18, 200),
    "placements": (20, 260),
    "partners": (12, 160),
    "departures": (9, 120),
    "assessments": (10, 100),
    "all": (3, 250),
}
"""How many walks of how many steps."""

CONFORMING = 4
"""One walk of so many is put to the rules again, as an auditor would."""


def begin(theme: str, seed: int, reached: Counter[str]) -> Walker:
    """A board on which what the theme builds on is there."""
    board = Board(board_settings(POLICIES[seed % len(POLICIES)]))
    walker = Walker(THEMES[theme], board, reached)
    walker.found(Seeded(Random(seed)))
    return walker


def walk(theme: str, seed: int, steps: int, reached: Counter[str]) -> None:
    """One walk, from its seed alone."""
    chance = Seeded(Random(seed))
    walker = begin(theme, seed, reached)
    try:
        for _ in range(steps):
            walker.step(chance)
        walker.watch.finish()
        if seed % CONFORMING == 0:
            assert findings(walker.board.engine) == []
    except Exception as fault:
        fault.add_note(f"{theme} {seed}, look {walker.watch.turn}, {walker.board.engine.now}")
        raise
