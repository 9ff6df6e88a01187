"""What tests change in honest histories, as whoever owns the database could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from events.audit.history import History, Kept
from events.event import event_id, own_id
from events.recording import Given, command_hash
from tests.scenarios.played import played
from tests.workflows.histories import board_of, histories
from workflows.conformance import Finding, conform
from workflows.pure import PureEngine


def scenario(letter: str) -> PureEngine:
    return next(one.witness for name, one in played().items() if name.startswith(f"{letter}-"))


def case(letter: str, number: int = 0) -> History:
    return histories(scenario(letter))[number]


def place(history: History, command: str, nth: int = 0) -> int:
    """Where the command stands in the stream."""
    return [n for n, kept in enumerate(history.commands) if kept.command == command][nth]


def forged(history: History, commands: Sequence[Kept]) -> History:
    """The stream with these commands, its versions counted anew: its hashes can be made to hold."""
    versions = count(1)
    counted = [
        replace(kept, events=tuple({**raw, "version": next(versions)} for raw in kept.events))
        for kept in commands
    ]
    return replace(history, commands=tuple(counted))


def changed(history: History, at: int, **more: Any) -> History:
    commands = list(history.commands)
    commands[at] = replace(commands[at], **more)
    return forged(history, commands)


def with_event(history: History, at: int, **more: Any) -> History:
    """The first event of a command says something else."""
    events = history.commands[at].events
    return changed(history, at, events=({**events[0], **more}, *events[1:]))


def alone(history: History, letter: str, **more: Any) -> list[Finding]:
    return conform(history, board_of(scenario(letter), **more)).findings


def codes(found: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in found]


def injected(history: History, at: int, type_: str, data: Any, command: str, given: Given) -> Kept:
    """A command nobody gave, right before another one, with all that goes with it."""
    after = history.commands[at - 1]
    person, id_ = history.commands[at].events[0]["actor"]["person"], own_id(history.stream, "x")
    id_ = id_[:14] + "4" + id_[15:]
    raw = {
        **after.events[0],
        "event_id": event_id(history.stream, id_, 0),
        "command_id": id_,
        "type": type_,
        "actor": {"person": person, "role": history.commands[at].events[0]["actor"]["role"]},
        "causation_id": None,
        "data": data,
    }
    hash_ = command_hash(history.process, history.stream, command, given.data or {}, person)
    return Kept((raw,), after.stored_at, after.place, command, hash_, (), given)
