"""The master key is replaced under people who go on giving commands, and nobody notices."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.supervisor import Child
from deploy.harness.product import ROOT, Product
from events.store.errors import Unsealable
from events.store.keys import MasterKeys
from tests.faults.board import Board
from tests.faults.evidence import verify_board
from tests.faults.traffic import Traffic

ROTATED_SECONDS = 30.0


async def test_commands_are_taken_all_through_a_rotation(
    product: Product, board: Board, tmp_path: Path
) -> None:
    file = product.folder / "master-keys.json"
    before = MasterKeys.load(file)
    async with Traffic(board) as traffic:
        await traffic.flows()
        told = await _rotate(product, tmp_path)
        opened = await board.open()
        await traffic.flows()
        away = sum(caller.sent_away for caller in traffic.callers)
    assert away == 0
    after = MasterKeys.load(file)
    assert told == {"current": after.current}
    assert list(after.keys) == [after.current]
    assert after.current not in before.keys

    connection = await asyncpg.connect(product.dsn)
    try:
        rows = await connection.fetch("select * from traject.dossier_key where wrapped is not null")
    finally:
        await connection.close()
    assert {row["master"] for row in rows} == {after.current}
    places = [(str(row["tenant"]), str(row["stream"]), row["wrapped"]) for row in rows]
    assert opened in {stream for _, stream, _ in places}
    for tenant, stream, wrapped in places:
        assert after.unwrap(after.current, wrapped, tenant, stream)
        with pytest.raises(Unsealable):
            before.unwrap(before.current, wrapped, tenant, stream)
    # What was removed is in no file here any more, and a new worker starts with what is left.
    secret = json.loads(before._text())["keys"][before.current]
    assert secret not in file.read_text()
    await product.worker.stop(signal.SIGTERM, 10)
    await product.start_worker()
    for caller in traffic.callers:
        assert (await board.insist(board.correction(caller.stream))).accepted
    await verify_board(product, board)


async def _rotate(product: Product, folder: Path) -> dict[str, str]:
    """``traject keys rotate --json``; what it says."""
    said = folder / "rotate.json"
    rotating = Child.start(
        [sys.executable, str(ROOT / "cli.py"), "keys", "rotate", "--grace", "0.5", "--json"],
        log=said,
        death=signal.SIGKILL,
        env=product.environment(),
    )
    assert await rotating.ended(ROTATED_SECONDS)
    assert rotating.exit_code == 0, rotating.said()
    return json.loads(rotating.said())
