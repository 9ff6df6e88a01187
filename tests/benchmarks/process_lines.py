"""What a further process costs besides its commands, rules and texts: the lines that wire it up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.figure import Figure, Goal, measures
from tests.benchmarks.stage import say
from workflows.registry import RULES

ROOT = Path(__file__).parents[2]
FIRST = "supervision"
OWN = ("workflows/{}/__init__.py", "workflows/{}/workflow.py", "events/{}/__init__.py")
SHARED = (
    "workflows/registry.py",
    "workflows/processes.py",
    "activities/letters/__init__.py",
    "pyproject.toml",
)


def lines_of(process: str) -> int:
    """Lines that are not empty in the process's own wiring, and those that name it elsewhere."""
    own = [ROOT / path.format(process) for path in OWN]
    count = sum(bool(line.strip()) for path in own for line in path.read_text().splitlines())
    named = re.compile(rf"\b{process}\b|\b{_class_of(process)}\b")
    return count + sum(
        bool(named.search(line))
        for path in SHARED
        for line in (ROOT / path).read_text().splitlines()
    )


def _class_of(process: str) -> str:
    source = (ROOT / "workflows" / process / "workflow.py").read_text()
    found = re.search(r"^class (\w+)", source, re.MULTILINE)
    assert found is not None
    return found[1]


@measures("process-lines")
async def measure() -> Sequence[Figure]:
    """The dearest one counts, of those that were added to the first."""
    counted = {process: lines_of(process) for process in RULES if process != FIRST}
    say(", ".join(f"{process} {count}" for process, count in counted.items()))
    return [Goal("<=", 60, absolute=True).figure("process-lines", max(counted.values()), "lines")]
