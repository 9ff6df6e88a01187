"""What a process tells those who read it: its facts, its fold, and who may see what of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from events import stewardship
from events.case import Fold
from events.event import OUTSIDE, Event, Fact, fact_json
from events.figures import Figures
from events.recording import CaseIndex
from events.rectification import RecordCorrected
from events.settings import RetentionClass, TenantSettings

S = TypeVar("S")

ALL_CASES = frozenset({"hr", "coordinator", "auditor"})
"""Roles that act for every case of their board (contract 1, Persons)."""

SUBJECTS = frozenset({"teacher", "student", "person"})
"""The parts of those whom a case is about: their data it is, whoever else acts in it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks: a person of the board and the roles that person holds there."""

    person: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a case: by whom, with which rights, at which process time.

    ``rights`` are those of now (`Story.rights` of the latest state), also with ``as_of``;
    ``now`` is the instant of ``as_of`` where one was asked for.
    """

    reader: Reader
    rights: frozenset[str]
    now: datetime
    settings: TenantSettings


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document says, before it is put into words: ``fields`` in the order of the text.

    ``parties`` are the persons by the party they sign as, ``facts`` what of the case it rests on.
    """

    kind: str
    version: int
    drafted_at: datetime
    parties: Mapping[str, str]
    facts: Mapping[str, Any]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Story(Generic[S]):
    """The reading side of one process. Unless told otherwise everything is open to who may read.

    Given are its own facts and summary; it then has those of `events.stewardship` too.
    is_final(state): nothing more will happen by itself.
    rights(latest state, reader): the reader's roles in this case; empty: may not know of it.
    visible(state, event, view): may this reader see this event, given what happened by then.
    redacted(state, event, view): the event's data as this reader may see it.
    positions(rights): may this reader see version numbers.
    summary(state, view), tasks(state, view), agenda(state, view): JSON values; contract 2 and 3.
    seen_by: the roles that may look for every case of the board; None: all staff.
    paper(state, version): an agreement as it was drafted in that version, None where it was not.
    documents: types of event that hold a document of the case, and what kind it is.
    figures(state, settings): what reports count of it.
    retention: the class that says how long it is kept after its end.
    outlives(state): what is kept by a ground of its own when the dossier is erased, if anything.
    about: types of event that are about one person, and the field that names that person, who may
    know all of them without reading the case (AVG art. 15).
    """

    name: str
    facts: Mapping[str, type[Fact]]
    initial: Callable[[], S]
    evolve: Callable[[S, Event], S]
    index: Callable[[S], CaseIndex]
    rights: Callable[[S, Reader], frozenset[str]]
    summary: Callable[[S, View], dict[str, Any]]
    tasks: Callable[[S, View], list[dict[str, Any]]]
    agenda: Callable[[S, View], list[dict[str, Any]]] = lambda _state, _view: []
    is_final: Callable[[Any], bool] = lambda state: state.ended
    visible: Callable[[S, Event, View], bool] = lambda _state, _event, _view: True
    redacted: Callable[[S, Event, View], dict[str, Any]] = lambda _state, event, _view: fact_json(
        event.data
    )
    positions: Callable[[frozenset[str]], bool] = lambda _rights: True
    seen_by: frozenset[str] | None = ALL_CASES
    paper: Callable[[S, int], Paper | None] = lambda _state, _version: None
    documents: Mapping[str, str] = field(default_factory=dict)
    figures: Callable[[S, TenantSettings], Figures] = lambda _state, _settings: Figures()
    retention: RetentionClass = "personnel_file"
    outlives: Callable[[S], dict[str, Any] | None] = lambda _state: None
    about: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = self.summary
        shared: dict[str, Any] = {
            "facts": {**self.facts, **stewardship.FACTS},
            "summary": lambda state, view: own(state, view) | stewardship.summary(state),
        }
        for name, value in shared.items():
            object.__setattr__(self, name, value)

    def subjects(self, state: S) -> frozenset[str]:
        """The persons whom the case is about."""
        parties = self.index(state).parties
        return frozenset(person for part, person in parties.items() if part in SUBJECTS)

    def sees_all(self, roles: Iterable[str]) -> bool:
        """May somebody with these roles look for cases without having a part in them."""
        if self.seen_by is None:
            return not OUTSIDE.issuperset(roles)
        return not self.seen_by.isdisjoint(roles)

    def acts_for_all(self, roles: Iterable[str]) -> bool:
        """May somebody with these roles have something to do in cases without a part in them."""
        return not (self.seen_by or ALL_CASES).isdisjoint(roles)

    def fold(self, events: Iterable[Event], state: S | None = None) -> S:
        """The state after these events; from the beginning unless a state is given."""
        current = self.initial() if state is None else state
        evolve = self.evolve
        if isinstance(evolve, Fold):
            return evolve.all(current, events)
        for event in events:
            current = evolve(current, event)
        return current

    def timeline(self, state: S, events: Iterable[Event], view: View) -> list[dict[str, Any]]:
        """What happened, in order, as this reader may see it. ``state`` is the fold of all."""
        subject = view.reader.person in self.subjects(state)
        unsaid: set[str] = set()
        items: list[dict[str, Any]] = []
        for event in events:
            if not self.visible(state, event, view):
                continue
            data = self.redacted(state, event, view)
            fact, actor = event.data, event.actor
            corrected = isinstance(fact, RecordCorrected) and fact.event in unsaid
            if corrected or stewardship.hides_reason(fact, view.rights, subject=subject):
                # A correction is as secret as what it corrects.
                unsaid.add(event.event_id)
                data = {key: said for key, said in data.items() if key not in _WHY}
            items.append(
                {
                    "event_id": event.event_id,
                    "type": event.type,
                    "occurred_on": event.occurred_on,
                    "recorded_at": event.recorded_at.isoformat(),
                    "by": {"person": actor.person, "role": actor.role},
                    "data": data,
                }
            )
        return items


_WHY = frozenset({"reason", "correction"})
