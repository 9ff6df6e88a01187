"""Histories of runs as they were released, kept so that later code is held to the same steps.

``./dev run python -m tests.workflows.recorded VERSION [CASE...]`` plays a few cases on real servers
and writes their histories; do it once for every released shape, never over an older one.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from activities.errands import ErrandActivities
from activities.recording import Opened, RecordingActivities
from activities.recovery import start
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.temporal import EmbeddedTemporal
from events.event import stream_id
from events.recording import Opening, Recording
from events.store.keys import MasterKeys
from events.store.migrate import migrate
from events.store.store import Store
from tests.conftest import scratch_folder
from tests.toy.story import STORY
from tests.toy.workflow import LoanProcess
from tests.workflows.plays import PLAYS, Play
from workflows import processes
from workflows.codec import TenantBook, sealed_converter
from workflows.decision import Giver, Refused
from workflows.gateway import Gateway, Unavailable
from workflows.process import COMMANDS_PER_RUN
from workflows.registry import RULES
from workflows.sandbox import sandboxed
from workflows.wire import StreamRef, Temporal, connect, workflow_id

Steps = Sequence[tuple[Giver, str, dict[str, Any]]]
PATIENCE = 20.0
FOLDER = Path(__file__).resolve().parents[1] / "histories"
PROCESSES = (*processes.PROCESSES, LoanProcess)
TENANT = "7d1f3c0e-5a64-4c0e-9f0a-2f6f1f0c9a11"


async def known_key(tenant: str, stream: str) -> bytes:
    """Histories of invented cases are sealed with keys that anybody can derive."""
    return hashlib.sha256(f"{tenant}/{stream}".encode()).digest()


def converter() -> DataConverter:
    return sealed_converter(known_key, TenantBook())


def histories() -> Iterator[tuple[str, WorkflowHistory]]:
    """Every kept history with the name of its case."""
    for file in sorted(FOLDER.glob("*/*.json")):
        kept = json.loads(file.read_text())
        name = f"{file.parent.name}/{file.stem}"
        yield name, WorkflowHistory.from_json(kept["workflow_id"], kept["history"])


class Player:
    """Gives commands as one person with every role."""

    def __init__(self, store: Store, temporal: Temporal) -> None:
        self.gateway = Gateway(store, temporal)
        self.temporal = temporal
        self.skipper = TimeSkipper(temporal.client, config=TimeSkippingConfig(enabled=False))
        self.people = {who: str(uuid4()) for who in ("teacher", "client", "manager", "advisor")}
        roles = ("hr", "coordinator", "advisor", "librarian")
        self.giver = Giver(self.people["advisor"], roles)
        self.others = {
            role: Giver(str(uuid4()), (role,))
            for role in ("school_leader", "contact", "student", "school_trainer", "client")
        }

    async def give(
        self,
        process: str,
        stream: str,
        command: str,
        data: dict[str, Any],
        key: str | None = None,
        *,
        by: Giver | None = None,
    ) -> None:
        """One answer is like the other here: a refusal is a step to keep too."""
        with suppress(Refused, Unavailable):
            await self.gateway.give(
                tenant=TENANT,
                process=process,
                stream=stream,
                command_id=key or str(uuid4()),
                content_hash=hashlib.sha256(json.dumps([command, data]).encode()).hexdigest(),
                command=command,
                data=data,
                giver=by or self.giver,
            )

    async def begin(
        self, process: str, command: str, data: dict[str, Any], *, by: Giver | None = None
    ) -> tuple[str, str]:
        """The new stream and the id of the command that opened it."""
        key = str(uuid4())
        stream = stream_id(TENANT, key)
        await self.give(process, stream, command, data, key, by=by)
        return stream, key

    async def lead(self, process: str, stream: str, steps: Steps) -> None:
        """Commands in order, each with its giver."""
        for by, command, data in steps:
            await self.give(process, stream, command, data, by=by)

    def request(self) -> dict[str, Any]:
        people = {who: self.people[who] for who in ("client", "manager")}
        concern = {"concern": "C1", "text": "Lessen beginnen laat"}
        return people | {"teacher": str(uuid4()), "school": "De Wilg", "concerns": [concern]}

    def teacher(self) -> Giver:
        """Somebody who has no other case."""
        return Giver(str(uuid4()), ("teacher",))

    async def escalate(self, stream: str, client: Giver) -> str:
        """The id of the assessment trajectory that this opens."""
        key = str(uuid4())
        mandate = {"mandate": client.person}
        await self.give("supervision", stream, "EscalateTrajectory", mandate, key, by=client)
        return stream_id(TENANT, key)

    async def ended(self, process: str, stream: str) -> None:
        """Waits until the case has come to its end by itself."""
        handle = self.temporal.client.get_workflow_handle(workflow_id(process, stream))
        async with asyncio.timeout(PATIENCE):
            await handle.result()

    async def skip(self, process: str, stream: str, days: int) -> None:
        handle = self.temporal.client.get_workflow_handle(workflow_id(process, stream))
        await self.skipper.fast_forward(handle, timedelta(days=days))

    async def settled(self, process: str, stream: str) -> None:
        """Moves past the rest of a full run, so that it continues as new."""
        handle = self.temporal.client.get_workflow_handle(workflow_id(process, stream))
        await self.skipper.fast_forward(handle, timedelta(seconds=10))


async def overdue(player: Player) -> str:
    """Deadlines on the way, a refusal, a repeat."""
    data = player.request()
    stream, key = await player.begin("supervision", "RequestTrajectory", data)
    await player.skip("supervision", stream, 12)
    await player.give("supervision", stream, "AcceptRequest", {"hourly_rate": "95.00"})
    await player.give("supervision", stream, "AcceptRequest", {"hourly_rate": "95.00"})
    await player.give("supervision", stream, "RequestTrajectory", data, key)
    advisor = {"advisor": player.people["advisor"]}
    await player.give("supervision", stream, "AssignAdvisor", advisor)
    await player.skip("supervision", stream, 30)
    return stream


async def continued(player: Player) -> str:
    """More commands than one run takes."""
    stream, _ = await player.begin("supervision", "RequestTrajectory", player.request())
    await player.give("supervision", stream, "AcceptRequest", {"hourly_rate": "95.00"})
    advisor = {"advisor": player.people["advisor"]}
    await player.give("supervision", stream, "AssignAdvisor", advisor)
    for _ in range(COMMANDS_PER_RUN):
        await player.give("supervision", stream, "EstimateScope", {"visits": 4, "hours": "20"})
    await player.settled("supervision", stream)
    await player.give("supervision", stream, "EstimateScope", {"visits": 5, "hours": "24"})
    return stream


async def ended(player: Player) -> str:
    """To the end, and a command to what has ended."""
    stream, _ = await player.begin("supervision", "RequestTrajectory", player.request())
    await player.give("supervision", stream, "DeclineRequest", {"reason": "geen plaats"})
    await player.give("supervision", stream, "AcceptRequest", {"hourly_rate": "95.00"})
    return stream


async def loan(player: Player) -> str:
    """Reminders, rules that break, the end."""
    data = {"borrower": player.people["teacher"], "book": "De kleine kapitein"}
    stream, _ = await player.begin("loans", "OpenLoan", data)
    await player.begin("loans", "OpenLoan", data)
    await player.give("loans", stream, "ExtendLoan", {"days": 7})
    await player.skip("loans", stream, 30)
    await player.give("loans", stream, "BreakRules", {})
    await player.give("loans", stream, "ReturnBook", {})
    return stream


CASES: dict[str, tuple[str, Play]] = {
    "overdue": ("supervision", overdue),
    "continued": ("supervision", continued),
    "ended": ("supervision", ended),
    "loan": ("loans", loan),
    **PLAYS,
}


def _opened(temporal: Temporal) -> Opened:
    async def start_beside(recording: Recording, opening: Opening) -> None:
        ref = StreamRef(tenant=TENANT, process=opening.process, stream=opening.stream)
        await start(temporal, ref)

    return start_beside


async def record(version: str, wanted: Sequence[str]) -> None:
    target = FOLDER / version
    target.mkdir(parents=True, exist_ok=bool(wanted))
    facts = {name: rules.story.facts for name, rules in RULES.items()} | {"loans": STORY.facts}
    with scratch_folder() as folder:
        postgres = EmbeddedPostgres(folder / "postgres", fsync=False)
        server = EmbeddedTemporal(None, time_skipping=True)
        await asyncio.gather(postgres.start(), server.start())
        await migrate(postgres.dsn)
        dsn = f"{postgres.dsn}?role=traject_app"
        store = await Store.connect(dsn, MasterKeys.generate(), facts)
        temporal = await connect(server.address, known_key)
        reach = RecordingActivities(store, "test", opened=_opened(temporal))
        errands = ErrandActivities(store, Gateway(store, temporal))
        async with Worker(
            temporal.client,
            task_queue=temporal.task_queue,
            workflows=list(PROCESSES),
            activities=[reach.load, reach.record, reach.recall, errands.errand],
            workflow_runner=sandboxed(PROCESSES),
            identity="recorder",
        ):
            player = Player(store, temporal)
            for name, (process, play) in CASES.items():
                if wanted and name not in wanted:
                    continue
                await keep(temporal, workflow_id(process, await play(player)), target, name)
        await store.close()
        await server.stop()
        await postgres.stop()


async def keep(temporal: Temporal, workflow: str, target: Path, name: str) -> None:
    """Every run of the case, the last one too."""
    runs = [
        run.run_id async for run in temporal.client.list_workflows(f'WorkflowId = "{workflow}"')
    ]
    for number, run in enumerate(reversed(runs), 1):
        handle = temporal.client.get_workflow_handle(workflow, run_id=run)
        history = await handle.fetch_history()
        kept = {"workflow_id": workflow, "history": _anonymous(history.to_json_dict())}
        file = target / f"{name}-{number}.json"
        file.write_text(json.dumps(kept, separators=(",", ":"), sort_keys=True) + "\n")
        print(f"{file.name}: {len(history.events)} events")


def _anonymous(raw: Any) -> Any:
    """Without the name of the machine it was recorded on."""
    if isinstance(raw, dict):
        return {key: _anonymous(value) for key, value in raw.items() if key != "identity"}
    return [_anonymous(value) for value in raw] if isinstance(raw, list) else raw


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1], sys.argv[2:]))
