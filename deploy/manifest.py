"""What a backup's folder holds, and whether it is all there and as it was."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from events.store.sealing import canonical

FORMAT = "traject-backup-1"
MANIFEST = "manifest.json"
DUMP = "database.dump"
CHECKPOINT = "checkpoint.txt"
NOT_IN_IT = (
    (
        "master-keys.json: without it nothing in here can be read. Keep a copy in another place"
        " than this backup, under another lock, for as long as the backup itself."
    ),
    "log-keys.json: signs the log.",
    "what was published of the log, with the ledger of erasures.",
    "the logins of the database's roles: 'traject up' and 'traject migrate --secrets' give them.",
)

_BLOCK = 1 << 20

Tell = Callable[[float, float], None]
"""Takes how much is done, and of how much."""


class BackupRefused(ValueError):
    """A backup cannot be made or restored; the text says why, and what to do."""


class Numbered(BaseModel):
    """A checkpoint of the log, by its number; ``size`` counts its events."""

    model_config = ConfigDict(frozen=True)

    number: int
    size: int


class File(BaseModel):
    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds. All numbers are of the same moment as the dump.

    ``migration`` is the schema's; ``positions`` the last one given; ``masters`` names the master
    keys that it takes to read it, and how many dossiers each.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal["traject-backup-1"] = FORMAT
    made_at: datetime
    installation: str
    migration: int
    postgres: str
    postgres_version: int
    roles: tuple[str, ...]
    events: int
    reads: int
    refused: int
    positions: int
    trees: dict[str, int]
    checkpoint: Numbered | None
    masters: dict[str, int]
    table_bytes: int
    files: dict[str, File]
    not_in_it: tuple[str, ...] = NOT_IN_IT
    sha256: str = Field(default="", description="Of all the rest.")

    def sealed(self) -> Manifest:
        """With the hash over itself."""
        return self.model_copy(update={"sha256": self._hash()})

    def is_whole(self) -> bool:
        return self.sha256 == self._hash()

    def _hash(self) -> str:
        rest = self.model_dump(mode="json", exclude={"sha256"})
        return hashlib.sha256(canonical(rest)).hexdigest()

    def entries(self, log: str) -> int:
        """How many entries of a log are in it, those included that have no position yet."""
        return {"events": self.events, "reads": self.reads, "refused": self.refused}[log]


def check(folder: Path, tell: Tell = lambda _done, _of: None) -> Manifest:
    """The manifest of a backup of which every byte is there and as it was.

    Raises BackupRefused with what is wrong; ``tell`` hears of bytes.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise BackupRefused(f"{folder} is no backup: it has no {MANIFEST}.") from None
    except ValidationError:
        raise BackupRefused(
            f"{folder / MANIFEST} is damaged, or of another version of Traject."
        ) from None
    if not manifest.is_whole():
        raise BackupRefused(f"{folder / MANIFEST} is damaged: take another copy of this backup.")
    total, done = sum(file.bytes for file in manifest.files.values()), 0
    for name, known in manifest.files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != known.bytes:
            raise BackupRefused(f"{path} is damaged or cut off: take another copy of this backup.")
        if hashed(path).sha256 != known.sha256:
            raise BackupRefused(f"{path} is damaged: take another copy of this backup.")
        done += known.bytes
        tell(done, total)
    return manifest


def hashed(path: Path) -> File:
    """A file's size and hash; it outlives a power cut from then on."""
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
        os.fsync(content.fileno())
    return File(bytes=path.stat().st_size, sha256=digest.hexdigest())


def write(path: Path, text: str) -> None:
    """A file that outlives a power cut."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
