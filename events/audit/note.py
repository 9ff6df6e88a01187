"""Checkpoints as signed notes: C2SP tlog-checkpoint and signed-note, which other tools read too."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from events.audit.merkle import HASH
from events.store.errors import StoreError

ED25519 = b"\x01"
DASH = "\N{EM DASH}"
NAME = r"[^\s+]+"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_VKEY = re.compile(rf"({NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]+=*)")
_SIGNATURE = re.compile(rf"{DASH} ({NAME}) ([A-Za-z0-9+/]+=*)")


class BadNote(StoreError):
    """A text is no checkpoint, or not one that a trusted key signed; the message says which."""


@dataclass(frozen=True, slots=True)
class Tree:
    """How many leaves a log had, and the root over them."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log stood at. ``size`` and ``root`` are of the events; ``at`` is in UTC.

    ``next_key`` names the verifier key that signs every later checkpoint in this one's stead.
    """

    origin: str
    size: int
    root: bytes
    reads_size: int
    reads_root: bytes
    refused_size: int
    refused_root: bytes
    at: datetime
    next_key: str | None = None

    @property
    def trees(self) -> dict[str, Tree]:
        """The three trees by the name of their log."""
        return {
            "events": Tree(self.size, self.root),
            "reads": Tree(self.reads_size, self.reads_root),
            "refused": Tree(self.refused_size, self.refused_root),
        }

    @property
    def text(self) -> str:
        """What is signed."""
        lines = [
            self.origin,
            str(self.size),
            _base64(self.root),
            f"reads {self.reads_size} {_base64(self.reads_root)}",
            f"refused {self.refused_size} {_base64(self.refused_root)}",
            f"at {self.at.astimezone(UTC).isoformat().removesuffix('+00:00')}Z",
        ]
        if self.next_key is not None:
            lines.append(f"next {self.next_key}")
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint and the verifier key of whose owner it is."""

    checkpoint: Checkpoint
    vkey: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """A verifier key: what it takes to check the signatures of one key."""

    name: str
    id: bytes
    public: bytes


def vkey(name: str, public: bytes) -> str:
    """The text by which others know this Ed25519 key."""
    return f"{name}+{_key_id(name, public).hex()}+{_base64(ED25519 + public)}"


def parse_vkey(text: str) -> Verifier:
    """The key in a verifier key's text; raises BadNote where it is none."""
    match = _VKEY.fullmatch(text)
    if match is None:
        raise BadNote(f"{text!r} is no verifier key")
    name, public = match[1], _bytes(match[3])
    id_ = bytes.fromhex(match[2])
    if len(public) != HASH + 1 or public[:1] != ED25519 or id_ != _key_id(name, public[1:]):
        raise BadNote(f"{text!r} is no verifier key of Ed25519")
    return Verifier(name, id_, public[1:])


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a note that this key signed in the name of its origin."""
    public = key.public_key().public_bytes_raw()
    signature = _key_id(checkpoint.origin, public) + key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n{DASH} {checkpoint.origin} {_base64(signature)}\n"


def parse(note: str) -> Checkpoint:
    """The checkpoint in a note, whoever signed it; raises BadNote where it is none."""
    text, _ = _parted(note)
    lines = text.split("\n")[:-1]
    if len(lines) < 3 or not re.fullmatch(NAME, lines[0]):
        raise BadNote("this text is no checkpoint")
    further = [line.split(" ", 1) for line in lines[3:] if " " in line]
    more: dict[str, str] = dict(further)
    if len(more) < len(further):
        raise BadNote("this checkpoint says one thing twice")
    try:
        reads, refused = _tree(more["reads"]), _tree(more["refused"])
        events = _tree(f"{lines[1]} {lines[2]}")
        at = datetime.fromisoformat(more["at"])
    except (KeyError, ValueError) as error:
        raise BadNote("this text is a checkpoint of another kind of log") from error
    if at.utcoffset() is None:
        raise BadNote("the instant of this checkpoint has no zone")
    next_key = more.get("next")
    if next_key is not None and parse_vkey(next_key).name != lines[0]:
        raise BadNote("this checkpoint names a next key of another log")
    return Checkpoint(
        lines[0],
        *(events.size, events.root),
        *(reads.size, reads.root),
        *(refused.size, refused.root),
        at=at.astimezone(UTC),
        next_key=next_key,
    )


def verify(note: str, vkeys: Iterable[str]) -> Signed:
    """The checkpoint, when one of these verifier keys signed it; raises BadNote when not.

    Signatures of others (witnesses) are passed over.
    """
    checkpoint = parse(note)
    text, signatures = _parted(note)
    for known in vkeys:
        verifier = parse_vkey(known)
        if verifier.name != checkpoint.origin:
            continue
        for name, signature in signatures:
            if (name, signature[:4]) == (verifier.name, verifier.id):
                try:
                    key = Ed25519PublicKey.from_public_bytes(verifier.public)
                    key.verify(signature[4:], text.encode())
                except InvalidSignature as error:
                    raise BadNote("the signature of this checkpoint does not hold") from error
                return Signed(checkpoint, known)
    raise BadNote(f"no trusted key of {checkpoint.origin} signed this checkpoint")


def follow(notes: Iterable[str], vkeys: Iterable[str]) -> list[Signed]:
    """Checkpoints from old to new, each signed by a key that was trusted then.

    At first these are ``vkeys``; a checkpoint that names a next key hands its own trust over
    to it. Raises BadNote for the first that is signed by another.
    """
    trusted, found = list(vkeys), list[Signed]()
    for note in notes:
        signed = verify(note, trusted)
        if signed.checkpoint.next_key is not None:
            trusted = [key for key in trusted if key != signed.vkey]
            trusted.append(signed.checkpoint.next_key)
        found.append(signed)
    return found


def _parted(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The signed text and the signatures below it."""
    text, blank, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not blank or lines.pop() != "" or not lines:
        raise BadNote("this text is no signed note")
    return f"{text}\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE.fullmatch(line)
    signature = b"" if match is None else _bytes(match[2])
    if match is None or len(signature) < 5:
        raise BadNote("a line below this note is no signature")
    return match[1], signature


def _tree(text: str) -> Tree:
    size, root = text.split(" ")
    if not _SIZE.fullmatch(size) or len(_bytes(root)) != HASH:
        raise ValueError(text)
    return Tree(int(size), _bytes(root))


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(f"{name}\n".encode() + ED25519 + public).digest()[:4]


def _base64(value: bytes) -> str:
    return b64encode(value).decode()


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise BadNote(f"{text!r} is no base64") from error
