"""Every scenario file, played once on the pure rules, and what was seen while it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.properties.desk import drive
from workflows.pure import PureEngine
from workflows.scenarios import Answer, Call, load, run_file

SHARED = frozenset({"w-stewardship.yaml"})
"""What is no process's own."""
FILES = sorted(Path(__file__).parent.glob("*.yaml"))


class Witness(PureEngine):
    """Remembers what commands were answered."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: Counter[str] = Counter()
        self.commands: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()

    async def give(self, call: Call) -> Answer:
        answer = await super().give(call)
        if answer.refused is not None:
            self.refusals[answer.refused] += 1
        else:
            self.commands[call.command] += 1
            self.warnings.update(answer.body["warnings"])
        return answer

    def events(self, kind: str) -> list[Any]:
        """The data of all events of this type."""
        return [
            event.data
            for stream in self.streams.values()
            for event in stream.events
            if event.type == kind
        ]


@dataclass(frozen=True)
class Played:
    """A scenario file, what was seen, how many steps passed, and what failed."""

    process: str
    steps: int
    witness: Witness
    passed: int
    failures: list[str]


@cache
def played() -> dict[str, Played]:
    """By the name of the file."""
    found: dict[str, Played] = {}
    for file in FILES:
        scenario, witness = load(file), Witness()
        outcome = drive(run_file(file, witness))
        found[file.name] = Played(
            scenario.process, len(scenario.steps), witness, outcome.passed, outcome.failures
        )
    return found


def witnesses(process: str) -> list[Witness]:
    """Those of the scenarios of one process, without what all processes share."""
    own = {name: one for name, one in played().items() if name not in SHARED}
    return [one.witness for one in own.values() if one.process == process]
