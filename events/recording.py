"""What a process asks the store to keep, in one transaction, and what the store answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field

from events.event import Fact, Frozen, fact_json
from events.settings import TenantSettings

PASS_DEADLINE = "PassDeadline"  # noqa: S105
"""The command by which a process itself records that a deadline passed."""

RUN_ERRAND = "RunErrand"
"""The command by which a process itself records that it gave its command to other streams."""


class Delivered(Frozen):
    """What came of an errand: how many streams took its command, and how many refused it."""

    given: int
    refused: int


def command_hash(
    process: str, stream: str, command: str, data: Mapping[str, Any], person: str | None
) -> str:
    """What tells a repeated command from another one under the same id (contract 1)."""
    content = [process, stream, command, data, person]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def errand_hash(stream: str, key: str) -> str:
    """The content hash of a command that a stream gives to others: it tells that errand from all
    others, so that the store can say who took it."""
    return f"errand|{stream}|{key}"


class ActorRef(Frozen):
    """`events.event.Actor` on the wire."""

    person: str | None
    role: str


class Draft(Frozen):
    """An event before it is recorded: the store gives it an id, a version and its place."""

    type: str
    schema_version: int = 1
    occurred_on: str
    data: dict[str, Any]

    @classmethod
    def of(cls, fact: Fact, on: str) -> Self:
        """A fact that happened on that local day or instant, in its newest schema."""
        return cls(
            type=type(fact).__name__,
            schema_version=fact.schema_version,
            occurred_on=on,
            data=fact_json(fact),
        )


class Claim(Frozen):
    """Something one stream holds and no other may hold at the same time, within one board.

    ``during`` are two local dates, both included; without it the claim holds until released.
    ``slots`` is how many streams may hold it at the same time, where that is not one.
    ``refusal`` is the code a command gets that finds the claim taken.
    """

    kind: str
    subject: str
    during: tuple[str, str] | None = None
    slots: int | None = None
    refusal: str


class Need(Frozen):
    """What another stream of the board has to be at the moment this command is recorded.

    ``party``: a person who has to have a part in it whose name begins with ``part``.
    ``refusal`` is the code the command gets where it is not so.
    """

    process: str
    stream: str
    states: tuple[str, ...]
    party: str | None = None
    part: str = ""
    refusal: str


class NoticeDraft(Frozen):
    """Somebody is told. ``role`` stands for everyone of the board with that role.

    ``cause`` is the index of the event (within the recording's ``events``) that it tells of.
    The store tells nobody twice of one cause and kind, and leaves out the giver of the command
    unless ``giver_too``: who asks for a letter is to get it.
    """

    kind: str
    person: str | None = None
    role: str | None = None
    cause: int
    giver_too: bool = False


class CaseIndex(Frozen):
    """What lists need to find a stream: its state and the persons with a part in it."""

    state: str
    open: bool
    parties: dict[str, str]


class Opening(Frozen):
    """Events for another, new stream, recorded in the same transaction at version 1 and on."""

    process: str
    stream: str
    events: list[Draft]
    index: CaseIndex


class Given(Frozen):
    """A command as it was given, kept so that the rules can be asked again (conformance).

    ``rules`` is the version of the rules that decided it. A person's command has ``roles``, all
    those its giver held, and ``data``; a passed deadline has ``deadline``, its key; an errand
    has ``delivered``. ``content`` is what the content hash says of it, added by the store.
    """

    rules: int
    roles: tuple[str, ...] = ()
    data: dict[str, Any] | None = None
    deadline: str | None = None
    delivered: Delivered | None = None
    content: str | None = None


class Recording(Frozen):
    """One accepted command.

    ``clock_offset`` is how far the process's clock is ahead; streams it opens go by the same clock.
    """

    tenant: str
    process: str
    stream: str
    expected_version: int
    command_id: str
    command: str
    content_hash: str
    actor: ActorRef
    recorded_at: datetime
    causation_id: str | None = None
    correlation_id: str
    settings_version: int
    events: list[Draft]
    warnings: list[str] = Field(default_factory=list)
    notices: list[NoticeDraft] = Field(default_factory=list)
    claims: list[Claim] = Field(default_factory=list)
    releases: list[Claim] = Field(default_factory=list)
    openings: list[Opening] = Field(default_factory=list)
    needs: list[Need] = Field(default_factory=list)
    given: Given | None = None
    index: CaseIndex
    clock_offset: timedelta = timedelta(0)


class Recorded(Frozen):
    """The store's answer. ``events`` are events in the form of `Event.json`.

    recorded: they are now stored. repeated: this command was stored before, these are its events.
    behind: ``expected_version`` was wrong, these are the stream's events after it, nothing stored.
    claimed: a claim is taken or a need not met, ``refusal`` says which, nothing stored.
    reused: the command id belongs to other content, nothing stored.
    """

    outcome: Literal["recorded", "repeated", "behind", "claimed", "reused"]
    events: list[dict[str, Any]] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    refusal: str | None = None
    settings: TenantSettings | None = None


class Loaded(Frozen):
    """A page of a stream: its events after a version, and the board's settings."""

    events: list[dict[str, Any]]
    more: bool
    settings: TenantSettings
