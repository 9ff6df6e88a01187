"""When the database, its checkpoints and what was published do not tell one story."""

from __future__ import annotations

from collections.abc import Iterable

from events.audit import merkle
from events.audit.note import BadNote, Checkpoint, Signed, verify
from events.audit.tiles import LOGS, Tiles
from events.store.errors import StoreError


class Contradiction(StoreError):
    """Nothing may be signed, because it would confirm what was tampered with; the text says why.

    ``code``: ``rollback`` (the database is behind), ``changed`` (its log begins otherwise),
    ``forged`` (a checkpoint that no key of the log signed), ``elsewhere`` (the place of
    publishing has another log).
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def genuine(note: str, vkeys: Iterable[str], whose: str) -> Signed:
    """The checkpoint in ``whose`` note; raises Contradiction where no key of the log signed it."""
    try:
        return verify(note, vkeys)
    except BadNote as error:
        raise Contradiction(
            "forged",
            f"The last checkpoint {whose} is not the log's own: {error}. Where the key was rotated"
            " on another machine: put a copy of that machine's key file in the place of this one.",
        ) from error


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
        proof = await tiles.consistency(log, was.size, now.size)
        if not merkle.verify_consistency(was.size, now.size, was.root, now.root, proof):
            raise Contradiction(
                "changed",
                f"The first {was.size} entries in the log of {log} are not those of the"
                f" checkpoint {whose} of {old.at:%Y-%m-%d %H:%M:%S} UTC: history was changed."
                " 'traject audit verify' names the first entry that differs.",
            )
