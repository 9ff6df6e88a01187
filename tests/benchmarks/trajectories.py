"""Trajectories as they run in practice, made once by the rules and then told of many people."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from events.event import Event, event_id, fact_json, own_id, stream_id
from events.recording import Claim, command_hash
from events.settings import TenantSettings
from events.store.chain import GENESIS, TAG
from events.store.instants import microseconds
from events.store.keys import new_dossier_key
from events.store.recorder import GIVEN
from events.store.sealing import Seal, canonical
from events.supervision import STORY
from tests.benchmarks.store_load import SCENARIO
from workflows.decision import Context, Decision
from workflows.pure import Asked, PureEngine, Stream, parse
from workflows.scenarios import Run, load

SETTINGS = 2
"""The version of the board's settings: the scenario's, which are not the defaults."""
GUIDANCE = "A33a"
"""The step before which more is reported than in the scenario, to make a case longer."""
LAST_OF_OPEN = "A41"
"""The last step of a case that is still open."""

_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Text:
    """JSON in which ids are left open."""

    format: bytes
    ids: tuple[str, ...]

    @classmethod
    def of(cls, json_: bytes) -> Text:
        ids = tuple(found.decode() for found in _ID.findall(json_))
        return cls(_ID.sub(b"%b", json_.replace(b"%", b"%%")), ids)

    def told(self, ids: dict[str, bytes]) -> bytes:
        return self.format % tuple([ids[id_] for id_ in self.ids])


@dataclass(frozen=True)
class Kept:
    """What is kept of a command; ``key`` is set where the process gave it by itself."""

    command_id: str
    giver: str | None
    command: str
    key: str | None
    warnings: list[str]
    given: Text


@dataclass(frozen=True)
class Happening:
    """One event, with ids left open. ``command`` is set at the first event of a command."""

    event_id: str
    place: int
    type: str
    recorded_us: int
    header: Text
    body: Text
    command: Kept
    begins: bool


@dataclass
class Case:
    """One whole case as the rules decided it."""

    stream: str
    people: dict[str, str]
    happened: list[Happening]
    state: str
    open: bool
    parties: dict[str, str]
    claims: list[Claim]
    settings: TenantSettings


_CASES: dict[tuple[int, bool], Case] = {}


@dataclass
class Told:
    """A case told of people of its own: rows of the event table without their position."""

    tenant: str
    stream: str
    key: bytes
    rows: list[tuple[Any, ...]]
    hash: bytes
    ids: dict[str, bytes]


@dataclass
class _Keeping(PureEngine):
    """The engine of the rules, which also keeps every command as the product would."""

    kept: dict[str, Kept] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def _record(
        self,
        case: Stream,
        ctx: Context,
        decision: Decision,
        asked: Asked,
        cause: str | None = None,
    ) -> list[Event]:
        given, by_itself = asked.given, asked.given.data is None
        if given.data is not None:
            command = parse(case.rules, asked.command, given.data)
            data = command.model_dump(mode="json", by_alias=True, exclude_unset=True)
            given = given.model_copy(update={"data": data})
        self.kept[ctx.command_id] = Kept(
            ctx.command_id,
            ctx.giver.person,
            asked.command,
            asked.content_hash if by_itself else None,
            list(decision.warnings),
            Text.of(canonical(given.model_dump(mode="json", exclude_defaults=True))),
        )
        return super()._record(case, ctx, decision, asked, cause)


async def case(events: int, *, ended: bool) -> Case:
    """A case of this many events, or of as many as end with a whole command.

    A longer one than the scenario's has more changes of the timetable.
    """
    if (events, ended) not in _CASES:
        _CASES[events, ended] = await _made(events, ended)
    return _CASES[events, ended]


async def _made(events: int, ended: bool) -> Case:
    scenario = load(SCENARIO)
    scenario = replace(
        scenario, settings=scenario.settings.model_copy(update={"version": SETTINGS})
    )
    steps = list(scenario.steps)
    if not ended:
        steps = steps[: _step(steps, LAST_OF_OPEN) + 1]
    engine = await _played(replace(scenario, steps=steps))
    missing = events - len(_stream(engine).events)
    if missing > 0:
        at = _step(steps, GUIDANCE)
        steps[at:at] = [_reported(number) for number in range(missing)]
        engine = await _played(replace(scenario, steps=steps))
    return _case(engine, events)


def _step(steps: Sequence[Mapping[str, Any]], label: str) -> int:
    return next(number for number, step in enumerate(steps) if step.get("id") == label)


async def _played(scenario: Any) -> _Keeping:
    engine = _Keeping()
    await Run(scenario, engine).play()
    return engine


def _reported(number: int) -> dict[str, Any]:
    at = f"2026-02-05T{11 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
    change = f"les {number % 6 + 1} is geruild met die van een collega, om een toets ({number})"
    return {
        "id": f"more {number}",
        "at": at,
        "by": "teacher",
        "command": "ReportTimetableChange",
        "data": {"date": "2026-02-06", "change": change},
    }


def _stream(engine: _Keeping) -> Stream:
    return next(one for one in engine.streams.values() if one.rules.story is STORY)


def _case(engine: _Keeping, limit: int) -> Case:
    stream = _stream(engine)
    events = stream.events[:limit]
    if len(stream.events) > limit:
        while events[-1].command_id == stream.events[len(events)].command_id:
            events.pop()
    whole = len(events) == len(stream.events)
    index = STORY.index(STORY.fold(events))
    happened: list[Happening] = []
    commands: dict[str, Kept] = {}
    for event in events:
        begins = event.command_id not in commands
        if begins:
            commands[event.command_id] = engine.kept[event.command_id]
        place = 1 if begins else happened[-1].place + 1
        header = {name: value for name, value in event.json().items() if name != "data"}
        happened.append(
            Happening(
                event.event_id,
                place,
                event.type,
                microseconds(event.recorded_at),
                Text.of(canonical(header)),
                Text.of(canonical(fact_json(event.data))),
                commands[event.command_id],
                begins,
            )
        )
    return Case(
        stream.id,
        {person.id: person.key for person in engine.scenario.people.values()},
        happened,
        index.state,
        index.open,
        index.parties,
        [claim for holder, claim in engine.claims if holder == stream.id] if whole else [],
        engine.scenario.settings,
    )


def told(case: Case, tenant: str, person: Callable[[str], str]) -> Told:
    """The case once more, of a stream of its own and with other people; sealed by a new key."""
    opening = str(uuid4())
    stream = stream_id(tenant, opening)
    key = new_dossier_key()
    seal = Seal(key, tenant, stream)
    ids: dict[str, bytes] = {case.stream: stream.encode()}
    ids |= {id_: person(key_).encode() for id_, key_ in case.people.items()}
    rows: list[tuple[Any, ...]] = []
    sha256, place = hashlib.sha256, TAG + UUID(tenant).bytes + UUID(stream).bytes
    previous, command_id = GENESIS, ""
    for version, one in enumerate(case.happened, 1):
        command = one.command
        if one.begins:
            command_id = own_id(stream, command.key) if command.key else opening or str(uuid4())
            opening = ""
            ids[command.command_id] = command_id.encode()
        id_ = event_id(stream, command_id, one.place - 1)
        ids[one.event_id] = id_.encode()
        header = one.header.told(ids)
        body = seal.seal(id_, one.type, one.body.told(ids))
        at = one.recorded_us
        previous = sha256(
            place
            + version.to_bytes(8, "big")
            + at.to_bytes(8, "big")
            + previous
            + sha256(header).digest()
            + sha256(body).digest()
        ).digest()
        row = (tenant, stream, version, id_, command_id, one.place, at, previous, header, body)
        if one.begins:
            given = command.given.told(ids)
            content = command.key or _content(stream, command, given, ids)
            sealed = seal.seal(command_id, GIVEN, given)
            rows.append((*row, command.command, content, command.warnings, sealed))
        else:
            rows.append((*row, None, None, None, None))
    return Told(tenant, stream, key, rows, previous, ids)


def _content(stream: str, command: Kept, given: bytes, ids: Mapping[str, bytes]) -> str:
    person = ids[command.giver].decode() if command.giver else None
    data = json.loads(given).get("data", {})
    return command_hash(STORY.name, stream, command.command, data, person)


def head(case: Case, told: Told) -> tuple[Any, ...]:
    """The row of the stream's head."""
    first, last = case.happened[0].recorded_us, case.happened[-1].recorded_us
    version = len(told.rows)
    return (
        told.tenant, told.stream, STORY.name, version, told.hash, last, first,
        case.state, case.open, json.dumps(dict(parties(case, told))),
    )  # fmt: skip


def parties(case: Case, told: Told) -> Sequence[tuple[str, str]]:
    """Who has which part."""
    return [(part, told.ids[person].decode()) for part, person in case.parties.items()]
