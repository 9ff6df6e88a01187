"""A small process with people, days and a secret, and stores that are full of its cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from events.calendar import local_day
from events.case import CaseState, Fold
from events.event import Event, Fact, PersonId, stream_id
from events.figures import Figures
from events.process import ALL_CASES, Reader, Story, View
from events.projections.projection import Stories
from events.recording import ActorRef, CaseIndex, Draft, Recording
from events.store.store import Store

START = datetime(2026, 1, 6, 8, 5, tzinfo=UTC)
TEACHER, MANAGER = str(uuid4()), str(uuid4())
DAYS = 3


class Begun(Fact):
    teacher: PersonId
    manager: PersonId
    school: str


class Visited(Fact):
    announced: bool


class Strange(Fact):
    """Known to whoever writes, but not to every reader of these tests."""


class Ended(Fact):
    pass


@dataclass
class Outing(CaseState):
    ends = frozenset({"ended"})

    begun: Begun | None = None
    since: datetime | None = None
    visits: int = 0
    secret: int = 0

    @property
    def parties(self) -> dict[str, str]:
        if self.begun is None:
            return {}
        return {"teacher": self.begun.teacher, "manager": self.begun.manager}


evolve: Fold[Outing] = Fold()


@evolve.on(Begun)
def _begun(_state: Outing, event: Event, data: Begun) -> dict[str, Any]:
    return {"phase": "running", "begun": data, "since": event.recorded_at}


@evolve.on(Visited)
def _visited(state: Outing, _event: Event, data: Visited) -> dict[str, Any]:
    return {"visits": state.visits + 1, "secret": state.secret + (not data.announced)}


@evolve.on(Ended)
def _ended(_state: Outing, _event: Event, _data: Any) -> dict[str, Any]:
    return {"phase": "ended"}


def rights(state: Outing, reader: Reader) -> frozenset[str]:
    if reader.person == state.parties.get("teacher"):
        return frozenset({"teacher"} & {*reader.roles, *(ALL_CASES & set(reader.roles))})
    held = ALL_CASES & set(reader.roles)
    if reader.person == state.parties.get("manager") and "manager" in reader.roles:
        held |= {"manager"}
    return frozenset(held)


def tasks(state: Outing, view: View) -> list[dict[str, Any]]:
    if state.ended or state.since is None:
        return []
    due = local_day(state.since, view.settings) + timedelta(days=DAYS)
    late = due < local_day(view.now, view.settings)
    wanted = {"coordinator": "look", "teacher": "answer", "manager": "decide"}
    found = [task for role, task in wanted.items() if role in view.rights]
    return [{"task": task, "due": due.isoformat(), "overdue": late} for task in found]


def agenda(state: Outing, view: View) -> list[dict[str, Any]]:
    if state.ended:
        return []
    knows = bool(view.rights - {"teacher", "manager"})
    seen = state.visits - (0 if knows else state.secret)
    return [{"kind": "visit", "at": f"2026-02-{n + 1:02}"} for n in range(min(seen, 25))]


STORY = Story(
    name="outings",
    facts={fact.__name__: fact for fact in (Begun, Visited, Ended)},
    initial=Outing,
    evolve=evolve,
    index=lambda state: CaseIndex(
        state=state.phase or "none", open=not state.ended, parties=state.parties
    ),
    rights=rights,
    summary=lambda state, view: {
        "process": "outings",
        "state": state.phase,
        "school": state.begun.school if state.begun else None,
        "visits": {"held": state.visits},
        "duration_days": (local_day(view.now, view.settings) - date(2026, 1, 1)).days
        if not state.ended
        else 0,
    },
    tasks=tasks,
    agenda=agenda,
    figures=lambda state, _settings: Figures(
        school=state.begun.school if state.begun else None,
        visits_held=state.visits,
        hours=Decimal(state.visits),
    ),
)
"""Does not know `Strange`."""


def stories() -> Stories:
    """Processes that help rebuilding find them by this name."""
    return {STORY.name: STORY}


LENIENT = Story(
    **{
        **{name: getattr(STORY, name) for name in Story.__dataclass_fields__},
        "facts": {**STORY.facts, "Strange": Strange},
    }
)
"""Knows it."""

FACTS = {STORY.name: LENIENT.facts}


@dataclass
class Outings:
    """Cases of a board in a store, each with a version of its own to go on from."""

    store: Store
    tenant: str

    def __post_init__(self) -> None:
        self.versions: dict[str, int] = {}

    async def begin(self, school: str = "De Windvaan", teacher: str = TEACHER) -> str:
        stream = stream_id(self.tenant, str(uuid4()))
        await self.store.open_dossier(self.tenant, STORY.name, stream)
        self.versions[stream] = 0
        data = {"teacher": teacher, "manager": MANAGER, "school": school}
        await self.add(stream, ("Begun", data))
        return stream

    async def visit(self, stream: str, times: int = 1, *, announced: bool = True) -> None:
        for _ in range(times):
            await self.add(stream, ("Visited", {"announced": announced}))

    async def end(self, stream: str) -> None:
        await self.add(stream, ("Ended", {}), is_open=False)

    async def add(self, stream: str, *facts: tuple[str, Any], is_open: bool = True) -> None:
        """One command's events on top of what there is, an hour after it."""
        version, command = self.versions[stream], str(uuid4())
        answer = await self.store.record(
            Recording(
                tenant=self.tenant,
                process=STORY.name,
                stream=stream,
                expected_version=version,
                command_id=command,
                command="Add",
                content_hash="0" * 64,
                actor=ActorRef(person=MANAGER, role="manager"),
                recorded_at=START + timedelta(hours=version),
                correlation_id=command,
                settings_version=1,
                events=[
                    Draft(type=type_, occurred_on="2026-01-06", data=data) for type_, data in facts
                ],
                index=CaseIndex(state="running", open=is_open, parties={"teacher": TEACHER}),
            )
        )
        assert answer.outcome == "recorded"
        self.versions[stream] = version + len(facts)
