"""The log's checkpoints and keys as an operator handles them on a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from deploy.audit_log_cli import _checkpoint, _rotate
from events.audit.logkeys import LogKeys
from events.audit.note import follow
from events.store.keys import MasterKeys
from events.store.store import Store
from settings import Settings
from tests.conftest import Database
from tests.deploy.test_cli import traject


async def test_signed_shown_and_handed_over(database: Database, tmp_path: Path) -> None:
    LogKeys.generate().save(tmp_path / "log-keys.json")
    first = LogKeys.load(tmp_path / "log-keys.json").vkeys
    environment = {
        "TRAJECT_POSTGRES_DSN": database.owner_dsn,
        "TRAJECT_DATA_FOLDER": str(tmp_path),
        "TRAJECT_INSTALLATION": "test",
    }
    settings = Settings.model_validate(
        {"postgres_dsn": database.owner_dsn, "data_folder": tmp_path, "installation": "test"}
    )
    nothing = traject("audit", "checkpoint", **environment)
    assert nothing.returncode == 1
    assert "No checkpoint was signed yet" in nothing.stderr

    store = await Store.connect(database.app_dsn, MasterKeys.generate(), {})
    at = datetime(2026, 1, 6, 8, 5, tzinfo=UTC)
    await store.log_refused(
        str(uuid4()), person=None, at=at, stream=None, process="toy", command="X", code="y"
    )
    await store.close()
    one = await _checkpoint(settings, sign=True)
    assert one is not None
    assert (one["number"], one["events"], one["refused"]) == (1, 0, 1)
    rotated = await _rotate(settings)
    two = await _checkpoint(settings, sign=True)
    assert two is not None
    assert two["number"] == 2
    signed = follow([one["note"], two["note"]], first)
    assert signed[1].checkpoint.next_key == rotated["next"]
    assert LogKeys.load(tmp_path / "log-keys.json").private(rotated["next"])

    shown = traject("audit", "checkpoint", "--json", **environment)
    assert json.loads(shown.stdout) == two
    assert (tmp_path / "published" / "latest.txt").read_text() == two["note"]
