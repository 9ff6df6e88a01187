"""Who may look at a case, and what each of them is told: by person and by single role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, get_args

from events.event import Role
from events.process import Reader, Story, View
from events.settings import TenantSettings

ANYBODY = ""
"""Stands for everybody who has no part in the case by name."""

UNNAMED = "-"
"""Stands for the rights that somebody has whatever roles are held."""

ROLES: tuple[str, ...] = get_args(Role)

Rights = frozenset[str]
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Something that is told to a person (None: to anybody) who holds one of these roles.

    ``also``: and one of these as well, where either role alone is not told it.
    """

    person: str | None
    place: int
    roles: tuple[str, ...]
    item: Item
    also: tuple[str, ...] = ()


class Seats:
    """The rights of everybody in one case.

    They are looked at role by role: somebody with several roles has the rights of each.
    """

    def __init__(self, story: Story[Any], state: Any, people: set[str]) -> None:
        self._story = story
        self._state = state
        self._people = (ANYBODY, *sorted(people))
        self._rights = {person: self._of(person) for person in self._people}

    def _of(self, person: str) -> dict[str, Rights]:
        rights, state = self._story.rights, self._state
        found = {role: rights(state, Reader(person, (role,))) for role in ROLES}
        found[UNNAMED] = rights(state, Reader(person, ()))
        return {role: held for role, held in found.items() if held}

    def json(self) -> dict[str, list[str]]:
        """By person, the roles under which the case may be read."""
        return {person: list(held) for person, held in self._rights.items()}

    def closed_to(self, office: Sequence[str]) -> list[str]:
        """Persons who by an office would know more, had they no part in this case."""
        anybody = self._rights[ANYBODY]
        return [
            person
            for person in self._people[1:]
            if any(anybody[role] - self._rights[person].get(role, frozenset())
                   for role in office if role in anybody)
        ]  # fmt: skip

    def told(
        self,
        tell: Callable[[Any, View], list[Item]],
        settings: TenantSettings,
        now: datetime,
    ) -> Iterator[Told]:
        """What a view of the story tells, each thing once for a person, with whom it is for.

        Raises ValueError where it tells somebody with three roles something that no two of them
        are told, for then no row could say so.
        """
        for person in self._people:
            if self._rights[person]:
                yield from self._told(person, tell, settings, now)

    def _told(
        self,
        person: str,
        tell: Callable[[Any, View], list[Item]],
        settings: TenantSettings,
        now: datetime,
    ) -> Iterator[Told]:
        under: dict[Rights, list[str]] = {}
        for role, held in self._rights[person].items():
            under.setdefault(held, []).append(role)

        def view(held: Rights, *roles: str) -> list[Item]:
            return tell(self._state, View(Reader(person, roles), held, now, settings))

        everything = view(frozenset[str]().union(*under), *ROLES)
        if not everything:
            return
        told: list[list[str]] = [[] for _ in everything]
        for held, roles in under.items():
            for place in _places(view(held, roles[0]), everything):
                told[place] += roles
        for place, item in enumerate(everything):
            if told[place]:
                yield Told(person or None, place, tuple(told[place]), item)
        untold = {place for place, roles in enumerate(told) if not roles}
        if not untold:
            return
        found: set[int] = set()
        for (one, roles), (other, also) in combinations(under.items(), 2):
            both = view(one | other, roles[0], also[0])
            for place in untold & set(_places(both, everything)):
                found.add(place)
                item = everything[place]
                yield Told(person or None, place, tuple(roles), item, tuple(also))
        if found != untold:
            raise ValueError("three roles are told more than any two of them")


def _places(items: Sequence[Item], everything: Sequence[Item]) -> list[int]:
    """Where these stand among all; raises ValueError unless they stand there in this order."""
    found: list[int] = []
    place = -1
    for item in items:
        place = everything.index(item, place + 1)
        found.append(place)
    return found
