"""``./dev check [NAME...]``: runs every check, says what each found, and ends red when one did."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "style": [str(BIN / "ruff"), "check", "--quiet", "."],
    "format": [str(BIN / "ruff"), "format", "--quiet", "--check", "."],
    "types": [str(BIN / "basedpyright"), "--level", "error"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "dependencies": [str(BIN / "deptry"), "--no-ansi", "."],
    "locks": [sys.executable, "-m", "tests.checks.locks"],
    "sizes": [sys.executable, "-m", "tests.checks.sizes"],
    "documents": [sys.executable, "-m", "tests.checks.documents"],
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check said; it passes where its program ends with 0."""

    name: str
    passed: bool
    said: str
    seconds: float


def run(name: str) -> Finding:
    """Run one check to its end."""
    begun = time.monotonic()
    done = subprocess.run(CHECKS[name], check=False, cwd=ROOT, capture_output=True, text=True)
    said = (done.stdout + done.stderr).strip()
    return Finding(name, done.returncode == 0, said, time.monotonic() - begun)


def main(names: list[str]) -> int:
    """0 where all checks (or those named) pass."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"There is no check '{unknown[0]}'. There are: {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    failed: list[str] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for finding in pool.map(run, names or list(CHECKS)):
            mark = "ok" if finding.passed else "FAILED"
            print(f"{finding.name:<13} {mark} ({finding.seconds:.1f} s)", flush=True)
            if not finding.passed:
                failed.append(finding.name)
                print(f"{finding.said}\n", flush=True)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
