#!/usr/bin/env python3
"""Checks what Traject says happened, without trusting Traject or whoever hands it over.

    python verify.py EXPORT.zip [--key VKEY]... [--checkpoint FILE]... [--json]

It needs Python 3.11 and the package ``cryptography``, and was made to be read: in one sitting you
can see that it checks what it says. Four things make the past hard to change:

1. Each event carries a hash over its content and over the hash of the event before it in its
   stream (a stream is a case). A changed, inserted or removed event breaks this **chain**.
2. All events of all streams stand in one **log**, at positions 1, 2, 3 ... Readings and refused
   attempts have logs of their own. A hash **tree** (RFC 6962) over each log has one root; a few
   hashes beside an entry lead to that root, and show that it stands where it is said to stand.
3. A **checkpoint** states sizes and roots of the three trees. It is signed by a key kept outside
   the database, and published there: from then on nobody, not even who owns database and key, can
   show another past to those who kept it.
4. On the way to a later root those of all **earlier ones** come out again: nothing changed since.

Each case has a key. Once it is destroyed nobody can read its events; all of the above still holds.

What no export can prove by itself: that nothing was left out at the end of a stream, and that its
own key is the right one. Keep checkpoints and keys from elsewhere, and give them here.

Exit code: 0 everything holds, 1 something is wrong, 2 it could not be checked.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import heapq
import json
import re
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

try:
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ModuleNotFoundError:
    print("Nothing was checked yet. First run: python -m pip install cryptography")
    sys.exit(2)

LOGS: tuple[str, ...] = ("events", "reads", "refused")
MALFORMED = (KeyError, ValueError, TypeError, AttributeError, IndexError, struct.error)


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, and the first place at which it shows."""

    code: str
    sentence: str
    log: str | None = None
    position: int | None = None
    stream: str | None = None
    version: int | None = None


@dataclass
class Report:
    """``unsure``: what could not be checked. ``notes``: what a reader has to know besides."""

    findings: list[Finding] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    def find(self, *finding: Any) -> None:
        self.findings.append(Finding(*finding))


class Wrong(ValueError):
    """Something does not hold; the text says why."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


canonical = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode
"""JSON in its one spelling, so that equal values have equal hashes."""

# -- 1. The chain of a stream. A row is an event as stored: ids are 16 bytes, times microseconds.

GENESIS = bytes(32)  # stands for the hash before a stream's first event
_IN_CHAIN = struct.Struct(">15s16s16sqq32s32s32s")
_IN_LOG = struct.Struct(">x21s16s16sq16s16shq32s32s32s")
_1970, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def event_hash(row: Mapping[str, Any], previous: bytes) -> bytes:
    """What an event's hash must be: over who did what when (its header), its sealed body, its time
    and place, and the hash before it. All parts have fixed lengths: no two events look alike."""
    place = row["tenant"], row["stream"], row["version"], row["recorded_us"]
    contents = sha256(row["header"]), sha256(row["body"])
    return sha256(_IN_CHAIN.pack(b"traject event 1", *place, previous, *contents))


def event_problem(row: Mapping[str, Any], previous: bytes, read: Any = json.loads) -> str | None:
    """What is wrong with an event, or None. What searches look at repeats parts of its header."""
    if event_hash(row, previous) != row["event_hash"]:
        return "its header, body, time or place in its stream is not what was recorded"
    try:
        header = read(row["header"])
        at = (datetime.fromisoformat(header["recorded_at"]) - _1970) // _MICROSECOND
        said = header["stream_id"] + header["event_id"] + header["command_id"]
        stored = row["stream"] + row["event_id"] + row["command_id"]
        if said.replace("-", "") == stored.hex() and header["version"] == row["version"]:
            return None if at == row["recorded_us"] else "its time differs from its header's"
    except MALFORMED:
        return "its header is not one"
    return "its ids or version differ from its header's"


# -- 2. The logs and their trees. Leaves begin with 0x00 and pairs with 0x01: neither can be other.


def event_leaf(row: Mapping[str, Any]) -> bytes:
    """An event's leaf: its hash in the chain, when it was stored, and of which command it came."""
    about = canonical([row["command"], row["content_hash"], row["warnings"]]).encode()
    place = row["tenant"], row["stream"], row["version"], row["event_id"], row["command_id"]
    stored = row["place"], row["stored_us"], row["event_hash"]
    contents = sha256(about), sha256(row["given"] or b"")
    return sha256(_IN_LOG.pack(b"traject event entry 1", *place, *stored, *contents))


ENTRIES = {
    "reads": ("tenant", "at_us", "logged_us", "person", "stream", "process", "what", "as_of_us"),
    "refused": ("tenant", "at_us", "logged_us", "person", "stream", "process", "command", "code"),
}
_TAGS = {"reads": b"traject reading entry 1", "refused": b"traject refusal entry 1"}


def entry_leaf(log: str, row: Mapping[str, Any]) -> bytes:
    """The leaf of a reading or a refusal; its ids are text."""
    return sha256(b"\0" + _TAGS[log] + canonical([row[key] for key in ENTRIES[log]]).encode())


def pair(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


class Tree:
    """A tree that grows from left to right, by leaves or by whole subtrees computed before."""

    def __init__(self) -> None:
        self.size = 0
        self.parts: list[tuple[int, bytes]] = []  # widths (powers of two, falling) and hashes

    def add(self, hash_: bytes, width: int = 1) -> None:
        """The next leaf, or the subtree over the next ``width`` leaves."""
        if width < 1 or width & (width - 1) or self.size % width:
            raise Wrong(f"no subtree of {width} leaves can stand after leaf {self.size}")
        self.size += width
        while self.parts and self.parts[-1][0] == width:
            hash_ = pair(self.parts.pop()[1], hash_)
            width *= 2
        self.parts.append((width, hash_))

    def root(self) -> bytes:
        if not self.parts:
            return sha256(b"")
        hash_ = self.parts[-1][1]
        for _, left in self.parts[-2::-1]:
            hash_ = pair(left, hash_)
        return hash_


# -- 3. Checkpoints, and who may sign them.

_NOTE = re.compile(
    r"((\S+)\n(\d+)\n(\S{44})\nreads (\d+) (\S{44})\nrefused (\d+) (\S{44})\n"
    r"at (\S+)\n(?:next (\S+)\n)?)\n((?:\N{EM DASH} \S+ \S+\n)+)"
)


@dataclass(frozen=True)
class Checkpoint:
    """A signed note (C2SP): what is signed, and what that says. ``trees`` are size and root."""

    signed: bytes
    origin: str
    trees: Mapping[str, tuple[int, bytes]]
    at: str
    successor: str | None
    signatures: list[tuple[str, bytes]]


def checkpoint(text: str) -> Checkpoint:
    """Reads a checkpoint; raises Wrong for any other text."""
    found = _NOTE.fullmatch(text)
    if found is None:
        raise Wrong("it is no checkpoint of Traject")
    signed, origin, *numbers, at, successor, below = found.groups()
    roots = [base64.b64decode(root) for root in numbers[1::2]]
    trees = dict(zip(LOGS, zip(map(int, numbers[::2]), roots, strict=True), strict=True))
    names = [line.split(" ")[1:] for line in below.splitlines()]
    signatures = [(name, base64.b64decode(signature)) for name, signature in names]
    return Checkpoint(signed.encode(), origin, trees, at, successor, signatures)


class Keys:
    """Who may sign: the keys one was given, and those that they announced. A key announces its
    successor in a checkpoint, the last that it may sign: a thief of an old key cannot go on."""

    def __init__(self, vkeys: Iterable[str]) -> None:
        self._trusted = dict(_vkey(text) for text in vkeys)

    def accept(self, note: Checkpoint) -> None:
        """Raises Wrong unless a trusted key signed. Checkpoints have to come in their order."""
        for name, signature in note.signatures:
            public = self._trusted.get((name, signature[:4]))
            if public is not None and name == note.origin:
                try:
                    Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], note.signed)
                except InvalidSignature:
                    raise Wrong("its signature is false") from None
                if note.successor is not None:
                    del self._trusted[name, signature[:4]]
                    self._trusted.update([_vkey(note.successor)])
                return
        raise Wrong("no key that is trusted at this point signed it")


def _vkey(text: str) -> tuple[tuple[str, bytes], bytes]:
    """A verifier key, ``name+id+base64``: name and id as signatures give them, and the key."""
    name, id_, encoded = (*text.strip().split("+", 2), "", "")[:3]
    key = base64.b64decode(encoded)
    known = sha256(f"{name}\n".encode() + key)[:4]
    if len(key) != 33 or key[0] != 1 or known.hex() != id_:
        raise Wrong(f"{text} is no verifier key")
    return (name, known), key[1:]


# -- 4. An export: entries of each log, and the hashes beside them that lead to all checkpoints.


def verify(path: Any, vkeys: Sequence[str], kept: Sequence[Checkpoint], report: Report) -> Report:
    """Checks an export: a file or its path. ``vkeys`` and ``kept`` are what one had before."""
    try:
        with zipfile.ZipFile(path) as archive:
            _Export(archive, report).check(vkeys, kept)
    except (*MALFORMED, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        report.find("damaged", f"It cannot be read to its end: {error}.")
    return report


@dataclass
class _Export:
    archive: zipfile.ZipFile
    report: Report

    def check(self, vkeys: Sequence[str], kept: Sequence[Checkpoint]) -> None:
        manifest = self._manifest()
        if not vkeys:
            vkeys = manifest["keys"][:1]
            self.report.notes.append(f"Compare its key with one from elsewhere: {vkeys[0]}")
        names = [*sorted(n for n in manifest["files"] if n[:8] == "history/"), "checkpoint.txt"]
        notes = {name: checkpoint(self.archive.read(name).decode()) for name in names}
        yours, keys = {f"your checkpoint {n}": note for n, note in enumerate(kept, 1)}, Keys(vkeys)
        for name, note in notes.items():
            try:
                keys.accept(note)
            except Wrong as why:
                self.report.find("signature", f"{name}: {why}.")
        self.report.checked["checkpoints"] = len(notes)
        for log in LOGS:
            roots = self._roots(log, {note.trees[log][0] for note in (*notes.values(), *kept)})
            for name, note in (notes | yours).items():
                size, root = note.trees[log]
                if size not in roots and name in yours:
                    self.report.unsure.append(f"No hashes lead to the {size} {log} of {name}.")
                elif roots.get(size) != root:
                    why = f"The first {size} {log} are not those that {name} states."
                    self.report.find("root", why, log)

    def _manifest(self) -> dict[str, Any]:
        """All files have to be as the manifest tells, and no others there. This finds damage, and
        what was added for people to believe; no proof rests on it, as it can be made anew."""
        raw, names = self.archive.read("manifest.json"), self.archive.namelist()
        manifest = json.loads(raw)
        own = {key: value for key, value in manifest.items() if key != "sha256"}
        whole = {**own, "sha256": sha256(canonical(own).encode()).hex()}
        as_made = raw == canonical(whole).encode() and manifest["format"] == "traject-export-1"
        if not as_made or sorted(names) != sorted([*manifest["files"], "manifest.json"]):
            self.report.find("manifest", "manifest.json was changed, or files were added.")
        for name, wanted in manifest["files"].items():
            with self.archive.open(name) as file:
                found = hashlib.file_digest(file, "sha256")  # pyright: ignore[reportArgumentType]
            if found.hexdigest() != wanted:
                self.report.find("file", f"{name} is not as the manifest tells.")
        return manifest

    def _roots(self, log: str, wanted: set[int]) -> dict[int, bytes]:
        """The roots at these sizes, as far as entries and the hashes beside them give them. Every
        leaf has to be covered once, by its entry or by a hash over it and its neighbours."""
        spans = json.loads(self.archive.read("nodes.json"))[log].items()
        beside = sorted((*map(int, key.split("-")), bytes.fromhex(hash_)) for key, hash_ in spans)
        tree, roots = Tree(), {0: sha256(b"")}
        for start, stop, hash_ in heapq.merge(self._entries(log), beside):
            if start != tree.size:
                why = f"Position {tree.size + 1} of {log} is missing, twice or out of order."
                self.report.find("position", why, log, tree.size + 1)
                return {}
            tree.add(hash_, stop - start)
            if tree.size in wanted:
                roots[tree.size] = tree.root()
        return roots

    def _entries(self, log: str) -> Iterator[tuple[int, int, bytes]]:
        """The leaves. An event is checked against the one before it in its stream (``previous``
        where that is not here), and what is shown of it against what was sealed."""
        keys, last = json.loads(self.archive.read("keys.json")), dict[str, tuple[int, bytes]]()
        with self.archive.open(f"{log}.jsonl") as lines:
            for line in map(json.loads, lines):
                position = line["position"]
                self.report.checked[log] += 1
                if log != "events":
                    yield position - 1, position, entry_leaf(log, line)
                    continue
                row, stream, version = event_row(line), line["stream"], line["version"]
                self.report.checked["of them sealed or erased"] += stream not in keys
                first = GENESIS if version == 1 else bytes.fromhex(line.get("previous", ""))
                before, previous = last.get(stream, (version - 1, first))
                why = event_problem(row, previous) or content_problem(row, line, keys.get(stream))
                if version != before + 1:
                    why = f"version {before + 1} of its stream is missing before it"
                if why:
                    told = f"Position {position}, version {version} of stream {stream}: {why}."
                    self.report.find("event", told, log, position, stream, version)
                last[stream] = version, row["event_hash"]
                yield position - 1, position, event_leaf(row)


def event_row(line: Mapping[str, Any]) -> dict[str, Any]:
    """An event of an export as it is stored."""
    ids = {key: UUID(line[key]).bytes for key in ("tenant", "stream", "event_id", "command_id")}
    sealed = {key: line[key] and base64.b64decode(line[key]) for key in ("body", "given")}
    texts = {"header": line["header"].encode(), "event_hash": bytes.fromhex(line["event_hash"])}
    return {**line, **ids, **sealed, **texts}


def content_problem(row: Mapping[str, Any], line: Mapping[str, Any], key: str | None) -> str | None:
    """What is wrong with the plain contents shown of an event, or None. The key of its case opens
    them only where they stand: the seal is bound to board, stream, event and type."""
    cipher, type_ = key and AESGCM(base64.b64decode(key)), json.loads(row["header"])["type"]
    parts = [("data", "body", "event_id", type_), ("command_data", "given", "command_id", "given")]
    for shown, part, id_, kind in parts:
        sealed, bound = row[part], row["tenant"] + row["stream"] + row[id_] + kind.encode()
        try:
            plain = cipher.decrypt(sealed[:12], sealed[12:], bound) if cipher and sealed else None
        except InvalidTag:
            return "its contents were changed, or sealed with another key"
        if plain != (canonical(line[shown]).encode() if shown in line else None):
            return "the contents shown are not those that were sealed"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description="Check an export of Traject.")
    parser.add_argument("export")
    parser.add_argument("--key", action="append", default=[], help="a verifier key you trust")
    parser.add_argument("--checkpoint", action="append", default=[], help="a file you kept")
    parser.add_argument("--json", action="store_true")
    asked, report = parser.parse_args(), Report()
    try:
        texts = [Path(name).read_text(encoding="utf-8") for name in asked.checkpoint]
        Keys(asked.key)
        verify(asked.export, asked.key, [checkpoint(text) for text in texts], report)
    except (OSError, ValueError) as error:
        report.unsure.append(f"It could not be checked: {error}.")
    print(json.dumps(report, default=vars) if asked.json else told(report))
    return 1 if report.findings else 2 if report.unsure else 0


def told(report: Report) -> str:
    """The report as lines of text; the last one sums it up."""
    checked = ", ".join(f"{n} {s.removesuffix('s' * (n == 1))}" for s, n in report.checked.items())
    lines = [finding.sentence for finding in report.findings[:20]] + report.unsure + report.notes
    end = "Not all could be checked" if report.unsure else "Everything holds"
    end = f"NOT as it was (findings: {len(report.findings)})" if report.findings else end
    return "\n".join([*lines, f"{end}: {checked or 'nothing more'}."])


if __name__ == "__main__":
    sys.exit(main())
