"""A running product with a board of invented people, so that figures can be taken from outside."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.harness.product import Product
from events.store.store import Store
from tests.benchmarks.caller import Answer, Caller
from workflows.wire import STATUS, Status, Temporal, workflow_id

ROLES = ("hr", "client", "manager", "coordinator", "advisor")
SCHEMA = ("lesson_change", "differentiated_instruction", "differentiated_processing")
CONSENT = (
    "visits",
    "timetable_changes",
    "follow_up_talks",
    "reflection",
    "alternatives",
    "experimenting",
    "self_assessment",
)
AWAY = 503


def say(line: str) -> None:
    """A detail beside the figures, for whoever watches the measuring."""
    print(f"  {line}", file=sys.stderr, flush=True)


class NotAccepted(Exception):
    """A command that a figure counts on was not accepted."""


@dataclass
class Case:
    """A trajectory on the stage; ``given`` counts the steps given to it."""

    stage: Stage
    id: str
    teacher: Person
    given: int = 0

    async def command(self, role: str, name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """One command by the person of that role."""
        person = self.teacher if role == "teacher" else self.stage.people[role]
        return await self.stage.post(
            person, f"/api/v1/supervision/{self.id}/commands/{name}", dict(data)
        )

    async def step(self) -> dict[str, Any]:
        """A command that is accepted every time: in turn by the teacher and by the advisor."""
        self.given += 1
        if self.given % 2:
            change = {"change": f"Rekenen en taal wisselen van uur ({self.given})"}
            return await self.command("teacher", "ReportTimetableChange", change)
        goal = {"goal": "G1", "text": f"De uitleg kent vaste stappen ({self.given})"}
        return await self.command("advisor", "RewordGoal", {**goal, "single": True})

    async def step_through(self, give_up: float = 60.0) -> None:
        """As `step`, by a caller who repeats the same command when told to try again."""
        self.given += 1
        command_id = str(uuid4())
        path = f"/api/v1/supervision/{self.id}/commands/ReportTimetableChange"
        change = {"change": f"Rekenen en taal wisselen van uur ({self.given})"}
        async with asyncio.timeout(give_up):
            while True:
                answer = await self.stage.ask(self.teacher, path, change, command_id)
                if answer.status == 200:
                    return
                if answer.status != AWAY:
                    raise NotAccepted(f"{answer.status} {answer.content[:200]!r}")
                await asyncio.sleep(float(answer.headers["retry-after"]))

    async def status(self) -> Status:
        """What its workflow tells of itself."""
        client = self.stage.temporal.client
        handle = client.get_workflow_handle(workflow_id("supervision", self.id))
        return await handle.query(STATUS, result_type=Status)


@dataclass(frozen=True)
class Person:
    """Somebody of the board, with the token of the API."""

    id: str
    token: str


@dataclass
class Stage:
    """One product, one board, one caller for all its people."""

    product: Product
    store: Store
    temporal: Temporal
    caller: Caller
    tenant: str = field(default_factory=lambda: str(uuid4()))
    people: dict[str, Person] = field(default_factory=dict)

    async def person(self, name: str, roles: Sequence[str]) -> Person:
        """A new person of the board."""
        row = await self.store.add_person(
            self.tenant, name, f"{uuid4().hex}@voorbeeld.example", roles=roles
        )
        return Person(row.id, await self.store.issue_token(self.tenant, row.id))

    async def post(
        self, person: Person, path: str, body: dict[str, Any], command_id: str | None = None
    ) -> dict[str, Any]:
        """A command over HTTP. Raises NotAccepted for any answer but an acceptance."""
        answer = await self.ask(person, path, body, command_id or str(uuid4()))
        if answer.status not in (200, 201):
            raise NotAccepted(f"{path}: {answer.status} {answer.content[:200]!r}")
        return answer.json()

    async def ask(self, person: Person, path: str, body: dict[str, Any], command_id: str) -> Answer:
        """A command over HTTP and its answer, whatever that is."""
        headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": command_id}
        return await self.caller.post(path, body, headers)

    async def requested(self, teacher: Person | None = None) -> Case:
        """A trajectory that was just requested, for a teacher of its own."""
        teacher = teacher or await self.person("Sanne Vermaat", ["teacher"])
        data = {
            "teacher": teacher.id,
            "client": self.people["client"].id,
            "manager": self.people["manager"].id,
            "school": "De Wilgenhof",
            "concerns": [{"concern": "C1", "text": "De uitleg duurt te lang"}],
        }
        body = {"command": "RequestTrajectory", "data": data}
        answer = await self.post(self.people["hr"], "/api/v1/supervision", body)
        return Case(self, answer["id"], teacher)

    async def accepted(self) -> Case:
        """A trajectory with two events: requested and accepted."""
        case = await self.requested()
        await case.command("coordinator", "AcceptRequest", {"hourly_rate": "97.50"})
        return case

    async def in_guidance(self) -> Case:
        """A trajectory that was carried to guidance, with one goal."""
        case = await self.accepted()
        client = self.people["client"].id
        advisor = {"advisor": self.people["advisor"].id}
        await case.command("coordinator", "AssignAdvisor", advisor)
        intake = {"present": ["teacher", "advisor"], "agreements": [], "hours": "1"}
        topics = ["acquaintance", "reason", "agreements"]
        present = ["teacher", "manager", "advisor"]
        await case.command(
            "advisor", "RecordIntake", {**intake, "present": present, "topics": topics}
        )
        today = date.today()  # noqa: DTZ011 - the board's day and the machine's differ by hours
        period = {"from": f"{today}", "to": f"{today + timedelta(days=100)}", "client": client}
        await case.command("client", "AgreePeriod", period)
        mode = {"mode": "announced", "client": client}
        await case.command("client", "AgreeVisitMode", mode)
        await case.command("teacher", "RecordTeacherConsent", {"items": CONSENT})
        visit = {"at": f"{today}T08:30", "announced": True}
        await case.command("advisor", "PlanDiagnosisVisit", visit)
        seen = {"seen": False, "note": "niet gezien"}
        observations = dict.fromkeys([*SCHEMA, "working_with_strategies"], seen)
        await case.command(
            "advisor", "RecordDiagnosisVisit", {"observations": observations, "hours": "3"}
        )
        goal = {"goal": "G1", "text": "De uitleg kent vaste stappen", "area": "didactic"}
        await case.command(
            "advisor", "DraftGoal", {**goal, "grounds": ["necessity"], "single": True}
        )
        await case.command("advisor", "RecordClientConsultation", {"version": 1, "client": client})
        await case.command("advisor", "FixGoalList", {})
        return case


@asynccontextmanager
async def stage(environment: Mapping[str, str] | None = None) -> AsyncIterator[Stage]:
    """A product over files on servers of its own, with its board; all gone at the end."""
    with _folder() as folder:
        product = Product(folder, environment=environment)
        try:
            await product.start()
            async with Caller("127.0.0.1", product.http_port) as caller:
                store, temporal = await product.store(), await product.connection()
                made = Stage(product, store, temporal, caller)
                for role in ROLES:
                    made.people[role] = await made.person(f"Persoon {role}", [role])
                yield made
        finally:
            await product.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that the database's own user may pass through, too."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def cpu_ms(pid: int) -> float:
    """The processor time a process and its threads have used so far, in milliseconds."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) * 1000 / os.sysconf("SC_CLK_TCK")
