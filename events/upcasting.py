"""How what was recorded under an older schema reads as it would be recorded now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Step = Callable[[dict[str, Any]], dict[str, Any]]
"""From the JSON values of one schema version to those of the next: pure, and never changed.

It may change the dict it is given, and knows nothing but what it holds."""

Steps = Mapping[int, Step]
"""The steps of one fact by the version they start from."""


class UnknownSchema(Exception):
    """An event of a schema version that this version of the product cannot read."""

    def __init__(self, type_: str, version: Any, newest: int) -> None:
        self.why = f"{newest} is the newest known here, and no steps lead there from that"
        super().__init__(f"{type_} of schema version {version} cannot be read: {self.why}")
        self.type = type_
        self.version = version


def upcast(
    type_: str, version: int, newest: int, steps: Steps, data: Mapping[str, Any]
) -> dict[str, Any]:
    """The data of an event as its newest schema has it; raises UnknownSchema."""
    current = dict(data)
    if version == newest:
        return current
    if not isinstance(version, int) or not 0 < version < newest:
        raise UnknownSchema(type_, version, newest)
    for reached in range(version, newest):
        step = steps.get(reached)
        if step is None:
            raise UnknownSchema(type_, version, newest)
        current = step(current)
    return current
