"""Invented events of any type, always the same, for a corpus that has to hold every one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import NAMESPACE_URL, uuid5

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from events.event import Actor, Event, Fact, fact_json
from events.store.sealing import canonical

AT = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
WORDS = 'Groep 6 “werkt” aan \\ de stille start; zoë zegt: "één klas", 100 %\n– en nog een regel'
BY_NAME: Mapping[str, str] = {
    "date": "2026-03-02", "from_": "2026-03-02", "to": "2026-06-26", "due": "2026-03-09",
    "since": "2026-02-23", "on": "2026-03-02", "at": "2026-03-10T10:15", "hours": "1.25",
    "hourly_rate": "118.00", "amount": "147.50", "total": "147.50", "hours_per_week": "16.00",
}  # fmt: skip
"""Fields that are plain text to their model and more to those who fill them."""


def recorded(process: str, fact: type[Fact]) -> list[tuple[bytes, bytes]]:
    """Header and plain body of an event with everything filled in, and of one with the least.

    Only the first where no field may be left out.
    """
    full, least = (fact.model_validate(_model(fact, full)) for full in (True, False))
    told = [full] if full.model_fields_set == least.model_fields_set else [full, least]
    return [_row(process, one, number) for number, one in enumerate(told)]


def _row(process: str, fact: Fact, number: int) -> tuple[bytes, bytes]:
    stream, command = _id(process), _id(f"{process} command")
    event = Event(
        event_id=_id(f"{process} {type(fact).__name__} {number}"),
        stream_id=stream,
        version=number + 1,
        type=type(fact).__name__,
        schema_version=fact.schema_version,
        occurred_on="2026-03-02",
        recorded_at=AT,
        actor=Actor(None, "process") if number else Actor(_id("person"), "hr"),
        command_id=command,
        causation_id=_id("cause") if number else None,
        correlation_id=stream,
        settings_version=1 + number,
        data=None,
    )
    header = {name: value for name, value in event.json().items() if name != "data"}
    return canonical(header), canonical(fact_json(fact))


def _model(model: type[BaseModel], full: bool) -> dict[str, Any]:
    return {
        field.alias or name: _value(field.annotation, field.metadata, name, full)
        for name, field in model.model_fields.items()
        if full or field.is_required()
    }


def _value(kind: Any, marks: list[Any], name: str, full: bool) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        field = FieldInfo.from_annotation(kind)
        return _value(field.annotation, [*field.metadata, *marks], name, full)
    if origin in (Union, UnionType):
        return _value(next(k for k in arguments if k is not NoneType), marks, name, full)
    if origin is Literal:
        return arguments[-1 if full else 0]
    if origin is tuple:
        return [_value(arguments[0], [], name, full)] * (2 if full else 0)
    if origin in (dict, Mapping):
        key, one = arguments
        return {_value(key, [], name, full): _value(one, [], name, full)}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _model(kind, full)
    return {bool: full, int: 3, str: _text(marks, name, full)}[kind]


def _text(marks: list[Any], name: str, full: bool) -> str:
    if any(isinstance(mark, AfterValidator) for mark in marks):
        return _id(f"{name} {full}")
    limited = any(hasattr(mark, "max_length") or hasattr(mark, "min_length") for mark in marks)
    if name in BY_NAME or not limited:
        return BY_NAME.get(name, f"{name} {1 if full else 2}")
    longest = min(getattr(mark, "max_length", None) or len(WORDS) for mark in marks)
    words = WORDS if longest > 40 else f"{name} één"
    return words[:longest].strip() if full else name[:longest]


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"traject golden {name}"))
