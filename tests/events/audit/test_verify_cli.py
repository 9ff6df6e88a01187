"""``traject audit verify``, ``export`` and ``prove`` on a terminal."""

from __future__ import annotations

import json
from pathlib import Path

from tests.deploy.test_cli import traject
from tests.events.audit import owner as own
from tests.events.audit.archives import checked
from tests.events.audit.world import World


async def test_exported_verified_and_proved(world: World, tmp_path: Path) -> None:
    world.master_keys.save(tmp_path / "master-keys.json")
    (tmp_path / "kept.txt").write_bytes(
        await world.publication.get("checkpoints/00000000000000000002.txt") or b""
    )
    async with world.copy() as copy:
        environment = {
            "TRAJECT_POSTGRES_DSN": copy.database.owner_dsn,
            "TRAJECT_MASTER_KEY_FILE": str(tmp_path / "master-keys.json"),
            "TRAJECT_DATA_FOLDER": str(tmp_path),
            "TRAJECT_PUBLISH_TO": str(world.place),
            "TRAJECT_INSTALLATION": "test",
        }
        event = str((await own.at(copy.owner, 400))["event_id"])
        file, kept = str(tmp_path / "one.zip"), ("--checkpoint", str(tmp_path / "kept.txt"))
        asked = ("--to", file, "--json")
        made = traject("audit", "prove", event, *asked, **environment)
        assert (made.returncode, made.stderr) == (0, "")
        assert json.loads(made.stdout)["position"] == 400
        held = traject("audit", "verify", file, *kept, "--key", world.vkeys[0])
        assert held.returncode == 2, held.stdout
        assert "No hashes lead to the 320 events of your checkpoint 1." in held.stdout
        stream = ("--stream", world.boards[0].streams[0])
        made = traject("audit", "export", *stream, *kept, "--json", **environment)
        assert made.returncode == 0, made.stderr
        told = json.loads(made.stdout)
        assert (told["events"], told["kept"]) == (20, True)
        assert checked(Path(told["file"]).read_bytes(), world.vkeys[:1]).findings == []
        await own.disarm(copy.owner)
        await own.set_(copy.owner, 400, "recorded_us = recorded_us + 1")
        found = traject("audit", "verify", *kept, **environment)
        assert found.returncode == 1
        assert found.stdout.startswith("Position 400, version ")
