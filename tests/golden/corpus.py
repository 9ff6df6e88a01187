"""The files of the corpus: where each is, what is in it, and which are missing.

A file is a JSON list of lines: the header and the plain body of an event, byte for byte as they
are stored, first with everything filled in, then with nothing that may be left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from events.store.streams import Facts
from tests.golden.samples import recorded

HOME = Path(__file__).parent
SUMS = "SHA256SUMS"


@dataclass(frozen=True, order=True)
class Entry:
    """One file: all that was ever recorded of a type under one version of its schema."""

    process: str
    type: str
    schema_version: int

    @property
    def path(self) -> str:
        return f"{self.process}/{self.type}.{self.schema_version}.json"


def entries(facts: Facts) -> Iterator[Entry]:
    """Every version of every type of these processes."""
    for process, types in facts.items():
        for type_, fact in types.items():
            for version in range(1, fact.schema_version + 1):
                yield Entry(process, type_, version)


def rows(home: Path, entry: Entry) -> list[tuple[bytes, bytes]]:
    """The headers and plain bodies in a file."""
    lines = (home / entry.path).read_bytes().splitlines()
    plain = [line.removesuffix(b",") for line in lines[1:-1]]
    return list(zip(plain[::2], plain[1::2], strict=True))


def text(rows: list[tuple[bytes, bytes]]) -> bytes:
    """The file that has these rows."""
    return b"[\n" + b",\n".join(part for row in rows for part in row) + b"\n]\n"


def sums(home: Path) -> dict[str, str]:
    """The hash of each file as it was when it was written."""
    listed = home / SUMS
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    return {path: hash_ for hash_, path in (line.split("  ", 1) for line in lines)}


def hash_of(home: Path, path: str) -> str | None:
    """The hash of a file as it is now; None where there is none."""
    file = home / path
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None


def missing(home: Path, facts: Facts) -> list[Entry]:
    """The types and versions without a file."""
    return sorted(entry for entry in entries(facts) if not (home / entry.path).exists())


def changed(home: Path) -> list[str]:
    """The files that are not, or not any more, what was written."""
    listed = sums(home)
    there = {str(file.relative_to(home)) for file in home.glob("*/*.json")}
    return sorted(p for p in there | set(listed) if hash_of(home, p) != listed.get(p))


def write(home: Path, facts: Facts) -> list[Entry]:
    """Adds what is missing of the newest schemas, and touches nothing else; what was added."""
    added: list[Entry] = []
    for entry in missing(home, facts):
        fact = facts[entry.process][entry.type]
        if entry.schema_version == fact.schema_version:
            file = home / entry.path
            file.parent.mkdir(exist_ok=True)
            with file.open("xb") as new:
                new.write(text(recorded(entry.process, fact)))
            added.append(entry)
    if added:
        _list(home, added)
    return added


def _list(home: Path, added: list[Entry]) -> None:
    listed: Mapping[str, str | None] = {
        **sums(home),
        **{entry.path: hash_of(home, entry.path) for entry in added},
    }
    lines = [f"{hash_}  {path}\n" for path, hash_ in sorted(listed.items())]
    (home / SUMS).write_text("".join(lines), encoding="utf-8")
