"""What a benchmark is here: a figure, measured beside its yardstick in the same run."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row. ``ratio`` is value over yardstick, None where the figure is absolute."""

    name: str
    value: float
    unit: str
    yardstick: float | None
    ratio: float | None
    goal: str
    met: bool

    def json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Goal:
    """A bound such as ``<= 0.7``, on the ratio or (``absolute``) on the value itself."""

    sign: str
    bound: float
    absolute: bool = False

    def figure(self, name: str, value: float, unit: str, yardstick: float | None = None) -> Figure:
        ratio = value / yardstick if yardstick else None
        measured = value if self.absolute or ratio is None else ratio
        met = measured <= self.bound if self.sign == "<=" else measured >= self.bound
        text = f"{self.sign} {self.bound:g}" + (f" {unit}" if self.absolute else "")
        rounded = None if ratio is None else round(ratio, 3)
        stick = None if yardstick is None else round(yardstick, 3)
        return Figure(name, round(value, 3), unit, stick, rounded, text, met)


Measure = Callable[[], Awaitable[Sequence[Figure]]]
MEASURES: dict[str, Measure] = {}


def measures(*names: str) -> Callable[[Measure], Measure]:
    """Registers a function that measures these figures, together."""

    def register(measure: Measure) -> Measure:
        for name in names:
            MEASURES[name] = measure
        return measure

    return register


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which that part of all values lies; ``percent`` from 0 to 100."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]
