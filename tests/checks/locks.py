"""The lock files hold what pyproject.toml asks for, and name no place to fetch it from."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    """Name and version of everything that the lock file installs."""
    return {canonicalize_name(m[1]): m[2] for m in PIN.finditer(lock.read_text(encoding="utf-8"))}


def faults(asked: list[str], lock: Path) -> list[str]:
    """What is asked for and not in the lock, or in another version."""
    held = pins(lock)
    found: list[str] = []
    for requirement in map(Requirement, asked):
        version = held.get(canonicalize_name(requirement.name))
        if version is None:
            found.append(f"{lock.name} lacks {requirement.name}")
        elif not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{lock.name} has {requirement.name} {version}, asked: {requirement}")
    return found


def main() -> int:
    """0 where both lock files fit."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["embedded"],
    ]
    dev = [*run, *project["dependency-groups"]["dev"]]
    run_lock, dev_lock = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
    found = faults(run, run_lock) + faults(dev, dev_lock)
    both = pins(dev_lock)
    found += [
        f"{name} is {version} in one lock file and {both.get(name)} in the other"
        for name, version in pins(run_lock).items()
        if both.get(name) != version
    ]
    for lock in ROOT.glob("requirements*.lock"):
        if "://" in lock.read_text(encoding="utf-8"):
            found.append(f"{lock.name} names an address")
    for line in found:
        print(f"{line}: './dev lock' mends it")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
