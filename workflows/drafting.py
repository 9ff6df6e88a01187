"""Turns a decision into the recording that a process asks the store to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from events.event import Actor, Event, event_id
from events.recording import ActorRef, Draft, Given, Recording
from workflows.decision import Context, Decision, Rules


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a stream stands: state, last version, what its events belong to, and its clock."""

    state: Any
    version: int
    correlation: str
    clock_offset: timedelta


def recording_of(
    decision: Decision,
    context: Context,
    rules: Rules[Any],
    standing: Standing,
    command: str,
    content_hash: str,
    cause: str | None = None,
    given: Given | None = None,
) -> Recording:
    """The whole of an accepted command: events, notices, claims, and where the case then stands."""
    events = _events(decision, context, standing)
    after = rules.story.fold(events, standing.state)
    return Recording(
        tenant=context.tenant,
        process=rules.story.name,
        stream=context.stream,
        expected_version=standing.version,
        command_id=context.command_id,
        command=command,
        content_hash=content_hash,
        actor=ActorRef(person=context.giver.person, role=decision.role),
        recorded_at=context.now,
        causation_id=cause,
        correlation_id=standing.correlation,
        settings_version=context.settings.version,
        events=[Draft.of(event.data, event.occurred_on) for event in events],
        warnings=list(decision.warnings),
        notices=rules.notices(standing.state, after, events),
        claims=list(decision.claims),
        releases=list(decision.releases),
        openings=list(decision.openings),
        needs=list(decision.needs),
        given=given,
        index=rules.story.index(after),
        clock_offset=standing.clock_offset,
    )


def _events(decision: Decision, context: Context, standing: Standing) -> list[Event]:
    """As the store will return them; the rules for notices need them before."""
    return [
        Event(
            event_id=event_id(context.stream, context.command_id, index),
            stream_id=context.stream,
            version=standing.version + 1 + index,
            type=type(happened.fact).__name__,
            schema_version=happened.fact.schema_version,
            occurred_on=happened.on,
            recorded_at=context.now,
            actor=Actor(context.giver.person, decision.role),
            command_id=context.command_id,
            causation_id=None,
            correlation_id=standing.correlation,
            settings_version=context.settings.version,
            data=happened.fact,
        )
        for index, happened in enumerate(decision.events)
    ]
