"""A board whose people call the running product, and who remember every answer they got."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2

from events.store.directory import PersonRow
from events.store.store import Store

LONGEST_SECONDS = 13.0
"""No caller waits longer than this for an answer, whatever is away."""
AGAIN_SECONDS = 0.25
"""How soon a caller here tries again; sooner than told, so that more tries meet the fault."""

PEOPLE = {
    "hr": "Saskia Polman",
    "client": "Hendrik Jan Bruins",
    "manager": "Petra Nijhuis",
    "teacher": "Marloes Terpstra",
    "coordinator": "Rik Oosterhof",
    "advisor": "Ellen van Duyvenvoorde",
    "auditor": "Noor Achterberg",
    "school_leader": "Dirk Verhagen",
    "student": "Yara Bosman",
    "institute_trainer": "Frits Oldenkamp",
    "contact": "Arno van Stralen",
}
CONSENT = [
    "visits",
    "timetable_changes",
    "follow_up_talks",
    "reflection",
    "alternatives",
    "experimenting",
    "self_assessment",
]
POINTS = (
    "lesson_change",
    "differentiated_instruction",
    "differentiated_processing",
    "working_with_strategies",
)


@dataclass(frozen=True)
class Call:
    """One command of one person; sent again it is the same command."""

    by: str
    command: str
    data: Mapping[str, Any] = field(default_factory=dict)
    stream: str | None = None
    key: str = field(default_factory=lambda: str(uuid4()))
    process: str = "supervision"


@dataclass(frozen=True)
class Answer:
    """What came back. ``seconds`` is how long the caller waited for it."""

    status: int
    content: dict[str, Any]
    seconds: float

    @property
    def code(self) -> str | None:
        return self.content.get("code")

    @property
    def accepted(self) -> bool:
        return self.status in (200, 201)


@dataclass
class Board:
    """One person for each role. ``answered`` holds each accepted call's first answer, by key."""

    store: Store
    http: httpx2.AsyncClient
    tenant: str = field(default_factory=lambda: str(uuid4()))
    people: dict[str, PersonRow] = field(default_factory=dict)
    answered: dict[str, tuple[Call, Answer]] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    async def settle(self, names: Mapping[str, str] = PEOPLE) -> None:
        """Everybody gets a place at the board and a token."""
        for role, name in names.items():
            await self.add(role, name, role)

    async def add(self, key: str, name: str, role: str) -> PersonRow:
        mail = f"{uuid4()}@voorbeeld.example"
        person = await self.store.add_person(self.tenant, name, mail, roles=[role])
        self.people[key] = person
        self._tokens[key] = await self.store.issue_token(self.tenant, person.id)
        return person

    def id_of(self, key: str) -> str:
        return self.people[key].id

    def headers(self, by: str, at: datetime | None = None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._tokens[by]}"}
        if at is not None:
            headers["Traject-Clock"] = at.isoformat()
        return headers

    async def send(self, call: Call, at: datetime | None = None) -> Answer:
        """One try; what no caller may ever get fails here.

        Raises httpx2.TransportError when nobody listens, or the line breaks.
        """
        headers = {**self.headers(call.by, at), "Idempotency-Key": call.key}
        body: Mapping[str, Any] = call.data
        path = f"/api/v1/{call.process}/{call.stream}/commands/{call.command}"
        if call.stream is None:
            path, body = f"/api/v1/{call.process}", {"command": call.command, "data": call.data}
        began = time.monotonic()
        try:
            response = await self.http.post(path, json=body, headers=headers)
        except httpx2.ReadTimeout:
            raise AssertionError(f"{call.command} was never answered") from None
        answer = Answer(response.status_code, response.json(), time.monotonic() - began)
        assert answer.seconds < LONGEST_SECONDS, f"{call.command} waited {answer.seconds:.1f} s"
        assert answer.status < 500 or answer.status == 503, answer.content
        if answer.status == 503:
            assert answer.code == "service.unavailable"
            assert int(response.headers["Retry-After"]) > 0
        if answer.accepted:
            self._remember(call, answer)
        return answer

    async def insist(self, call: Call, within: float = 40.0, at: datetime | None = None) -> Answer:
        """The same call until it is answered; raises TimeoutError after ``within`` seconds."""
        async with asyncio.timeout(within):
            while True:
                try:
                    answer = await self.send(call, at)
                except httpx2.TransportError:
                    answer = None
                if answer is not None and answer.status != 503:
                    return answer
                await asyncio.sleep(AGAIN_SECONDS)

    async def done(
        self,
        by: str,
        command: str,
        data: Mapping[str, Any] | None = None,
        stream: str | None = None,
        at: datetime | None = None,
        process: str = "supervision",
    ) -> dict[str, Any]:
        """A command that has to be accepted; its answer."""
        call = Call(by, command, data or {}, stream, process=process)
        answer = await self.insist(call, at=at)
        assert answer.accepted, f"{command}: {answer.content}"
        return answer.content

    async def get(self, path: str, by: str = "hr") -> httpx2.Response:
        return await self.http.get(f"/api/v1{path}", headers=self.headers(by))

    def request(self, teacher: str = "teacher", **changes: Any) -> Call:
        """A request for a trajectory of one teacher."""
        data = {
            "teacher": self.id_of(teacher),
            "client": self.id_of("client"),
            "manager": self.id_of("manager"),
            "school": "De Windvaan",
            "concerns": [{"concern": "C1", "text": "Onrust bij leswissels"}],
        }
        return Call("hr", "RequestTrajectory", data | changes)

    async def open(self, at: datetime | None = None, **changes: Any) -> str:
        """The id of a new trajectory, for a teacher who has no other."""
        teacher = f"teacher {uuid4()}"
        await self.add(teacher, self.people["teacher"].name, "teacher")
        call = self.request(teacher, **changes)
        answer = await self.insist(call, at=at)
        assert answer.accepted, answer.content
        return answer.content["id"]

    def correction(self, stream: str, text: str = "het was een dinsdag") -> Call:
        """A command that is accepted in every state and any number of times."""
        first = next(a for c, a in self.answered.values() if a.content["id"] == stream)
        data = {
            "event": first.content["events"][0]["event_id"],
            "reason": "vergissing in de datum",
            "correction": text,
            "approved_by": self.id_of("auditor"),
        }
        process = self.process_of(stream)
        return Call("hr", "CorrectRecord", data, stream, process=process)

    def openings(self, text: str = "") -> dict[str, Call]:
        """The first command of a stream of every other process that people open, by process.

        ``text`` stands in everything that is written in them.
        """
        leader = self.id_of("school_leader")
        internship = {
            "question": f"Hoe wordt een lasrobot geprogrammeerd? {text}",
            "kind": "deepening",
            "half_days": 10,
            "school": f"De Klinker {text}",
            "school_leader": leader,
        }
        placement = {
            "student": self.id_of("student"),
            "institute_trainer": self.id_of("institute_trainer"),
            "route": "full_time",
            "phase": f"jaar 3 {text}",
            "from": "2026-09-01",
            "to": "2027-01-29",
            "questions": [f"Hoe houd ik overzicht? {text}"],
        }
        partner = {
            "name": f"Metaalwerken Van Stralen BV {text}",
            "kind": "company",
            "levels": ["organisation"],
            "obligation": "additional",
            "origin": "sought",
            "school_leader": leader,
        }
        return {
            "internships": Call("teacher", "ProposeInternship", internship, process="internships"),
            "placements": Call("coordinator", "RequestPlacement", placement, process="placements"),
            "partners": Call("coordinator", "RegisterPartner", partner, process="partners"),
        }

    def process_of(self, stream: str) -> str:
        """The process of a stream that somebody here had an answer about."""
        return next(c.process for c, a in self.answered.values() if a.content["id"] == stream)

    def teacher_of(self, stream: str) -> str:
        """The key of the person whose trajectory it is."""
        call = next(c for c, a in self.answered.values() if a.content["id"] == stream)
        return next(k for k, p in self.people.items() if p.id == call.data["teacher"])

    async def guide(
        self, stream: str, at: datetime | None = None, goal: str = "Eén vast signaal"
    ) -> None:
        """Carries a requested trajectory to guidance, with one goal and both kinds of visit."""
        client = self.id_of("client")
        day = (at or datetime.now(UTC)).date()
        observations = {point: {"seen": True, "note": "gezien bij rekenen"} for point in POINTS}
        intake = {
            "present": ["teacher", "manager", "advisor"],
            "topics": ["acquaintance", "reason", "agreements"],
        }
        period = {"from": day.isoformat(), "to": f"{day.year + 1}-12-31", "client": client}
        draft = {
            "goal": "G1",
            "text": goal,
            "area": "organisational",
            "grounds": ["necessity"],
            "single": True,
        }
        for by, command, data in (
            ("coordinator", "AcceptRequest", {"hourly_rate": "118.00"}),
            ("coordinator", "AssignAdvisor", {"advisor": self.id_of("advisor")}),
            ("advisor", "RecordIntake", intake),
            ("advisor", "AgreePeriod", period),
            ("advisor", "AgreeVisitMode", {"mode": "both", "client": client}),
            (self.teacher_of(stream), "RecordTeacherConsent", {"items": CONSENT}),
            ("advisor", "PlanDiagnosisVisit", {"at": f"{day}T08:30", "announced": True}),
            ("advisor", "RecordDiagnosisVisit", {"observations": observations, "hours": "3"}),
            ("advisor", "DraftGoal", draft),
            ("advisor", "RecordClientConsultation", {"version": 1, "client": client}),
            ("advisor", "FixGoalList", {}),
        ):
            await self.done(by, command, data, stream, at)

    def _remember(self, call: Call, answer: Answer) -> None:
        first = self.answered.setdefault(call.key, (call, answer))[1]
        assert (answer.status, answer.content) == (first.status, first.content)
