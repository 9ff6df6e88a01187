"""The fields of a form that was sent, read as the data of the command it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from web.forms.shapes import Shape, shape_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from web.api.problems import FieldFault

Sent = Mapping[str, str | Sequence[str]]
"""What a form says: each field by its dotted path, several values where it stood there often."""

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
ROW = re.compile(r"[0-9]{1,3}")
"""How a row is named in the path of its fields."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_DUTCH_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(.*)", re.DOTALL)
_SHORT_CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(:00)?")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A command's data, and where in the form each row of a list came from.

    ``places`` has the path in the form by the path in the data, where blanks between them made
    them differ.
    """

    data: dict[str, Any]
    places: dict[str, str] = field(default_factory=dict[str, str])

    def at_form(self, faults: Iterable[FieldFault]) -> list[FieldFault]:
        """The faults of the data, each at the field of the form it is about."""
        return [replace(fault, field=self._place(fault.field)) for fault in faults]

    def _place(self, path: str) -> str:
        path = path.removesuffix(".[key]")
        known = [one for one in self.places if path == one or path.startswith(f"{one}.")]
        longest = max(known, key=len, default=None)
        return path if longest is None else self.places[longest] + path[len(longest) :]


def data_of(model: type[BaseModel], sent: Sent) -> dict[str, Any]:
    """What was filled in, as the data of a command; what is blank is not there.

    What cannot be read as what its field holds stays as it was typed, for the model to refuse.
    Fields the model does not know are not looked at.
    """
    return decoded(model, sent).data


def decoded(model: type[BaseModel], sent: Sent) -> Decoded:
    """As `data_of`, with the place in the form of every row of a list."""
    reader = _Reader({name: several(value) for name, value in sent.items()})
    data: Any = reader.group(shape_of(model), "", "")
    return Decoded(data or {}, reader.places)


def several(value: str | Sequence[str]) -> list[str]:
    """The values of a field that may stand in a form once or often."""
    return [value] if isinstance(value, str) else list(value)


@dataclass(slots=True)
class _Reader:
    sent: Mapping[str, list[str]]
    places: dict[str, str] = field(default_factory=dict[str, str])

    def value(self, shape: Shape, form: str, data: str) -> Any:
        """What a field holds; None where nothing was filled in. ``form`` is its path there."""
        match shape.kind:
            case "group":
                return self.group(shape, f"{form}.", f"{data}.")
            case "list":
                return self._list(shape, form, data)
            case "map":
                return self._map(shape, form, data)
            case _:
                # A box that is not ticked says nothing: a hidden field before it says no.
                return _plain(shape, self.sent.get(form, [""])[-1])

    def group(self, shape: Shape, form: str, data: str) -> dict[str, Any] | None:
        found = {
            one.name: self.value(one, form + one.name, data + one.name) for one in shape.fields
        }
        return {name: value for name, value in found.items() if value is not None} or None

    def _list(self, shape: Shape, form: str, data: str) -> list[Any] | None:
        of = shape.of
        assert of is not None
        plain = of.kind not in ("group", "list", "map")
        said = [_plain(of, value) for value in self.sent.get(form, [])] if plain else []
        rows = [value for value in said if value is not None]
        for place in self._rows(form):
            row = self.value(of, f"{form}.{place}", f"{data}.{len(rows)}")
            if row is None:
                continue
            if place != str(len(rows)):
                self.places[f"{data}.{len(rows)}"] = f"{form}.{place}"
            rows.append(row)
        return rows or None

    def _rows(self, form: str) -> list[str]:
        start = f"{form}."
        steps = {
            name[len(start) :].partition(".")[0] for name in self.sent if name.startswith(start)
        }
        return sorted((one for one in steps if ROW.fullmatch(one)), key=int)

    def _map(self, shape: Shape, form: str, data: str) -> dict[str, Any] | None:
        of = shape.of
        assert of is not None
        found: dict[str, Any] = {}
        for key in self._keys(of, f"{form}."):
            value = self.value(of, f"{form}.{key}", f"{data}.{key}")
            if value is not None:
                found[key] = value
        return found or None

    def _keys(self, of: Shape, start: str) -> list[str]:
        """The keys under which something stands; a key may have dots of its own."""
        rests = [name[len(start) :] for name in self.sent if name.startswith(start)]
        if of.kind != "group":
            return list(dict.fromkeys(rest for rest in rests if rest))
        known = {one.name for one in of.fields}
        parted = [rest.rpartition(".") for rest in rests]
        return list(dict.fromkeys(key for key, _, name in parted if key and name in known))


def _plain(shape: Shape, text: str) -> Any:
    """What one value says; None where it is blank."""
    if not (stripped := text.strip()):
        return None
    match shape.kind:
        case "flag":
            word = stripped.lower()
            return True if word in _TRUE else False if word in _FALSE else stripped
        case "number":
            return int(stripped) if _NUMBER.fullmatch(stripped) else stripped
        case "hours" | "money":
            return _decimal(stripped)
        case "day" | "moment":
            return _moment(stripped)
        case "clock":
            clock = _SHORT_CLOCK.fullmatch(stripped)
            return f"{int(clock[1]):02}:{clock[2]}" if clock else stripped
        case "text":
            return text.replace("\r\n", "\n")
        case _:
            return stripped


def _decimal(text: str) -> str:
    """An amount as data have it: the Dutch write a comma, and dots between thousands."""
    plain = text.removeprefix("€").replace("\u00a0", "").replace(" ", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    return plain


def _moment(text: str) -> str:
    """A day, or a local day and time, from a date field or as people write it: 31-1-2026 9:00."""
    dutch = _DUTCH_DAY.fullmatch(text)
    if dutch:
        text = f"{dutch[3]}-{int(dutch[2]):02}-{int(dutch[1]):02}{dutch[4]}"
    day, sign, time = text[:10], text[10:11], text[11:].strip()
    if sign and sign in " T" and (clock := _SHORT_CLOCK.fullmatch(time)):
        return f"{day}T{int(clock[1]):02}:{clock[2]}"
    return text
