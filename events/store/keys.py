"""Dossier keys and the master keys that wrap them: destroying a key erases its dossier."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.store.errors import BadKeys, Unsealable

NONCE = 12
KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class LinkKey:
    """What is left of a master key that was removed: signing links made by it count until then."""

    key: bytes
    until: datetime


@dataclass(frozen=True, slots=True, repr=False)
class MasterKeys:
    """The keys that wrap dossier keys; ``current`` names the one that wraps new ones.

    They are kept outside the database. Older ones stay until no dossier key is wrapped by them.
    ``coming`` names the one that is known already and will be the current one next.
    """

    current: str
    keys: Mapping[str, bytes]
    coming: str | None = None
    links: Mapping[str, LinkKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError(f"there is no master key named {self.current}")
        if self.coming is not None and self.coming not in self.keys:
            raise ValueError(f"there is no master key named {self.coming}")
        if any(len(key) != KEY_BYTES for key in self.keys.values()):
            raise ValueError(f"a master key has {KEY_BYTES} bytes")

    @classmethod
    def generate(cls, name: str = "1") -> MasterKeys:
        """One new random master key."""
        return cls(name, {name: os.urandom(KEY_BYTES)})

    @classmethod
    def load(cls, path: Path) -> MasterKeys:
        """Read a key file; raises BadKeys where it is no such file, OSError unreadable."""
        return cls.parse(path.read_text(encoding="utf-8"), path)

    @classmethod
    def parse(cls, text: str, path: Path) -> MasterKeys:
        """As `load`, of the text that was read; ``path`` is for the refusal."""
        try:
            raw = json.loads(text)
            keys = {name: base64.b64decode(key) for name, key in raw["keys"].items()}
            links = {name: _link_key(one) for name, one in raw.get("links", {}).items()}
            return cls(raw["current"], keys, raw.get("coming"), links)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BadKeys(
                f"{path} is damaged, or not a file of master keys. Put back its copy; without it"
                " no case that was kept with it can be read. Only where nothing was kept yet:"
                " remove it, and 'traject up' or 'traject migrate --secrets' makes a new one."
            ) from error

    def save(self, path: Path) -> None:
        """Write a new key file that only its owner can read, whole or not at all.

        Raises FileExistsError where there is one: never over an existing one. When it returns,
        the file outlives a power cut.
        """
        # A link, unlike a rename, fails where there is a file already.
        self._write(path, lambda half: os.link(half, path))

    def replace(self, path: Path) -> None:
        """Write over an existing key file, as `save`; its owner stays, and its one place.

        Whoever reads meanwhile finds the old keys or the new ones.
        """
        place = path.resolve()
        was = place.stat()

        def over(half: Path) -> None:
            if os.geteuid() == 0:
                os.chown(half, was.st_uid, was.st_gid)
            half.replace(place)

        self._write(place, over)

    def _write(self, path: Path, settle: Callable[[Path], None]) -> None:
        half = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(self._text() + "\n")
                file.flush()
                os.fsync(file.fileno())
            settle(half)
        finally:
            half.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _text(self) -> str:
        shown: dict[str, Any] = {
            "current": self.current,
            "keys": {name: base64.b64encode(key).decode() for name, key in self.keys.items()},
        }
        if self.coming is not None:
            shown["coming"] = self.coming
        if self.links:
            shown["links"] = {
                name: {"key": base64.b64encode(one.key).decode(), "until": one.until.isoformat()}
                for name, one in self.links.items()
            }
        return json.dumps(shown, indent=2)

    def wrap(self, key: bytes, tenant: str, stream: str) -> tuple[str, bytes]:
        """The name of the master key used, and the dossier key wrapped by it."""
        nonce = os.urandom(NONCE)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, key, _place(tenant, stream))
        return self.current, nonce + sealed

    def unwrap(self, master: str, wrapped: bytes, tenant: str, stream: str) -> bytes:
        """The dossier key; raises Unsealable when it is not this stream's or the master is gone."""
        if master not in self.keys:
            raise Unsealable(f"the master key {master} is not among the given ones")
        try:
            return AESGCM(self.keys[master]).decrypt(
                wrapped[:NONCE], wrapped[NONCE:], _place(tenant, stream)
            )
        except (InvalidTag, ValueError) as error:
            raise Unsealable(f"the key of stream {stream} was wrapped by another") from error


def new_dossier_key() -> bytes:
    """A random key for one dossier."""
    return os.urandom(KEY_BYTES)


def _link_key(raw: Mapping[str, str]) -> LinkKey:
    return LinkKey(base64.b64decode(raw["key"]), datetime.fromisoformat(raw["until"]))


def _place(tenant: str, stream: str) -> bytes:
    return UUID(tenant).bytes + UUID(stream).bytes
