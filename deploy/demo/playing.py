"""Plays the rest of the example board by the rules, and keeps it as if it had been recorded then.

Real processes would take half a minute of a small machine for what lies years behind. Nobody is
sent a letter about it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from deploy.demo.crowd import Plan, crowd, plans
from deploy.demo.examples import people, person_id
from events.event import Event
from events.recording import ActorRef, Draft, Opening, Recording
from events.settings import TenantSettings
from web.site import DEMO_BOARD
from workflows.pure import Asked, PureEngine, Stream
from workflows.scenarios import Call, Person, Scenario

if TYPE_CHECKING:
    from events.store.store import Store

MORNING = time(10, 0)
STEP = timedelta(seconds=90)
"""Between two commands of one day."""


def cast_of_board() -> dict[str, Person]:
    """Everybody who takes part, by key."""
    return {
        one.key: Person(one.key, person_id(one.key), one.name, one.roles)
        for one in [*people(), *crowd()]
    }


async def play(plan: Plan, settings: TenantSettings, until: datetime) -> PureEngine:
    """A case led by its plan; what falls due passes at its moment. A refused command ends it."""
    engine, everybody = PureEngine(), cast_of_board()
    await engine.begin(Scenario("demo", plan.process, DEMO_BOARD, settings, everybody, []))
    stream: str | None = None
    for number, step in enumerate(plan.steps, 1):
        morning = datetime.combine(step.on, MORNING, settings.zone).astimezone(UTC)
        at = max(morning, engine.now + STEP)
        if at > until:
            break
        await engine.move_to(at)
        command_id = str(uuid5(UUID(DEMO_BOARD), f"{plan.name}/{number}"))
        data = dict(step.data)
        by = everybody[step.by]
        answer = await engine.give(
            Call(by, plan.process, stream, command_id, step.command, data, at)
        )
        if answer.refused is not None:
            break
        stream = str(answer.body["id"])
    await engine.move_to(until)
    return engine


async def fill(store: Store, settings: TenantSettings, today: date, now: datetime) -> int:
    """Everybody and every case into the store; how many cases. Safe to repeat."""
    for one in crowd():
        mail = f"{one.key}@voorbeeld.example"
        await store.add_person(
            DEMO_BOARD, one.name, mail, roles=one.roles, person=person_id(one.key)
        )
    done = 0
    for plan in plans(today):
        engine = await play(plan, settings, now)
        ordered = sorted(
            ((asked, stream) for stream in engine.streams.values() for asked in stream.asked),
            key=lambda one: one[0].place,
        )
        for asked, stream in ordered:
            if asked.events[0].version == 1:
                await store.open_dossier(DEMO_BOARD, stream.rules.story.name, stream.id)
            await store.record(recording(engine, asked, stream, settings))
        done += bool(ordered)
        # Whoever wants to stop the demo is heard meanwhile.
        await asyncio.sleep(0)
    return done


def recording(
    engine: PureEngine, asked: Asked, stream: Stream, settings: TenantSettings
) -> Recording:
    """What the process would have recorded of an accepted command, but for the letters."""
    rules, first = stream.rules, asked.events[0]
    before = rules.story.fold(stream.events[: first.version - 1], rules.story.initial())
    after = rules.story.fold(asked.events, before)
    last = asked.events[-1].version == len(stream.events)
    return Recording(
        tenant=DEMO_BOARD,
        process=rules.story.name,
        stream=stream.id,
        expected_version=first.version - 1,
        command_id=first.command_id,
        command=asked.command,
        content_hash=asked.content_hash,
        actor=ActorRef(person=first.actor.person, role=first.actor.role),
        recorded_at=first.recorded_at,
        correlation_id=first.correlation_id,
        settings_version=settings.version,
        events=_drafts(asked.events),
        warnings=list(asked.warnings),
        claims=[claim for holder, claim in engine.claims if last and holder == stream.id],
        openings=list(_opened(engine, stream, first.command_id)),
        given=asked.given,
        index=rules.story.index(after),
    )


def _opened(engine: PureEngine, stream: Stream, command_id: str) -> Iterator[Opening]:
    """Cases that a command of this one began."""
    for other in engine.streams.values():
        story = other.rules.story
        if other.id == stream.id or other.events[0].command_id != command_id:
            continue
        _, begun = next(groupby(other.events, lambda event: event.command_id))
        events = list(begun)
        index = story.index(story.fold(events, story.initial()))
        yield Opening(process=story.name, stream=other.id, events=_drafts(events), index=index)


def _drafts(events: list[Event] | tuple[Event, ...]) -> list[Draft]:
    return [Draft.of(event.data, event.occurred_on) for event in events]
