"""Brings a backup back, in the order in which nothing wrong is ever served.

nothing serves - the backup is whole - the place is free - dump - migrations - positions by this
cluster's transactions - what was erased since is erased again - the log continues what was
published, or its loss is accepted - everything verifies - the database gets its name. What is left
is `traject recover --restored`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from deploy.backup import SQL
from deploy.fitting import (
    TO_ACCEPT,
    log_keys,
    refuse_older,
    refuse_unfit,
    refuse_unopened,
)
from deploy.manifest import BackupRefused, Manifest, Tell, check
from deploy.restoring import Target, attempt, load_dump, refuse_unless_free, swap_in, target_of
from events.audit.keeper import integrate
from events.audit.online import verify_database
from events.audit.publishing import Publication
from events.audit.restored import accept, loss
from events.audit.verify import Report
from events.store.keyring import KeyRing
from events.store.ledger import Ledger, obey_ledger
from events.store.migrate import migrate
from events.store.sequencer import after_restore
from events.store.store import Store
from settings import Settings
from workflows.registry import RULES

Say = Callable[[str], None]
Bar = Callable[[str, bool], AbstractContextManager[Tell]]
"""Shows how far something of this name has come, in bytes or not."""


ACCESS_OF_THEN = (
    "People, roles, tokens, calendar links and emergency passwords are those of {:%Y-%m-%d %H:%M} "
    "UTC: what was taken away since holds again until it is taken away again."
)
"""Of what lets somebody in nothing is outside the database, so that it cannot be told from here."""


def no_bar(_what: str, _in_bytes: bool) -> AbstractContextManager[Tell]:
    return nullcontext(lambda _done, _of: None)


@dataclass(frozen=True)
class Restored:
    """What came back. ``erased_again`` counts dossiers; ``statement`` is of an accepted loss."""

    made_at: datetime
    events: int
    numbered: int
    erased_again: int
    statement: str | None
    verified: dict[str, int]
    notes: list[str]

    def json(self) -> dict[str, Any]:
        return {**asdict(self), "made_at": self.made_at.isoformat()}


async def restore(
    settings: Settings,
    folder: Path,
    *,
    accept_loss: str | None = None,
    say: Say = lambda _: None,
    bar: Bar = no_bar,
) -> Restored:
    """Restore a backup into a database that is not there, or empty. Safe to interrupt and repeat.

    ``settings`` name the database's superuser; see `servers.own_postgres`. ``accept_loss`` is the
    reason why what was published since the backup is given up. Raises BackupRefused, BadKeys,
    Contradiction, Away, and what a server that is away raises; the place is as it was then.
    """
    with bar("Checking the backup", True) as tell:
        manifest = check(folder, tell)
    say(f"The backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC is whole: {manifest.events} events.")
    refuse_unfit(manifest, settings)
    publication = Publication.at(settings.published)
    await refuse_older(manifest, publication, accept_loss)
    async with target_of(settings.owner_database) as target:
        await refuse_unless_free(target)
        done: list[Restored] = []

        async def work() -> None:
            with bar("Loading the dump", True) as tell:
                await load_dump(target, folder, manifest, tell)
            done.append(
                await _made_right(settings, target, manifest, publication, accept_loss, say, bar)
            )
            await swap_in(target)

        await attempt(target, work)
    say(f"The database {target.name} is restored, and verifies.")
    return done[0]


async def _made_right(
    settings: Settings,
    target: Target,
    manifest: Manifest,
    publication: Publication,
    accept_loss: str | None,
    say: Say,
    bar: Bar,
) -> Restored:
    """All that comes between a loaded dump and a database that may serve."""
    owner = target.dsn_beside()
    for name in await migrate(owner):
        say(f"Migrated: {name}")
    numbered = await after_restore(owner)
    await refuse_unopened(settings, owner)
    erased = await _obey(settings, target, publication)
    if erased:
        say(f"{erased} dossiers that were erased since were erased again.")
    keys = await log_keys(settings, publication)
    check_log = _Check(target, keys.vkeys[:1] if keys else [], bar)
    sequencer = await asyncpg.connect(target.dsn_beside("traject_sequencer"))
    try:
        while await integrate(sequencer):
            pass
        statement = None
        lost = await loss(sequencer, keys, publication) if keys else None
        if keys and lost:
            say(lost.sentence())
            if accept_loss is None:
                raise BackupRefused(f"{lost.sentence()} {TO_ACCEPT}")
            await check_log.holds(None)
            now = datetime.now(UTC)
            statement = await accept(sequencer, keys, publication, lost, accept_loss, now)
    finally:
        await sequencer.close()
    report = await check_log.holds(publication)
    connection = await asyncpg.connect(owner)
    try:
        # Some of them were ended since, and nobody knows any more which.
        if ended := await connection.fetchval(SQL["end_sessions"]):
            say(f"{ended} sessions of then were ended: everybody signs in anew.")
        await connection.execute("analyze")
        events = await connection.fetchval(SQL["count_events"])
    finally:
        await connection.close()
    notes = [*report.notes, *report.unsure, ACCESS_OF_THEN.format(manifest.made_at)]
    verified = dict(report.checked)
    return Restored(manifest.made_at, events or 0, numbered, erased, statement, verified, notes)


async def _obey(settings: Settings, target: Target, publication: Publication) -> int:
    stories = {name: rules.story for name, rules in RULES.items()}
    facts = {name: story.facts for name, story in stories.items()}
    ring = KeyRing.load(settings.master_keys)
    store = await Store.connect(target.dsn_beside("traject_app"), ring, facts, max_size=2)
    try:
        return await obey_ledger(store, Ledger(publication), target.dsn_beside(), stories)
    finally:
        await store.close()


@dataclass(frozen=True)
class _Check:
    """Entry by entry, and against what was published where that is given."""

    target: Target
    vkeys: Sequence[str]
    bar: Bar

    async def holds(self, publication: Publication | None) -> Report:
        """Raises BackupRefused with the first finding."""
        with self.bar("Verifying the log", False) as tell:
            report = await verify_database(
                self.target.dsn_beside("traject_projector"),
                self.vkeys,
                publication=publication,
                processes=os.cpu_count() or 1,
                tell=tell,
            )
        if report.findings:
            raise BackupRefused(
                f"The restored database does not verify: {report.findings[0].sentence}"
                f" ({len(report.findings)} findings). Take another backup; the place is as it was."
            )
        return report
