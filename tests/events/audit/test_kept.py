"""Exports that an installation keeps are known with what they hold, and go with what is erased."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from deploy import exporting
from deploy.exporting import export, exports_folder
from deploy.proofs import prove_consistency, prove_inclusion
from deploy.verifying import BadExport, read_kept, verify_installation
from events.audit import merkle
from events.audit.contradiction import Contradiction
from events.audit.export import Contents
from events.audit.kept import remove_exports
from events.audit.selection import Asked, NothingThere
from events.audit.verify import Report, verify
from settings import Settings
from tests.events.audit import owner as own
from tests.events.audit.world import Copy, World


@pytest.fixture(scope="module")
async def copy(world: World) -> AsyncIterator[Copy]:
    async with world.copy() as copy:
        yield copy


@pytest.fixture
def installation(copy: Copy, tmp_path: Path) -> Settings:
    """An installation on that database."""
    copy.world.master_keys.save(tmp_path / "master-keys.json")
    return Settings.model_validate(
        {
            "postgres_dsn": copy.database.app_dsn,
            "postgres_projector_dsn": copy.database.projector_dsn,
            "temporal_address": "127.0.0.1:1",
            "data_folder": tmp_path,
            "master_key_file": tmp_path / "master-keys.json",
            "publish_to": str(copy.world.place),
        }
    )


async def test_a_kept_export_goes_with_what_is_erased(
    copy: Copy, installation: Settings, tmp_path: Path
) -> None:
    board, folder = copy.world.boards[0], exports_folder(installation)
    one = await export(installation, Asked("stream", board.streams[0]), None)
    two = await export(installation, Asked("all"), None)
    sealed = await export(installation, Asked("all"), None, sealed=True)
    away = await export(installation, Asked("all"), tmp_path / "away.zip")
    assert [made.kept for made in (one, two, sealed, away)] == [True, True, True, False]
    assert oct(two.file.stat().st_mode)[-3:] == "600"
    rows = await copy.owner.fetch("select tenant, file, streams, made_by from traject.export")
    assert {row["file"] for row in rows} == {one.file.name, two.file.name}
    assert len(rows) == 3
    gone = await remove_exports(copy.owner, folder, board.tenant, board.streams[1])
    assert (gone.removed, gone.not_here) == ([two.file.name], [])
    assert sorted(folder.iterdir()) == sorted([one.file, sealed.file])
    one.file.unlink()
    gone = await remove_exports(copy.owner, folder, board.tenant, board.streams[0])
    assert (gone.removed, gone.not_here) == ([], [one.file.name])
    assert await own.value(copy.owner, "select count(*) from traject.export") == 0
    assert verify(str(away.file), copy.world.vkeys[:1], (), Report()).findings == []


async def test_nothing_is_left_of_one_that_was_not_made(
    copy: Copy, installation: Settings, tmp_path: Path
) -> None:
    def stop(_done: float, _of: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await export(installation, Asked("all"), None, tell=stop)
    assert list(exports_folder(installation).iterdir()) == []
    assert await own.value(copy.owner, "select count(*) from traject.export") == 0
    file = tmp_path / "there.zip"
    file.touch()
    with pytest.raises(BadExport):
        await export(installation, Asked("all"), file)


async def test_erased_while_it_was_made(
    copy: Copy, installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = exporting.write_export

    async def meanwhile(*arguments: Any, **options: Any) -> Contents:
        await copy.owner.execute("delete from traject.export")
        return await written(*arguments, **options)

    monkeypatch.setattr(exporting, "write_export", meanwhile)
    with pytest.raises(BadExport):
        await export(installation, Asked("stream", copy.world.boards[0].streams[0]), None)
    assert list(exports_folder(installation).iterdir()) == []


async def test_verified_with_keys_from_where_it_is_published(
    installation: Settings, tmp_path: Path
) -> None:
    """Without the key file the published keys are taken; a kept file has to be a checkpoint."""
    report = await verify_installation(
        installation, keys=[], kept=[], published=None, processes=1, tell=lambda _d, _o: None
    )
    assert (report.findings, report.unsure) == ([], [])
    assert report.checked["published checkpoints"] == 5
    (tmp_path / "kept.txt").write_text("something else")
    with pytest.raises(BadExport):
        read_kept([tmp_path / "kept.txt"])


async def test_proofs(copy: Copy, installation: Settings) -> None:
    event = str((await own.at(copy.owner, 400))["event_id"])
    proof = (await prove_inclusion(installation, event)).json()
    path = [bytes.fromhex(hash_) for hash_ in proof["path"]]
    leaf, root = bytes.fromhex(proof["leaf"]), bytes.fromhex(proof["root"])
    assert proof["position"] == 400
    assert merkle.verify_inclusion(leaf, 399, proof["size"], path, root)
    both = (await prove_consistency(installation, 1, 5)).json()
    assert set(both["consistency"]) == {"events", "reads", "refused"}
    json.dumps([proof, both])
    fresh = str((await own.at(copy.owner, 630))["event_id"])
    for asked in (prove_inclusion(installation, fresh), prove_consistency(installation, 2, 2)):
        with pytest.raises(NothingThere):
            await asked
    with pytest.raises(NothingThere):
        await prove_consistency(installation, 2, 99)


async def test_no_proof_of_what_is_not_so(copy: Copy, installation: Settings) -> None:
    event = str((await own.at(copy.owner, 400))["event_id"])
    await own.disarm(copy.owner)
    await own.rewrite(copy.owner, 17)
    with pytest.raises(Contradiction):
        await prove_inclusion(installation, event)
    with pytest.raises(Contradiction):
        await prove_consistency(installation, 2, 5)
