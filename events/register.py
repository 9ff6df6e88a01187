"""A growing table of which every earlier state stays as it was, without being copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Generic, TypeVar

V = TypeVar("V")


class Register(Mapping[str, V], Generic[V]):
    """Never changed: `plus` makes the next one, which shares its entries with the one before.

    Each shows only the entries it had. Whoever grows one in two directions pays for a copy.
    """

    __slots__ = ("_entries", "_size")

    def __init__(self, entries: Mapping[str, V] | None = None) -> None:
        self._entries = {
            key: (place, value) for place, (key, value) in enumerate((entries or {}).items())
        }
        self._size = len(self._entries)

    def plus(self, keys: Sequence[str], values: Sequence[V]) -> Register[V]:
        """The table with these entries, whether they are new or replace one."""
        entries, size = self._entries, self._size
        grown_to = size + len(keys)
        if len(entries) == size and entries.keys().isdisjoint(keys):
            entries.update(zip(keys, zip(count(size), values, strict=False), strict=True))
            if len(entries) == grown_to:
                grown: Register[V] = object.__new__(Register)
                grown._entries = entries
                grown._size = grown_to
                return grown
        return Register({**self, **dict(zip(keys, values, strict=True))})

    def __getitem__(self, key: str) -> V:
        place, value = self._entries[key]
        if place >= self._size:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return islice(self._entries, self._size)

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        return f"Register({dict(self)!r})"
