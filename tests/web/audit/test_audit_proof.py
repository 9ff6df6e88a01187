"""The server's own look at a proof says the same as anybody's, and exports verify elsewhere."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from events.audit.verify import Report, verify
from tests.properties.desk import TENANT
from tests.properties.processes.board import IDS
from tests.web.audit.conftest import Audited
from tests.web.filled import SECRET
from tests.web.unread import unread
from web import downloads
from web.pages.audit.proving import STEPS, worked_out


async def a_proof(audited: Audited) -> dict[str, Any]:
    event = audited.played.board.events(audited.played.running)[4].event_id
    return (await audited.get(f"/audit/events/{event}/proof.json")).json()


async def test_each_step_rests_on_what_it_says(audited: Audited) -> None:
    proof = await a_proof(audited)
    keys = audited.keys.vkeys
    assert proof["keys"] == keys
    assert [one.outcome for one in worked_out(proof, keys)] == ["yes"] * len(STEPS)
    assert worked_out(proof, [])[-1].outcome == "unknown"

    def wrong(change: Callable[[dict[str, Any]], object]) -> set[str]:
        other = copy.deepcopy(proof)
        change(other)
        return {one.step for one in worked_out(other, keys) if one.outcome == "no"}

    assert wrong(lambda one: one["chain"].update(recorded_us=1)) == {"chain"}
    assert wrong(lambda one: one["chain"].update(previous="00" * 32)) == {"chain"}
    assert wrong(lambda one: one["entry"].update(stored_us=1)) == {"entry"}
    assert wrong(lambda one: one["entry"].update(about="[]")) == {"entry"}
    assert wrong(lambda one: one.update(leaf_hash="00" * 32)) == {"leaf"}
    assert wrong(lambda one: one["path"].reverse()) == {"path"}
    assert wrong(lambda one: one.update(root="00" * 32)) == {"path", "root"}
    assert wrong(lambda one: one["checkpoint"].update(note="")) == {"root", "signature"}
    assert wrong(lambda one: one["entry"].update(bytes=one["entry"]["bytes"][:-2] + "00")) >= {
        "entry",
        "leaf",
        "path",
    }


async def test_the_page_says_what_the_server_worked_out(audited: Audited) -> None:
    event = audited.played.board.events(audited.played.running)[4].event_id
    html = (await audited.get(f"/audit/events/{event}")).text
    assert html.count('class="yes"') == len(STEPS)
    assert audited.keys.vkeys[0] in html
    assert re.search(r"<dt>Dossier</dt><dd>Traject van \w+", html)
    await audited.get("/audit/events/00000000-0000-0000-0000-000000000000", status=404)
    await audited.get(f"/audit/events/{event.upper()}", status=404)


async def checked(audited: Audited, path: str, folder: Path) -> tuple[Report, dict[str, str]]:
    """What the verifier says of an export that was fetched, and its files."""
    answer = await audited.get(path)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    file = folder / "export.zip"
    file.write_bytes(answer.content)
    report = verify(str(file), audited.keys.vkeys, [], Report())
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archived:
        return report, {name: archived.read(name).decode() for name in archived.namelist()}


def lines(files: dict[str, str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["events.jsonl"].splitlines()]


async def test_exports_verify_elsewhere(audited: Audited, tmp_path: Path) -> None:
    stream = audited.played.running
    events = audited.played.board.events(stream)
    report, files = await checked(audited, f"{audited.case(stream)}/export.zip?job=one", tmp_path)
    assert (report.findings, report.unsure) == ([], [])
    assert [one["event_id"] for one in lines(files)] == [one.event_id for one in events]
    assert SECRET in files["events.jsonl"]
    assert "verify.py" in files
    one = events[3].event_id
    report, files = await checked(audited, f"/audit/events/{one}/export.zip", tmp_path)
    assert (report.findings, report.unsure) == ([], [])
    assert [line["event_id"] for line in lines(files)] == [one]
    report, files = await checked(audited, "/audit/export.zip", tmp_path)
    assert (report.findings, report.unsure) == ([], [])
    streams = audited.played.board.engine.streams.values()
    assert len(lines(files)) == sum(len(stream.events) for stream in streams)
    # Nobody else may know how far it is, and afterwards nobody.
    assert (await audited.get("/audit/export/progress?job=one")).json() == {"done": None}


async def test_who_reads_no_further_holds_up_no_export(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor keeps its connection: what is not taken in time is cut off."""
    monkeypatch.setattr(downloads, "PATIENCE", 0.1)
    slow = [{"Cookie": f"traject_session={audited.tokens['auditor']}"}] * 3
    async with unread(audited.app, "/audit/export.zip", slow) as asking:
        answer = await asyncio.wait_for(audited.get("/audit/export.zip"), 30)
        assert zipfile.is_zipfile(io.BytesIO(answer.content))
        done, _ = await asyncio.wait(asking, timeout=5)
    assert len(done) == len(asking)


async def test_a_whole_export_leaves_out_what_is_about_the_auditor(
    audited: Audited, tmp_path: Path
) -> None:
    teacher = IDS["teacher"]
    await audited.store.set_roles(TENANT, teacher, ["teacher", "auditor"])
    try:
        audited.tokens["both"] = audited.tokens["teacher"]
        await audited.seal()
        answer = await audited.get("/audit/export.zip", "both")
    finally:
        await audited.store.set_roles(TENANT, teacher, ["teacher"])
    file = tmp_path / "own.zip"
    file.write_bytes(answer.content)
    report = verify(str(file), audited.keys.vkeys, [], Report())
    assert (report.findings, report.unsure) == ([], [])
    with zipfile.ZipFile(file) as archived:
        said = "".join(archived.read(name).decode() for name in archived.namelist())
        told = [json.loads(line) for line in archived.read("events.jsonl").splitlines()]
    assert told
    assert audited.played.running not in said
    assert SECRET not in said
    assert "UnannouncedVisitPlanned" not in said


@pytest.mark.parametrize("path", ["export.zip", "export"])
async def test_what_is_in_no_checkpoint_cannot_be_taken_along(audited: Audited, path: str) -> None:
    unknown = "/audit/supervision/00000000-0000-4000-8000-000000000000"
    await audited.get(f"{unknown}/{path}", status=404)
