"""The proof of one event worked out here, step by step as the reader's own browser does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import pack
from typing import Any, Literal
from uuid import UUID

from events.audit.merkle import leaf_hash, verify_inclusion
from events.audit.note import BadNote, Checkpoint, parse, verify

STEPS = ("chain", "entry", "leaf", "path", "root", "signature")
"""In their order; each rests on the one before."""
Outcome = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Worked:
    """A step, and whether it holds; ``unknown`` where there was nothing to check it with."""

    step: str
    outcome: Outcome


def worked_out(proof: Mapping[str, Any], keys: Sequence[str]) -> list[Worked]:
    """All steps of a proof as ``Proof.json`` tells it; ``keys`` are the log's verifier keys."""
    entry, chain = proof["entry"], proof["chain"]
    row = bytes.fromhex(entry["bytes"])
    leaf, root = leaf_hash(row), bytes.fromhex(proof["root"])
    path = [bytes.fromhex(hash_) for hash_ in proof["path"]]
    says = _parsed(proof["checkpoint"]["note"])
    held = {
        "chain": _chain(entry, chain).hex() == entry["event_hash"],
        "entry": _entry(entry) == row,
        "leaf": leaf.hex() == proof["leaf_hash"],
        "path": verify_inclusion(leaf, proof["index"], proof["tree_size"], path, root),
        "root": says is not None and (says.root, says.size) == (root, proof["tree_size"]),
        "signature": _signed(proof["checkpoint"]["note"], keys),
    }
    return [Worked(step, _outcome(held[step])) for step in STEPS]


def _outcome(held: bool | None) -> Outcome:
    if held is None:
        return "unknown"
    return "yes" if held else "no"


def _chain(entry: Mapping[str, Any], chain: Mapping[str, Any]) -> bytes:
    parts = [
        chain["tag"].encode(),
        UUID(entry["tenant"]).bytes,
        UUID(entry["stream"]).bytes,
        pack(">qq", entry["version"], chain["recorded_us"]),
        bytes.fromhex(chain["previous"]),
        sha256(chain["header"].encode()).digest(),
        bytes.fromhex(chain["body_sha256"]),
    ]
    return sha256(b"".join(parts)).digest()


def _entry(entry: Mapping[str, Any]) -> bytes:
    parts = [
        entry["tag"].encode(),
        UUID(entry["tenant"]).bytes,
        UUID(entry["stream"]).bytes,
        pack(">q", entry["version"]),
        UUID(entry["event_id"]).bytes,
        UUID(entry["command_id"]).bytes,
        pack(">hq", entry["place"], entry["stored_us"]),
        bytes.fromhex(entry["event_hash"]),
        sha256(entry["about"].encode()).digest(),
        bytes.fromhex(entry["given_sha256"]),
    ]
    return b"".join(parts)


def _parsed(note: str) -> Checkpoint | None:
    try:
        return parse(note)
    except BadNote:
        return None


def _signed(note: str, keys: Sequence[str]) -> bool | None:
    if not keys:
        return None
    try:
        verify(note, keys)
    except BadNote:
        return False
    return True
