"""A board with invented people whose cases tests carry on by the pure rules, without a loop."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

from events.event import Event, stream_id
from events.settings import TenantSettings
from events.supervision.state import Trajectory
from workflows.pure import PureEngine
from workflows.scenarios import Answer, Call, Person, Reading, Scenario

T = TypeVar("T")
TENANT = "6f2d8f0e-5d0c-4c7b-9a1e-7f4f0b1c2d3e"

ROLES: dict[str, tuple[str, ...]] = {
    "hr": ("hr",),
    "hr_auditor": ("auditor", "hr"),
    "coordinator": ("coordinator",),
    "coordinating_manager": ("coordinator", "manager"),
    "client": ("client",),
    "client_hr": ("client", "hr"),
    "manager": ("manager",),
    "managing_client": ("client", "manager"),
    "teacher": ("teacher",),
    "teaching_advisor": ("advisor", "teacher"),
    "teaching_hr": ("hr", "teacher"),
    "advisor": ("advisor",),
    "advising_manager": ("advisor", "manager"),
    "other_advisor": ("advisor",),
    "auditor": ("auditor",),
    "board": ("board",),
}
"""Who there is, and in which roles; the names say it."""

SETTINGS = TenantSettings.model_validate(
    {
        "closed": [
            {"from": "2026-02-14", "to": "2026-02-22", "name": "Voorjaarsvakantie"},
            {"from": "2026-04-03", "to": "2026-04-06", "name": "Pasen"},
            {"from": "2026-04-25", "to": "2026-05-03", "name": "Meivakantie"},
            {"from": "2026-07-04", "to": "2026-08-16", "name": "Zomervakantie"},
        ]
    }
)


def drive(running: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never really waits."""
    try:
        running.send(None)
    except StopIteration as done:
        return done.value
    running.close()
    raise AssertionError("the pure engine waited for something")


def id_of(key: str) -> str:
    """The id of the person of that key."""
    return str(uuid5(UUID(TENANT), f"person/{key}"))


@dataclass
class Desk:
    """One board. Persons are given by key, moments as local text or as instants."""

    settings: TenantSettings = SETTINGS
    engine: PureEngine = field(default_factory=PureEngine)
    calls: int = 0

    def __post_init__(self) -> None:
        people = {
            key: Person(key, id_of(key), key.replace("_", " ").title(), roles)
            for key, roles in ROLES.items()
        }
        self.scenario = Scenario("desk", "supervision", TENANT, self.settings, people, [])
        drive(self.engine.begin(self.scenario))

    def person(self, key: str) -> Person:
        return self.scenario.people[key]

    def key(self, person: str) -> str:
        """The key of a person's id."""
        return self.engine.people[person].key

    def move(self, at: str | datetime) -> None:
        moment = self.scenario.instant(at) if isinstance(at, str) else at
        drive(self.engine.move_to(moment))

    def next_id(self) -> str:
        self.calls += 1
        return str(uuid5(UUID(TENANT), f"command/{self.calls}"))

    def call(self, by: str, command: str, data: dict[str, Any], stream: str | None = None) -> Call:
        """A command with an id of its own, not yet given."""
        person = self.person(by)
        now = self.engine.now
        # What travels is JSON: a list given twice must not be one list.
        plain = json.loads(json.dumps(data))
        return Call(person, "supervision", stream, self.next_id(), command, plain, now)

    def send(self, call: Call) -> Answer:
        return drive(self.engine.give(call))

    def give(
        self, by: str, command: str, data: dict[str, Any] | None = None, stream: str | None = None
    ) -> Answer:
        return self.send(self.call(by, command, data or {}, stream))

    def request(self, by: str, data: dict[str, Any]) -> str:
        """The stream of a newly requested trajectory; the request must be accepted."""
        call = self.call(by, "RequestTrajectory", data)
        answer = self.send(call)
        assert answer.refused is None, answer
        return stream_id(TENANT, call.command_id)

    def read(
        self, view: str, by: str, stream: str | None = None, as_of: datetime | None = None
    ) -> Answer:
        person = self.person(by)
        reading = Reading(person, view, "supervision", stream, as_of, self.engine.now)
        return drive(self.engine.read(reading))

    def state(self, stream: str) -> Trajectory:
        return self.engine.streams[stream].state

    def events(self, stream: str) -> list[Event]:
        return self.engine.streams[stream].events

    def types(self, stream: str) -> list[str]:
        return [event.type for event in self.events(stream)]
