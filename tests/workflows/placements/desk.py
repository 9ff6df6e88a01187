"""A board with training schools, where tests carry a placement on by the pure rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from events.event import Event, stream_id
from events.placements.state import Placement
from events.settings import TenantSettings
from tests.properties.desk import drive
from workflows.decision import Context, Giver
from workflows.placements import RULES
from workflows.pure import PureEngine, parse
from workflows.scenarios import Answer, Call, Person, Reading, Scenario, Told

TENANT = "2c9d1e5a-0b7f-4e61-9d3c-5b8f6a7c1e20"

ROLES: dict[str, tuple[str, ...]] = {
    "student": ("student",),
    "other_student": ("student",),
    "college": ("institute_trainer",),
    "other_college": ("institute_trainer",),
    "coordinator": ("coordinator",),
    "trainer": ("school_trainer",),
    "other_trainer": ("school_trainer",),
    "leader": ("school_leader",),
    "other_leader": ("school_leader",),
    "mentor": ("mentor",),
    "second": ("mentor",),
    "heir": ("school_leader", "school_trainer", "institute_trainer"),
    "board": ("board",),
    "hr": ("hr",),
    "auditor": ("auditor",),
    "teacher": ("teacher",),
    "everything": ("coordinator", "institute_trainer", "school_trainer", "mentor", "board"),
    "training_student": ("student", "school_trainer", "school_leader", "mentor", "board"),
}
"""Who there is, and in which roles."""

SCHOOLS = [
    {"name": "De Regenboog", "capacity": 2, "train": "core", "until": "2026-07-31"},
    {"name": "De Klimop", "capacity": 1, "train": "shell", "until": "2026-12-31"},
    {"name": "De Kade", "capacity": 5, "research": "core", "until": "2026-12-31"},
    {"name": "De Meent", "capacity": 5, "train": "core", "until": "2026-06-25"},
    {"name": "Het Anker", "capacity": 0, "train": "core", "until": "2026-12-31"},
]
CLOSED = [{"from": "2026-02-14", "to": "2026-02-22", "name": "Voorjaarsvakantie"}]


def settings(**changes: Any) -> TenantSettings:
    """The board's settings, with what differs from those of the other tests."""
    return TenantSettings.model_validate({"closed": CLOSED, "schools": SCHOOLS, **changes})


def id_of(key: str) -> str:
    """The id of the person of that key."""
    return str(uuid5(NAMESPACE_URL, f"{TENANT}/{key}"))


REQUEST: dict[str, Any] = {
    "student": id_of("student"),
    "institute_trainer": id_of("college"),
    "route": "full_time",
    "phase": "jaar 3",
    "from": "2026-02-02",
    "to": "2026-06-26",
    "questions": ["Hoe voer ik een oudergesprek?"],
}
ROLE_TASKS = {
    "mentor": {"tasks": "begeleiden", "hours": "40"},
    "school_trainer": {"tasks": "lesbezoek", "hours": "12"},
    "institute_trainer": {"tasks": "besluiten", "hours": "10"},
}
AGREEMENT: dict[str, Any] = {
    "assignment": "Lessen over techniek",
    "days": ["mon", "tue"],
    "hours_per_week": "16",
    "supervision": "Elke week een gesprek",
    "assessment": "Op vijf leeruitkomsten",
    "confidentiality": "Over leerlingen",
    "allowance": "Geen",
    "roles": ROLE_TASKS,
}
TRANSFER: dict[str, Any] = {
    "school": "De Klimop",
    "school_trainer": id_of("other_trainer"),
    "school_leader": id_of("other_leader"),
    "reason": "dichterbij",
}
ADVICE = {"advice": "sufficient", "text": "gaat goed"}
PROGRESS = {"judgement": "sufficient", "text": "op schema"}

Step = tuple[str, str, Mapping[str, Any]]
ROAD: dict[str, list[Step]] = {
    "requested": [("college", "RequestPlacement", REQUEST)],
    "offered": [
        ("trainer", "OfferPlace", {"school": "De Regenboog", "school_leader": id_of("leader")})
    ],
    "accepted": [("student", "AcceptPlace", {})],
    "mentored": [
        ("trainer", "AssignMentor", {"mentor": id_of("mentor"), "qualification": "qualified"})
    ],
    "drafted": [("trainer", "DraftAgreement", AGREEMENT)],
    "partially": [("student", "SignAgreement", {"version": 1})],
    "signed": [
        ("leader", "SignAgreement", {"version": 1}),
        ("college", "SignAgreement", {"version": 1}),
    ],
    "running": [("trainer", "StartPlacement", {})],
    "talked": [
        ("mentor", "RecordStartTalk", {"text": "kennisgemaakt"}),
        ("mentor", "RecordProgressTalk", PROGRESS),
        ("trainer", "RecordFinalTalk", {"text": "afgerond"}),
    ],
    "advised": [("mentor", "AdviseAssessment", ADVICE), ("trainer", "AdviseAssessment", ADVICE)],
    "assessed": [("college", "DecideAssessment", {"outcome": "sufficient", "grounds": "behaald"})],
    "cosigned": [("board", "CosignAssessment", {})],
    "completed": [("trainer", "CompletePlacement", {})],
}
"""What leads to each milestone, from the one before it."""

ASIDE: dict[str, tuple[str, list[Step]]] = {
    "interrupted": ("running", [("trainer", "InterruptPlacement", {"category": "leave"})]),
    "transferred": ("running", [("coordinator", "TransferPlacement", TRANSFER)]),
    "insufficient": (
        "running",
        [("mentor", "RecordProgressTalk", {**PROGRESS, "judgement": "insufficient"})],
    ),
    "handing": (
        "running",
        [
            (
                "trainer",
                "ReplaceMentor",
                {"mentor": id_of("second"), "qualification": "in_training", "reason": "left"},
            )
        ],
    ),
    "untalked": ("running", [*ROAD["advised"], *ROAD["assessed"]]),
    "rejected": ("requested", [("coordinator", "RejectRequest", {"reason": "geen plaats"})]),
    "withdrawn": ("accepted", [("student", "WithdrawPlacement", {"reason": "ik stop"})]),
    "ended_early": ("running", [("college", "EndPlacementEarly", {"reason": "gestopt"})]),
}
"""Milestones beside the road: where it is left, and how."""
MILESTONES = (*ROAD, *ASIDE)


class Desk:
    """Persons are given by key, moments as local text. ``case`` is the placement at hand."""

    def __init__(self, at: str = "2026-02-02T10:00", **changes: Any) -> None:
        self.settings = settings(**changes)
        people = {
            key: Person(key, id_of(key), key.replace("_", " ").title(), roles)
            for key, roles in ROLES.items()
        }
        self.people = people
        self.scenario = Scenario("desk", "placements", TENANT, self.settings, people, [])
        self.engine = PureEngine()
        self.calls = 0
        self.case = ""
        drive(self.engine.begin(self.scenario))
        self.move(at)

    def move(self, at: str) -> None:
        drive(self.engine.move_to(self.scenario.instant(at)))

    def give(self, by: str, command: str, data: Mapping[str, Any] | None = None) -> Answer:
        """A command to the case at hand."""
        return self._send(by, command, data or {}, self.case)

    def request(self, **changes: Any) -> Answer:
        """A further placement, which is then the case at hand."""
        return self._send("college", "RequestPlacement", {**REQUEST, **changes}, None)

    def _send(self, by: str, command: str, data: Mapping[str, Any], stream: str | None) -> Answer:
        self.calls += 1
        command_id = str(uuid5(NAMESPACE_URL, f"{TENANT}/command/{self.calls}"))
        # What travels is JSON: a list given twice must not be one list.
        plain = json.loads(json.dumps(data))
        now = self.engine.now
        call = Call(self.people[by], "placements", stream, command_id, command, plain, now)
        answer = drive(self.engine.give(call))
        if stream is None and answer.refused is None:
            self.case = stream_id(TENANT, command_id)
        return answer

    def travel(self, milestone: str, /, **request: Any) -> Desk:
        """A new placement at a milestone, every step taken at this moment."""
        road = list(ROAD)
        end, aside = ASIDE.get(milestone, (milestone, []))
        for stop in road[: road.index(end) + 1]:
            for by, command, data in ROAD[stop]:
                if command == "RequestPlacement":
                    self.accepted(self.request(**request))
                else:
                    self.accepted(self.give(by, command, data))
        for by, command, data in aside:
            self.accepted(self.give(by, command, data))
        return self

    @staticmethod
    def accepted(answer: Answer) -> Answer:
        assert answer.refused is None, answer
        return answer

    @property
    def state(self) -> Placement:
        return self.engine.streams[self.case].state

    @property
    def events(self) -> list[Event]:
        return self.engine.streams[self.case].events

    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def summary(self, by: str = "hr") -> Mapping[str, Any]:
        return self.accepted(self.read("summary", by)).body

    def read(self, view: str, by: str) -> Answer:
        reading = Reading(self.people[by], view, "placements", self.case, None, self.engine.now)
        return drive(self.engine.read(reading))

    def told(self, since: int = 0) -> list[tuple[str, str]]:
        """(whom, what) of the notices since that many."""
        keys = {person.id: key for key, person in self.people.items()}
        told: list[Told] = self.engine.told[since:]
        return [(keys[one.to], one.kind) for one in told]

    def context(self, by: str) -> Context:
        person = self.people[by]
        giver = Giver(person.id, person.roles)
        command_id = str(uuid5(NAMESPACE_URL, f"{TENANT}/nothing"))
        now = self.engine.now
        return Context(TENANT, self.case, command_id, giver, now, self.settings)

    def decides(self, by: str, command: str, data: Mapping[str, Any]) -> None:
        """Decides without recording anything; raises Refused."""
        RULES.decide(self.state, parse(RULES, command, data), self.context(by))

    def offers(self, by: str, command: str) -> bool:
        return RULES.offered(self.state, command, self.context(by))
