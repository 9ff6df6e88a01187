"""After a backup was restored: what of the published log the database no longer has.

Nothing is signed over such a loss until somebody accepts it in the log's name. What was published
of it stays published, set aside beside a signed statement, and the log goes on from before it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from events.audit.contradiction import Contradiction, extended, genuine, standing
from events.audit.logkeys import LogKeys
from events.audit.note import DASH, Checkpoint, parse_vkey
from events.audit.published import LATEST, checkpoint_name
from events.audit.publishing import Publication
from events.audit.signing import last_checkpoint, signer_after
from events.audit.tiles import LOGS, Log, Tiles

STATEMENTS = "restored"
ASIDE = "abandoned"


@dataclass(frozen=True, slots=True)
class Loss:
    """``kept`` is the newest published checkpoint that the database still continues (None: none),
    ``lost`` the newest one there is. ``changed``: where the database has an entry, another one
    was published."""

    kept_number: int
    kept: Checkpoint | None
    lost_number: int
    lost: Checkpoint
    changed: bool

    def first(self, log: Log) -> int:
        """The first position of the log that is not certain to be as it was published."""
        return self.size(log) + 1

    def size(self, log: Log) -> int:
        return 0 if self.kept is None else self.kept.trees[log].size

    def sentence(self) -> str:
        """What was lost, for people."""
        parts = [
            f"{log} {self.first(log)} to {self.lost.trees[log].size}"
            for log in LOGS
            if self.lost.trees[log].size > self.size(log)
        ]
        how = "is not as it was published" if self.changed else "is older than what was published"
        since = "the beginning" if self.kept is None else f"{self.kept.at:%Y-%m-%d %H:%M:%S} UTC"
        return (
            f"The database {how}. Since {since} these positions are lost or differ:"
            f" {', '.join(parts)}."
        )


async def loss(
    connection: asyncpg.Connection, keys: LogKeys, publication: Publication
) -> Loss | None:
    """What was published and the database does not continue; None where it continues all.

    Raises Contradiction where a published checkpoint was signed by none of these keys or tiles are
    missing, Away where the place cannot be reached.
    """
    numbers = await _numbers(publication)
    if not numbers:
        return None
    tiles = Tiles(connection)
    lost = await _published(publication, keys, numbers[-1])
    now = await standing(tiles, lost)
    if await _problem(tiles, lost, now) is None:
        return None
    # Whoever continues a checkpoint continues all before it.
    low, high = 0, len(numbers) - 1
    while low < high:
        middle = (low + high) // 2
        if await _problem(tiles, await _published(publication, keys, numbers[middle]), now):
            high = middle
        else:
            low = middle + 1
    kept_number = numbers[low - 1] if low else 0
    kept = await _published(publication, keys, kept_number) if low else None
    first_lost = await _published(publication, keys, numbers[low])
    changed = await _problem(tiles, first_lost, now) == "changed"
    return Loss(kept_number, kept, numbers[-1], lost, changed)


async def accept(
    connection: asyncpg.Connection,
    keys: LogKeys,
    publication: Publication,
    found: Loss,
    reason: str,
    now: datetime,
) -> str:
    """State the loss, signed by the log's key, and let the log go on from what was kept.

    Safe to break off and repeat. Returns the statement. Raises MissingKey where the key that has
    to sign is not here, Away where the place cannot be reached or takes nothing away.
    """
    _, last = await last_checkpoint(connection, keys)
    signer = signer_after(last, keys)
    private = keys.private(signer)
    names = await publication.names(f"{STATEMENTS}/")
    before = (await publication.get(names[-1]) or b"").decode() if names else ""
    if _tells_of(before, found):
        number, statement = len(names), before
    else:
        number = len(names) + 1
        text = _text(keys.origin, number, found, reason, now)
        signature = parse_vkey(signer).id + private.sign(text.encode())
        statement = f"{text}\n{DASH} {keys.origin} {b64encode(signature).decode()}\n"
        await publication.put(f"{STATEMENTS}/{number:020}.txt", statement.encode())
    lost = await _lost_names(publication, found)
    for name in lost:
        content = await publication.get(name)
        if content is not None:
            await publication.put(f"{ASIDE}/{number:020}/{name}", content)
    if found.kept is None:
        await publication.delete(LATEST)
    else:
        kept = await publication.get(checkpoint_name(found.kept_number))
        assert kept is not None
        await publication.replace(LATEST, kept)
    # The newest checkpoint last: as long as it is there, this is known to be unfinished.
    for name in lost:
        await publication.delete(name)
    return statement


async def _numbers(publication: Publication) -> list[int]:
    names = await publication.names("checkpoints/")
    found = [name.removeprefix("checkpoints/").removesuffix(".txt") for name in names]
    return sorted(int(number) for number in found if number.isdecimal())


async def _published(publication: Publication, keys: LogKeys, number: int) -> Checkpoint:
    note = await publication.get(checkpoint_name(number))
    return genuine((note or b"").decode(errors="replace"), keys.vkeys, "published").checkpoint


async def _problem(tiles: Tiles, old: Checkpoint, now: Checkpoint) -> str | None:
    try:
        await extended(tiles, old, now, "published")
    except Contradiction as error:
        return error.code
    return None


async def _lost_names(publication: Publication, found: Loss) -> list[str]:
    lost: list[str] = []
    for log in LOGS:
        for name in await publication.names(f"leaves/{log}/"):
            start = name.rpartition("/")[2].partition("-")[0]
            if start.isdecimal() and int(start) >= found.size(log):
                lost.append(name)
    numbers = await _numbers(publication)
    return lost + [checkpoint_name(number) for number in numbers if number > found.kept_number]


def _text(origin: str, number: int, found: Loss, reason: str, now: datetime) -> str:
    lines = [
        origin,
        f"restored {number}",
        *_lines("kept", found.kept_number, found.kept),
        *_lines("lost", found.lost_number, found.lost),
        f"at {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f"reason {' '.join(reason.split())}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _lines(what: str, number: int, checkpoint: Checkpoint | None) -> Sequence[str]:
    if checkpoint is None:
        return [f"{what} nothing"]
    trees = [
        f"{what} {log} {tree.size} {b64encode(tree.root).decode()}"
        for log, tree in checkpoint.trees.items()
    ]
    return [f"{what} checkpoint {number}", *trees]


def _tells_of(statement: str, found: Loss) -> bool:
    """Whether this is the statement of the same loss, from a time that was broken off."""
    wanted = [
        *_lines("kept", found.kept_number, found.kept),
        *_lines("lost", found.lost_number, found.lost),
    ]
    return statement.split("\n")[2 : 2 + len(wanted)] == wanted
