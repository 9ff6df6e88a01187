"""A board with a company as partner, where tests carry internships on by the pure rules."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from events.event import Event, stream_id
from events.internships.state import Internship
from events.settings import TenantSettings
from tests.properties.desk import drive
from workflows.decision import Context, Giver
from workflows.internships import RULES
from workflows.pure import PureEngine
from workflows.scenarios import Answer, Call, Person, Reading, Scenario, Told

TENANT = "7a3e9f1c-6e1d-4d8c-ab2f-8a5a1c2d3e4f"
NOWHERE = "11111111-1111-4111-8111-111111111111"

ROLES: dict[str, tuple[str, ...]] = {
    "teacher": ("teacher",),
    "other_teacher": ("teacher",),
    "leading_teacher": ("school_leader", "teacher"),
    "teaching_contact": ("contact", "teacher"),
    "leading_contact": ("contact", "school_leader"),
    "leader": ("school_leader",),
    "other_leader": ("school_leader",),
    "coordinator": ("coordinator",),
    "second": ("coordinator",),
    "arno": ("contact",),
    "jeroen": ("contact",),
    "mila": ("contact",),
    "outsider": ("contact",),
    "hr": ("hr",),
    "auditor": ("auditor",),
    "board": ("board",),
}
"""Who there is; the company's contacts are arno, jeroen, mila and the two with more roles."""

SETTINGS = TenantSettings.model_validate(
    {
        "closed": [
            {"from": "2026-04-03", "to": "2026-04-03", "name": "Goede Vrijdag"},
            {"from": "2026-04-06", "to": "2026-04-06", "name": "Tweede Paasdag"},
        ]
    }
)


def id_of(key: str) -> str:
    """The id of the person of that key."""
    return str(uuid5(NAMESPACE_URL, f"{TENANT}/{key}"))


PROPOSAL: dict[str, Any] = {
    "question": "Hoe wordt een lasrobot geprogrammeerd?",
    "kind": "deepening",
    "half_days": 10,
    "school": "De Klinker",
    "school_leader": id_of("leader"),
}
AGREEMENT: dict[str, Any] = {
    "goal": "Een lasrobot leren programmeren",
    "from": "2026-04-13",
    "to": "2026-04-17",
    "half_days": 2,
    "times": "8.00 tot 12.00 uur",
    "tasks": "Meewerken aan de lascel",
    "insurance": "Via de school",
    "confidentiality": "Tekeningen blijven in het bedrijf",
    "costs": "Geen",
}
EVALUATION = {"text": "Leerzaam", "worth": 4}
OUTCOME = {"with": "team", "what": "Drie lessen"}
SIGNERS = ("teacher", "leader", "arno")


class Office:
    """Persons are given by key, moments as local text. ``case`` is the internship at hand."""

    def __init__(self, settings: TenantSettings = SETTINGS) -> None:
        people = {key: Person(key, id_of(key), key, roles) for key, roles in ROLES.items()}
        self.engine = PureEngine()
        self.scenario = Scenario("office", "internships", TENANT, settings, people, [])
        self.calls = 0
        drive(self.engine.begin(self.scenario))
        self.move("2026-03-16T09:00")
        self.host = self.partner("arno", "jeroen", "mila", "teaching_contact", "leading_contact")
        self.case = ""

    # -- what happens ----------------------------------------------------------------------------

    def move(self, at: str) -> None:
        drive(self.engine.move_to(self.scenario.instant(at)))

    def call(
        self,
        by: str,
        command: str,
        data: dict[str, Any] | None = None,
        stream: str | None = None,
        process: str = "internships",
    ) -> Call:
        self.calls += 1
        command_id = str(uuid5(NAMESPACE_URL, f"{TENANT}/command/{self.calls}"))
        plain = json.loads(json.dumps(data or {}))
        person = self.scenario.people[by]
        return Call(person, process, stream, command_id, command, plain, self.engine.now)

    def send(self, call: Call) -> Answer:
        return drive(self.engine.give(call))

    def accept(self, by: str, command: str, data: dict[str, Any] | None = None) -> list[str]:
        """The types of the events of a command on the case, which must be accepted."""
        answer = self.send(self.call(by, command, data, self.case))
        assert answer.refused is None, f"{command} by {by}: {answer.body}"
        return [event["type"] for event in answer.body["events"]]

    def refuse(
        self, by: str, command: str, data: dict[str, Any] | None = None
    ) -> tuple[str | None, str | None]:
        """Code and field with which a command on the case is refused, which changes nothing."""
        before = len(self.events)
        answer = self.send(self.call(by, command, data, self.case))
        assert answer.refused is not None, f"{command} by {by} was accepted"
        assert len(self.events) == before
        return answer.refused, answer.body["field"]

    def partner(self, primary: str, *more: str, active: bool = True) -> str:
        """A company; its stream."""
        coordinator = "coordinator"
        given = {"levels": ["organisation"], "obligation": "additional", "origin": "sought"}
        first = self.call(
            coordinator,
            "RegisterPartner",
            {"name": "Metaalwerken", "kind": "company", "school_leader": id_of("leader"), **given},
            process="partners",
        )
        assert self.send(first).refused is None
        stream = stream_id(TENANT, first.command_id)
        for command, data in (
            ("AssessFit", {"motive": "vision", "explanation": "Past", "profile_match": "good"}),
            (
                "ActivatePartner",
                {
                    "primary_contact": id_of(primary),
                    "coordinator": id_of(coordinator),
                    "deputy": id_of("second"),
                },
            ),
            *(("AddContact", {"contact": id_of(one)}) for one in more),
        ):
            if active:
                self.of_partner(stream, command, data)
        return stream

    def of_partner(self, stream: str, command: str, data: dict[str, Any]) -> None:
        """A command on a partner, which must be accepted."""
        answer = self.send(self.call("coordinator", command, data, stream, "partners"))
        assert answer.refused is None, (command, answer.body)

    def propose(self, by: str = "teacher", **changes: Any) -> Answer:
        """A further internship; it becomes the case at hand where it is accepted."""
        call = self.call(by, "ProposeInternship", {**PROPOSAL, **changes})
        answer = self.send(call)
        if answer.refused is None:
            self.case = stream_id(TENANT, call.command_id)
        return answer

    # -- what is there ---------------------------------------------------------------------------

    @property
    def state(self) -> Internship:
        return self.engine.streams[self.case].state

    @property
    def events(self) -> list[Event]:
        return self.engine.streams[self.case].events

    @property
    def told(self) -> list[Told]:
        return self.engine.told

    def view(self, view: str, by: str) -> Answer:
        person = self.scenario.people[by]
        reading = Reading(person, view, "internships", self.case, None, self.engine.now)
        return drive(self.engine.read(reading))

    def summary(self, by: str = "hr") -> Any:
        return self.view("summary", by).body

    def context(self, by: str) -> Context:
        person = self.scenario.people[by]
        giver = Giver(person.id, person.roles)
        settings = self.scenario.settings
        return Context(TENANT, self.case, NOWHERE, giver, self.engine.now, settings)

    def offered(self, by: str) -> set[str]:
        """What is offered to this person on the case."""
        context = self.context(by)
        return {name for name in RULES.commands if RULES.offered(self.state, name, context)}


def _signed(office: Office, *signers: str) -> None:
    for signer in signers:
        office.accept(signer, "SignAgreement", {"version": len(office.state.versions)})


def _recorded(office: Office) -> None:
    half_day = {"part": "morning", "attended": True}
    office.accept("teacher", "RecordHalfDay", {"date": "2026-04-13", **half_day})
    office.move("2026-04-14T17:00")
    missed = {"date": "2026-04-14", "part": "morning", "attended": False, "reason": "Toetsweek"}
    office.accept("arno", "RecordHalfDay", missed)


def _started(office: Office) -> None:
    office.move("2026-04-13T17:00")
    office.accept("coordinator", "StartInternship", {"date": "2026-04-13"})


def _matched(office: Office) -> None:
    office.accept("coordinator", "MatchHost", {"host": office.host, "contact": id_of("arno")})


ROAD = {
    "proposed": lambda office: office.propose(),
    "approved": lambda office: office.accept(
        "leader", "ApproveInternship", {"replacement": "arranged", "note": "Kees valt in"}
    ),
    "matched": _matched,
    "supervised": lambda office: office.accept(
        "coordinator", "NameHostSupervisor", {"supervisor": id_of("jeroen")}
    ),
    "drafted": lambda office: office.accept("coordinator", "DraftAgreement", AGREEMENT),
    "partly": lambda office: _signed(office, "teacher"),
    "signed": lambda office: _signed(office, "leader", "arno"),
    "running": _started,
    "recorded": _recorded,
    "evaluated": lambda office: [
        office.accept(signer, "SubmitEvaluation", EVALUATION) for signer in SIGNERS
    ],
    "shared": lambda office: office.accept("teacher", "ShareOutcome", OUTCOME),
    "closed": lambda office: office.accept("coordinator", "CloseInternship"),
}
"""The milestones of an internship in their order, and what leads from the one to the next."""


def at(milestone: str, settings: TenantSettings = SETTINGS) -> Office:
    """An office whose case is at that milestone."""
    office = Office(settings)
    follow(office, None, milestone)
    return office


def follow(office: Office, after: str | None, milestone: str) -> None:
    """Leads the case from the one milestone, None before the first, to the other."""
    names = list(ROAD)
    start = names.index(after) + 1 if after else 0
    for name in names[start : names.index(milestone) + 1]:
        ROAD[name](office)
