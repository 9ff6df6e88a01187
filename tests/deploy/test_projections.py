"""What `traject projections` tells of read models, and does with them."""

from __future__ import annotations

from pathlib import Path

import pytest

import cli
from deploy import projections
from deploy.projections_cli import _status
from events.projections.known import UnknownProjection
from events.projections.projector import Projector
from events.store.keys import MasterKeys
from settings import Settings
from tests.conftest import Database


async def test_read_models_are_looked_after(database: Database, tmp_path: Path) -> None:
    keys = MasterKeys.generate()
    keys.save(tmp_path / "master-keys.json")
    settings = Settings.model_validate(
        {"postgres_dsn": database.owner_dsn, "data_folder": tmp_path, "installation": "test"}
    )
    assert [row["live"] for row in await projections.known(settings)] == [None] * 3
    assert await projections.status(settings) == []
    await Projector(database.projector_dsn, keys, projections.stories()).catch_up()
    before = {row["name"]: row["live"] for row in await projections.known(settings)}
    assert None not in before.values()

    (fresh,) = await projections.rebuild_all(settings, ["tasks"], 1, progress=False)
    assert (fresh["name"], fresh["state"]) == ("tasks", "live")
    rows = await projections.status(settings)
    live = {row["name"]: row["build"] for row in rows}
    assert live == before | {"tasks": fresh["number"]}
    assert {(row["state"], row["behind"], row["parked"]) for row in rows} == {("live", 0, 0)}
    assert _status(rows[0]).endswith("live  position 0 of 0  0 events behind  0 parked")
    assert await projections.all_parked(settings, ["cases"]) == []
    assert await projections.retry(settings, []) == {"retried": 0, "parked": 0}
    with pytest.raises(UnknownProjection) as unknown:
        await projections.all_parked(settings, ["kases"])
    text = "There is no projection kases, only cases, tasks, agenda."
    assert cli._sentence(unknown.value) == text
