"""The master keys as their file has them at this moment, for processes that outlive a rotation."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from events.store.errors import BadKeys
from events.store.keys import MasterKeys

log = logging.getLogger(__name__)

_Mark = tuple[int, int, int]
"""What differs when a file was replaced or written over: moment of change, size, inode."""


class KeyRing:
    """Master keys that are looked up in their file at every use, which costs microseconds.

    A file that cannot be read for a while changes nothing: what was read last goes on to count.
    """

    def __init__(self, keys: MasterKeys, path: Path | None = None) -> None:
        self._keys = keys
        self._path = path
        self._mark: _Mark | None = None

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Of this file; raises BadKeys where it is no file of master keys, OSError unreadable."""
        keys, mark = _read(path)
        ring = cls(keys, path)
        ring._mark = mark
        return ring

    @classmethod
    def of(cls, keys: MasterKeys | KeyRing) -> KeyRing:
        """Keys without a file never change."""
        return keys if isinstance(keys, KeyRing) else cls(keys)

    @property
    def now(self) -> MasterKeys:
        """The keys in the file; the same object as long as that is the same."""
        if self._path is not None:
            try:
                if _mark(os.stat(self._path)) != self._mark:
                    self._keys, self._mark = _read(self._path)
            except (OSError, BadKeys) as error:
                log.warning("master keys not read: %s", type(error).__name__)
        return self._keys

    def wrap(self, key: bytes, tenant: str, stream: str) -> tuple[str, bytes]:
        """As `MasterKeys.wrap`, by the key that is the current one now."""
        return self.now.wrap(key, tenant, stream)

    def unwrap(self, master: str, wrapped: bytes, tenant: str, stream: str) -> bytes:
        """As `MasterKeys.unwrap`."""
        return self.now.unwrap(master, wrapped, tenant, stream)


def _read(path: Path) -> tuple[MasterKeys, _Mark]:
    with path.open(encoding="utf-8") as file:
        mark = _mark(os.fstat(file.fileno()))
        return MasterKeys.parse(file.read(), path), mark


def _mark(of: os.stat_result) -> _Mark:
    return of.st_mtime_ns, of.st_size, of.st_ino
