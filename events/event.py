"""The envelope every recorded fact travels in, and the small value types facts are made of."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self
from uuid import UUID, uuid5

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import from_json

from events.upcasting import Steps, upcast

Role = Literal[
    "hr", "client", "teacher", "manager", "advisor", "coordinator", "auditor", "board",
    "school_leader", "student", "mentor", "school_trainer", "institute_trainer", "contact",
    "administrator",
]  # fmt: skip
"""What somebody may be at a board; one person may be several."""

OUTSIDE = frozenset({"contact", "student", "institute_trainer", "administrator"})
"""Who is nothing else is no staff of the board: they sign by a link, as many have no account, or
look after the system and see no case."""

ACCOUNTLESS = frozenset({"contact"})
"""Who is nothing else never has an account, and does by a link all that is asked."""


def may_sign_in(roles: Collection[str]) -> bool:
    """Whether somebody with these roles may have an account."""
    return not roles or not ACCOUNTLESS.issuperset(roles)


PROCESS_ROLE = "process"
"""The role under which a passed deadline acts; its actor has no person."""


class Frozen(BaseModel):
    """A value that never changes and knows no keys but its own."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True
    )


class Fact(Frozen):
    """What an event says happened. The class name is the event's type, for ever.

    ``schema_version`` is the newest, as the class has it; ``earlier`` leads there from each version
    that was ever recorded before, and keeps every step for ever.
    """

    schema_version: ClassVar[int] = 1
    earlier: ClassVar[Steps] = {}


class Personal:
    """Marks a field in which somebody writes about a person, for whoever reads the models."""


_PLAIN_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


def _uuid(value: str) -> str:
    # Nearly all are written so already, and a UUID costs ten times as much to make.
    return value if _PLAIN_UUID(value) else str(UUID(value))


Id = Annotated[str, AfterValidator(_uuid)]
PersonId = Id
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), Personal()]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]

CENT = Decimal("0.01")
_HOURS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")


def amount(value: Decimal) -> str:
    """Money or hours as the outside sees them: two decimals, half a cent rounded up."""
    return str(value.quantize(CENT, ROUND_HALF_UP))


def quarter_hours(value: str) -> Decimal:
    """Hours as a decimal; raises ValueError unless they are whole quarters of an hour."""
    if not _HOURS.fullmatch(value) or Decimal(value) % Decimal("0.25"):
        raise ValueError("hours are whole quarters, such as 1.25")
    return Decimal(value)


class Actor(NamedTuple):
    """Who did it, and in which role. A passed deadline has no person and the role ``process``."""

    person: str | None
    role: str


class Origin(NamedTuple):
    """Where an event comes from: its case, who did it by which command, and what led to that."""

    stream_id: str
    actor: Actor
    command_id: str
    causation_id: str | None
    correlation_id: str
    settings_version: int


class _Parts(NamedTuple):
    event_id: str
    version: int
    type: str
    schema_version: int
    occurred_on: str
    recorded_at: datetime
    data: Any
    header: Origin | bytes


class Event(_Parts):
    """One recorded fact. ``version`` counts 1, 2, 3 ... within its stream.

    A tuple, because nothing else that never changes is made as fast; of one that was read, the
    origin stays in the header's bytes until somebody asks for it. A replay makes millions.
    """

    __slots__ = ()

    def __new__(
        cls,
        event_id: str,
        stream_id: str,
        version: int,
        type: str,  # noqa: A002 - what it is called everywhere
        schema_version: int,
        occurred_on: str,
        recorded_at: datetime,
        actor: Actor,
        command_id: str,
        causation_id: str | None,
        correlation_id: str,
        settings_version: int,
        data: Any,
    ) -> Self:
        origin = Origin(
            stream_id, actor, command_id, causation_id, correlation_id, settings_version
        )
        parts = (event_id, version, type, schema_version, occurred_on, recorded_at, data, origin)
        return tuple.__new__(cls, parts)

    @property
    def origin(self) -> Origin:
        header = self.header
        return header if isinstance(header, Origin) else _origin(header)

    @property
    def stream_id(self) -> str:
        return self.origin.stream_id

    @property
    def actor(self) -> Actor:
        return self.origin.actor

    @property
    def command_id(self) -> str:
        return self.origin.command_id

    @property
    def causation_id(self) -> str | None:
        return self.origin.causation_id

    @property
    def correlation_id(self) -> str:
        return self.origin.correlation_id

    @property
    def settings_version(self) -> int:
        return self.origin.settings_version

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self[:-1] == other[:-1] and self.origin == other.origin

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.event_id)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in _FIELDS)

    def json(self) -> dict[str, Any]:
        """The event as plain JSON values; ``data`` without the keys that are unset."""
        data, origin = self.data, self.origin
        return {
            "event_id": self.event_id,
            "stream_id": origin.stream_id,
            "version": self.version,
            "type": self.type,
            "schema_version": self.schema_version,
            "occurred_on": self.occurred_on,
            "recorded_at": instant_text(self.recorded_at),
            "actor": {"person": origin.actor.person, "role": origin.actor.role},
            "command_id": origin.command_id,
            "causation_id": origin.causation_id,
            "correlation_id": origin.correlation_id,
            "settings_version": origin.settings_version,
            "data": fact_json(data) if isinstance(data, Fact) else data,
        }


_FIELDS = Event.__new__.__code__.co_varnames[1 : Event.__new__.__code__.co_argcount]


def _origin(header: bytes) -> Origin:
    raw = from_json(header)
    actor = Actor(raw["actor"]["person"], raw["actor"]["role"])
    return Origin(
        raw["stream_id"],
        actor,
        raw["command_id"],
        raw["causation_id"],
        raw["correlation_id"],
        raw["settings_version"],
    )


def fact_json(fact: Fact) -> dict[str, Any]:
    """A fact's data as JSON values."""
    return fact.model_dump(mode="json", by_alias=True, exclude_none=True)


def fact_from_json(fact: type[Fact], version: int, data: Mapping[str, Any]) -> Fact:
    """A fact from JSON values of any schema version; raises UnknownSchema, or ValidationError."""
    newest = fact.schema_version
    return fact.model_validate(upcast(fact.__name__, version, newest, fact.earlier, data))


def event_from_json(raw: Mapping[str, Any], facts: Mapping[str, type[Fact]]) -> Event:
    """The inverse of `Event.json`, in the newest schema.

    Raises KeyError for a type that ``facts`` does not know, UnknownSchema for a version that
    its fact does not know.
    """
    fact = facts[raw["type"]]
    return Event(
        event_id=raw["event_id"],
        stream_id=raw["stream_id"],
        version=raw["version"],
        type=raw["type"],
        schema_version=fact.schema_version,
        occurred_on=raw["occurred_on"],
        recorded_at=datetime.fromisoformat(raw["recorded_at"]),
        actor=Actor(raw["actor"]["person"], raw["actor"]["role"]),
        command_id=raw["command_id"],
        causation_id=raw["causation_id"],
        correlation_id=raw["correlation_id"],
        settings_version=raw["settings_version"],
        data=fact_from_json(fact, raw["schema_version"], raw["data"]),
    )


def instant_text(at: datetime) -> str:
    """An aware instant in UTC with microseconds, such as ``2026-01-06T08:05:00.000000+00:00``."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def event_id(stream: str, command_id: str, index: int) -> str:
    """The id of the ``index``-th event of a command in a stream: the same on every attempt."""
    return str(uuid5(UUID(stream), f"{command_id}/{index}"))


def stream_id(tenant: str, command_id: str) -> str:
    """The id of the stream that a first command opens (contract 1)."""
    return str(uuid5(UUID(tenant), str(UUID(command_id))))


OWN = 8
"""The version of UUIDs that Traject itself makes for commands; nobody else may send one."""


def own_id(stream: str, key: str) -> str:
    """The id of a command that Traject gives by itself: the same on every attempt.

    Anybody can reckon it, but no caller's command can have it before (`is_own`).
    """
    plain = uuid5(UUID(stream), key)
    return str(UUID(int=plain.int & ~(0xF << 76) | OWN << 76))


def form_id(stream: str, key: str) -> str:
    """The id of a command that a person gives by a form: the same however often it is sent.

    ``key`` is nothing that others can guess: they could give a command of theirs this id first.
    """
    return str(uuid5(UUID(stream), key))


def is_own(command_id: str) -> bool:
    """Whether only Traject itself makes such ids."""
    return UUID(command_id).version == OWN
