"""A zip that is written while it is read, so that no file of it waits for the last one."""

from __future__ import annotations

import zipfile
from datetime import datetime


class Pack:
    """Takes files; `taken` gives the bytes that have become known since the last time."""

    def __init__(self, made_at: datetime) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        self._made_at = made_at.timetuple()[:6]

    def add(self, name: str, content: bytes | str) -> None:
        """``name`` is a path within the zip."""
        entry = zipfile.ZipInfo(name, self._made_at)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        self._zip.writestr(entry, content)

    def taken(self) -> bytes:
        """What is to be passed on now."""
        return self._sink.taken()

    def closed(self) -> bytes:
        """The rest; nothing is added any more."""
        self._zip.close()
        return self.taken()


class _Sink:
    """As much of a file as a zip needs that nobody can go back in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
