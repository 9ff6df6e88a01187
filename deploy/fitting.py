"""Whether a backup fits the installation that it is restored into: told before hours are spent."""

from __future__ import annotations

import asyncpg

from deploy.backup import SQL
from deploy.manifest import BackupRefused, Manifest
from events.audit.logkeys import LogKey, LogKeys
from events.audit.note import parse, parse_vkey
from events.audit.published import KEYS, LATEST
from events.audit.publishing import Publication
from events.audit.tiles import LOGS
from events.store.errors import Unsealable
from events.store.keys import MasterKeys
from events.store.migrate import migrations
from settings import Settings

TO_ACCEPT = (
    'Where there is none with them, give these up with --accept-loss "REASON": that is stated in'
    " the log's name, beside what was published."
)


def refuse_unfit(manifest: Manifest, settings: Settings) -> None:
    """By what the manifest says: kind of installation, schema, master keys."""
    if manifest.installation != settings.installation:
        raise BackupRefused(
            f"The backup is of an installation marked {manifest.installation}, the settings say"
            f" {settings.installation}: set TRAJECT_INSTALLATION={manifest.installation}."
        )
    if manifest.migration > len(migrations()):
        raise BackupRefused(
            "The backup was made by a newer version of Traject: restore it with that one."
        )
    if not settings.master_keys.exists():
        raise BackupRefused(
            f"There is no {settings.master_keys}. Put the copy of the master keys there first:"
            " without them nothing in a backup can be read."
        )
    missing = set(manifest.masters) - set(MasterKeys.load(settings.master_keys).keys)
    if missing:
        raise BackupRefused(
            f"The dossiers of this backup are wrapped by the master key {min(missing)}, which is"
            f" not in {settings.master_keys}. Put the copy of that file there that is of the time"
            " of the backup; 'traject keys rotate' afterwards."
        )


async def refuse_older(
    manifest: Manifest, publication: Publication, accept_loss: str | None
) -> None:
    """Where something was published that is not in the backup; not with a reason to give it up."""
    latest = await publication.get(LATEST)
    if latest is None or accept_loss is not None:
        return
    published = parse(latest.decode())
    lost = [
        f"{log} {manifest.entries(log) + 1} to {published.trees[log].size}"
        for log in LOGS
        if manifest.entries(log) < published.trees[log].size
    ]
    if lost:
        raise BackupRefused(
            f"The backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC is older than the newest"
            f" published checkpoint, of {published.at:%Y-%m-%d %H:%M} UTC. Not in it:"
            f" {', '.join(lost)}. Take a newer backup. {TO_ACCEPT}"
        )


async def refuse_unopened(settings: Settings, owner: str) -> None:
    """One dossier key of each master key has to open in the restored database."""
    keys = MasterKeys.load(settings.master_keys)
    connection = await asyncpg.connect(owner)
    try:
        rows = await connection.fetch(SQL["some_keys"])
    finally:
        await connection.close()
    for row in rows:
        try:
            keys.unwrap(row["master"], row["wrapped"], str(row["tenant"]), str(row["stream"]))
        except Unsealable:
            raise BackupRefused(
                f"The master key {row['master']} in {settings.master_keys} is another one than"
                " that of the backup. Put the right copy of that file there."
            ) from None


async def log_keys(settings: Settings, publication: Publication) -> LogKeys | None:
    """The keys of the log; their public parts as published where the file is not here.

    None where nothing is known of them. Raises BadKeys, Away.
    """
    if settings.log_keys.exists():
        return LogKeys.load(settings.log_keys)
    vkeys = (await publication.get(KEYS) or b"").decode().split()
    if not vkeys:
        return None
    return LogKeys(parse_vkey(vkeys[0]).name, tuple(LogKey(vkey, None) for vkey in vkeys))
