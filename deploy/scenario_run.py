"""Runs scenario files for the command line, on the pure rules or on the whole product."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Literal
from uuid import uuid4

from workflows.scenarios import Outcome, run_file

EngineName = Literal["pure", "temporal"]


async def play(files: list[Path], engine: EngineName) -> list[Outcome]:
    """The outcome of each file, its failures headed by the file's name.

    Raises BadScenario for a file that is none, StartFailed when the product does not start.
    """
    outcomes = await (_on_rules(files) if engine == "pure" else _on_product(files))
    return [
        Outcome(
            outcome.passed, outcome.failed, [f"{file.name}: {line}" for line in outcome.failures]
        )
        for file, outcome in zip(files, outcomes, strict=True)
    ]


async def _on_rules(files: list[Path]) -> list[Outcome]:
    from workflows.pure import PureEngine

    return [await run_file(file, PureEngine()) for file in files]


async def _on_product(files: list[Path]) -> list[Outcome]:
    """One product for all files; each file gets a board of its own."""
    from deploy.harness.over_http import HttpEngine
    from deploy.harness.product import Product

    folder = _scratch_folder()
    product = Product(folder, in_memory=True)
    try:
        await product.start()
        store = await product.store()
        client = (await product.connection()).client
        outcomes: list[Outcome] = []
        for file in files:
            engine = HttpEngine(product.url, store, client)
            try:
                outcomes.append(await run_file(file, engine, uuid4().hex))
            finally:
                await engine.close()
        return outcomes
    finally:
        await product.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _scratch_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="traject-scenario-"))
    # PostgreSQL may run as another user, who has to pass through.
    folder.chmod(0o711)
    return folder
