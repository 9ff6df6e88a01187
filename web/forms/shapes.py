"""What a command's data look like, so that a form can be made of them and read again."""

from __future__ import annotations

import types
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from events.event import Id, Personal
from workflows.fields import (
    At,
    Blank,
    Clock,
    Hours,
    Intervention,
    Local,
    Money,
    PersonOf,
    TotalHours,
)

Kind = Literal[
    "text", "line", "choice", "flag", "number", "day", "moment", "clock", "hours", "money",
    "person", "id", "intervention", "group", "list", "map",
]  # fmt: skip
"""``text`` has room for sentences, ``line`` for a few words; ``id`` names another thing than a
person; a ``group`` has fields, a ``list`` has several of one, a ``map`` one by each key."""

_LINE = 200
"""What may be longer than this many characters is a text."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One field of a command: its name in the data, what it holds, and how much.

    ``options`` are a choice's words; ``of`` is what a list or map holds; ``key`` what a map is
    keyed by; ``role`` is what the person must be. ``required`` is also what a rule refuses with
    a code of its own when it is blank.
    """

    name: str
    kind: Kind
    required: bool = True
    options: tuple[str, ...] = ()
    fields: tuple[Shape, ...] = ()
    of: Shape | None = None
    key: Shape | None = None
    role: str | None = None
    length: int | None = None

    def field(self, name: str) -> Shape | None:
        """The field of a group that has this name."""
        return next((one for one in self.fields if one.name == name), None)


def _mark(alias: Any) -> Any:
    return get_args(alias)[1]


_MARKS: tuple[tuple[Any, Kind], ...] = (
    (_mark(At), "moment"),
    (_mark(Local), "day"),
    (_mark(Clock), "clock"),
    (_mark(Hours), "hours"),
    (_mark(TotalHours), "hours"),
    (_mark(Money), "money"),
    (_mark(Intervention), "intervention"),
    (_mark(Id), "id"),
)
_UNIONS = (Union, types.UnionType)


@cache
def shape_of(model: type[BaseModel], name: str = "") -> Shape:
    """The shape of a whole model, as a group of its fields."""
    fields = tuple(_field(field, info) for field, info in model.model_fields.items())
    return Shape(name, "group", fields=fields)


def _field(name: str, info: FieldInfo) -> Shape:
    needed = info.is_required() or Blank in info.metadata
    return _shape(info.alias or name, info.annotation, info.metadata, needed)


def _shape(name: str, annotation: Any, marks: list[Any], required: bool) -> Shape:
    """The shape that an annotation with its marks stands for."""
    while True:
        origin, inner = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation, marks = inner[0], [*marks, *_flat(inner[1:])]
        elif origin in _UNIONS:
            # What may be left out may be None as well; of several, the first is the plain one.
            parts = [part for part in inner if part is not type(None)]
            annotation = parts[0]
        elif isinstance(annotation, TypeVar):
            raise TypeError(f"{name} is of no type")
        else:
            break
    if origin is Literal:
        return Shape(name, "choice", required, options=tuple(str(one) for one in inner))
    if origin is tuple:
        return Shape(name, "list", required, of=_shape("", inner[0], [], True), length=_most(marks))
    if origin is dict:
        key, value = (_shape("", part, [], True) for part in inner)
        return Shape(name, "map", required, of=value, key=key, length=_most(marks))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape(name, "group", required, fields=shape_of(annotation).fields)
    if annotation is bool:
        return Shape(name, "flag", required)
    if annotation is int:
        return Shape(name, "number", required)
    return _string(name, marks, required)


def _string(name: str, marks: list[Any], required: bool) -> Shape:
    for mark in marks:
        if isinstance(mark, PersonOf):
            return Shape(name, "person", required, role=mark.role)
    for mark, kind in _MARKS:
        if mark in marks:
            return Shape(name, kind, required)
    most = _most(marks)
    long = any(isinstance(mark, Personal) for mark in marks) or most is None or most > _LINE
    return Shape(name, "text" if long else "line", required, length=most)


def _flat(marks: tuple[Any, ...]) -> list[Any]:
    """Marks as they are, those inside a field's description too."""
    return [
        one for mark in marks for one in (mark.metadata if isinstance(mark, FieldInfo) else [mark])
    ]


def _most(marks: list[Any]) -> int | None:
    found = [
        mark.max_length
        for mark in marks
        if isinstance(mark, StringConstraints | MaxLen) and mark.max_length is not None
    ]
    return min(found, default=None)
