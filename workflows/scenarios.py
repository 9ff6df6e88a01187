"""Scenario files (contract 4): reads them, runs them on an engine, says which steps did not hold.

``python -m workflows.scenarios FILE...`` runs them on the pure rules.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

import yaml
from pydantic import ValidationError

from events.calendar import local_instant
from events.event import stream_id
from events.holidays import closed_days
from events.settings import TenantSettings
from workflows.comparing import differences, occurrences, plain
from workflows.registry import RULES

PERSON_FIELDS = frozenset(
    {
        "teacher", "client", "manager", "advisor", "mandate", "second_observer", "approved_by",
        "assessor", "person", "previous", "school_leader", "contact", "supervisor", "student",
        "mentor", "school_trainer", "institute_trainer", "coordinator", "deputy", "successor",
        "primary_contact", "contacts", "of",
    }
)  # fmt: skip
STREAM_FIELDS = frozenset({"host", "follows", "into", "trajectory", "partner", "merged_into"})
"""Fields whose value may be the local name of a stream, which stands for its id."""
_EVENT_OF = re.compile(r"(?P<step>.+)\.(?P<n>\d+)")


class BadScenario(ValueError):
    """The file is not a scenario; the message says what is wrong with it."""


class _Loader(yaml.SafeLoader):
    """YAML in which dates and times stay text, and so do words such as ``on``, a field's name."""


_YAML = "tag:yaml.org,2002:"
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag != f"{_YAML}timestamp" and (tag != f"{_YAML}bool" or first in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Person:
    """Somebody of the scenario's board."""

    key: str
    id: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """A file's content. ``tenant`` is a board of its own, so that scenarios never meet."""

    name: str
    process: str
    tenant: str
    settings: TenantSettings
    people: Mapping[str, Person]
    steps: Sequence[Mapping[str, Any]]

    def instant(self, text: str) -> datetime:
        return local_instant(text, self.settings.zone)


@dataclass(frozen=True)
class Call:
    """One command as an engine gets it. ``stream`` is None for the first command of a stream."""

    person: Person
    process: str
    stream: str | None
    command_id: str
    command: str
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True)
class Answer:
    """What came of a command: the whole answer as JSON values, or a refusal's code."""

    body: Mapping[str, Any]
    refused: str | None = None


@dataclass(frozen=True)
class Reading:
    """A view somebody asks for."""

    person: Person
    view: str
    process: str
    stream: str | None
    as_of: datetime | None
    at: datetime


@dataclass(frozen=True)
class Told:
    """A notice: to whom (person id), of which kind, caused by which command."""

    to: str
    kind: str
    command_id: str
    body: Mapping[str, Any]


class Engine(Protocol):
    """Something that runs the product: the pure rules, or the whole of it over HTTP."""

    async def begin(self, scenario: Scenario) -> None: ...
    async def move_to(self, at: datetime) -> None: ...
    async def give(self, call: Call) -> Answer: ...
    async def adopt(self, process: str, stream: str, beside: str) -> None: ...
    async def read(self, reading: Reading) -> Answer: ...
    async def notices(self) -> Sequence[Told]: ...
    async def read_logged(self, reading: Reading) -> bool: ...


@dataclass
class Outcome:
    """``failures`` are lines of step, expected and got."""

    passed: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)


def load(path: Path, run: str = "") -> Scenario:
    """A scenario file; ``run`` gives it a board of its own. Raises BadScenario, OSError."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadScenario(f"{path}: not readable as YAML: {error}") from error
    if not isinstance(raw, dict) or not {"scenario", "process", "people", "steps"} <= set(raw):
        raise BadScenario(f"{path}: needs scenario, process, people and steps")
    calendar = raw.get("calendar") or {}
    unknown = set(calendar) - {"timezone", "region", "closed"}
    if unknown:
        raise BadScenario(f"{path}: unknown calendar keys {sorted(unknown)}")
    if "closed" not in calendar:
        calendar = {**calendar, "closed": closed_days(calendar.get("region", "midden"))}
    try:
        settings = TenantSettings.model_validate({**(raw.get("settings") or {}), **calendar})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise BadScenario(f"{path}: settings or calendar, {where}: {fault['msg']}") from error
    labels: set[str] = set()
    for number, step in enumerate(raw["steps"], 1):
        if not isinstance(step, dict) or "at" not in step:
            raise BadScenario(f"{path}: step {number} has no 'at'")
        for key in ("repeats", "notices_since"):
            if key in step and str(step[key]) not in labels:
                raise BadScenario(f"{path}: step {number} names {step[key]}, no step before it")
        labels.add(str(step.get("id", f"step {number}")))
        if "by" in step and step["by"] not in raw["people"]:
            raise BadScenario(f"{path}: step {number} is by {step['by']}, who is not among people")
    tenant = str(uuid5(NAMESPACE_URL, f"traject:scenario:{raw['scenario']}:{run}"))
    people = {
        key: Person(key, str(uuid5(NAMESPACE_URL, f"{tenant}/{key}")), x["name"], tuple(x["roles"]))
        for key, x in raw["people"].items()
    }
    return Scenario(raw["scenario"], raw["process"], tenant, settings, people, raw["steps"])


class Run:
    """One scenario on one engine."""

    def __init__(self, scenario: Scenario, engine: Engine) -> None:
        self.scenario = scenario
        self.engine = engine
        self.streams: dict[str, tuple[str, str]] = {}
        self.calls: dict[str, tuple[Call, Answer]] = {}
        self.marks: dict[str, int] = {}
        self.counted = {str(step.get("notices_since")) for step in scenario.steps}
        self.persons = {person.key: person.id for person in scenario.people.values()}

    async def play(self) -> Outcome:
        """Every step in order."""
        await self.engine.begin(self.scenario)
        outcome = Outcome()
        for number, step in enumerate(self.scenario.steps, 1):
            label = str(step.get("id", f"step {number}"))
            faults = await self._step(step, label)
            if faults:
                outcome.failed += 1
                outcome.failures += [f"{label}: {fault}" for fault in faults]
            else:
                outcome.passed += 1
        return outcome

    async def _step(self, step: Mapping[str, Any], label: str) -> list[str]:
        at = self.scenario.instant(str(step["at"]))
        await self.engine.move_to(at)
        if "command" in step or label in self.counted:
            self.marks[label] = len(await self.engine.notices())
        if "command" in step:
            return await self._command(step, label, at)
        if "repeats" in step:
            return await self._repeat(step, label)
        if "view" in step:
            return await self._view(step, at)
        if "notices_since" in step:
            return await self._count(step)
        return []

    async def _command(self, step: Mapping[str, Any], label: str, at: datetime) -> list[str]:
        process = step.get("process", self.scenario.process)
        name = self._slot(step)
        known = self.streams.get(name)
        stream = None if step.get("new") or known is None else known[1]
        command_id = str(uuid5(NAMESPACE_URL, f"{self.scenario.tenant}/{label}"))
        call = Call(
            person=self.scenario.people[step["by"]],
            process=process if known is None or step.get("new") else known[0],
            stream=stream,
            command_id=command_id,
            command=step["command"],
            data=self._values(step.get("data") or {}),
            at=at,
        )
        answer = await self.engine.give(call)
        self.calls[label] = (call, answer)
        opened = stream_id(self.scenario.tenant, command_id)
        if answer.refused is None:
            if stream is None:
                self.streams[name] = (process, opened)
            if "opens" in step:
                there = RULES[call.process].opens[call.command]
                self.streams[step["opens"]] = (there, opened)
                await self.engine.adopt(there, opened, beside=call.stream or opened)
        since = (await self.engine.notices())[self.marks[label] :]
        told = [notice for notice in since if notice.command_id == command_id]
        return self._compare_answer(step, call, answer, told)

    def _compare_answer(
        self, step: Mapping[str, Any], call: Call, answer: Answer, told: Sequence[Told]
    ) -> list[str]:
        faults: list[str] = []
        types = [event["type"] for event in answer.body.get("events", [])]
        got = f"refused {answer.refused}" if answer.refused else f"events {types}"
        if "refused" in step and answer.refused != step["refused"]:
            faults.append(f"expected refused {step['refused']}, got {got}")
        if "events" in step and (answer.refused or types != step["events"]):
            faults.append(f"expected events {step['events']}, got {got}")
        warnings = answer.body.get("warnings", [])
        if "warnings" in step and sorted(warnings) != sorted(step["warnings"]):
            faults.append(f"expected warnings {step['warnings']}, got {warnings}")
        if "notices" in step:
            want = sorted((self.persons[n["to"]], n["kind"]) for n in step["notices"])
            have = sorted((n.to, n.kind) for n in told)
            if want != have:
                names = {person.id: person.key for person in self.scenario.people.values()}
                shown = [f"{names.get(to, to)}:{kind}" for to, kind in have]
                faults.append(f"expected notices {step['notices']}, got {shown}")
        own = [notice.body for notice in told if notice.to == call.person.id]
        return faults + occurrences(step, [answer.body, *own])

    def _slot(self, step: Mapping[str, Any]) -> str:
        """The name of the step's stream; a process without a name for it has one of its own."""
        process = step.get("process", self.scenario.process)
        return str(step.get("stream", "" if process == self.scenario.process else f"({process})"))

    async def _repeat(self, step: Mapping[str, Any], label: str) -> list[str]:
        call, first = self.calls[step["repeats"]]
        again = await self.engine.give(call)
        self.calls[label] = (call, again)
        if first.refused != again.refused or plain(first.body) != plain(again.body):
            return [f"expected the answer of {step['repeats']}, got {plain(again.body)}"]
        return occurrences(step, [again.body])

    async def _view(self, step: Mapping[str, Any], at: datetime) -> list[str]:
        known = self.streams.get(self._slot(step))
        reading = Reading(
            person=self.scenario.people[step["by"]],
            view=step["view"],
            process=step.get("process", known[0] if known else self.scenario.process),
            stream=known[1] if known else None,
            as_of=self.scenario.instant(str(step["as_of"])) if "as_of" in step else None,
            at=at,
        )
        answer = await self.engine.read(reading)
        if "refused" in step:
            if answer.refused == step["refused"]:
                return []
            return [f"expected refused {step['refused']}, got {answer.refused or 'an answer'}"]
        if answer.refused:
            return [f"expected an answer, got refused {answer.refused}"]
        faults = differences(self._values(step.get("expect") or {}), answer.body)
        if step.get("logs_read") and not await self.engine.read_logged(reading):
            faults.append("expected this reading in the log of reads, got none")
        return faults + occurrences(step, [answer.body])

    async def _count(self, step: Mapping[str, Any]) -> list[str]:
        since = (await self.engine.notices())[self.marks[step["notices_since"]] :]
        to = self.persons[step["to"]]
        have = Counter(notice.kind for notice in since if notice.to == to)
        return [
            f"expected {count} x {kind}, got {have[kind]}"
            for kind, count in step["count"].items()
            if have[kind] != count
        ]

    def _values(self, value: Any, key: str = "") -> Any:
        """The step's data with the ids that its names stand for."""
        if isinstance(value, dict):
            return {str(k): self._values(v, str(k)) for k, v in value.items()}
        if isinstance(value, list):
            # A list under "to" holds parts in a case, which may be named like persons.
            return [self._values(item, "" if key == "to" else key) for item in value]
        if isinstance(value, str) and key in (*PERSON_FIELDS, "to"):
            return self.persons.get(value, value)
        if isinstance(value, str) and key in STREAM_FIELDS:
            return self.streams[value][1] if value in self.streams else value
        if isinstance(value, str) and key == "event":
            return self._event(value)
        return value

    def _event(self, text: str) -> str:
        match = _EVENT_OF.fullmatch(text)
        if match is None or match["step"] not in self.calls:
            return text
        events = self.calls[match["step"]][1].body.get("events", [])
        number = int(match["n"])
        return events[number - 1]["event_id"] if 0 < number <= len(events) else text


async def run_file(path: Path, engine: Engine, run: str = "") -> Outcome:
    """Runs one scenario file. Raises BadScenario, OSError."""
    return await Run(load(path, run), engine).play()


def main(arguments: Sequence[str]) -> int:
    """Runs files on the pure rules; 0 only where all pass."""
    from workflows.pure import PureEngine

    passed = failed = 0
    for name in arguments:
        outcome = asyncio.run(run_file(Path(name), PureEngine()))
        for line in outcome.failures:
            print(f"{Path(name).name}: {line}")
        passed, failed = passed + outcome.passed, failed + outcome.failed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
