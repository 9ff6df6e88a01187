"""The certificate of an erasure: what was destroyed, at whose word, and what proves it.

It names nobody: people are told by their ids, and why is told by the ground alone.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from events.event import Frozen
from events.store.sealing import canonical

FORMAT = "traject-erasure-1"


class Said(Frozen):
    """Who asked for the erasure, or approved it, and when by the clock of the case."""

    by: str | None
    at: str


class LastEvent(Frozen):
    """The end of the stream, whose events and hashes stay."""

    version: int
    hash: str


class LogThen(Frozen):
    """The log of all events when the key was destroyed: its size, and its last checkpoint."""

    size: int | None = None
    checkpoint: str | None = None


class Step(Frozen):
    """One step, when it was taken, and what there is to prove it."""

    step: Literal[
        "marked", "forgotten", "destroyed", "purged", "exports", "cleared", "searched", "looked"
    ]
    at: str
    evidence: dict[str, Any] = Field(default_factory=dict)


class OutlivedPart(Frozen):
    """What is kept longer than the dossier, and until which day."""

    kind: str
    keep_until: str


class Certificate(Frozen):
    """``finished_at`` is None as long as the erasure is under way: its key may still be there.

    Instants are UTC. ``operator`` is whoever ran the erasure, as that person gave it.
    """

    format: Literal["traject-erasure-1"] = FORMAT
    tenant: str
    stream: str
    process: str
    ground: str
    requested: Said
    approved: Said
    operator: str
    begun_at: str
    erased_at: str | None = None
    finished_at: str | None = None
    last: LastEvent
    log: LogThen = LogThen()
    steps: tuple[Step, ...] = ()
    outlived: tuple[OutlivedPart, ...] = ()

    @property
    def finished(self) -> bool:
        return self.finished_at is not None

    def text(self) -> str:
        """As it is kept and published: canonical JSON."""
        return canonical(self.model_dump(mode="json")).decode()
