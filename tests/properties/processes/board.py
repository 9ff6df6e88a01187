"""A board with people of all roles, whose cases of every process tests carry on by the rules."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from events.event import OUTSIDE, Event, stream_id
from events.settings import TenantSettings
from tests.properties.desk import TENANT, drive, id_of
from workflows.decision import Context, Deadline, Giver, Rules
from workflows.pure import PureEngine, Stream
from workflows.registry import RULES
from workflows.scenarios import Answer, Call, Person, Reading, Scenario

ROLES: dict[str, tuple[str, ...]] = {
    "hr": ("hr",),
    "auditing_hr": ("auditor", "hr"),
    "coordinator": ("coordinator",),
    "coordinating_teacher": ("coordinator", "teacher"),
    "auditor": ("auditor",),
    "board": ("board",),
    "leading_board": ("board", "school_leader"),
    "school_leader": ("school_leader",),
    "teacher": ("teacher",),
    "mentoring_teacher": ("mentor", "teacher"),
    "mentor": ("mentor",),
    "school_trainer": ("school_trainer",),
    "training_mentor": ("mentor", "school_trainer"),
    "institute_trainer": ("institute_trainer",),
    "mentoring_institute": ("institute_trainer", "mentor"),
    "student": ("student",),
    "other_student": ("student",),
    "studying_mentor": ("mentor", "student"),
    "contact": ("contact",),
    "other_contact": ("contact",),
    "teaching_contact": ("contact", "teacher"),
    "client": ("client",),
    "manager": ("manager",),
    "advisor": ("advisor",),
    "other_advisor": ("advisor",),
}
"""Who there is, and in which roles; the names say it."""

IDS = {key: id_of(key) for key in ROLES}

SCHOOLS: dict[str, dict[str, Any]] = {
    "De Windvaan": {"capacity": 1, "train": "core", "until": "2027-07-31"},
    "Het Baken": {"capacity": 2, "train": "shell", "research": "core", "until": "2027-07-31"},
    "De Brug": {"capacity": 3, "train": "core", "until": "2026-02-27"},
    "De Horizon": {"capacity": 3, "professionalise": "core", "until": "2027-07-31"},
}
"""One full with a single student, one whose status ends soon, one that does not train."""

CLOSED = (("2026-02-14", "2026-02-22"), ("2026-04-25", "2026-05-03"), ("2026-07-04", "2026-08-16"))

MOST = 2_000
"""More deadlines than this cannot be in one stretch of time."""


def board_settings(vog_policy: str = "contract") -> TenantSettings:
    """Partners fall asleep sooner than elsewhere, so that a walk sees it."""
    closed = [{"from": first, "to": last, "name": "Vakantie"} for first, last in CLOSED]
    schools = [{"name": name, **school} for name, school in SCHOOLS.items()]
    return TenantSettings.model_validate(
        {
            "closed": closed,
            "schools": schools,
            "vog_policy": vog_policy,
            "dormancy_months": 1,
        }
    )


class Clockwork(PureEngine):
    """Sees to it that a deadline passes once."""

    def __init__(self) -> None:
        super().__init__()
        self.passed: set[tuple[str, str, datetime]] = set()

    def _next_due(self, at: datetime) -> tuple[Stream, Deadline] | None:
        due = super()._next_due(at)
        if due is not None:
            stream, deadline = due
            moment = stream.id, deadline.key, deadline.due
            assert moment not in self.passed, f"{deadline} of {stream.rules.story.name} again"
            self.passed.add(moment)
            assert len(self.passed) < MOST, "deadlines without end"
        return due


@dataclass
class Board:
    """Persons are given by key, moments as local text or as instants."""

    settings: TenantSettings = field(default_factory=board_settings)
    engine: Clockwork = field(default_factory=Clockwork)
    calls: int = 0

    def __post_init__(self) -> None:
        people = {
            key: Person(key, IDS[key], key.replace("_", " ").title(), roles)
            for key, roles in ROLES.items()
        }
        self.keys = {person.id: key for key, person in people.items()}
        self.scenario = Scenario("board", "supervision", TENANT, self.settings, people, [])
        drive(self.engine.begin(self.scenario))
        self.move("2026-01-05T09:00")

    def person(self, key: str) -> Person:
        return self.scenario.people[key]

    def holders(self, role: str) -> list[str]:
        """The ids of those who hold a role."""
        return [IDS[key] for key, roles in ROLES.items() if role in roles]

    def staff(self) -> list[str]:
        """The ids of those who are staff of the board."""
        return [IDS[key] for key, roles in ROLES.items() if not OUTSIDE.issuperset(roles)]

    def move(self, at: str | datetime) -> None:
        moment = self.scenario.instant(at) if isinstance(at, str) else at
        drive(self.engine.move_to(moment))

    def call(
        self, process: str, by: str, command: str, data: dict[str, Any], stream: str | None
    ) -> Call:
        """A command with an id of its own, not yet given."""
        self.calls += 1
        command_id = str(uuid5(UUID(TENANT), f"command/{self.calls}"))
        # What travels is JSON: a list given twice must not be one list.
        plain = json.loads(json.dumps(data))
        person, now = self.person(by), self.engine.now
        return Call(person, process, stream, command_id, command, plain, now)

    def send(self, call: Call) -> Answer:
        return drive(self.engine.give(call))

    def give(self, by: str, command: str, data: dict[str, Any], stream: str) -> Answer:
        return self.send(self.call(self.process(stream), by, command, data, stream))

    def request(self, by: str, data: dict[str, Any]) -> str:
        """The stream of a newly requested supervision trajectory."""
        call = self.call("supervision", by, "RequestTrajectory", data, None)
        assert self.send(call).refused is None
        return stream_id(TENANT, call.command_id)

    def read(
        self, view: str, by: str, stream: str | None = None, as_of: datetime | None = None
    ) -> Answer:
        process = self.process(stream) if stream else "supervision"
        reading = Reading(self.person(by), view, process, stream, as_of, self.engine.now)
        return drive(self.engine.read(reading))

    def offers(self, call: Call) -> bool:
        """Whether the giver's list of what may come now holds this command."""
        rules = RULES[call.process]
        known = self.engine.streams.get(call.stream or "")
        state = known.state if known else rules.story.initial()
        giver = Giver(call.person.id, call.person.roles)
        stream, now = call.stream or "", self.engine.now
        ctx = Context(TENANT, stream, call.command_id, giver, now, self.settings)
        return rules.offered(state, call.command, ctx)

    def process(self, stream: str) -> str:
        return self.engine.streams[stream].rules.story.name

    def rules(self, stream: str) -> Rules[Any]:
        return self.engine.streams[stream].rules

    def state(self, stream: str) -> Any:
        return self.engine.streams[stream].state

    def events(self, stream: str) -> list[Event]:
        return self.engine.streams[stream].events
