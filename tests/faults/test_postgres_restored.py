"""PostgreSQL is lost and an older backup restored, while Temporal kept all it knew."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.embedded.supervisor import Child
from deploy.harness.product import DATABASE, ROOT, Product
from tests.faults.board import Board
from tests.faults.evidence import verify_board

pytestmark = pytest.mark.crash

COMMAND_SECONDS = 90.0


async def test_after_an_older_backup_every_case_goes_on_from_what_it_holds(
    product: Product, board: Board, tmp_path: Path
) -> None:
    level, further, ended = [await board.open() for _ in range(3)]
    folder = tmp_path / "backup"
    made = await _traject(product, tmp_path, "backup", str(folder))
    assert made["events"] >= 3

    kept = dict(board.answered)
    assert (await board.insist(board.correction(further))).accepted
    await board.done("coordinator", "DeclineRequest", {"reason": "al geregeld"}, ended)
    forgotten = await board.open()
    product.kill_web()
    product.kill_worker()
    await _set_aside(product)

    told = await _traject(
        product, tmp_path, "restore", str(folder), "--accept-loss", "de schijf brak"
    )
    assert told["events"] == made["events"]
    found = told["recovery"]
    assert found["failed"] == 0
    assert found["replaced"] >= 1
    assert found["started"] >= 1
    assert found["stopped"] >= 1
    await product.start_worker()
    await product.start_web()

    # What was done since the backup is gone, for whoever looks; and all of it can be done again.
    board.answered.clear()
    board.answered.update(kept)
    assert (await board.get(f"/supervision/{forgotten}")).status_code == 404
    for stream in (level, further, ended):
        assert (await board.get(f"/supervision/{stream}")).json()["version"] == 1
        assert (await board.insist(board.correction(stream))).accepted
    await board.done("coordinator", "DeclineRequest", {"reason": "al geregeld"}, ended)
    assert (await board.insist(board.correction(await board.open()))).accepted
    await verify_board(product, board)
    again = await _traject(product, tmp_path, "recover")
    assert again["well"] == again["seen"]


async def _set_aside(product: Product) -> None:
    """The database that is given up keeps its data under another name."""
    admin = await asyncpg.connect(product.postgres.dsn)
    try:
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", DATABASE
        )
        await admin.execute(f"alter database {DATABASE} rename to {DATABASE}_old")
    finally:
        await admin.close()


async def _traject(product: Product, folder: Path, *words: str) -> dict[str, Any]:
    """A command with ``--json``; what it says."""
    said = folder / "said.json"
    said.unlink(missing_ok=True)
    running = Child.start(
        [sys.executable, str(ROOT / "cli.py"), *words, "--json"],
        log=said,
        death=signal.SIGKILL,
        env=product.environment(),
    )
    assert await running.ended(COMMAND_SECONDS)
    assert running.exit_code == 0, running.said()
    return json.loads(running.said())
