"""Which fields hold what somebody wrote, so that it is shown as it was written."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import AfterValidator, BaseModel

SETTLED = frozenset(
    {
        "amount", "assessment", "at", "date", "document", "due", "event", "follows", "from",
        "host", "hourly_rate", "hours", "hours_per_week", "intervention", "issued_on", "missing",
        "moment", "observations", "on", "part", "party", "previous_at", "previous_hours",
        "previous_to", "signed_on", "since", "task", "timer", "to", "total", "trajectory", "until",
    }
)  # fmt: skip
"""Facts say no more of these than that they are text; rules let nothing else through than days,
amounts, ids and words of our own. What is not named here is taken for something written."""
TOLD = {"supervision": frozenset({"planned", "held"})}
"""What is written and stands in the summaries of a process under a name that no fact has."""


@dataclass(frozen=True, slots=True)
class Written:
    """``texts`` are fields whose values somebody wrote, ``keyed`` those whose keys are such."""

    texts: frozenset[str]
    keyed: frozenset[str]


@cache
def written(*models: type[BaseModel]) -> Written:
    """What is written in these models, and in those that they are made of."""
    found = {place for model in models for place in _places(model)}
    return Written(
        texts=frozenset(name for name, keys in found if not keys),
        keyed=frozenset(name for name, keys in found if keys),
    )


def _places(model: type[BaseModel]) -> Iterator[tuple[str, bool]]:
    """(field as the outside knows it, whether it is about its keys)"""
    for field, info in model.model_fields.items():
        name = info.alias or field
        for part, keys in _parts(info.annotation, tuple(info.metadata)):
            if isinstance(part, type):
                yield from _places(part)
            elif _is_free(name, part):
                yield name, keys


def _parts(
    annotation: Any, metadata: tuple[Any, ...] = (), *, keys: bool = False
) -> Iterator[tuple[Any, bool]]:
    """The models in an annotation, and of each text the metadata; is it a key."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is str:
        yield metadata, keys
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, keys
    elif origin is typing.Annotated:
        yield from _parts(inner[0], (*metadata, *inner[1:]), keys=keys)
    elif origin is dict:
        yield from _parts(inner[0], keys=True)
        yield from _parts(inner[1], keys=keys)
    elif origin is not Literal:
        for one in inner:
            yield from _parts(one, metadata, keys=keys)


def _is_free(name: str, metadata: tuple[Any, ...]) -> bool:
    """An id is checked by a function; all other marks and measures are of something written."""
    if not metadata:
        return name not in SETTLED
    return not any(isinstance(one, AfterValidator) for one in metadata)
