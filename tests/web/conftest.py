"""The whole web application over a real store, a real gateway and real processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from temporalio.worker import Worker

from activities.errands import ErrandActivities
from activities.recording import RecordingActivities
from events.store.directory import PersonRow
from events.store.keys import MasterKeys
from events.store.sessions import SQL as SESSIONS
from events.store.store import Store
from tests.conftest import Database
from tests.pacts.rules import RULES as PACTS
from tests.skipping import SkippingTemporal
from web.api.app import create_app
from workflows.gateway import Gateway
from workflows.registry import RULES
from workflows.sandbox import sandboxed
from workflows.supervision.workflow import SupervisionProcess
from workflows.wire import connect

EVERY = {**RULES, "pacts": PACTS}
FACTS = {process: rules.story.facts for process, rules in EVERY.items()}
PEOPLE = {
    "hr": "Saskia Polman",
    "client": "Hendrik Jan Bruins",
    "manager": "Petra Nijhuis",
    "teacher": "Marloes Terpstra",
    "coordinator": "Rik Oosterhof",
    "advisor": "Ellen van Duyvenvoorde",
    "auditor": "Noor Achterberg",
    "board": "Wim Kuipers",
}


@dataclass(frozen=True)
class Installation:
    """What the application is told of its installation."""

    installation: Any = "test"
    public_address: str = "https://traject.example"
    published: str = ""


async def opens_pages(store: Store, person: PersonRow, key: str) -> None:
    """From now on ``key`` as the session cookie shows pages as this person, for a day."""
    digest, day = sha256(key.encode()).digest(), timedelta(days=1)
    async with store._board(person.tenant) as connection:
        await connection.execute(
            SESSIONS["begin"], digest, person.tenant, person.id, "chosen", "", day, day
        )


@dataclass
class Board:
    """A board with one person for each role, and a way to call the API as each of them."""

    store: Store
    app: FastAPI
    http: httpx2.AsyncClient
    tenant: str
    people: dict[str, PersonRow] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    process: str = "supervision"

    async def add(self, key: str, name: str, *roles: str, language: str = "nl") -> PersonRow:
        """Somebody more at the board, called ``key`` in the test."""
        mail = f"{key}@voorbeeld.example"
        person = await self.store.add_person(
            self.tenant, name, mail, language=language, roles=roles
        )
        self.people[key] = person
        self.tokens[key] = await self.store.issue_token(self.tenant, person.id)
        await opens_pages(self.store, person, self.tokens[key])
        return person

    def headers(self, by: str | None, at: str | None = None, **more: str) -> dict[str, str]:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if by is not None:
            headers["Authorization"] = f"Bearer {self.tokens[by]}"
        if at is not None:
            headers["Traject-Clock"] = at
        return headers

    async def get(self, path: str, by: str | None = "hr", **headers: str) -> httpx2.Response:
        return await self.http.get(f"/api/v1{path}", headers=self.headers(by, **headers))

    async def open(
        self, by: str = "hr", *, key: str | None = None, at: str | None = None, **data: Any
    ) -> httpx2.Response:
        """A request for a trajectory; ``data`` differs from that of the first teacher."""
        body = {"command": "RequestTrajectory", "data": self.request(**data)}
        headers = self.headers(by, at, Idempotency_Key=key or str(uuid4()))
        return await self.http.post("/api/v1/supervision", json=body, headers=headers)

    def request(self, **changes: Any) -> dict[str, Any]:
        return {
            "teacher": self.people["teacher"].id,
            "client": self.people["client"].id,
            "manager": self.people["manager"].id,
            "school": "De Windvaan",
            "concerns": [{"concern": "C1", "text": "Onrust bij leswissels"}],
        } | changes

    async def give(
        self,
        stream: str,
        command: str,
        data: Any = None,
        by: str = "advisor",
        *,
        key: str | None = None,
        at: str | None = None,
        **headers: str,
    ) -> httpx2.Response:
        return await self.http.post(
            f"/api/v1/{self.process}/{stream}/commands/{command}",
            json={} if data is None else data,
            headers=self.headers(by, at, Idempotency_Key=key or str(uuid4()), **headers),
        )

    async def done(self, stream: str, command: str, data: Any = None, by: str = "advisor") -> Any:
        """A command that has to be accepted."""
        answer = await self.give(stream, command, data, by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def in_guidance(self) -> str:
        """A trajectory with one fixed goal and visits of both kinds agreed."""
        stream = (await self.open()).json()["id"]
        client = self.people["client"].id
        today = datetime.now(UTC).date()
        for by, command, data in (
            ("coordinator", "AcceptRequest", {"hourly_rate": "118.00"}),
            ("coordinator", "AssignAdvisor", {"advisor": self.people["advisor"].id}),
            ("advisor", "RecordIntake", INTAKE),
            (
                "advisor",
                "AgreePeriod",
                {"from": today.isoformat(), "to": f"{today.year + 1}-12-31", "client": client},
            ),
            ("advisor", "AgreeVisitMode", {"mode": "both", "client": client}),
            ("teacher", "RecordTeacherConsent", {"items": CONSENT}),
            ("advisor", "PlanDiagnosisVisit", {"at": f"{today}T08:30", "announced": True}),
            ("advisor", "RecordDiagnosisVisit", {"observations": OBSERVATIONS, "hours": "3"}),
            ("advisor", "DraftGoal", GOAL),
            ("advisor", "RecordClientConsultation", {"version": 1, "client": client}),
            ("advisor", "FixGoalList", {}),
        ):
            await self.done(stream, command, data, by)
        return stream


INTAKE = {
    "present": ["teacher", "manager", "advisor"],
    "topics": ["acquaintance", "reason", "agreements"],
    "agreements": ["Een bezoek duurt een hele ochtend"],
    "hours": "1.5",
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
OBSERVATIONS = {
    point: {"seen": True, "note": "gezien bij rekenen"}
    for point in (
        "lesson_change",
        "differentiated_instruction",
        "differentiated_processing",
        "working_with_strategies",
    )
}
GOAL = {
    "goal": "G1",
    "text": "De leswissel start met één vast signaal",
    "area": "organisational",
    "grounds": ["necessity"],
    "single": True,
}


@pytest.fixture
def master_keys() -> MasterKeys:
    return MasterKeys.generate()


@pytest.fixture
async def store(database: Database, master_keys: MasterKeys) -> AsyncIterator[Store]:
    store = await Store.connect(database.app_dsn, master_keys, FACTS)
    yield store
    await store.close()


@pytest.fixture
def processes() -> list[type]:
    """Those the worker runs; a module that needs others says so, as each costs some time."""
    return [SupervisionProcess]


@pytest.fixture
async def gateway(
    store: Store, temporal_env: SkippingTemporal, processes: list[type]
) -> AsyncIterator[Gateway]:
    """With a worker behind it."""
    temporal = await connect(temporal_env.address, store.dossier_key, task_queue=uuid4().hex)
    reach = RecordingActivities(store, "test")
    gateway = Gateway(store, temporal)
    async with Worker(
        temporal.client,
        task_queue=temporal.task_queue,
        workflows=processes,
        activities=[
            reach.load,
            reach.record,
            reach.recall,
            ErrandActivities(store, gateway).errand,
        ],
        workflow_runner=sandboxed(processes),
    ):
        yield gateway


@pytest.fixture
async def board(store: Store, gateway: Gateway) -> AsyncIterator[Board]:
    """The application of a test installation, and one board with its people."""
    app = create_app(store, gateway, RULES, Installation())
    async with client_of(app) as http:
        board = Board(store, app, http, str(uuid4()))
        for role, name in PEOPLE.items():
            await board.add(role, name, role)
        yield board


class PactBoard(Board):
    """A board with a teacher, a coordinator, and a company's contact who has no account."""

    async def pact(self, host: str = "Kade Techniek", **draft: Any) -> str:
        """A pact of the teacher and the contact, with the first version of its agreement."""
        data = {"teacher": self.people["teacher"].id, "contact": self.people["contact"].id}
        body = {"command": "OpenPact", "data": data | {"host": host}}
        headers = self.headers("coordinator", Idempotency_Key=str(uuid4()))
        opened = await self.http.post("/api/v1/pacts", json=body, headers=headers)
        assert opened.status_code == 201, opened.text
        stream = opened.json()["id"]
        goal = {"goal": "Leren hoe een werkplaats wordt ingericht"}
        await self.done(stream, "DraftAgreement", goal | draft, "coordinator")
        return stream

    async def pdf(self, stream: str, version: int = 1, by: str = "teacher") -> httpx2.Response:
        return await self.get(f"/pacts/{stream}/agreement/{version}.pdf", by)


@pytest.fixture
async def pacts(store: Store, gateway: Gateway) -> AsyncIterator[PactBoard]:
    """The application with a process that is signed by link."""
    app = create_app(store, gateway, EVERY, Installation())
    async with client_of(app) as http:
        board = PactBoard(store, app, http, str(uuid4()), process="pacts")
        for role in ("teacher", "coordinator", "hr", "manager"):
            await board.add(role, PEOPLE[role], role)
        await board.add("contact", "Bram Kade", "contact")
        yield board


def client_of(app: FastAPI, **options: Any) -> httpx2.AsyncClient:
    """A caller on this machine."""
    transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 40000))
    return httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", **options)
