"""A replay gives every case as it was at any instant, and nothing that could not be known then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from deploy import replay_text
from deploy.replaying import Asked, Told, replayed
from events.audit.replaying import instant_of
from events.event import instant_text
from events.process import Reader, View
from events.recording import ActorRef, Draft, Recording
from events.settings import TenantSettings
from events.store.keys import MasterKeys
from events.store.store import Store
from settings import Settings
from tests.conftest import Database
from workflows.pure import PureEngine, Stream
from workflows.registry import RULES
from workflows.scenarios import Run, load

ROOT = Path(__file__).parents[3]
NOW = datetime(2027, 12, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
SCENARIOS = ("j-visits", "n-internship", "r-partners")


@dataclass(frozen=True)
class Kept:
    """Played cases in a store of their own: the stream of each and its board."""

    settings: Settings
    store: Store
    database: Database
    boards: dict[str, str]
    cases: dict[str, Stream]

    def of(self, process: str) -> str:
        return next(id_ for id_, one in self.cases.items() if one.rules.story.name == process)


@pytest.fixture
async def kept(database: Database, tmp_path: Path) -> AsyncIterator[Kept]:
    """The cases of three scenarios at two boards."""
    keys, file = MasterKeys.generate(), tmp_path / "keys.json"
    keys.save(file)
    settings = Settings(
        postgres_dsn=SecretStr(database.app_dsn),
        postgres_projector_dsn=SecretStr(database.projector_dsn),
        master_key_file=file,
    )
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    store = await Store.connect(database.app_dsn, keys, facts)
    boards: dict[str, str] = {}
    cases: dict[str, Stream] = {}
    for streams in await _played():
        board = str(uuid4())
        for case in streams:
            await _keep(store, board, case)
            boards[case.id], cases[case.id] = board, case
    yield Kept(settings, store, database, boards, cases)
    await store.close()


_PLAYED: list[list[Stream]] = []


async def _played() -> list[list[Stream]]:
    """The streams of each scenario, played once for all tests."""
    for name in SCENARIOS[len(_PLAYED) :]:
        engine = PureEngine()
        await Run(load(ROOT / "tests" / "scenarios" / f"{name}.yaml"), engine).play()
        _PLAYED.append(list(engine.streams.values()))
    return _PLAYED


async def _keep(store: Store, board: str, case: Stream) -> None:
    """Command by command, under the instants of the engine."""
    process, place = case.rules.story.name, 0
    await store.open_dossier(board, process, case.id)
    for command, group in groupby(case.events, lambda event: event.command_id):
        events = list(group)
        recording = Recording(
            tenant=board,
            process=process,
            stream=case.id,
            expected_version=place,
            command_id=command,
            command="Several",
            content_hash="0",
            actor=ActorRef(person=events[0].actor.person, role=events[0].actor.role),
            recorded_at=events[0].recorded_at,
            correlation_id=case.id,
            settings_version=1,
            events=[Draft.of(event.data, event.occurred_on) for event in events],
            index=case.rules.story.index(case.state),
        )
        assert (await store.record(recording)).outcome == "recorded"
        place += len(events)


async def told(kept: Kept, at: str | None = None, form: Any = "whole", **more: Any) -> list[Told]:
    role = more.pop("role", "auditor")
    asked = Asked(at, form, role, NOW)
    return [one async for page in replayed(kept.settings, asked, **more) for one in page]


def test_an_instant_without_a_zone_is_the_boards_own() -> None:
    amsterdam = TenantSettings(timezone="Europe/Amsterdam")
    assert instant_of("2026-03-02T08:30")(amsterdam) == datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
    assert instant_of("2026-07-01")(amsterdam) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert instant_of("2026-03-02T08:30+00:00")(amsterdam) == datetime(
        2026, 3, 2, 8, 30, tzinfo=UTC
    )
    assert instant_of(None)(amsterdam) is None


async def test_every_case_is_as_it_was_at_every_instant(kept: Kept) -> None:
    """The store's own reading, stopped early, is the oracle."""
    instants = sorted({event.recorded_at for case in kept.cases.values() for event in case.events})
    for at in (instants[0] - MOMENT, *instants[:: len(instants) // 8], instants[-1] - MOMENT):
        seen = {one["stream"]: one for one in await told(kept, instant_text(at))}
        for id_, case in kept.cases.items():
            story = case.rules.story
            events = await kept.store.load(kept.boards[id_], id_, until=at)
            if not events:
                assert id_ not in seen
                continue
            state, reader = story.fold(events), Reader("", ("auditor",))
            view = View(reader, story.rights(state, reader), at, TenantSettings())
            assert seen[id_]["summary"] == {
                "id": id_,
                "process": story.name,
                **story.summary(state, view),
                "version": len(events),
            }
            assert seen[id_]["timeline"] == story.timeline(state, events, view)
            assert seen[id_]["events"] == len(events)


async def test_one_case_one_board_or_all_by_one_process_or_two(kept: Kept) -> None:
    every = await told(kept, form="row")
    assert {one["stream"] for one in every} == set(kept.cases)
    assert every == await told(kept, form="row", processes=2)
    case = kept.of("internships")
    board = [id_ for id_, of in kept.boards.items() if of == kept.boards[case]]
    assert {one["stream"] for one in await told(kept, board=kept.boards[case])} == set(board)
    assert [one["stream"] for one in await told(kept, stream=case)] == [case]
    assert await told(kept, stream=str(uuid4())) == []
    lines = [replay_text.row(one, "nl") for one in every]
    assert any("Stage" in line or "stage" in line or case in line for line in lines)


async def test_steps_add_up_to_what_is_known_at_the_end(kept: Kept) -> None:
    for one in await told(kept, form="steps"):
        case = kept.cases[one["stream"]]
        told_ = [item["event_id"] for step in one["steps"] for item in step["events"]]
        assert len(told_) == len(set(told_)) == len(case.events)
        known: dict[str, Any] = {}
        for step in one["steps"]:
            for change in step["changes"]:
                known[change["path"]] = change["after"]
        assert known["state"] == one["summary"]["state"]
        lines = list(replay_text.stepwise(one, "nl"))
        first = {change["path"]: change["after"] for change in one["steps"][0]["changes"]}
        assert f"     state: - -> {first['state']}" in lines
        assert len(lines) > len(case.events)


async def test_what_a_role_could_not_know_is_told_when_it_could(kept: Kept) -> None:
    """An unannounced visit is a secret before the manager until it was held (contract 2)."""
    case = kept.of("supervision")
    types = [event.type for event in kept.cases[case].events]
    assert "UnannouncedVisitPlanned" in types
    (auditor,) = await told(kept, form="steps", stream=case)
    (manager,) = await told(kept, form="steps", stream=case, role="manager")
    assert types == [item["type"] for step in auditor["steps"] for item in step["events"]]
    secret = {
        event.data.visit
        for event in kept.cases[case].events
        if event.type == "UnannouncedVisitPlanned"
    }
    held: set[str] = set()
    for step in manager["steps"]:
        items = [(item["type"], item["data"].get("visit")) for item in step["events"]]
        held |= {visit for type_, visit in items if type_ == "ClassVisitHeld"}
        planned = {visit for type_, visit in items if type_ == "UnannouncedVisitPlanned"}
        assert planned <= held
    assert held & secret, "a scenario that shows it"
    nobody = await told(kept, stream=case, role="student")
    assert [(one["summary"], one["timeline"]) for one in nobody] == [(None, [])]


async def test_the_erased_and_the_unreadable_stand_in_nobodys_way(kept: Kept) -> None:
    erased, damaged = kept.of("internships"), kept.of("supervision")
    connection = await asyncpg.connect(kept.database.owner_dsn)
    await connection.execute(
        "update traject.dossier_key set wrapped = null, destroyed_at = now() where stream = $1",
        erased,
    )
    await connection.execute("alter table traject.event disable trigger all")
    await connection.execute(
        "update traject.event set body = set_byte(body, 20, 1 + get_byte(body, 20) % 250)"
        " where stream = $1 and version = 3",
        damaged,
    )
    await connection.close()
    seen = {one["stream"]: one for one in await told(kept)}
    assert seen.keys() == kept.cases.keys()
    assert (seen[erased]["erased"], seen[erased]["summary"]) == (True, None)
    assert seen[erased]["events"] == len(kept.cases[erased].events)
    assert "erased" in replay_text.row(seen[erased], "en")
    assert "is not its own" in seen[damaged]["fault"]
    assert "not readable" in "\n".join(replay_text.whole(seen[damaged], "en"))
    assert [one["stream"] for one in seen.values() if one["summary"]] == [
        one["stream"] for one in seen.values() if one["stream"] not in (erased, damaged)
    ]


async def test_the_command_tells_it_on_a_terminal(kept: Kept) -> None:
    case = kept.of("supervision")
    events = kept.cases[case].events

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), "audit", "replay", *words],
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("TRAJECT_")},
                "TRAJECT_POSTGRES_DSN": kept.database.app_dsn,
                "TRAJECT_POSTGRES_PROJECTOR_DSN": kept.database.projector_dsn,
                "TRAJECT_MASTER_KEY_FILE": str(kept.settings.master_keys),
            },
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    every = command("--all", "--as", "json", "--processes", "1")
    assert every.returncode == 0, every.stderr
    assert {one["stream"] for one in json.loads(every.stdout)} == set(kept.cases)
    first, last = instant_text(events[0].recorded_at), instant_text(events[-1].recorded_at)
    differs = command(case, "--diff", first, last)
    assert f"version: 1 -> {len(events)}" in differs.stdout.splitlines()
