"""``./dev test``: pytest in four lanes, and an end that nothing in a native library can turn red.

Much of the suite waits: for servers that were killed, for programs that start. The rest reckons.
Side by side they take little more than the longest; what reckons gives way to what is in a hurry.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KILLING = ("tests/faults",)
STARTING = (
    "tests/deploy",
    "tests/docs",
    "tests/test_worker.py",
    "tests/test_observability.py",
)
SHOWING = ("tests/web",)
"""Lanes beside the one of all that is not named here."""

FARTHER, FARTHEST = 3, 6
"""How far the lanes that nothing hurries stand back."""

_COUNTS = re.compile(r"(\d+) (passed|failed|skipped|errors?|warnings?|xfailed|xpassed|deselected)")


def lanes() -> int:
    """All lanes; the exit code of one that went wrong, if one did."""
    rest = [f"--ignore={place}" for place in (*KILLING, *STARTING, *SHOWING)]
    # Of pytest's usual folder one run takes away the rights that another one has just given.
    with tempfile.TemporaryDirectory(prefix="traject-lanes-", ignore_cleanup_errors=True) as room:
        beside = [
            (_beside(Path(room), name, lane, stands_back), Path(room, f"{name}.log"))
            for name, lane, stands_back in (
                ("starting", STARTING, 0),
                ("showing", SHOWING, FARTHER),
                ("reckoning", rest, FARTHEST),
            )
        ]
        code, said = _shown([sys.executable, "-m", "tests", f"--basetemp={room}/killing", *KILLING])
        texts = [said]
        for lane, log in beside:
            code = lane.wait() or code
            texts.append(log.read_text())
            print(texts[-1], end="", flush=True)
    print(_together(*texts), flush=True)
    return code


def _beside(
    room: Path, name: str, lane: Sequence[str], stands_back: int
) -> subprocess.Popen[bytes]:
    """A lane that is shown once it is through."""
    with (room / f"{name}.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests", f"--basetemp={room}/{name}", *lane],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: os.nice(stands_back),  # noqa: PLW1509 - the child has no thread yet
        )


def _shown(command: list[str]) -> tuple[int, str]:
    """Runs it before everybody's eyes; its exit code and what it said."""
    said: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as lane:
        assert lane.stdout is not None
        for line in lane.stdout:
            said.append(line)
            print(line, end="", flush=True)
    return lane.returncode, "".join(said)


def _together(*said: str) -> str:
    """The last lines of all lanes as one, such as ``4824 passed, 1 failed in all lanes``."""
    counts: dict[str, int] = {}
    for text in said:
        last = text.strip().rpartition("\n")[2]
        for number, what in _COUNTS.findall(last):
            counts[what] = counts.get(what, 0) + int(number)
    return ", ".join(f"{number} {what}" for what, number in counts.items()) + " in all lanes"


if __name__ == "__main__":
    code = pytest.main(sys.argv[1:]) if sys.argv[1:] else lanes()
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's library now and then aborts CPython 3.11 while the interpreter is torn down.
    os._exit(code)
