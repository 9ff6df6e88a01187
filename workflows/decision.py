"""What every process's rules take and give: a command in context, then a decision or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import ConfigDict

from events.event import Event, Fact, Frozen
from events.process import Story
from events.recording import Claim, Delivered, Need, NoticeDraft, Opening
from events.settings import TenantSettings

S = TypeVar("S")


class Refused(Exception):
    """A command is not accepted. ``code`` is the contract's; ``field`` names what was wrong."""

    def __init__(self, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class Command(Frozen):
    """The data of one kind of request; the class name is the command's name."""

    model_config: ClassVar[ConfigDict] = ConfigDict(populate_by_name=False)


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives a command: a person and the roles held at the board. A deadline has no person."""

    person: str | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know besides the case itself. ``now`` is the process clock, in UTC."""

    tenant: str
    stream: str
    command_id: str
    giver: Giver
    now: datetime
    settings: TenantSettings


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact and the day (or instant) on which it happened, as ISO text."""

    on: str
    fact: Fact


@dataclass(frozen=True)
class Decision:
    """An accepted command: what to record, under which of the giver's roles."""

    role: str
    events: Sequence[Happened]
    warnings: Sequence[str] = ()
    claims: Sequence[Claim] = ()
    releases: Sequence[Claim] = ()
    openings: Sequence[Opening] = ()
    needs: Sequence[Need] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment at which the process acts by itself, and what it then records.

    ``key`` names that moment within its stream.
    """

    timer: str
    due: datetime
    key: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Errand:
    """A command that a process gives to other streams because of what happened in its own.

    ``key`` names it within its stream, ``cause`` is the event it follows from. It goes to
    ``streams``, or to all open streams of ``process`` in which ``person`` has one of ``parts``.
    """

    key: str
    cause: str
    process: str
    command: str
    data: Mapping[str, Any]
    streams: tuple[str, ...] = ()
    person: str | None = None
    parts: tuple[str, ...] = ()


def _no_errand(_state: Any, _errand: Errand, _delivered: Delivered, _ctx: Context) -> Decision:
    raise Refused("state.not_allowed")


@dataclass(frozen=True)
class Rules(Generic[S]):
    """The deciding side of one process: pure functions only.

    decide raises Refused. deadlines gives those still to pass, soonest first. pass_deadline
    decides what a passed one records (the giver in the context is the process). notices tells
    who hears of newly recorded events: (state before, state after, events) -> drafts; ``cause``
    counts within those events. offered says whether a command's giver could give it now with
    the right data; people which persons a command names, and the role each must hold.
    errands gives those still to run, run_errand what is recorded once one has been; opens says
    in which process a command opens a further stream; own are the commands that only processes
    give. version counts up whenever the same command in the same state may get another decision:
    the older rules are then kept in `workflows.registry.EARLIER` for whoever checks the past.
    """

    story: Story[S]
    commands: Mapping[str, type[Command]]
    opening: str | None
    decide: Callable[[S, Command, Context], Decision]
    deadlines: Callable[[S, TenantSettings], list[Deadline]]
    pass_deadline: Callable[[S, Deadline, Context], Decision]
    notices: Callable[[S, S, Sequence[Event]], list[NoticeDraft]]
    offered: Callable[[S, str, Context], bool]
    people: Callable[[Command], Mapping[str, tuple[str, str | None]]] = field(
        default=lambda _command: {}
    )
    errands: Callable[[S], Sequence[Errand]] = field(default=lambda _state: ())
    run_errand: Callable[[S, Errand, Delivered, Context], Decision] = _no_errand
    opens: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    version: int = 1

    @property
    def runs_errands(self) -> bool:
        """Whether the process ever gives commands to other streams."""
        return self.run_errand is not _no_errand
