"""The keys that sign checkpoints, kept outside the database: who has it cannot forge a history."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.audit.files import write
from events.audit.note import BadNote, parse_vkey, vkey
from events.store.errors import BadKeys


class MissingKey(BadKeys):
    """The key that has to sign now is not in the file."""


@dataclass(frozen=True, slots=True, repr=False)
class LogKey:
    """One key; ``private`` is None once another took its place."""

    vkey: str
    private: Ed25519PrivateKey | None


@dataclass(frozen=True, slots=True, repr=False)
class LogKeys:
    """All keys of a log from old to new. Whoever checks goes by what each announced.

    A last key that no checkpoint announced yet waits to be announced by the next one.
    """

    origin: str
    keys: tuple[LogKey, ...]

    @classmethod
    def generate(cls, origin: str | None = None) -> LogKeys:
        """A first key, and the log's name: ``traject/`` and the start of the key's hash."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        name = origin or f"traject/{hashlib.sha256(public).hexdigest()[:8]}"
        return cls(name, (LogKey(vkey(name, public), private),))

    @classmethod
    def load(cls, path: Path) -> LogKeys:
        """Read a key file; raises BadKeys where it is missing or no such file."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            keys = tuple(_read(key) for key in raw["keys"])
            origin = raw["origin"]
        except FileNotFoundError:
            raise BadKeys(
                f"There is no {path}, so no checkpoint can be signed. 'traject up' and"
                " 'traject migrate --secrets' make it; where this installation had one, put back"
                " its copy."
            ) from None
        except (KeyError, TypeError, ValueError, BadNote) as error:
            raise BadKeys(
                f"{path} is damaged, or not a file of log keys. Put back its copy."
            ) from error
        if not keys or any(parse_vkey(key.vkey).name != origin for key in keys):
            raise BadKeys(f"{path} holds keys of several logs, or none. Put back its copy.")
        return cls(origin, keys)

    def save(self, path: Path, *, replace: bool = False) -> None:
        """Write a key file that only its owner can read, whole or not at all.

        Raises FileExistsError where there is one and ``replace`` is not asked.
        """
        kept = {"origin": self.origin, "keys": [_written(key) for key in self.keys]}
        text = json.dumps(kept, indent=2) + "\n"
        write(path, text.encode(), mode=0o600, replace=replace)

    @property
    def vkeys(self) -> list[str]:
        """The verifier keys, oldest first."""
        return [key.vkey for key in self.keys]

    def private(self, vkey: str) -> Ed25519PrivateKey:
        """The private key behind a verifier key; raises MissingKey where it is not here."""
        for key in self.keys:
            if key.vkey == vkey and key.private is not None:
                return key.private
        raise MissingKey(
            f"The log is to be signed by the key {vkey}, which is not in the key file here:"
            " it was rotated elsewhere. Put a copy of that file in its place."
        )

    def after(self, vkey: str) -> str | None:
        """The key that waits to take this one's place, if one does."""
        known = self.vkeys
        at = known.index(vkey) + 1 if vkey in known else len(known)
        return known[at] if at < len(known) else None

    def with_next(self) -> LogKeys:
        """These keys and a new last one."""
        fresh = LogKeys.generate(self.origin).keys
        return replace(self, keys=self.keys + fresh)

    def without_spent(self, vkey: str) -> LogKeys:
        """These keys without the private parts of all that come before the one that signs now."""
        if vkey not in self.vkeys:
            return self
        spent = self.vkeys.index(vkey)
        forgotten = tuple(replace(key, private=None) for key in self.keys[:spent])
        return replace(self, keys=forgotten + self.keys[spent:])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps others from changing the key file meanwhile."""
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _read(raw: dict[str, str | None]) -> LogKey:
    text, kept = raw["vkey"], raw["private"]
    verifier = parse_vkey(str(text))
    if kept is None:
        return LogKey(str(text), None)
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept))
    if private.public_key().public_bytes_raw() != verifier.public:
        raise ValueError("a private key is not of its public one")
    return LogKey(str(text), private)


def _written(key: LogKey) -> dict[str, str | None]:
    private = None if key.private is None else base64.b64encode(key.private.private_bytes_raw())
    return {"vkey": key.vkey, "private": None if private is None else private.decode()}
