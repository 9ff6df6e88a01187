"""What differs between two summaries of a case, so that a person sees it at a glance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; ``path`` such as ``goals.active`` or ``agreement.versions[2].void``.

    What is not there is None, and so the same as null.
    """

    path: str
    before: Any
    after: Any

    def json(self) -> dict[str, Any]:
        """As the interface and ``--as json`` show it."""
        return {"path": self.path, "before": self.before, "after": self.after}

    def line(self) -> str:
        """As a person reads it, such as ``state: intake -> diagnosis``."""
        return f"{self.path}: {_word(self.before)} -> {_word(self.after)}"


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two JSON objects, in the order of their keys; nothing where equal.

    Objects are compared key by key. So are lists of objects that a first key tells apart (the
    goal, the version, the party); other lists differ as a whole.
    """
    return list(_differ("", before, after))


def _differ(path: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_objects(path, before, after, "{path}.{key}" if path else "{key}")
    elif _plain(before) != _plain(after):
        ours, theirs = _told_apart(before), _told_apart(after)
        if ours is None or theirs is None or _reordered(ours, theirs):
            yield Change(path, before, after)
        else:
            yield from _of_objects(path, ours, theirs, "{path}[{key}]")


def _of_objects(
    path: str, before: Mapping[Any, Any], after: Mapping[Any, Any], place: str
) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        yield from _differ(place.format(path=path, key=key), before.get(key), after.get(key))


def _told_apart(value: Any) -> dict[Any, Any] | None:
    """The entries of a list of objects by the value of their first key, if those are unique."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    found: dict[Any, Any] = {}
    firsts: set[str] = set()
    for entry in value:
        if not isinstance(entry, Mapping) or not entry:
            return None
        first = next(iter(entry))
        name = entry[first]
        if not isinstance(name, str | int) or name in found:
            return None
        firsts.add(first)
        found[name] = entry
    return found if len(firsts) <= 1 else None


def _reordered(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> bool:
    return [key for key in before if key in after] != [key for key in after if key in before]


def _plain(value: Any) -> str:
    """JSON, in which 1 is not true and a tuple is a list."""
    return json.dumps(value, sort_keys=True)


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "-" if value is None else json.dumps(value, ensure_ascii=False)
