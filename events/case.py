"""What the states of all processes share, and how one is folded from its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any, ClassVar, Generic, Self, TypeVar

from events import stewardship
from events.event import Event
from events.register import Register


@dataclass
class CaseState:
    """Never changed in place: `with_` makes the next one.

    ``passed`` are the keys of deadlines that passed, ``overdue`` the open terms that did, with
    their last day; ``paused`` are days that count for no term. ``recorded`` tells of each event by
    its id what its process's fold remembers, which is its type unless told otherwise.
    ``ended_at`` is when the end was recorded; ``hold``, ``restricted`` and ``erasure`` are told by
    `events.stewardship`.
    """

    ends: ClassVar[frozenset[str]] = frozenset()
    """The phases in which a case has ended; each process names its own."""

    phase: str = ""
    version: int = 0
    last_recorded_at: datetime | None = None
    ended_at: datetime | None = None
    hold: bool = False
    restricted: bool = False
    erasure: stewardship.Erasure | None = None
    paused: frozenset[date] = frozenset()
    passed: frozenset[str] = frozenset()
    overdue: Mapping[str, str] = field(default_factory=dict)
    recorded: Register[Any] = field(default_factory=Register)

    @property
    def ended(self) -> bool:
        return self.phase in self.ends

    @property
    def suspended(self) -> bool:
        """Whether the case stands still; few commands may come then, and no term runs."""
        return False

    def with_(self, **changes: Any) -> Self:
        """A copy with these fields changed."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        return copy

    def without_overdue(self, *timers: str) -> dict[str, str]:
        """The overdue terms that are left once these are fulfilled."""
        return {timer: due for timer, due in self.overdue.items() if timer not in timers}


S = TypeVar("S", bound=CaseState)
Change = Callable[[S, Event, Any], dict[str, Any]]
"""(state, event, its fact) -> the fields of the state that change."""


class Fold(Generic[S]):
    """One function for each type of event; what processes share comes from other folds.

    ``remembers``: what the state keeps of each event by its id.
    """

    def __init__(
        self, *shared: Fold[Any], remembers: Callable[[Event], Any] = attrgetter("type")
    ) -> None:
        self._changes: dict[type, Change[Any]] = dict(stewardship.CHANGES)
        self._remembers = remembers
        for fold in shared:
            self._changes |= fold._changes

    def on(self, *kinds: type) -> Callable[[Change[S]], Change[S]]:
        """Registers the decorated function for these facts."""

        def register(change: Change[S]) -> Change[S]:
            for kind in kinds:
                self._changes[kind] = change
            return change

        return register

    def changes(self, state: S, event: Event) -> dict[str, Any]:
        """What an event changes, besides what every event does."""
        change = self._changes.get(type(event.data))
        return change(state, event, event.data) if change else {}

    def __call__(self, state: S, event: Event) -> S:
        """The state after one more event."""
        return self.all(state, (event,))

    def all(self, state: S, events: Iterable[Event]) -> S:
        """The state after these events, in order."""
        events = tuple(events)
        if not events:
            return state
        # Nobody else has seen the states in between, so that one copy serves for all of them.
        after = state.with_()
        fields, kinds = after.__dict__, self._changes
        for event in events:
            data = event.data
            change = kinds.get(type(data))
            if change is not None:
                changed = change(after, event, data)
                fields.update(changed)
                if "phase" in changed and after.ended_at is None and after.ended:
                    fields["ended_at"] = event.recorded_at
        ids = [event.event_id for event in events]
        fields["recorded"] = state.recorded.plus(ids, list(map(self._remembers, events)))
        last = events[-1]
        fields["version"] = last.version
        fields["last_recorded_at"] = last.recorded_at
        return after


def local_day_of(event: Event) -> date:
    """The local day an event is about, as the rules wrote it."""
    return date.fromisoformat(event.occurred_on[:10])


def days_until(start: date, stop: date) -> frozenset[date]:
    """From ``start`` up to, not including, ``stop``."""
    return frozenset(date.fromordinal(n) for n in range(start.toordinal(), stop.toordinal()))
