"""A dossier is erased while it lives: afterwards nothing that was in it is found anywhere."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from activities.faults import ERASURE
from activities.recovery import start
from deploy.embedded.postgres_binaries import postgres_binaries
from deploy.embedded.supervisor import Child
from deploy.exporting import exports_folder
from deploy.harness.product import DATABASE, ROOT, Product
from deploy.traces import look_for
from events.audit.kept import register
from events.audit.logkeys import LogKeys
from events.audit.online import verify_database
from events.audit.publishing import Publication
from events.store.chain import verify
from events.store.ledger import Ledger, obey_ledger
from events.store.store import Store
from settings import Settings
from tests.faults.board import Board
from workflows.registry import RULES
from workflows.wire import StreamRef, connect, workflow_id

pytestmark = pytest.mark.crash

SECONDS = 60.0
LATE_SECONDS = 15.0
STORIES = {name: rules.story for name, rules in RULES.items()}
FACTS = {name: story.facts for name, story in STORIES.items()}


STRUCK = """
import os, signal, sys
import cli, deploy.erasure, events.audit.publishing, workflows.registry

folder, *pairs = sys.argv[1:]
for moment, _, stream in (pair.partition("=") for pair in pairs):
    if not os.fork():
        os.environ |= {"TRAJECT_FAULT": moment, "TRAJECT_FAULT_MARKER": f"{folder}/{moment}"}
        sys.argv = ["traject", "erase", "--yes", "--json", stream]
        cli.main()
ends = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in pairs]
sys.exit(ends != [-signal.SIGKILL] * len(pairs))
"""
"""``traject erase`` once for each moment at which it is killed: read once, run as often."""


@dataclass(frozen=True)
class Secret:
    """What may be found nowhere once its dossier is erased."""

    tenant: str
    stream: str
    canary: str
    key: bytes
    wrapped: bytes

    @property
    def words(self) -> list[bytes]:
        return [self.canary.encode(), self.key, self.wrapped]

    async def found(self, product: Product, database: str = DATABASE) -> list[str]:
        """The tables of the database and the product's files in which any of it stands."""
        dsn = product.postgres.dsn_for(database)
        traces = await look_for(dsn, [product.folder], self.words)
        assert traces.unread == []
        assert traces.tables > 50
        assert traces.files > 100
        return [place.removeprefix(f"{product.folder}/") for place in traces.found]


async def secret_of(product: Product, board: Board, stream: str, canary: str) -> Secret:
    key = await (await product.store()).dossier_key(board.tenant, stream)
    query = "select wrapped from traject.dossier_key where stream = $1"
    return Secret(board.tenant, stream, canary, key, await _value(product.dsn, query, stream))


async def _value(dsn: str, query: str, *arguments: Any) -> Any:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()


async def asked_for(board: Board, stream: str) -> None:
    """Requested by one person and approved by another."""
    request = {"ground": "objection", "reason": "bezwaar van de leerkracht"}
    await board.done("hr", "RequestErasure", request, stream)
    await board.done("auditor", "ApproveErasure", {"reason": "terecht"}, stream)


class Erasing:
    """``traject erase`` with these words, in a process of its own."""

    def __init__(self, product: Product, folder: Path, *words: str, **environment: str) -> None:
        self._said = folder / f"{uuid4()}.json"
        self._child = Child.start(
            [sys.executable, str(ROOT / "cli.py"), "erase", "--yes", "--json", *words],
            log=self._said,
            death=signal.SIGKILL,
            env=os.environ | product.environment() | environment,
        )

    async def ended(self, code: int) -> None:
        assert await self._child.ended(SECONDS)
        assert self._child.exit_code == code, self._child.said()

    async def told(self, code: int = 0) -> list[dict[str, Any]]:
        await self.ended(code)
        return json.loads(self._said.read_text())


async def test_nothing_is_left_of_an_erased_dossier(
    product: Product, board: Board, tmp_path: Path
) -> None:
    canary = f"kanarie{uuid4().hex[:12]}"
    stream = await _told(product, board, canary)
    secret = await secret_of(product, board, stream, canary)
    # The search finds what is there: a school's name in lists, and the wrapped key.
    found = await secret.found(product)
    assert {"traject.cases_v1", "traject.dossier_key", "test/exports/kept.zip"} <= set(found)
    assert any("pg_wal" in place for place in found)
    dump = await asyncio.to_thread(_dump, product, tmp_path)

    [refused] = await Erasing(product, tmp_path, "--dry-run", stream).told(code=1)
    assert refused["refusal"] == "erasure.not_requested"
    await asked_for(board, stream)
    busy = asyncio.ensure_future(_keep_giving(board, stream))
    words = tmp_path / "words"
    words.write_text(canary)
    [told] = await Erasing(product, tmp_path, stream, "--look-for", str(words)).told()
    answers = await busy
    assert set(answers) == {200, 410}

    certificate = told["certificate"]
    assert certificate["ground"] == "objection"
    assert certificate["requested"]["by"] == board.id_of("hr")
    assert certificate["approved"]["by"] == board.id_of("auditor")
    looked = {step["step"]: step["evidence"] for step in certificate["steps"]}
    assert looked["forgotten"]["runs"] >= 1
    assert looked["cleared"]["sought"] == 1
    assert looked["cleared"]["held"] == []
    assert looked["purged"]["documents"] == 1
    assert (looked["searched"]["found"], looked["searched"]["unread"]) == ([], [])
    assert looked["exports"]["removed"] == ["kept.zip"]
    assert set(looked["looked"]["left"].values()) == {0}

    assert await secret.found(product) == []
    await _shown_as_erased(board, stream)
    await _still_proven(product, board, stream)
    await _late_process_is_forgotten(product, secret)
    assert "unexpected fault" not in product.log("web")
    await _restored_and_erased_again(product, secret, dump)


async def _told(product: Product, board: Board, canary: str) -> str:
    """A running case with the word in all of it, a document, mail, and a kept export."""
    concerns = [{"concern": "C1", "text": f"onrust {canary}"}]
    stream = await board.open(concerns=concerns, school=f"De {canary}")
    await board.guide(stream, goal=f"Eén vast signaal {canary}")
    store = await product.store()
    await store.keep_document(board.tenant, stream, "agreement", 1, canary.encode())
    shown = await board.get(f"/supervision/{stream}/export", by="advisor")
    assert canary in shown.text
    listed = await board.get("/supervision")
    assert stream in listed.text
    exports = exports_folder(Settings(installation="test", data_folder=product.folder))
    exports.mkdir(parents=True, exist_ok=True)
    (exports / "kept.zip").write_text(canary)
    connection = await asyncpg.connect(f"{product.dsn}?role=traject_app")
    await register(connection, "kept.zip", {board.tenant: [stream]}, "Noor Achterberg")
    await connection.close()
    query = "select count(*) from traject.cases_v1 where stream = $1"
    async with asyncio.timeout(SECONDS):
        while not await _value(product.dsn, query, stream):
            await asyncio.sleep(0.05)
    return stream


async def _keep_giving(board: Board, stream: str) -> list[int]:
    """Commands that come all the while, until one hears that the case is gone."""
    answers: list[int] = []
    async with asyncio.timeout(SECONDS):
        while 410 not in answers:
            given = await board.insist(board.correction(stream))
            assert given.accepted or given.code == "case.erased", given.content
            answers.append(given.status)
    return answers


async def _shown_as_erased(board: Board, stream: str) -> None:
    """Staff learns when, why and at whose word; others nothing; lists leave it out."""
    path = f"/supervision/{stream}"
    for address in (path, f"{path}/timeline", f"{path}/export"):
        answer = await board.get(address)
        assert (answer.status_code, answer.json()["code"]) == (410, "case.erased")
        told = answer.json()["erasure"]
        assert told["requested"]["by"] == board.id_of("hr")
        assert told["approved"]["by"] == board.id_of("auditor")
        assert told["ground"] == "objection"
        assert told["erased_at"] > told["begun_at"]
    assert (await board.get(path, by=board.teacher_of(stream))).status_code == 404
    assert stream not in (await board.get("/supervision")).text


async def _still_proven(product: Product, board: Board, stream: str) -> None:
    """The chain holds, and so do the trees over everything."""
    rows = await board.store.chain(board.tenant, stream)
    assert verify(rows, await board.store.head(board.tenant, stream)) is None
    key = LogKeys.load(product.folder / "log-keys.json")
    publication = Publication.at(str(product.folder / "published"))
    dsn = f"{product.dsn}?role=traject_projector"
    report = await verify_database(dsn, key.vkeys, publication=publication)
    assert report.findings == []


async def _late_process_is_forgotten(product: Product, secret: Secret) -> None:
    """Somebody who still had the key starts the process again."""

    async def key(_tenant: str, _stream: str) -> bytes:
        return secret.key

    temporal = await connect(product.temporal.address, key)
    ref = StreamRef(tenant=secret.tenant, process="supervision", stream=secret.stream)
    assert await start(temporal, ref)
    handle = temporal.client.get_workflow_handle(workflow_id("supervision", secret.stream))
    async with asyncio.timeout(LATE_SECONDS):
        while await _is_known(handle):
            await asyncio.sleep(0.1)


async def _is_known(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        await handle.describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def _dump(product: Product, folder: Path) -> Path:
    """A backup of the database as it is."""
    file = folder / "before.dump"
    program = postgres_binaries() / "pg_dump"
    subprocess.run([program, "--format=custom", f"--file={file}", product.dsn], check=True)
    return file


async def _restored_and_erased_again(product: Product, secret: Secret, dump: Path) -> None:
    """The backup brings the key back, until the ledger is obeyed."""
    await _value(product.dsn, "create database restored")
    dsn = product.postgres.dsn_for("restored")
    program = postgres_binaries() / "pg_restore"
    restore = [program, f"--dbname={dsn}", dump]
    await asyncio.to_thread(subprocess.run, restore, check=True)
    assert "traject.dossier_key" in await secret.found(product, "restored")
    store = await Store.connect(f"{dsn}?role=traject_app", product.keys, FACTS)
    ledger = Ledger(Publication.at(str(product.folder / "published")))
    try:
        assert await obey_ledger(store, ledger, dsn, STORIES) == 1
        assert await obey_ledger(store, ledger, "nobody needs it", STORIES) == 0
        assert await secret.found(product, "restored") == []
        told = await store.erased(secret.tenant, secret.stream)
        assert told is not None
        assert told.certificate is not None
    finally:
        await store.close()
        await _value(product.dsn, "drop database restored with (force)")


async def test_killed_at_any_step_it_ends_well_when_run_again(
    product: Product, board: Board, tmp_path: Path
) -> None:
    streams = [await board.open() for _ in ERASURE]
    for stream in streams:
        await asked_for(board, stream)
    secrets = [await secret_of(product, board, stream, uuid4().hex) for stream in streams]
    struck = Child.start(
        [
            sys.executable,
            "-c",
            STRUCK,
            str(tmp_path),
            *map("=".join, zip(ERASURE, streams, strict=True)),
        ],
        log=tmp_path / "struck.log",
        death=signal.SIGKILL,
        env=os.environ | product.environment() | {"PYTHONPATH": str(ROOT)},
    )
    assert await struck.ended(SECONDS)
    assert struck.exit_code == 0, struck.said()
    assert {path.name for path in tmp_path.iterdir()} >= set(ERASURE)
    told = await Erasing(product, tmp_path, "--approved").told()
    assert {row["stream"] for row in told} >= set(streams)
    for secret in secrets:
        await _shown_as_erased(board, secret.stream)
    wrapped = [secret.wrapped for secret in secrets]
    assert (await look_for(product.dsn, [product.folder], wrapped)).found == []
    await _nobody_runs(product, streams)


async def _nobody_runs(product: Product, streams: Iterable[str]) -> None:
    client = (await product.connection()).client
    for stream in streams:
        query = f"WorkflowId = '{workflow_id('supervision', stream)}'"
        assert [run async for run in client.list_workflows(query)] == []
