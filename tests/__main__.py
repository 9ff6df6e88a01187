"""``./dev test``: pytest in two lanes, and an end that nothing in a native library can turn red.

Half of the suite waits, above all for servers that were killed; the other half reckons. Side by
side they take little more than the longer one; what reckons gives way to what has to be in time.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RECKONING = (
    "tests/activities",
    "tests/events",
    "tests/golden",
    "tests/properties",
    "tests/scenarios",
    "tests/workflows",
)
"""The lane without the whole product; everything that is not named here is in the other one."""

_COUNTS = re.compile(r"(\d+) (passed|failed|skipped|errors?|warnings?|xfailed|xpassed|deselected)")


def lanes() -> int:
    """Both lanes; the exit code of the one that went wrong, if one did."""
    reckoning = [folder for folder in RECKONING if (ROOT / folder).is_dir()]
    waiting = [f"--ignore={folder}" for folder in reckoning]
    # Of pytest's usual folder one run takes away the rights that another one has just given.
    with tempfile.TemporaryDirectory(prefix="traject-lanes-", ignore_cleanup_errors=True) as room:
        log = Path(room, "reckoning.log")
        with log.open("w") as kept:
            beside = subprocess.Popen(
                [sys.executable, "-m", "tests", f"--basetemp={room}/reckoning", *reckoning],
                cwd=ROOT,
                stdout=kept,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: os.nice(10),  # noqa: PLW1509 - nothing else runs in the child yet
            )
        code, said = _shown([sys.executable, "-m", "tests", f"--basetemp={room}/waiting", *waiting])
        other = beside.wait()
        text = log.read_text()
    print(text, end="")
    print(_together(said, text), flush=True)
    return code or other


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
    """The last lines of all lanes as one, such as ``4824 passed, 1 failed in both lanes``."""
    counts: dict[str, int] = {}
    for text in said:
        last = text.strip().rpartition("\n")[2]
        for number, what in _COUNTS.findall(last):
            counts[what] = counts.get(what, 0) + int(number)
    return ", ".join(f"{number} {what}" for what, number in counts.items()) + " in both lanes"


if __name__ == "__main__":
    code = pytest.main(sys.argv[1:]) if sys.argv[1:] else lanes()
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's library now and then aborts CPython 3.11 while the interpreter is torn down.
    os._exit(code)
