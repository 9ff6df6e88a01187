"""Filters of a list by what its cases say, for a process in which people search (contract 4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from events.partners import words as w
from web.api.problems import invalid

Row = Mapping[str, Any]
"""A summary, as its reader may see it."""
Wanted = Callable[[Row], bool]
TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class Filter:
    """``fits(row, value)``; ``options`` are all values there are, none where it is a text."""

    says: str
    fits: Callable[[Row, str], bool]
    options: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """As OpenAPI has it."""
        if self.options:
            return {"type": "string", "enum": list(self.options)}
        return {"type": "string", "minLength": 1, "maxLength": TEXT_MAX}

    def fault(self, value: str) -> str | None:
        """What is wrong with a value that was given."""
        if self.options:
            return None if value in self.options else "enum"
        return None if 0 < len(value.strip()) <= TEXT_MAX else "value"


def folded(text: str) -> str:
    """Without capitals, accents and spaces at its ends, which nobody should have to type."""
    apart = unicodedata.normalize("NFKD", text.strip()).casefold()
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _vacant(row: Row, value: str) -> bool:
    return (bool(row["vacant"]) or row["school_leader_vacant"]) == (value == "true")


FILTERS: Mapping[str, Mapping[str, Filter]] = {
    "partners": {
        "q": Filter(
            "Part of the name; capitals and accents make no difference.",
            lambda row, value: folded(value) in folded(row["name"]),
        ),
        "kind": Filter("Of this kind.", lambda row, value: row["kind"] == value, get_args(w.Kind)),
        "level": Filter(
            "Works for this level.", lambda row, value: value in row["levels"], get_args(w.Level)
        ),
        "school": Filter(
            "Works with the school of this name.",
            lambda row, value: folded(value) in map(folded, row["schools"]),
        ),
        "obligation": Filter(
            "Prescribed or additional.",
            lambda row, value: row["obligation"] == value,
            get_args(w.Obligation),
        ),
        "vacant": Filter(
            "Whether a successor is needed: of coordinator, deputy or school leader.",
            _vacant,
            ("true", "false"),
        ),
    }
}
"""By process, what its list may be narrowed down by."""


def given_in(process: str, query: Mapping[str, str]) -> dict[str, str]:
    """The filters that a query names. Raises Problem for a value that there is not."""
    found = dict(_named(process, query))
    for name, value in found.items():
        if fault := FILTERS[process][name].fault(value):
            raise invalid(name, fault)
    return found


def wanted(process: str, given: Mapping[str, str]) -> Wanted | None:
    """Whether a case fits all filters; None where there are none."""
    if not given:
        return None
    filters = FILTERS[process]
    return lambda row: all(filters[name].fits(row, value) for name, value in given.items())


def _named(process: str, query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, query[name]) for name in FILTERS.get(process, {}) if name in query)
