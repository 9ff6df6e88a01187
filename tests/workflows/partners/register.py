"""A board's register of partners, where tests carry partners on by the pure rules."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from events.event import Event, stream_id
from events.partners.state import Partner
from events.settings import TenantSettings
from tests.properties.desk import drive
from workflows.decision import Context, Giver
from workflows.partners import RULES
from workflows.pure import PureEngine
from workflows.scenarios import Answer, Call, Person, Reading, Scenario

TENANT = "3c5e9f1c-6e1d-4d8c-ab2f-8a5a1c2d3e4f"
NOWHERE = "11111111-1111-4111-8111-111111111111"

ROLES: dict[str, tuple[str, ...]] = {
    "coordinator": ("coordinator",),
    "second": ("coordinator",),
    "leader": ("school_leader",),
    "other_leader": ("school_leader",),
    "teacher": ("teacher",),
    "anna": ("advisor",),
    "bram": ("manager",),
    "carla": ("teacher",),
    "client": ("client",),
    "kees": ("contact",),
    "loes": ("contact",),
    "mats": ("contact",),
    "teaching_contact": ("contact", "teacher"),
    "student": ("student",),
    "trainer": ("institute_trainer",),
    "hr": ("hr",),
    "auditor": ("auditor",),
    "board": ("board",),
}
"""Who there is. Anna coordinates, Bram is her deputy, Kees the primary contact."""

SETTINGS = TenantSettings.model_validate(
    {"closed": [{"from": "2026-04-03", "to": "2026-04-06", "name": "Pasen"}]}
)


def id_of(key: str) -> str:
    """The id of the person of that key."""
    return str(uuid5(NAMESPACE_URL, f"{TENANT}/{key}"))


PARTNER: dict[str, Any] = {
    "name": "Kinderopvang Het Vlinderdal",
    "kind": "childcare",
    "levels": ["group"],
    "obligation": "additional",
    "origin": "sought",
    "school_leader": id_of("leader"),
}
FIT = {"motive": "vision", "explanation": "deelt onze visie", "profile_match": "good"}
PEOPLE = {
    "primary_contact": id_of("kees"),
    "coordinator": id_of("anna"),
    "deputy": id_of("bram"),
}
AGREEMENT = {
    "agreement": "Convenant",
    "subject": "warme overdracht",
    "from": "2026-01-01",
    "to": "2026-12-31",
}
MOMENT = {"channel": "phone", "text": "gebeld"}
REASON = {"reason": "het past niet meer"}


class Register:
    """Persons are given by key, moments as local text. ``case`` is the partner at hand."""

    def __init__(self, settings: TenantSettings = SETTINGS) -> None:
        people = {key: Person(key, id_of(key), key, roles) for key, roles in ROLES.items()}
        self.engine = PureEngine()
        self.scenario = Scenario("register", "partners", TENANT, settings, people, [])
        self.calls = 0
        self.case = ""
        drive(self.engine.begin(self.scenario))
        self.move("2026-01-05T10:00")

    # -- what happens ----------------------------------------------------------------------------

    def move(self, at: str) -> None:
        drive(self.engine.move_to(self.scenario.instant(at)))

    def call(
        self,
        by: str,
        command: str,
        data: dict[str, Any] | None = None,
        stream: str | None = None,
        process: str = "partners",
    ) -> Call:
        """A command with an id of its own, not yet given."""
        self.calls += 1
        command_id = str(uuid5(NAMESPACE_URL, f"{TENANT}/command/{self.calls}"))
        plain = json.loads(json.dumps(data or {}))
        person = self.scenario.people[by]
        return Call(person, process, stream, command_id, command, plain, self.engine.now)

    def send(self, call: Call) -> Answer:
        return drive(self.engine.give(call))

    def accept(
        self, by: str, command: str, data: dict[str, Any] | None = None, **more: Any
    ) -> list[str]:
        """The types of the events of a command on the case, which must be accepted."""
        answer = self.send(self.call(by, command, {**(data or {}), **more}, self.case))
        assert answer.refused is None, f"{command} by {by}: {answer.body}"
        return [event["type"] for event in answer.body["events"]]

    def refuse(
        self, by: str, command: str, data: dict[str, Any] | None = None, **more: Any
    ) -> tuple[str | None, str | None]:
        """Code and field with which a command on the case is refused, which changes nothing."""
        before = len(self.events)
        answer = self.send(self.call(by, command, {**(data or {}), **more}, self.case))
        assert answer.refused is not None, f"{command} by {by} was accepted"
        assert len(self.events) == before
        return answer.refused, answer.body["field"]

    def register(self, by: str = "coordinator", **changes: Any) -> Answer:
        """A further partner; it becomes the case at hand where it is accepted."""
        call = self.call(by, "RegisterPartner", {**PARTNER, **changes})
        answer = self.send(call)
        if answer.refused is None:
            self.case = stream_id(TENANT, call.command_id)
        return answer

    def leave(self, who: str, by: str = "hr", **more: Any) -> str:
        """The stream of a departure of staff, which must be accepted."""
        data = {"person": id_of(who), **more}
        call = self.call(by, "StaffLeft", data, process="departures")
        answer = self.send(call)
        assert answer.refused is None, answer.body
        return stream_id(TENANT, call.command_id)

    # -- what is there ---------------------------------------------------------------------------

    @property
    def state(self) -> Partner:
        return self.engine.streams[self.case].state

    @property
    def events(self) -> list[Event]:
        return self.engine.streams[self.case].events

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def view(self, view: str, by: str, stream: str | None = None, **more: Any) -> Answer:
        person = self.scenario.people[by]
        case = stream or self.case
        process = self.engine.streams[case].rules.story.name
        reading = Reading(person, view, process, case, more.get("as_of"), self.engine.now)
        return drive(self.engine.read(reading))

    def summary(self, by: str = "hr", stream: str | None = None) -> Any:
        return self.view("summary", by, stream).body

    def tasks(self, by: str) -> list[str]:
        return [item["task"] for item in self.view("tasks", by).body["items"]]

    def told(self, during: Callable[[], object]) -> Counter[tuple[str, str]]:
        """(receiver, kind) of the notices that are sent while something happens."""
        names = {person.id: key for key, person in self.scenario.people.items()}
        before = len(self.engine.told)
        during()
        return Counter((names[one.to], one.kind) for one in self.engine.told[before:])

    def passed(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """(local moment, what it says) of every event of this kind."""
        zone = self.scenario.settings.zone
        return [
            (f"{event.recorded_at.astimezone(zone):%Y-%m-%dT%H:%M}", event.json()["data"])
            for event in self.events
            if event.type == kind
        ]

    def context(self, by: str, now: datetime | None = None) -> Context:
        person = self.scenario.people[by]
        giver = Giver(person.id, person.roles)
        at = now or self.engine.now
        return Context(TENANT, self.case, NOWHERE, giver, at, self.scenario.settings)

    def offered(self, by: str) -> set[str]:
        """What is offered to this person on the case."""
        context = self.context(by)
        return {name for name in RULES.commands if RULES.offered(self.state, name, context)}


ROAD: dict[str, Callable[[Register], object]] = {
    "prospect": lambda register: register.register(),
    "assessed": lambda register: register.accept("leader", "AssessFit", FIT),
    "active": lambda register: register.accept("leader", "ActivatePartner", PEOPLE),
    "dormant": lambda register: register.accept("leader", "MarkDormant"),
    "ended": lambda register: register.accept("leader", "EndPartner", REASON),
}
"""The states of a partner in their order, and what leads from the one to the next."""


def at(milestone: str, settings: TenantSettings = SETTINGS) -> Register:
    """A register whose case is in that state."""
    register = Register(settings)
    for name, step in ROAD.items():
        step(register)
        if name == milestone:
            break
    return register
