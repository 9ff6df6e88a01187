"""A growing table of which every earlier state stays as it was, without being copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
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

    def plus(self, key: str, value: V) -> Register[V]:
        """The table with this entry, whether it is new or replaces one."""
        grown = self.own()
        grown.add(key, value)
        return grown

    def own(self) -> Register[V]:
        """The same table, for whoever adds to it before anybody else sees it."""
        same: Register[V] = object.__new__(Register)
        same._entries = self._entries
        same._size = self._size
        return same

    def add(self, key: str, value: V) -> None:
        """As `plus`, in a table of one's `own`."""
        entries, size = self._entries, self._size
        if key in entries or len(entries) != size:
            self.__init__({**self, key: value})
        else:
            entries[key] = (size, value)
            self._size = size + 1

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
