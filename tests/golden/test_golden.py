"""Every event of every schema ever written can still be read, and says what it said."""

from __future__ import annotations

import json
import os
from pathlib import Path
from uuid import uuid4

import pytest

from events.event import event_from_json, fact_json
from events.store.decoding import Decoder
from events.store.sealing import Seal, canonical
from tests.golden.corpus import HOME, SUMS, Entry, changed, entries, missing, rows, sums, write
from tests.toy.story import STORY as LOANS
from workflows.registry import RULES

FACTS = {name: rules.story.facts for name, rules in RULES.items()}
ADD = "run './dev run python -m tests.golden --write' and commit what it adds"


def test_every_type_and_version_has_a_file() -> None:
    assert missing(HOME, FACTS) == [], ADD


def test_no_file_was_ever_changed() -> None:
    assert changed(HOME) == [], "what was written once is never changed, and never removed"


@pytest.mark.parametrize("process", RULES)
def test_every_file_can_be_read(process: str) -> None:
    decoder = Decoder(FACTS[process])
    seal = Seal(os.urandom(32), str(uuid4()), str(uuid4()))
    for path in sums(HOME):
        of, type_, version = path.removesuffix(".json").replace("/", ".").split(".")
        if of != process:
            continue
        for header, body in rows(HOME, Entry(of, type_, int(version))):
            raw, data = json.loads(header), json.loads(body)
            assert (raw["type"], raw["schema_version"]) == (type_, int(version))
            sealed = seal.seal(raw["event_id"], type_, body)
            (event,) = decoder.events([(header, sealed)], seal)
            assert event == event_from_json({**raw, "data": data}, FACTS[process])
            kept = {**event.json(), "schema_version": int(version), "data": data}
            assert canonical(kept) == canonical({**raw, "data": data})
            if event.schema_version == int(version):
                # Nothing that was recorded is left out or reads as something else.
                now = fact_json(event.data)
                assert canonical(now) == canonical({**now, **data})


def test_a_file_of_an_older_version_can_not_be_made_afterwards(tmp_path: Path) -> None:
    facts = {"loans": LOANS.facts}
    added = write(tmp_path, facts)
    assert Entry("loans", "LoanExtended", 3) in added
    older = [Entry("loans", "LoanExtended", version) for version in (1, 2)]
    assert missing(tmp_path, facts) == older
    assert {*added, *older} == set(entries(facts))
    assert write(tmp_path, facts) == []


def test_a_change_is_found_and_never_written_over(tmp_path: Path) -> None:
    facts = {"loans": LOANS.facts}
    entry = next(iter(write(tmp_path, facts)))
    assert changed(tmp_path) == []
    file = tmp_path / entry.path
    was = file.read_bytes()
    file.write_bytes(was.replace(b"2026", b"2025", 1))
    assert changed(tmp_path) == [entry.path]
    assert write(tmp_path, facts) == []
    assert file.read_bytes() != was
    file.unlink()
    assert changed(tmp_path) == [entry.path]
    file.write_bytes(was)
    assert changed(tmp_path) == []
    (tmp_path / "loans" / "Slipped.1.json").write_bytes(was)
    assert changed(tmp_path) == ["loans/Slipped.1.json"]
    assert len((tmp_path / SUMS).read_text().splitlines()) == len(sums(tmp_path))
