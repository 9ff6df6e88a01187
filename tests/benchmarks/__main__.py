"""``./dev bench [FIGURE...] [--json]``: measures each figure against its yardstick, in one run."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Sequence

import tests.benchmarks as package
from tests.benchmarks.figure import MEASURES, Figure


def discover() -> None:
    """Imports every module here, so that its figures are registered."""
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in ("__main__", "figure"):
            importlib.import_module(f"tests.benchmarks.{module.name}")


async def measure(names: Sequence[str]) -> tuple[list[Figure], list[str]]:
    """The figures asked for, and those that could not be measured."""
    found: dict[str, Figure] = {}
    failed: list[str] = []
    for name in names:
        if name in found:
            continue
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            found |= {figure.name: figure for figure in await MEASURES[name]()}
        except Exception as error:  # noqa: BLE001 - the other figures are still worth having
            failed.append(f"{name}: {type(error).__name__}: {error}")
    return [found[name] for name in names if name in found], failed


def table(figures: Sequence[Figure]) -> str:
    rows = [("figure", "value", "unit", "yardstick", "ratio", "goal", "met")]
    for f in figures:
        stick = "" if f.yardstick is None else f"{f.yardstick:g}"
        ratio = "" if f.ratio is None else f"{f.ratio:g}"
        rows.append(
            (f.name, f"{f.value:g}", f.unit, stick, ratio, f.goal, "yes" if f.met else "NO")
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return "\n".join([*lines, machine])


def main() -> int:
    discover()
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("figure", nargs="*", help=", ".join(MEASURES))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    unknown = [name for name in options.figure if name not in MEASURES]
    if unknown:
        parser.error(f"unknown figure {unknown[0]}; there are: {', '.join(MEASURES)}")
    figures, failed = asyncio.run(measure(options.figure or list(MEASURES)))
    print(json.dumps([f.json() for f in figures], indent=2) if options.json else table(figures))
    for line in failed:
        print(f"could not measure {line}", file=sys.stderr)
    sys.stdout.flush()
    os._exit(1 if failed else 0)


if __name__ == "__main__":
    main()
