"""Looks for words in all that an installation keeps, to prove that what was erased is gone."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

SHORTEST = 6
"""Bytes of a word; shorter ones stand everywhere by chance."""
CHUNK = 1 << 18
_EMPTY = bytes(CHUNK)


@dataclass(frozen=True)
class Traces:
    """How much was searched, and where something was found. ``unread`` is what could not be."""

    tables: int
    files: int
    found: list[str]
    unread: list[str]


def forms(word: bytes) -> list[bytes]:
    """A word as programs write it: plain, as hex, and in base64 wherever it begins there.

    Raises ValueError for one of less than SHORTEST bytes.
    """
    if len(word) < SHORTEST:
        raise ValueError(f"a word to look for has at least {SHORTEST} bytes")
    plain = [word, word.hex().encode(), word.hex().upper().encode()]
    # In base64 it looks different after 0, 1 or 2 bytes; its edges depend on its neighbours.
    return plain + [b64encode(b"x" * shift + word)[4:-4] for shift in range(3)]


async def look_for(dsn: str, folders: Iterable[Path], words: Sequence[bytes]) -> Traces:
    """In every column of every table of the database, and in every file below the folders.

    ``dsn`` is of a superuser: from all others rows are hidden. Raises ValueError for short words.
    """
    sought = [form for word in words for form in forms(word)]
    tables, found, unread = await _in_tables(dsn, words)
    files, in_files, not_read = await asyncio.to_thread(_in_files, folders, sought)
    return Traces(tables, files, found + in_files, unread + not_read)


async def _in_tables(dsn: str, words: Sequence[bytes]) -> tuple[int, list[str], list[str]]:
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("select current_setting('is_superuser')::boolean"):
            return 0, [], ["the tables of the database, as not by a superuser"]
        tables = await connection.fetch(
            "select oid::regclass::text as name from pg_class"
            " where relkind in ('r', 'm') order by 1"
        )
        # Bytes are shown as hex, whatever else they say.
        sought = [form for word in words for form in (_text(word), word.hex()) if form]
        found = [
            table["name"]
            for table in tables
            if await connection.fetchval(
                f"select exists (select from {table['name']} t, unnest($1::text[]) w"
                " where position(w in t::text) > 0)",
                sought,
            )
        ]
        return len(tables), found, []
    finally:
        await connection.close()


def _text(word: bytes) -> str | None:
    try:
        text = word.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _in_files(folders: Iterable[Path], sought: Sequence[bytes]) -> tuple[int, list[str], list[str]]:
    count = 0
    found: list[str] = []
    unread: list[str] = []
    for path in _below(folders):
        try:
            held = _holds(path, sought)
        except FileNotFoundError:
            continue
        except OSError:
            unread.append(str(path))
            continue
        count += 1
        if held:
            found.append(str(path))
    return count, found, unread


def _below(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _holds(path: Path, sought: Sequence[bytes]) -> bool:
    """Whether any of it stands there, also across the edges of what is read at once."""
    edge = max(map(len, sought)) - 1
    kept = b""
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            if part == _EMPTY[: len(part)]:
                kept = b""
                continue
            kept += part
            if any(form in kept for form in sought):
                return True
            kept = kept[-edge:]
    return False
