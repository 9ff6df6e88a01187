"""When the database, its checkpoints and what was published do not tell one story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from events.audit import merkle
from events.audit.note import BadNote, Checkpoint, Signed, parse, parse_vkey, verify
from events.audit.tiles import LOGS, BeyondLog, Tiles
from events.store.errors import StoreError


class Contradiction(StoreError):
    """Nothing may be signed, because it would confirm what was tampered with; the text says why.

    ``code``: ``rollback`` (the database is behind), ``changed`` (its log begins otherwise),
    ``forged`` (a checkpoint that no key of the log signed), ``elsewhere`` (checkpoint or place
    of publishing are of another log).
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def genuine(note: str, vkeys: Sequence[str], whose: str) -> Signed:
    """The checkpoint in ``whose`` note; raises Contradiction where no key of the log signed it."""
    try:
        return verify(note, vkeys)
    except BadNote as error:
        raise _foreign(note, vkeys, whose) or Contradiction(
            "forged",
            f"The last checkpoint {whose} is not the log's own: {error}. Where the key was rotated"
            " on another machine: put a copy of that machine's key file in the place of this one.",
        ) from error


def _foreign(note: str, vkeys: Sequence[str], whose: str) -> Contradiction | None:
    try:
        origin, own = parse(note).origin, parse_vkey(vkeys[0]).name
    except BadNote:
        return None
    if origin == own:
        return None
    return Contradiction(
        "elsewhere",
        f"The last checkpoint {whose} is of the log {origin}, and the key file here of {own}: one"
        " of them belongs to another installation.",
    )


async def standing(tiles: Tiles, like: Checkpoint) -> Checkpoint:
    """A checkpoint like this one of the trees as they are.

    Raises Contradiction where tiles are missing.
    """
    sizes = await tiles.sizes()
    with _tiles_complete():
        roots = {log: await tiles.root(log, sizes[log]) for log in LOGS}
    return replace(
        like,
        size=sizes["events"],
        root=roots["events"],
        reads_size=sizes["reads"],
        reads_root=roots["reads"],
        refused_size=sizes["refused"],
        refused_root=roots["refused"],
    )


async def extended(tiles: Tiles, old: Checkpoint, new: Checkpoint, whose: str) -> None:
    """Raises Contradiction where the trees of ``new`` do not begin with those of ``old``.

    ``new`` has the roots of ``tiles`` as they are; ``whose`` says where ``old`` was kept.
    """
    for log in LOGS:
        was, now = old.trees[log], new.trees[log]
        if was.size > now.size:
            raise Contradiction(
                "rollback",
                f"The checkpoint {whose} of {old.at:%Y-%m-%d %H:%M:%S} UTC counts {was.size}"
                f" entries in the log of {log}, the database has {now.size}: it was set back to"
                " an earlier state, or entries were removed. 'traject audit verify' tells more.",
            )
        with _tiles_complete():
            proof = await tiles.consistency(log, was.size, now.size)
        if not merkle.verify_consistency(was.size, now.size, was.root, now.root, proof):
            raise Contradiction(
                "changed",
                f"The first {was.size} entries in the log of {log} are not those of the"
                f" checkpoint {whose} of {old.at:%Y-%m-%d %H:%M:%S} UTC: history was changed."
                " 'traject audit verify' names the first entry that differs.",
            )


@contextmanager
def _tiles_complete() -> Iterator[None]:
    try:
        yield
    except BeyondLog as error:
        raise Contradiction(
            "changed", f"Tiles were removed: {error}. 'traject audit verify' tells more."
        ) from error
