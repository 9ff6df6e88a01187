"""How stored bytes become events again: a header, a sealed body, and the fact it must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from pydantic import ValidationError
from pydantic_core import SchemaValidator
from pydantic_core import core_schema as of

from events.event import Event, Fact, fact_from_json
from events.store.errors import Unreadable
from events.store.sealing import Seal, read_json
from events.upcasting import UnknownSchema

_TEXT = of.str_schema(strict=True)
_NUMBER = of.int_schema(strict=True)
_NEEDED = {
    "event_id": _TEXT,
    "version": _NUMBER,
    "type": _TEXT,
    "schema_version": _NUMBER,
    "occurred_on": _TEXT,
    "recorded_at": _TEXT,
}
# What else a header says stays in its bytes (`Event.origin`), which halves the time of reading it.
_read_header = SchemaValidator(
    of.typed_dict_schema({name: of.typed_dict_field(kind) for name, kind in _NEEDED.items()})
).validate_json
_in_order = itemgetter(*_NEEDED)


def event_json(header: bytes, body: bytes, seal: Seal) -> dict[str, Any]:
    """One stored event in the form of `Event.json`, as it was recorded."""
    event: dict[str, Any] = read_json(header)
    event["data"] = read_json(seal.open(event["event_id"], event["type"], body))
    return event


class Decoder:
    """Makes the events of one process; those of an older schema come out in the newest."""

    def __init__(self, facts: Mapping[str, type[Fact]]) -> None:
        self._facts = facts
        # The core validator reads JSON bytes directly, which halves the time of a long load.
        self._readers = {
            (type_, fact.schema_version): (
                type_.encode(),
                fact.__pydantic_validator__.validate_json,
            )
            for type_, fact in facts.items()
        }

    def events(self, rows: Iterable[Iterable[bytes]], seal: Seal) -> list[Event]:
        """Rows of a header and a sealed body as events.

        Raises Unsealable for a body that is not its own, Unreadable for an event that is no fact
        of this process.
        """
        found: list[Event] = []
        read_header, in_order, readers = _read_header, _in_order, self._readers
        opened, instant, new = seal.opened, datetime.fromisoformat, tuple.__new__
        for header, body in rows:
            try:
                id_, version, type_, schema, on, at = in_order(read_header(header))
            except ValidationError as error:
                raise Unreadable("a header", "unknown", _why(error)) from None
            reader = readers.get((type_, schema))
            try:
                if reader is None:
                    data = self._older(type_, schema, seal.open(id_, type_, body))
                else:
                    data = reader[1](opened(id_, reader[0], body))
            except ValidationError as error:
                raise Unreadable(type_, schema, _why(error)) from None
            # Parts in the order of their class, whose own constructor takes twice as long.
            parts = (id_, version, type_, data.schema_version, on, instant(at), data, header)
            found.append(new(Event, parts))
        return found

    def _older(self, type_: str, schema: int, plain: bytes) -> Fact:
        fact = self._facts.get(type_)
        if fact is None:
            raise Unreadable(type_, schema, "it is not a fact of this process")
        try:
            return fact_from_json(fact, schema, read_json(plain))
        except UnknownSchema as error:
            raise Unreadable(type_, schema, error.why) from None


def _why(error: ValidationError) -> str:
    """Where it is wrong, without anything of what it says."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    places = {".".join(map(str, fault["loc"])): fault["type"] for fault in faults}
    return ", ".join(f"{place or 'it'} is {kind}" for place, kind in places.items())
