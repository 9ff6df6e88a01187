"""Proofs of the log as RFC 6962 has them, for whoever checks them with tools of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events.audit import merkle
from events.audit.contradiction import Contradiction
from events.audit.export import prepare
from events.audit.note import parse
from events.audit.scanning import connected
from events.audit.selection import Asked, NothingThere
from events.audit.tiles import LOGS, Log, Tiles
from settings import Settings

VERIFY = " 'traject audit verify' tells more."


@dataclass(frozen=True)
class Proof:
    """What is proved, in a sentence and as values."""

    sentence: str
    values: dict[str, Any]

    def json(self) -> dict[str, Any]:
        return self.values


async def prove_inclusion(settings: Settings, event: str) -> Proof:
    """That an event is in the log as the last checkpoint states it.

    Raises NothingThere, or Contradiction where it is not.
    """
    connection = await connected(settings.database("projector"))
    try:
        prepared = await prepare(connection, Asked("event", event))
        [(index, _)] = prepared.taken.spans["events"]
        tiles, checkpoint = Tiles(connection), prepared.checkpoint
        path = await tiles.inclusion("events", index, checkpoint.size)
        leaf = await tiles.leaves("events", index, index + 1)
    finally:
        await connection.close()
    if not merkle.verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root):
        raise Contradiction("changed", f"Checkpoint {prepared.number} is of another log.{VERIFY}")
    values = {
        "event": event,
        "position": index + 1,
        "size": checkpoint.size,
        "leaf": leaf.hex(),
        "path": [hash_.hex() for hash_ in path],
        "root": checkpoint.root.hex(),
        "checkpoint": prepared.number,
        "note": prepared.note,
    }
    sentence = (
        f"Event {event} stands at position {index + 1} of the {checkpoint.size} that checkpoint"
        f" {prepared.number} of {checkpoint.at:%Y-%m-%d %H:%M:%S} UTC states:"
        f" {len(path)} hashes lead from it to the root."
    )
    return Proof(sentence, values)


async def prove_consistency(settings: Settings, older: int, newer: int) -> Proof:
    """That the log of a checkpoint begins with all of an older one's.

    Raises NothingThere, or Contradiction where it does not.
    """
    if older >= newer:
        raise NothingThere(f"Checkpoint {older} is not older than checkpoint {newer}.")
    connection = await connected(settings.database("projector"))
    try:
        prepared = await prepare(connection, Asked("checkpoints"), number=newer, also=[older])
        note = prepared.history[older]
        old, new, tiles = parse(note), prepared.checkpoint, Tiles(connection)
        paths: dict[Log, list[str]] = {}
        for log in LOGS:
            was, now = old.trees[log], new.trees[log]
            path = await tiles.consistency(log, was.size, now.size)
            if not merkle.verify_consistency(was.size, now.size, was.root, now.root, path):
                raise Contradiction(
                    "changed", f"The {log} of checkpoint {newer} do not begin so.{VERIFY}"
                )
            paths[log] = [hash_.hex() for hash_ in path]
    finally:
        await connection.close()
    values = {
        "from": {"checkpoint": older, "note": note},
        "to": {"checkpoint": newer, "note": prepared.note},
        "consistency": paths,
    }
    sentence = (
        f"The {new.size} events of checkpoint {newer} begin with the {old.size} of checkpoint"
        f" {older}, and so do readings and refusals."
    )
    return Proof(sentence, values)
