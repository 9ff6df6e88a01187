"""Notices of newly recorded events: each is seen in the state it met and the state it made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from events.event import Event
from events.recording import NoticeDraft

S = TypeVar("S")
Tell = Callable[[S, S, Any], Iterator[tuple[str, str]]]
"""(state before, state after, the fact) -> (kind, recipient): a role word or a person's id."""
Find = Callable[[S, str], str | None]
"""(state after, recipient) -> the person who is that in this case, or the word for everyone who
stands in; None when nobody is."""

EVERYONE = frozenset({"hr", "coordinator", "board"})
"""Recipients that stand for everyone of the board with that role."""

ASKED_FOR = frozenset({"signing_link"})
"""Kinds of which the giver is told too: the notice carries what was asked for."""


def telling(
    evolve: Callable[[S, Event], S],
    fixed: Mapping[str, tuple[str, tuple[str, ...]]],
    depends: Mapping[str, Tell[S]],
    find: Find[S],
) -> Callable[[S, S, Sequence[Event]], list[NoticeDraft]]:
    """The notices of a process.

    fixed: type of event -> (kind, recipients); depends: type of event -> who is told, where that
    depends on the case. What neither names tells nobody.
    """

    def told(before: S, after: S, event: Event) -> Iterator[tuple[str, str]]:
        if event.type in fixed:
            kind, recipients = fixed[event.type]
            yield from ((kind, recipient) for recipient in recipients)
        if event.type in depends:
            yield from depends[event.type](before, after, event.data)

    def notices(before: S, after: S, events: Sequence[Event]) -> list[NoticeDraft]:
        """``cause`` counts within ``events``."""
        found: list[NoticeDraft] = []
        state = before
        for cause, event in enumerate(events):
            following = evolve(state, event)
            for kind, recipient in told(state, following, event):
                who = recipient if recipient in EVERYONE else find(following, recipient)
                if who in EVERYONE:
                    found.append(NoticeDraft(kind=kind, role=who, cause=cause))
                elif who:
                    asked = kind in ASKED_FOR
                    found.append(NoticeDraft(kind=kind, person=who, cause=cause, giver_too=asked))
            state = following
        return found

    return notices
