"""Verifies the log of an installation, with the keys and checkpoints that there are of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from events.audit.logkeys import LogKeys
from events.audit.online import Tell, verify_database
from events.audit.published import KEYS
from events.audit.publishing import Publication
from events.audit.verify import Checkpoint, Keys, Report, Wrong, checkpoint
from events.store.errors import BadKeys, StoreError
from settings import Settings


class BadExport(StoreError):
    """An export, or a checkpoint to compare with, cannot be used so; the text says why."""


async def verify_installation(
    settings: Settings,
    *,
    keys: Sequence[str],
    kept: Sequence[Checkpoint],
    published: str | None,
    processes: int,
    tell: Tell,
) -> Report:
    """Verifies the whole database. Raises BadPlace, Away, BadKeys, BadExport."""
    publication = Publication.at(published or settings.published)
    vkeys = list(keys) or (await log_vkeys(settings, publication))[:1]
    try:
        Keys(vkeys)
    except Wrong as error:
        raise BadExport(
            f"The key in {KEYS} where this log is published is none: {error}."
        ) from error
    return await verify_database(
        settings.database("projector"),
        vkeys,
        publication=publication,
        kept=kept,
        processes=processes,
        tell=tell,
    )


async def log_vkeys(settings: Settings, publication: Publication) -> list[str]:
    """The keys of the log, oldest first: from its key file, or else as they were published."""
    try:
        return LogKeys.load(settings.log_keys).vkeys
    except BadKeys:
        found = await publication.get(KEYS)
        if found is None:
            raise
        return found.decode().split()


def read_kept(files: Sequence[Path]) -> list[Checkpoint]:
    """Checkpoints that somebody kept. Raises BadExport where a file is none, OSError."""
    found: list[Checkpoint] = []
    for file in files:
        try:
            found.append(checkpoint(file.read_text(encoding="utf-8")))
        except (Wrong, UnicodeDecodeError) as error:
            raise BadExport(f"{file} is no checkpoint.") from error
    return found
