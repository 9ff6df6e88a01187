"""``traject audit verify``, ``export`` and ``prove`` on a terminal."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner, Result

from deploy import audit_verify_cli
from deploy.audit_cli import audit_app
from tests.events.audit import owner as own
from tests.events.audit.archives import checked
from tests.events.audit.world import World


async def audit(*words: str) -> Result:
    """The command in a thread, because it has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, audit_app, words)


def ends(code: int) -> NoReturn:
    raise SystemExit(code)


async def test_exported_verified_and_proved(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verify_cli, "end", ends)
    world.master_keys.save(tmp_path / "master-keys.json")
    kept_file = tmp_path / "kept.txt"
    note = await world.publication.get("checkpoints/00000000000000000002.txt")
    kept_file.write_bytes(note or b"")
    file, kept = tmp_path / "one.zip", ("--checkpoint", str(kept_file))
    async with world.copy() as copy:
        environment = {
            "TRAJECT_POSTGRES_DSN": copy.database.owner_dsn,
            "TRAJECT_TEMPORAL_ADDRESS": "127.0.0.1:1",
            "TRAJECT_MASTER_KEY_FILE": str(tmp_path / "master-keys.json"),
            "TRAJECT_DATA_FOLDER": str(tmp_path),
            "TRAJECT_PUBLISH_TO": str(world.place),
            "TRAJECT_INSTALLATION": "test",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        event = str((await own.at(copy.owner, 400))["event_id"])
        proved = await audit("prove", event, "--to", str(file), "--json")
        assert json.loads(proved.stdout)["position"] == 400
        held = await audit("verify", str(file), *kept, "--key", world.vkeys[0])
        assert held.exit_code == 2
        assert "No hashes lead to the 320 events of your checkpoint 1." in held.stdout
        proved = await audit("prove", "--from-checkpoint", "1", "--to-checkpoint", "5")
        assert proved.stdout.startswith("The 620 events of checkpoint 5 begin with the 320 of")
        stream = ("--stream", world.boards[0].streams[0])
        made = await audit("export", *stream, *kept, "--json")
        told = json.loads(made.stdout)
        assert (told["events"], told["kept"]) == (20, True)
        assert checked(Path(told["file"]).read_bytes(), world.vkeys[:1]).findings == []
        held = await audit("verify", told["file"], *kept, "--json")
        assert (held.exit_code, json.loads(held.stdout)["findings"]) == (0, [])
        assert (await audit("verify", *kept)).exit_code == 0
        await own.disarm(copy.owner)
        await own.set_(copy.owner, 400, "recorded_us = recorded_us + 1")
        found = await audit("verify", *kept)
        assert found.exit_code == 1
        assert found.stdout.startswith("Position 400, version ")
    assert (await audit("export", "--all", *stream)).exit_code == 2
    assert (await audit("prove")).exit_code == 2
    nothing = await audit("verify", str(kept_file))
    assert nothing.exit_code == 1
    assert "cannot be read" in nothing.stdout
