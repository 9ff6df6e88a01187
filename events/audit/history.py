"""Streams as the rules are asked about them once more: each command with what it left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.recording import Given

Raw = Mapping[str, Any]
"""An event in the form of `events.event.Event.json`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A command as the store kept it, with the events it left in this stream.

    ``command`` is None where it stands in another stream, which opened this one. ``place`` is the
    position of its first event in the order of the whole store, None where it has none yet.
    ``stored_at`` is by the database's clock. ``unreadable``: the given command does not open.
    """

    events: tuple[Raw, ...]
    stored_at: datetime
    place: int | None = None
    command: str | None = None
    content_hash: str | None = None
    warnings: tuple[str, ...] = ()
    given: Given | None = None
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """One stream: its commands in order."""

    tenant: str
    process: str
    stream: str
    commands: tuple[Kept, ...]
