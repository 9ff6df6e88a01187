"""A backup comes back into an empty server as it was, or is refused before anything is changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

import deploy.restore
from deploy.backup import backup
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.manifest import BackupRefused, Manifest, check
from deploy.restore import Restored, restore
from events.audit.logkeys import LogKeys
from events.audit.publishing import Publication
from events.audit.signing import checkpoint
from events.store.errors import Erased
from events.store.keys import MasterKeys
from events.store.migrate import mark_installation
from events.store.store import Store
from settings import Settings
from tests.conftest import Database, scratch_folder
from tests.events.audit.log import Filled
from tests.events.store.samples import FACTS, begun

NOW = datetime.now(UTC)
TRIGGERS = """
select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal
 order by 1, 2"""
TABLES = """
select oid::regclass::text, relrowsecurity, relforcerowsecurity, relowner::regrole::text,
       array(select unnest(coalesce(relacl, acldefault('r', relowner)))::text order by 1)
  from pg_class where relnamespace = 'traject'::regnamespace and relkind = 'r' order by 1"""
FUNCTIONS = """
select oid::regprocedure::text, proowner::regrole::text, prosecdef,
       array(select unnest(coalesce(proacl, acldefault('f', proowner)))::text order by 1)
  from pg_proc where pronamespace = 'traject'::regnamespace order by 1"""
EVERYTHING = (
    "select * from traject.event order by tenant, stream, version",
    "select tenant, stream, version, position from traject.position order by position",
    "select * from traject.tile order by log, level, index",
    "select * from traject.tree order by log",
    "select * from traject.checkpoint order by number",
    "select * from traject.dossier_key order by tenant, stream",
    "select * from traject.reading order by id",
    "select * from traject.logged order by log, position",
    TRIGGERS,
    TABLES,
    FUNCTIONS,
)


@pytest.fixture(scope="module")
async def empty() -> AsyncIterator[EmbeddedPostgres]:
    """A server on which nothing ever was, not even the roles."""
    with scratch_folder() as folder:
        server = EmbeddedPostgres(folder / "postgres", fsync=False)
        await server.start()
        yield server
        await server.stop()


@dataclass
class Machine:
    """An installation: its database, its key files, and where it publishes."""

    store: Store
    filled: Filled
    keeping: asyncpg.Connection
    raw: asyncpg.Connection
    dsn: str
    folder: Path
    publication: Publication

    @property
    def log_keys(self) -> LogKeys:
        return LogKeys.load(self.folder / "log-keys.json")

    async def signs(self, later: timedelta = timedelta(0)) -> None:
        assert await checkpoint(
            self.keeping, self.log_keys, self.publication, NOW + later, at_once=True
        )

    async def backup(self, name: str = "backup") -> Path:
        await backup(self.dsn, self.folder / name)
        return self.folder / name


@pytest.fixture
async def machine(database: Database, tmp_path: Path) -> AsyncIterator[Machine]:
    keys = MasterKeys.generate()
    keys.save(tmp_path / "master-keys.json")
    LogKeys.generate().save(tmp_path / "log-keys.json")
    await mark_installation(database.owner_dsn, "test")
    store = await Store.connect(database.app_dsn, keys, FACTS)
    keeping = await asyncpg.connect(database.sequencer_dsn)
    raw = await asyncpg.connect(database.owner_dsn)
    filled = Filled(store, keeping, str(uuid4()))
    await filled.happens(3, 2, 2)
    found = Machine(
        store,
        filled,
        keeping,
        raw,
        database.owner_dsn,
        tmp_path,
        Publication.at(str(tmp_path / "published")),
    )
    await found.signs()
    yield found
    await store.close()
    await keeping.close()
    await raw.close()


@pytest.fixture
async def place(empty: EmbeddedPostgres, machine: Machine) -> AsyncIterator[Settings]:
    """A new name on the empty server, beside the key files that were put back."""
    name = f"back_{uuid4().hex[:8]}"
    yield Settings.model_validate(
        {
            "installation": "test",
            "data_folder": machine.folder,
            "postgres_dsn": empty.dsn_for(name),
        }
    )
    admin = await asyncpg.connect(empty.dsn)
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.close()


async def contents(dsn: str) -> list[list[tuple[Any, ...]]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [[tuple(row) for row in await connection.fetch(query)] for query in EVERYTHING]
    finally:
        await connection.close()


async def databases(server: EmbeddedPostgres) -> list[str]:
    admin = await asyncpg.connect(server.dsn)
    try:
        rows = await admin.fetch("select datname from pg_database where datname like 'back\\_%'")
    finally:
        await admin.close()
    return [row["datname"] for row in rows]


async def test_what_comes_back_is_what_was_there_and_goes_on(
    machine: Machine, place: Settings
) -> None:
    stream = await begun(machine.store, machine.filled.tenant)
    await machine.filled.keep()
    ines, day = await machine.store.add_person(machine.filled.tenant, "Ines"), timedelta(days=1)
    key = await machine.store.begin_session(ines.tenant, ines.id, "chosen", idle=day, lasting=day)
    folder = await machine.backup()
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json",
        "database.dump",
        "checkpoint.txt",
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    manifest = check(folder)
    assert (manifest.events, manifest.positions, manifest.trees["events"]) == (4, 4, 4)
    assert (manifest.installation, manifest.masters) == ("test", {"1": 4})
    secret = json.loads((machine.folder / "master-keys.json").read_text())["keys"]["1"]
    assert all(secret.encode() not in path.read_bytes() for path in folder.iterdir())

    done = await restore(place, folder)
    assert (done.events, done.numbered, done.erased_again, done.statement) == (4, 0, 0, None)
    assert done.verified["events"] == 4
    assert done.verified["published checkpoints"] == 1
    before, after = await contents(machine.dsn), await contents(place.owner_database)
    for query, was, found in zip(EVERYTHING, before, after, strict=True):
        assert found == was, query
    store = await Store.connect(place.database("app"), MasterKeys.load(place.master_keys), FACTS)
    keeping = await asyncpg.connect(place.database("sequencer"))
    try:
        assert len(await store.load(machine.filled.tenant, stream)) == 1
        # It may have been ended since the backup; that session would live again.
        assert await machine.store.by_session(key) is not None
        assert await store.by_session(key) is None
        assert any("roles, tokens" in note for note in done.notes)
        filled = Filled(store, keeping, machine.filled.tenant)
        await filled.happens(2, 1, 0)
        signed = await checkpoint(keeping, machine.log_keys, machine.publication, NOW, at_once=True)
        assert signed is not None
        assert signed.size == 6
    finally:
        await store.close()
        await keeping.close()
    with pytest.raises(BackupRefused, match="holds data"):
        await restore(place, folder, accept_loss="nothing")


async def test_a_backup_older_than_what_was_published(
    machine: Machine, place: Settings, empty: EmbeddedPostgres
) -> None:
    folder = await machine.backup()
    await machine.filled.happens(2, 0, 1)
    await machine.signs(timedelta(hours=1))
    with pytest.raises(BackupRefused, match="events 4 to 5, refused 3 to 3") as refused:
        await restore(place, folder)
    assert "--accept-loss" in str(refused.value)
    assert await databases(empty) == []
    said: list[str] = []
    done = await restore(place, folder, accept_loss="de schijf brak", say=said.append)
    assert any("events 4 to 5" in line for line in said)
    assert done.statement is not None
    assert "reason de schijf brak" in done.statement
    assert await machine.publication.get(f"restored/{1:020}.txt") == done.statement.encode()
    keeping = await asyncpg.connect(place.database("sequencer"))
    try:
        latest = await machine.publication.get("latest.txt")
        row = await keeping.fetchrow("select note from traject.checkpoint order by number desc")
        assert row is not None
        assert latest == row["note"].encode()
    finally:
        await keeping.close()


async def test_what_was_erased_since_is_erased_again(machine: Machine, place: Settings) -> None:
    tenant = machine.filled.tenant
    # What has no position yet when the backup is made gets one when it comes back.
    stream = await begun(machine.store, tenant)
    await machine.filled.read()
    folder = await machine.backup()
    await machine.publication.put(
        f"erased/{tenant}/{stream}.json", _certificate(tenant, stream).encode()
    )
    done = await restore(place, folder)
    assert (done.erased_again, done.numbered) == (1, 1)
    assert (done.verified["events"], done.verified["reads"]) == (4, 3)
    store = await Store.connect(place.database("app"), MasterKeys.load(place.master_keys), FACTS)
    try:
        with pytest.raises(Erased):
            await store.load(tenant, stream)
    finally:
        await store.close()


def _certificate(tenant: str, stream: str) -> str:
    from events.store.certificates import Certificate, LastEvent, Said

    nobody = Said(by=None, at="")
    return Certificate(
        tenant=tenant,
        stream=stream,
        process="toy",
        ground="retention",
        requested=nobody,
        approved=nobody,
        operator="test",
        begun_at="2026-11-25T10:00:00Z",
        last=LastEvent(version=1, hash="00"),
    ).text()


async def test_damage_is_found_before_anything_is_changed(
    machine: Machine, place: Settings, empty: EmbeddedPostgres
) -> None:
    folder = await machine.backup()
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    dump, manifest = folder / "database.dump", folder / "manifest.json"
    middle = len(whole[dump]) // 2
    flipped = whole[dump][:middle] + bytes([whole[dump][middle] ^ 1]) + whole[dump][middle + 1 :]
    said = Manifest.model_validate_json(whole[manifest])
    for path, content, why in (
        (dump, flipped, "database.dump is damaged"),
        (dump, whole[dump][:-1], "damaged or cut off"),
        (dump, None, "damaged or cut off"),
        (manifest, None, "is no backup"),
        (manifest, whole[manifest].replace(b'"events": 3', b'"events": 2'), "take another copy"),
        (manifest, whole[manifest][:-20], "damaged, or of another version"),
    ):
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        with pytest.raises(BackupRefused, match=why):
            await restore(place, folder)
        path.write_bytes(whole[path])
    for changes, why in (
        ({"installation": "production"}, "TRAJECT_INSTALLATION=production"),
        ({"migration": 10_000}, "newer version"),
        ({"masters": {"7": 3}}, "master key 7, which is not in"),
    ):
        other = said.model_copy(update=changes).sealed()
        manifest.write_text(other.model_dump_json())
        with pytest.raises(BackupRefused, match=why):
            await restore(place, folder)
    manifest.write_bytes(whole[manifest])
    MasterKeys.generate().replace(place.master_keys)
    with pytest.raises(BackupRefused, match="another one than"):
        await restore(place, folder)
    place.master_keys.unlink()
    with pytest.raises(BackupRefused, match="Put the copy of the master keys"):
        await restore(place, folder)
    assert await databases(empty) == []


async def test_what_does_not_verify_does_not_come_back(
    machine: Machine, place: Settings, empty: EmbeddedPostgres
) -> None:
    await machine.raw.execute("alter table traject.event disable trigger never_changed")
    await machine.raw.execute(
        "update traject.event set body = body || 'x' where ctid ="
        " (select e.ctid from traject.event e join traject.position p using (tenant, stream,"
        " version) where p.position = 2)"
    )
    await machine.raw.execute("alter table traject.event enable always trigger never_changed")
    with pytest.raises(BackupRefused, match="does not verify") as refused:
        await restore(place, await machine.backup())
    assert "osition 2" in str(refused.value) or "ersion 1" in str(refused.value)
    assert await databases(empty) == []


async def test_interrupted_and_repeated(
    machine: Machine,
    place: Settings,
    empty: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = await machine.backup()

    async def cut(_dsn: str) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(deploy.restore, "after_restore", cut)
        with pytest.raises(KeyboardInterrupt):
            await restore(place, folder)
    assert await databases(empty) == []
    # As after a kill, when nobody could tidy up; and the place was made by somebody's hand.
    admin = await asyncpg.connect(empty.dsn)
    name = place.owner_database.rpartition("/")[2]
    await admin.execute(f"create database {name}_restoring")
    await admin.execute(f"create database {name}")
    await admin.close()
    done = await restore(place, folder)
    assert isinstance(done, Restored)
    assert await databases(empty) == [name]


async def test_a_backup_is_made_whole_or_not_at_all(
    machine: Machine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = machine.folder / "new"
    with pytest.raises(BackupRefused, match="superuser"):
        await backup(database.app_dsn, target)
    with pytest.raises(BackupRefused, match="holds something"):
        await backup(machine.dsn, machine.folder)
    with monkeypatch.context() as patched:
        patched.setattr("deploy.backup.DUMP", "no/such/place")
        with pytest.raises(BackupRefused, match="pg_dump failed"):
            await backup(machine.dsn, target)
    assert not target.exists()
    assert not list(machine.folder.glob(".*half"))
    told: list[tuple[float, float]] = []
    await backup(machine.dsn, target, lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1] > 0
