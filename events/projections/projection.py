"""What a read model is: the rows that one case has in it, and the table in which they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from events.calendar import local_day
from events.process import Story
from events.projections.seats import Seats
from events.recording import CaseIndex
from events.settings import TenantSettings

Stories = Mapping[str, Story[Any]]
"""The reading side of every process, by its name."""

Key = tuple[str, str]
"""Board and stream of a case."""


@dataclass(frozen=True)
class Case:
    """One case as its events up to ``version`` have made it, and what its rows go by.

    ``created_us`` and ``updated_us`` are microseconds since 1970 by the process clock; ``now`` is
    the moment for which the rows are made, and only its local day may make a difference.
    """

    tenant: str
    stream: str
    story: Story[Any]
    state: Any
    version: int
    created_us: int
    updated_us: int
    settings: TenantSettings
    now: datetime

    @property
    def key(self) -> Key:
        return self.tenant, self.stream

    @cached_property
    def index(self) -> CaseIndex:
        return self.story.index(self.state)

    @cached_property
    def seats(self) -> Seats:
        """Who may read it, and under which rights."""
        return Seats(self.story, self.state, set(self.index.parties.values()))

    @cached_property
    def seats_text(self) -> str:
        """Who may read it, as JSON."""
        return json.dumps(self.seats.json())

    @property
    def day(self) -> date | None:
        """The local day for which its rows hold; None: no day and no setting changes them."""
        return local_day(self.now, self.settings) if self.index.open else None


@dataclass(frozen=True)
class Projection:
    """A read model. Another version of it is built beside this one, in a table of its own.

    since: the first version that had these columns, where it is not this one: rows that mean
    something else need no other table, as each build has its own rows in it.
    columns: name -> SQL type, without ``build``, ``tenant`` and ``stream``.
    rows(case): the values of those columns. They follow from the case alone, so that it makes no
    difference how many events came at once, nor how often.
    """

    name: str
    version: int
    columns: Mapping[str, str]
    rows: Callable[[Case], Iterable[tuple[Any, ...]]]
    since: int | None = None

    @property
    def table(self) -> str:
        return f"{self.name}_v{self.since or self.version}"

    def replaces(self, name: str, version: int) -> bool:
        """Whether this is what came after that version, in the same table."""
        return name == self.name and (self.since or self.version) <= version < self.version


def array(values: Iterable[str]) -> str:
    """Roles or ids as the text of an SQL array."""
    return "{" + ",".join(values) + "}"
