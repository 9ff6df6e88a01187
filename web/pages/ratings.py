"""Goals over time as a picture: what the teacher and the advisor found, visit by visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Side = Literal["teacher", "advisor"]
_LEVELS = {"seen": 2, "reached": 2, "partly": 1, "not_seen": 0, "not_reached": 0}
LEFT, STEP, TOP, ROOM = 26, 84, 14, 26
"""Of the picture, in its own units: where the first visit stands, the width of a visit, where the
highest level lies, and the height of a level."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one side found of a goal at one visit: a word, and its place in the picture."""

    visit: str
    side: Side
    word: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What both sides found of a goal at one visit; blank is nothing."""

    visit: str
    teacher: str = ""
    advisor: str = ""


@dataclass(frozen=True, slots=True)
class GoalCourse:
    """One goal over all visits; ``lines`` join the marks of each side."""

    goal: str
    text: str
    cells: Sequence[Cell]
    marks: Sequence[Mark]
    lines: Mapping[Side, str]
    result: str = ""


@dataclass(frozen=True, slots=True)
class Ratings:
    """All goals over all visits; ``days`` are those on which the visits were held."""

    visits: Sequence[str]
    days: Mapping[str, str]
    goals: Sequence[GoalCourse]

    @property
    def width(self) -> int:
        return LEFT * 2 + STEP * max(len(self.visits) - 1, 0)

    @property
    def height(self) -> int:
        return TOP * 2 + ROOM * 2

    @property
    def levels(self) -> Sequence[int]:
        """Where the lines of the three levels lie, the highest first."""
        return [TOP, TOP + ROOM, TOP + 2 * ROOM]

    @property
    def columns(self) -> Sequence[tuple[str, int]]:
        """The visits, and where each stands."""
        return [(visit, LEFT + STEP * place) for place, visit in enumerate(self.visits)]


def ratings_of(
    goals: Sequence[Mapping[str, Any]],
    timeline: Sequence[Mapping[str, Any]],
    results: Mapping[str, str],
) -> Ratings | None:
    """What was found of these goals in the visits that a reader may know of; None before any."""
    found: dict[str, dict[str, dict[Side, str]]] = {}
    days: dict[str, str] = {}
    for item in timeline:
        data = item["data"]
        if item["type"] == "ClassVisitHeld":
            days[data["visit"]] = data["date"]
            for one in data["findings"]:
                _put(found, data["visit"], one["goal"], "advisor", one["seen"])
        elif item["type"] == "SelfAssessmentSubmitted":
            for goal, word in data["ratings"].items():
                _put(found, data["visit"], goal, "teacher", word)
    visits = sorted(found, key=lambda visit: (days.get(visit, ""), visit))
    if not visits:
        return None
    courses = [_course(goal, visits, found, results) for goal in goals]
    return Ratings(visits, days, courses)


def _put(
    found: dict[str, dict[str, dict[Side, str]]], visit: str, goal: str, side: Side, word: str
) -> None:
    found.setdefault(visit, {}).setdefault(goal, {})[side] = word


def _course(
    goal: Mapping[str, Any],
    visits: Sequence[str],
    found: Mapping[str, Mapping[str, Mapping[Side, str]]],
    results: Mapping[str, str],
) -> GoalCourse:
    name = goal["goal"]
    said = [found[visit].get(name, {}) for visit in visits]
    marks: list[Mark] = []
    for side in ("teacher", "advisor"):
        for place, (visit, both) in enumerate(zip(visits, said, strict=True)):
            if word := both.get(side):
                # The two stand beside each other, so that neither hides the other.
                x = LEFT + STEP * place + (-6 if side == "teacher" else 6)
                y = TOP + ROOM * (2 - _LEVELS.get(word, 0))
                marks.append(Mark(visit, side, word, x, y))
    lines: dict[Side, str] = {
        side: " ".join(f"{mark.x},{mark.y}" for mark in marks if mark.side == side)
        for side in ("teacher", "advisor")
    }
    cells = [
        Cell(visit, both.get("teacher", ""), both.get("advisor", ""))
        for visit, both in zip(visits, said, strict=True)
    ]
    return GoalCourse(name, goal["text"], cells, marks, lines, results.get(name, ""))
