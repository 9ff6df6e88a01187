"""One whole product in processes of its own, mended between the tests that break it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from deploy.harness.product import Product
from tests.faults.board import LONGEST_SECONDS, Board

PARTS = ("web", "worker")
SHOWN = 8_000
"""How many of a log's last characters."""


@pytest.fixture(scope="session")
async def shared_product() -> AsyncIterator[Product]:
    """On disk and with fsync, as in an installation that has to survive."""
    folder = Path(tempfile.mkdtemp(prefix="traject-faults-"))
    # PostgreSQL does not run as root, and has to pass through here as another user.
    folder.chmod(0o711)
    product = Product(folder)
    try:
        await product.start()
        yield product
    finally:
        await product.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def product(shared_product: Product) -> AsyncIterator[Product]:
    """The product, mended afterwards. What its parts said meanwhile is shown with a failure."""
    before = {part: len(shared_product.log(part)) for part in PARTS}
    yield shared_product
    for part in PARTS:
        print(f"--- {part}\n{shared_product.log(part)[before[part] :][-SHOWN:]}")
    await shared_product.postgres.start()
    await shared_product.temporal.start()


@pytest.fixture
async def board(product: Product) -> AsyncIterator[Board]:
    """A board of the test's own."""
    timeout = LONGEST_SECONDS + 5
    async with httpx2.AsyncClient(base_url=product.url, timeout=timeout) as http:
        board = Board(await product.store(), http)
        await board.settle()
        yield board
