"""`traject audit conform` over a database: whole boards, one case, and what was erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

import cli
from deploy.audit_conform_cli import SHOWN, text_of
from deploy.conformance import Outcome, UnknownStream, Way, check_boards, check_stream
from events.event import Event, fact_json
from events.recording import ActorRef, Draft, Opening, Recording
from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.numbering import number_all
from workflows.conformance import Finding
from workflows.pure import Asked, PureEngine, Stream
from workflows.registry import RULES
from workflows.scenarios import run_file

FACTS = {process: rules.story.facts for process, rules in RULES.items()}
FOLDER = Path(__file__).parents[1] / "scenarios"
SCENARIOS = ("b-escalation", "n-internship", "s-departure")
"""With openings, with claims and needs, with errands."""
SETTINGS = 2
"""Version 1 are everybody's defaults."""


async def store_all(store: Store, engine: PureEngine) -> None:
    """Everything that the engine holds, as if the product had recorded it."""
    tenant = engine.scenario.tenant
    assert (await store.save_settings(tenant, engine.scenario.settings)).version == SETTINGS
    begun = {stream.events[0].command_id: stream for stream in engine.streams.values()}
    asked = [(one.place, stream, one) for stream in engine.streams.values() for one in stream.asked]
    for _, stream, one in sorted(asked, key=lambda item: item[0]):
        other = begun.get(one.events[0].command_id)
        opens = [] if other in (None, stream) else [_opening(other)]
        await store.open_dossier(tenant, stream.rules.story.name, stream.id)
        answer = await store.record(_recording(tenant, stream, one, opens))
        assert answer.outcome == "recorded", one


def _recording(tenant: str, stream: Stream, one: Asked, opens: list[Opening]) -> Recording:
    first, last, story = one.events[0], one.events[-1], stream.rules.story
    return Recording(
        tenant=tenant,
        process=story.name,
        stream=stream.id,
        expected_version=first.version - 1,
        command_id=first.command_id,
        command=one.command,
        content_hash=one.content_hash,
        actor=ActorRef(person=first.actor.person, role=first.actor.role),
        recorded_at=first.recorded_at,
        causation_id=first.causation_id,
        correlation_id=first.correlation_id,
        settings_version=SETTINGS,
        events=[_draft(event) for event in one.events],
        warnings=list(one.warnings),
        openings=opens,
        given=one.given,
        index=story.index(story.fold(stream.events[: last.version])),
    )


def _opening(stream: Stream | None) -> Opening:
    assert stream is not None
    story, command = stream.rules.story, stream.events[0].command_id
    events = [event for event in stream.events if event.command_id == command]
    drafts = [_draft(event) for event in events]
    index = story.index(story.fold(events))
    return Opening(process=story.name, stream=stream.id, events=drafts, index=index)


def _draft(event: Event) -> Draft:
    return Draft(
        type=event.type,
        schema_version=event.schema_version,
        occurred_on=event.occurred_on,
        data=fact_json(event.data),
    )


@pytest.fixture
async def raw(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.owner_dsn)
    yield connection
    await connection.close()


async def test_boards_and_cases_are_checked_where_they_are_stored(
    database: Database, raw: asyncpg.Connection, tmp_path: Path
) -> None:
    keys = MasterKeys.generate()
    keys.save(tmp_path / "master-keys.json")
    await raw.execute("insert into traject.installation (kind) values ('test')")
    store = await Store.connect(database.app_dsn, keys, FACTS)
    engines = [PureEngine() for _ in SCENARIOS]
    try:
        for engine, name in zip(engines, SCENARIOS, strict=True):
            assert (await run_file(FOLDER / f"{name}.yaml", engine)).failed == 0
            await store_all(store, engine)
    finally:
        await store.close()
    way = Way(database.app_dsn, tmp_path / "master-keys.json", jobs=1)
    streams = [stream for engine in engines for stream in engine.streams.values()]
    told: list[tuple[float, float]] = []

    async def whole(board: str | None = None) -> Outcome:
        return await check_boards(way, board, lambda done, total: told.append((done, total)))

    assert (await whole()).streams == 0, "nothing has a position yet"
    await number_all(raw)
    every = await whole()
    assert every.findings == []
    assert (every.streams, told[-1]) == (len(streams), (len(streams), len(streams)))
    assert every.commands == sum(len(stream.asked) for stream in streams) + 2
    one = await whole(engines[0].scenario.tenant)
    assert (one.streams, one.erased) == (len(engines[0].streams), 0)

    # A case alone, seen with those that it met: what opened it, and what it was told by.
    for process in ("assessments", "departures", "internships"):
        stream = next(stream for stream in streams if stream.rules.story.name == process)
        alone = await check_stream(way, stream.id)
        assert (alone.streams, alone.findings) == (1, []), process
    opened = next(stream for stream in streams if stream.rules.story.name == "assessments")
    with pytest.raises(UnknownStream):
        await check_stream(way, engines[0].scenario.tenant)
    with pytest.raises(UnknownStream):
        await check_stream(way, opened.id, engines[1].scenario.tenant)
    with pytest.raises(UnknownStream):
        await whole(opened.id)

    # What was forged is found from either side.
    for table in ("event", "dossier_key"):
        await raw.execute(f"alter table traject.{table} disable trigger user")
    await raw.execute(
        "update traject.event set given = null where command_id = $1 and place = 1",
        opened.events[0].command_id,
    )
    codes = [finding.code for finding in (await whole()).findings]
    assert codes == ["given.missing", "opening.not_checkable"]
    assert [f.code for f in (await check_stream(way, opened.id)).findings] == codes[1:]

    # Of an erased case nothing is told, and nothing of it is missed.
    for process in ("supervision", "departures", "partners"):
        for stream in streams:
            if stream.rules.story.name == process:
                await raw.execute(
                    "update traject.dossier_key set wrapped = null, destroyed_at = now()"
                    " where stream = $1",
                    stream.id,
                )
    erased = await whole()
    assert erased.erased > 3
    assert [finding.weight for finding in erased.findings] == ["note", "note"]


def test_the_report_says_how_much_was_looked_at() -> None:
    outcome = Outcome(streams=3, erased=1, commands=9, checked=8)
    last = "3 cases, 1 of them erased; 8 of 9 commands were put to the rules: no findings"
    assert text_of(outcome) == last
    outcome.findings = [
        Finding("data.differ", "partners", "s", n, "AddContact", "it differs")
        for n in range(SHOWN + 2)
    ] + [Finding("deadline.late", "partners", "s", 1, None, "late", "note")]
    lines = text_of(outcome).splitlines()
    assert lines[0] == "partners/s version 0: it differs [data.differ]"
    assert lines[SHOWN:] == [
        "and 2 more; --json has all",
        "note: 1 x deadline.late",
        last.replace("no findings", "52 findings"),
    ]


@pytest.mark.parametrize(
    "words", [[], ["--all", "--board", "6f2d8f0e-5d0c-4c7b-9a1e-7f4f0b1c2d3e"], ["none"]]
)
def test_what_to_look_at_is_named(words: list[str]) -> None:
    done = CliRunner().invoke(cli.app, ["audit", "conform", *words])
    assert done.exit_code == 2
