"""All read models of this version of the product."""

from __future__ import annotations

from collections.abc import Iterable

from events.projections.agenda import AGENDA
from events.projections.cases import CASES
from events.projections.projection import Projection
from events.projections.tasks import TASKS

PROJECTIONS: tuple[Projection, ...] = (CASES, TASKS, AGENDA)


class UnknownProjection(LookupError):
    """There is no read model of this name; the text says which there are."""


def named(names: Iterable[str]) -> tuple[Projection, ...]:
    """Those of these names, all where none is named. Raises UnknownProjection."""
    wanted = list(names)
    known = {projection.name: projection for projection in PROJECTIONS}
    for name in wanted:
        if name not in known:
            raise UnknownProjection(f"There is no projection {name}, only {', '.join(known)}.")
    return tuple(known[name] for name in wanted) or PROJECTIONS
