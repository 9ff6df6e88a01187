"""Exports hold what was asked, are proved by a stranger's program alone, and take no change."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.audit.logkeys import LogKeys
from events.audit.selection import Asked, NothingThere
from events.audit.verify import LOGS
from tests.events.audit import owner as own
from tests.events.audit.archives import Files, checked, closed, exported, lines, opened, with_lines
from tests.events.audit.log import NOW
from tests.events.audit.world import FIRST, LOOKED, SECOND, STREAMS_OF, Copy, World
from web.texts import texts

STATED = FIRST + SECOND
ENTRIES = ("events.jsonl", "reads.jsonl", "refused.jsonl")
PROVING = (*ENTRIES, "nodes.json", "checkpoint.txt", "keys.json")


@pytest.fixture(scope="module")
async def copy(world: World) -> AsyncIterator[Copy]:
    async with world.copy() as copy:
        yield copy


@pytest.fixture(scope="module")
async def archive(copy: Copy) -> bytes:
    """One case, with what was read and refused in it."""
    kept = [await copy.world.published(3)]
    return await exported(copy, Asked("stream", copy.world.boards[0].streams[3]), kept=kept)


@pytest.fixture(scope="module")
def files(archive: bytes) -> Files:
    return opened(archive)


@pytest.fixture(scope="module")
def vkeys(copy: Copy) -> list[str]:
    """What somebody trusts who looked before the key was rotated."""
    return copy.world.vkeys[:1]


async def taken(copy: Copy, asked: Asked) -> tuple[int, ...]:
    """How many entries of each log are in the export of what is asked, which has to hold."""
    kept = [await copy.world.published(number) for number in range(1, 6)]
    report = checked(await exported(copy, asked, kept=kept), copy.world.vkeys[:1], kept)
    assert (report.findings, report.unsure, report.notes) == ([], [], [])
    assert report.checked["of them sealed or erased"] == 0
    return tuple(report.checked[log] for log in LOGS)


async def test_holds_what_was_asked_and_proves_it(copy: Copy) -> None:
    board, other_board, fresh = copy.world.boards
    looks = 2 * LOOKED
    assert await taken(copy, Asked("stream", board.streams[3])) == (STREAMS_OF, 2, 2)
    assert await taken(copy, Asked("all")) == (STATED, looks, looks)
    assert await taken(copy, Asked("all", board=other_board.tenant)) == (SECOND, 0, 0)
    assert await taken(copy, Asked("checkpoints")) == (0, 0, 0)
    teacher = await own.value(
        copy.owner,
        "select person::text from traject.party where stream = $1 and part = 'teacher'",
        board.streams[3],
    )
    assert await taken(copy, Asked("person", teacher)) == (STREAMS_OF, 2, 2)
    event = (await own.at(copy.owner, 400))["event_id"]
    assert await taken(copy, Asked("event", str(event))) == (1, 0, 0)
    for unknown in (Asked("stream", fresh.streams[0]), Asked("person", str(uuid4()))):
        with pytest.raises(NothingThere):
            await exported(copy, unknown)


async def test_a_period_is_whole(copy: Copy) -> None:
    """What stands between its first and its last entry comes along."""
    board, requests = copy.world.boards[0], len(copy.world.boards[0].streams)
    first_day = datetime(2026, 1, 6, tzinfo=UTC), datetime(2026, 1, 7, tzinfo=UTC)
    looks = 2 * LOOKED
    of_board = Asked("period", None, *first_day, board.tenant)
    assert await taken(copy, of_board) == (requests, looks, looks)
    others = len(copy.world.boards[1].streams)
    assert await taken(copy, Asked("period", None, *first_day)) == (FIRST + others, looks, looks)
    hours = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
    late = Asked("period", None, NOW + timedelta(days=900))
    assert await taken(copy, late) == (0, 0, 0)
    assert (await taken(copy, Asked("period", None, *hours)))[1:] == (LOOKED, LOOKED)


def test_people_read_it(files: Files) -> None:
    """Names and sentences, and nothing that is fetched or run."""
    page = files["index.html"].decode()
    names = json.loads(files["people.json"])
    who = {json.loads(line["header"])["actor"]["person"] for line in lines(files, "events.jsonl")}
    assert len(who) > 2
    assert all(names[person] in page for person in who)
    assert "aangevraagd" in page
    looks = texts("nl").pages["audit"]["looks"]
    for line in lines(files, "reads.jsonl"):
        assert f"<td>{looks[line['what']]}" in page
    for line in lines(files, "refused.jsonl"):
        assert line["command"] not in page
        assert line["code"] not in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


async def test_what_people_wrote_is_text(copy: Copy) -> None:
    """Also where it looks like something else."""
    stream = copy.world.boards[0].streams[5]
    await copy.owner.execute(
        "update traject.person p set name = '<script>alert(1)</script>' from traject.party t"
        " where t.person = p.person and t.stream = $1",
        stream,
    )
    page = opened(await exported(copy, Asked("stream", stream)))["index.html"].decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page


async def test_sealed(copy: Copy, vkeys: list[str], files: Files) -> None:
    """Without keys and names it proves the same, and tells nothing that was written."""
    asked = Asked("stream", copy.world.boards[0].streams[3])
    sealed = opened(await exported(copy, asked, sealed=True))
    report = checked(closed(sealed, anew=False), vkeys)
    assert report.findings == []
    assert report.checked["of them sealed or erased"] == STREAMS_OF
    told = b"".join(content for name, content in sealed.items() if name != "verify.py")
    for written in ("De Windvaan", "leswissels", *json.loads(files["people.json"]).values()):
        assert written.encode() in b"".join(files.values())
        assert written.encode() not in told


async def test_erased(copy: Copy, vkeys: list[str]) -> None:
    """A case whose key is destroyed is absent, committed: it is proved like any other."""
    stream = copy.world.boards[0].streams[3]
    archive = await exported(copy, Asked("all"), erased=[stream])
    report = checked(archive, vkeys)
    assert report.findings == []
    assert report.checked["of them sealed or erased"] == STREAMS_OF
    told = [line for line in lines(opened(archive), "events.jsonl") if line["stream"] == stream]
    assert not any("data" in line or "command_data" in line for line in told)


@pytest.mark.parametrize("anew", [False, True])
def test_no_byte_can_be_changed(files: Files, vkeys: list[str], anew: bool) -> None:
    """Of any file; and with a manifest made anew still none of what the proof is made of."""
    proving = [*PROVING, *(name for name in files if name.startswith("history/"))]
    for name in proving if anew else files:
        content = files[name]
        for at in {0, len(content) // 2, len(content) - 2}:
            changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            report = checked(closed({**files, name: changed}, anew=anew), vkeys)
            assert report.findings, (name, at)


def test_no_field_can_be_changed(files: Files, vkeys: list[str]) -> None:
    """Of an entry, whoever makes the manifest anew; but the process, which is no more than told."""
    for name in ENTRIES:
        *before, line = lines(files, name)
        for field in line.keys() - ({"process"} if name == "events.jsonl" else set()):
            changed = {**line, field: other(line[field])}
            archive = closed(with_lines(files, name, [*before, changed]), anew=True)
            assert checked(archive, vkeys).findings, (name, field)


def other(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case int():
            return value + 1
        case str() if value:
            return ("1" if value[0] != "1" else "2") + value[1:]
        case dict():
            return {**value, "more": 1}
        case _:
            return ["more"]


def test_no_line_can_go_or_move(files: Files, vkeys: list[str]) -> None:
    for name in ENTRIES:
        all_ = lines(files, name)
        for forged in (all_[1:], all_[:-1], [*all_, all_[-1]], [all_[1], all_[0], *all_[2:]]):
            archive = closed(with_lines(files, name, forged), anew=True)
            assert checked(archive, vkeys).findings, name


async def test_other_files(copy: Copy, files: Files, vkeys: list[str]) -> None:
    another = opened(await exported(copy, Asked("stream", copy.world.boards[0].streams[4])))
    forged = {
        "another manifest": {**files, "manifest.json": another["manifest.json"]},
        "a manifest spelled otherwise": {**files, "manifest.json": files["manifest.json"] + b" "},
        "a further file": {**files, "more.txt": b"believe me"},
        "a file less": {name: files[name] for name in files if name != "README.txt"},
        "no entries": {name: files[name] for name in files if name != "events.jsonl"},
    }
    for what, changed in forged.items():
        assert checked(closed(changed, anew=False), vkeys).findings, what
    assert checked(b"no archive", vkeys).findings


async def test_whose_key_it_is(copy: Copy, archive: bytes) -> None:
    """The announced successor alone does not vouch for what the first key signed."""
    vkeys = copy.world.vkeys
    successor = (await copy.world.published(4)).successor
    assert successor is not None
    assert checked(archive, vkeys).findings == []
    assert checked(archive, [successor]).findings
    assert checked(archive, LogKeys.generate().vkeys).findings
    own_word = checked(archive, [])
    assert own_word.findings == []
    assert vkeys[0] in own_word.notes[0]


async def test_another_past_than_one_kept(copy: Copy, vkeys: list[str], archive: bytes) -> None:
    """A checkpoint of the same log over another past is not passed over."""
    kept = await copy.world.published(3)
    assert checked(archive, vkeys, [kept]).findings == []
    size, root = kept.trees["events"]
    forged = replace(kept, trees={**kept.trees, "events": (size, bytes(32))})
    assert checked(archive, vkeys, [forged]).findings
    unknown = replace(kept, trees={**kept.trees, "events": (size - 13, root)})
    report = checked(archive, vkeys, [unknown])
    assert (report.findings, len(report.unsure)) == ([], 1)


@given(data=st.data())
@settings(max_examples=60, derandomize=True, database=None, deadline=None)
def test_no_changed_hash_proves(files: Files, vkeys: list[str], data: st.DataObject) -> None:
    nodes = json.loads(files["nodes.json"])
    hashes = nodes[data.draw(st.sampled_from(LOGS))]
    span = data.draw(st.sampled_from(sorted(hashes)))
    start, stop = map(int, span.split("-"))
    match data.draw(st.sampled_from(["flip", "drop", "exchange", "move", "widen"])):
        case "flip":
            at, hash_ = data.draw(st.integers(0, 63)), hashes[span]
            hashes[span] = f"{hash_[:at]}{int(hash_[at], 16) ^ 1:x}{hash_[at + 1 :]}"
        case "drop":
            del hashes[span]
        case "exchange":
            beside = data.draw(st.sampled_from(sorted(set(hashes) - {span})))
            hashes[span], hashes[beside] = hashes[beside], hashes[span]
        case "move":
            hashes[f"{start + 1}-{stop + 1}"] = hashes.pop(span)
        case _:
            hashes[f"{start}-{stop + 1}"] = hashes.pop(span)
    forged = {**files, "nodes.json": json.dumps(nodes).encode()}
    assert checked(closed(forged, anew=True), vkeys).findings


def elsewhere(folder: Path, archive: bytes, *words: str) -> subprocess.CompletedProcess[str]:
    """The verifier out of the archive, in a Python that has cryptography and nothing else."""
    packages = folder / "packages"
    if not packages.exists():
        packages.mkdir()
        for part in Path(sysconfig.get_path("purelib")).iterdir():
            if part.name.startswith(("cryptography", "_cffi_backend")):
                (packages / part.name).symlink_to(part)
    (folder / "verify.py").write_bytes(opened(archive)["verify.py"])
    (folder / "export.zip").write_bytes(archive)
    start = (
        f"import sys, runpy; sys.path.append({str(packages)!r}); sys.argv = sys.argv[1:];"
        " runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, "verify.py", "export.zip", *words],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_it_needs_is_said_before_anything_is_called_false(
    tmp_path: Path, archive: bytes
) -> None:
    (tmp_path / "verify.py").write_bytes(opened(archive)["verify.py"])
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "export.zip"],
        cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (2, "")
    assert "pip install cryptography" in ran.stdout


def test_in_an_empty_environment(
    tmp_path: Path, archive: bytes, files: Files, vkeys: list[str]
) -> None:
    ran = elsewhere(tmp_path, archive, "--key", vkeys[0])
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Everything holds: ")
    all_ = lines(files, "events.jsonl")
    all_[7]["body"] = other(all_[7]["body"])
    forged = closed(with_lines(files, "events.jsonl", all_), anew=True)
    ran = elsewhere(tmp_path, forged, "--key", vkeys[0], "--json")
    assert ran.returncode == 1
    first = json.loads(ran.stdout)["findings"][0]
    assert (first["position"], first["version"]) == (all_[7]["position"], 8)
    assert elsewhere(tmp_path, archive, "--key", "nonsense").returncode == 2
