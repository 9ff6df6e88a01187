"""The commands ``traject audit checkpoint`` and ``rotate-key``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.terminal import AsJson, answer, fail, joined, run

if TYPE_CHECKING:
    from settings import Settings


def checkpoint(
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign and publish one first, if there is news.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the log's last checkpoint: what to keep elsewhere, to hold this installation to."""
    found = run(_checkpoint(joined(), sign))
    if found is None:
        fail("No checkpoint was signed yet. 'traject audit checkpoint --sign' signs the first.")
    answer(found["note"].removesuffix("\n"), found, as_json)


def rotate_key(as_json: AsJson = False) -> None:
    """Let a new key sign the log: the old one announces it in a checkpoint, and is forgotten.

    Where worker and this command have key files of their own, copy the file afterwards.
    """
    found = run(_rotate(joined()))
    text = f"From now on this key signs:\n{found['next']}\nIt is in {found['key_file']}."
    answer(text, found, as_json)


async def _checkpoint(settings: Settings, sign: bool) -> dict[str, Any] | None:
    import asyncpg

    from events.audit.keeper import integrate
    from events.audit.logkeys import LogKeys
    from events.audit.note import parse
    from events.audit.publishing import Publication
    from events.audit.signing import checkpoint
    from events.audit.tiles import SQL

    connection = await asyncpg.connect(settings.database("sequencer"))
    try:
        if sign:
            keys = LogKeys.load(settings.log_keys)
            place = Publication.at(settings.published)
            while await integrate(connection):
                pass
            await checkpoint(connection, keys, place, datetime.now(UTC), at_once=True)
        row = await connection.fetchrow(SQL["last_checkpoint"])
    finally:
        await connection.close()
    if row is None:
        return None
    found = parse(row["note"])
    return {
        "number": row["number"],
        "at": found.at.isoformat(),
        **{log: tree.size for log, tree in found.trees.items()},
        "note": row["note"],
    }


async def _rotate(settings: Settings) -> dict[str, Any]:
    import asyncpg

    from events.audit.publishing import Publication
    from events.audit.signing import rotate

    place = Publication.at(settings.published)
    connection = await asyncpg.connect(settings.database("sequencer"))
    try:
        signed = await rotate(connection, settings.log_keys, place, datetime.now(UTC))
    finally:
        await connection.close()
    return {
        "next": signed.next_key,
        "at": signed.at.isoformat(),
        "key_file": str(settings.log_keys),
    }
