"""How long it takes to load, unseal and fold a case of 120 events."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

from events.event import Event, fact_json
from events.recording import ActorRef, Draft, Recording
from events.store.store import Store
from events.supervision import STORY
from tests.benchmarks.figure import Figure, Goal, measures, percentile
from tests.benchmarks.store_server import store_server
from workflows.pure import PureEngine
from workflows.scenarios import Run, load

SCENARIO = Path(__file__).parents[1] / "scenarios" / "a-basic-level-reached.yaml"
EVENTS = 120
BATCH = 10
ROUNDS = 400


async def case() -> list[Event]:
    """A whole trajectory from the scenario, with more rewording of goals than usual."""
    engine = PureEngine()
    scenario = load(SCENARIO)
    await Run(scenario, engine).play()
    stream = next(one for one in engine.streams.values() if one.rules.story is STORY)
    drafted = next(n for n, event in enumerate(stream.events) if event.type == "GoalDrafted")
    draft = stream.events[drafted].data
    reworded = {"goal": draft.goal, "text": draft.text, "single": True, "version": draft.version}
    again = STORY.facts["GoalReworded"].model_validate(reworded)
    more = [
        stream.events[drafted]._replace(type="GoalReworded", data=again)
        for _ in range(EVENTS - len(stream.events))
    ]
    return stream.events[: drafted + 1] + more + stream.events[drafted + 1 :]


async def kept(store: Store, events: list[Event]) -> tuple[str, str]:
    """The events recorded as a stream of its own: its board and id."""
    tenant, stream = str(uuid4()), str(uuid4())
    await store.open_dossier(tenant, STORY.name, stream)
    state = STORY.initial()
    for start in range(0, len(events), BATCH):
        batch = events[start : start + BATCH]
        state = STORY.fold(batch, state)
        command_id = str(uuid4())
        await store.record(
            Recording(
                tenant=tenant,
                process=STORY.name,
                stream=stream,
                expected_version=start,
                command_id=command_id,
                command="Several",
                content_hash="0" * 64,
                actor=ActorRef(person=batch[-1].actor.person, role=batch[-1].actor.role),
                recorded_at=batch[-1].recorded_at,
                correlation_id=command_id,
                settings_version=1,
                events=[
                    Draft(type=one.type, occurred_on=one.occurred_on, data=fact_json(one.data))
                    for one in batch
                ],
                index=STORY.index(state),
            )
        )
    return tenant, stream


@measures("load-fold")
async def measure() -> list[Figure]:
    events = await case()
    async with store_server() as server:
        store = await server.store({STORY.name: STORY.facts})
        tenant, stream = await kept(store, events)
        took: list[float] = []
        assert len(await store.load(tenant, stream)) == EVENTS
        for _ in range(ROUNDS):
            started = time.perf_counter()
            STORY.fold(await store.load(tenant, stream))
            took.append((time.perf_counter() - started) * 1000)
        await store.close()
    return [Goal("<=", 3, absolute=True).figure("load-fold", percentile(took, 50), "ms")]
