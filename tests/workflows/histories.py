"""Histories of the engine of pure rules, in the form in which the store keeps them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from events.audit.history import History, Kept
from workflows.conformance import Board, Finding, Saved, check_needs, conform, meet
from workflows.conformance import standings as standings_of
from workflows.pure import PureEngine, Stream
from workflows.registry import RULES


def histories(engine: PureEngine) -> list[History]:
    """All streams. What was stored, was stored at once: the clocks agree."""
    tenant = engine.scenario.tenant
    return [
        History(tenant, stream.rules.story.name, stream.id, kept(stream))
        for stream in engine.streams.values()
    ]


def kept(stream: Stream) -> tuple[Kept, ...]:
    """The commands of a stream; what another one's command began comes first."""
    asked = [
        Kept(
            events=tuple(event.json() for event in one.events),
            stored_at=one.events[0].recorded_at,
            place=one.place,
            command=one.command,
            content_hash=one.content_hash,
            warnings=one.warnings,
            given=one.given,
        )
        for one in stream.asked
    ]
    own = {event["event_id"] for one in asked for event in one.events}
    others = [event for event in stream.events if event.event_id not in own]
    if not others:
        return tuple(asked)
    begun = Kept(tuple(event.json() for event in others), others[0].recorded_at)
    return (begun, *asked)


def board_of(engine: PureEngine, now: datetime | None = None, **more: Any) -> Board:
    """What the engine's cases were decided under."""
    return Board(RULES, [Saved(engine.scenario.settings)], now or engine.now, **more)


def findings(engine: PureEngine, board: Board | None = None) -> list[Finding]:
    """All there is to say of a board, alone and together."""
    return said(histories(engine), board or board_of(engine))


def said(streams: list[History], board: Board) -> list[Finding]:
    """What the rules say of these streams, which are all of their board's."""
    reports = [conform(history, board) for history in streams]
    standings = {history.stream: standings_of(history, board) for history in streams}
    found = [finding for report in reports for finding in report.findings]
    return [*found, *meet(reports, whole=True), *check_needs(reports, standings)]
