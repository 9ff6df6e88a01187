"""What checkpoints state of the log: the database's own, the published ones, and those one kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from events.audit.published import checkpoint_name
from events.audit.publishing import Publication
from events.audit.scanning import HASH, SQL
from events.audit.tiles import LOGS, Log
from events.audit.verify import Checkpoint, Keys, Report, Tree, Wrong, checkpoint, sha256

PAGE = 500
AT_ONCE = 32
"""So many published files are asked for at the same time."""


Digest = bytes
"""Of a checkpoint's text: a log of years has many of them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a checkpoint states, and whose it is. ``trees`` are sizes and roots, in the order of
    LOGS."""

    source: str
    number: int
    at: str
    trees: tuple[tuple[int, bytes], ...]

    @classmethod
    def of(cls, source: str, number: int, note: Checkpoint) -> Claim:
        return cls(source, number, note.at, tuple(note.trees[log] for log in LOGS))

    def tree(self, log: Log) -> tuple[int, bytes]:
        """Size and root of a log's tree."""
        return self.trees[LOGS.index(log)]


@dataclass
class _Told:
    """Numbered checkpoints of one source; those that no trusted key signed are found at once.

    What ``others`` state just so is no claim of its own.
    """

    source: str
    keys: Keys
    report: Report
    others: Mapping[int, Digest]
    digests: dict[int, Digest] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    size: int = 0

    def take(self, number: int, text: str) -> Checkpoint | None:
        """The next one in order; None where it is not to be believed."""
        self.digests[number] = sha256(text.encode())
        try:
            note = checkpoint(text)
            self.keys.accept(note)
        except Wrong as why:
            self.find(number, f": {why}")
            return None
        size, _ = note.trees["events"]
        if size < self.size:
            self.find(number, " states less than the one before it")
        self.size = max(size, self.size)
        if self.others.get(number) != self.digests[number]:
            self.claims.append(Claim.of(self.source, number, note))
        return note

    def find(self, number: int, what: str) -> None:
        """What only it states, from the next position on, has nothing to go by."""
        position = self.size + 1
        told = f"The {self.source} checkpoint {number} (on positions from {position} on){what}."
        self.report.find("checkpoint", told, "events", position)


async def gather(
    connection: asyncpg.Connection,
    publication: Publication | None,
    kept: Sequence[Checkpoint],
    vkeys: Iterable[str],
    report: Report,
) -> list[Claim]:
    """All checkpoints there are, and findings where they are forged or not the same everywhere.

    What is published is read first: the database may be ahead of it, never behind.
    """
    vkeys = list(vkeys)
    outside = _Told("published", Keys(vkeys), report, {})
    if publication is not None:
        await _read_published(publication, outside)
    inside = _Told("database's", Keys(vkeys), report, outside.digests)
    await _read_own(connection, inside)
    report.checked["checkpoints"] = len(inside.digests)
    if publication is not None:
        report.checked["published checkpoints"] = len(outside.digests)
        _compare(inside.digests, outside.digests, report)
    yours = [Claim.of("your", number, note) for number, note in enumerate(kept, 1)]
    return outside.claims + inside.claims + yours


async def _read_published(publication: Publication, told: _Told) -> None:
    names = await publication.names("checkpoints/")
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        found = await asyncio.gather(*(publication.get(name) for name in some))
        for name, content in zip(some, found, strict=True):
            number = name.rpartition("/")[2].removesuffix(".txt")
            if not number.isdecimal() or checkpoint_name(int(number)) != name:
                told.report.find("published", f"What is published as {name} is no checkpoint.")
            else:
                told.take(int(number), (content or b"").decode(errors="replace"))


async def _read_own(connection: asyncpg.Connection, told: _Told) -> None:
    number = 0
    while rows := await connection.fetch(SQL["checkpoints"], number, PAGE):
        for row in rows:
            if row["number"] != number + 1:
                told.find(number + 1, " is not there")
            number = row["number"]
            note = told.take(number, row["note"])
            if note is not None and row["size"] != note.trees["events"][0]:
                told.find(number, " is kept under another size")


def _compare(inside: Mapping[int, Digest], outside: Mapping[int, Digest], report: Report) -> None:
    """The same number has to be the same checkpoint."""
    if inside and not outside:
        report.unsure.append(
            "Nothing is published: whoever owns the database and the log's key could have changed"
            " both."
        )
        return
    for number in sorted(inside.keys() | outside.keys()):
        if inside.get(number) == outside.get(number):
            continue
        if number not in outside and number > max(outside):
            report.notes.append(f"The database's checkpoint {number} is not published yet.")
            continue
        what = "is another one in the database than was published"
        if number not in inside:
            what = "was published, but is not in the database"
        elif number not in outside:
            what = "of the database is not among the published ones"
        report.find("checkpoint", f"Checkpoint {number} {what}.", "events")


async def first_difference(
    publication: Publication,
    log: Log,
    good: Tree,
    stated: tuple[int, bytes],
    own: Sequence[bytes],
) -> int | None:
    """The first position whose published leaf hash is not our own; None where none is published
    that the checkpoint is over.

    ``good`` is the tree as far as all agree, ``stated`` the size and root of the first checkpoint
    that does not, ``own`` are our leaf hashes between the two.
    """
    first, (size, root) = good.size, stated
    theirs = await _published_leaves(publication, log, first, size)
    if theirs is None:
        return None
    tree = Tree()
    tree.size, tree.parts = good.size, list(good.parts)
    for leaf in theirs:
        tree.add(leaf)
    if tree.root() != root:
        return None
    for nth, leaf in enumerate(theirs):
        if nth >= len(own) or own[nth] != leaf:
            return first + nth + 1
    return None


async def _published_leaves(
    publication: Publication, log: Log, start: int, stop: int
) -> list[bytes] | None:
    found = b""
    for name in await publication.names(f"leaves/{log}/"):
        low, _, high = name.rpartition("/")[2].removesuffix(".bin").partition("-")
        if int(high) > start and int(low) < stop:
            content = await publication.get(name) or b""
            cut = max(start - int(low), 0)
            if int(low) + cut != start + len(found) // HASH:
                return None
            found += content[cut * HASH : (stop - int(low)) * HASH]
    if len(found) != (stop - start) * HASH:
        return None
    return [found[at : at + HASH] for at in range(0, len(found), HASH)]
