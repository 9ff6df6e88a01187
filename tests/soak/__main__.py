"""``./dev soak [--minutes N] [--seed N]``: people go on working while parts are killed."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2

from deploy.harness.product import Product
from tests.faults.board import LONGEST_SECONDS, Board
from tests.faults.evidence import verify_board
from tests.faults.traffic import Traffic

CALM_SECONDS = (5.0, 20.0)
MEGABYTE = 1 << 20
GROWTH = 1.5
"""A server that ends with more than so many times its first memory, and 100 MB, leaks."""


class Faults:
    """What may befall the product, and how it is mended."""

    def __init__(self, product: Product) -> None:
        self._product = product

    def all(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {
            "worker killed": self.worker,
            "web killed": self.web,
            "PostgreSQL killed": self.postgres,
            "Temporal killed": self.temporal,
        }

    async def worker(self) -> None:
        self._product.kill_worker()
        await self._product.start_worker()

    async def web(self) -> None:
        self._product.kill_web()
        await self._product.start_web()

    async def postgres(self) -> None:
        await self._product.postgres.kill()
        await self._product.postgres.start()

    async def temporal(self) -> None:
        await self._product.temporal.kill()
        await self._product.temporal.start()


async def soak(minutes: float, seed: int) -> int:
    """0 where every accepted command is stored once, and the servers did not swell."""
    chance = random.Random(seed)
    product = Product(_folder())
    counts: dict[str, int] = {}
    slowest = 0.0
    try:
        await product.start()
        async with httpx2.AsyncClient(base_url=product.url, timeout=LONGEST_SECONDS + 5) as http:
            board = Board(await product.store(), http)
            await board.settle()
            faults = Faults(product).all()
            end = time.monotonic() + minutes * 60
            async with Traffic(board) as traffic:
                first = _resident(product)
                while time.monotonic() < end:
                    await asyncio.sleep(chance.uniform(*CALM_SECONDS))
                    name = chance.choice(list(faults))
                    await faults[name]()
                    took = await traffic.flows()
                    slowest = max(slowest, took)
                    counts[name] = counts.get(name, 0) + 1
                    left = max(0, end - time.monotonic()) / 60
                    print(f"{name}: everybody served after {took:.1f} s; {left:.1f} min to go")
                last = _resident(product)
            await verify_board(product, board)
        accepted = sum(caller.accepted for caller in traffic.callers)
        away = sum(caller.sent_away for caller in traffic.callers)
        print(f"faults: {counts or 'none'}; slowest return {slowest:.1f} s")
        print(f"accepted {accepted} commands, each stored once; told to come back {away} times")
        print(f"memory of PostgreSQL and Temporal: {first:.0f} MB at first, {last:.0f} MB at last")
        return 1 if last > first * GROWTH + 100 else 0
    finally:
        await product.stop()
        shutil.rmtree(product.folder, ignore_errors=True)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="traject-soak-"))
    # PostgreSQL may run as another user, who has to pass through.
    folder.chmod(0o711)
    return folder


def _resident(product: Product) -> float:
    """What the two servers hold in memory, in MB."""
    pages = 0
    for pid in (product.postgres.pid, product.temporal.pid):
        if pid is not None:
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def main() -> int:
    """Reads the words of the command line."""
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.minutes:g} minutes")
    return asyncio.run(soak(options.minutes, options.seed))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's library now and then aborts CPython 3.11 while the interpreter is torn down.
    os._exit(code)
