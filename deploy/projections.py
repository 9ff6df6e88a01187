"""`traject projections`: looks after the read models of an installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from deploy.progress import progress_bar
from events.projections import builds, parked
from events.projections.known import PROJECTIONS, named
from events.projections.projection import Stories
from events.projections.projector import connect
from events.projections.rebuild import rebuild
from events.store.keyring import KeyRing
from settings import Settings
from workflows.registry import RULES


def stories() -> Stories:
    """The reading side of every process; processes that help rebuilding find it by this name."""
    return {name: rules.story for name, rules in RULES.items()}


async def known(settings: Settings) -> list[dict[str, Any]]:
    """Each read model with the build that is read now."""
    live = {(one.name, one.version): one for one in await _builds(settings) if one.state == "live"}
    rows: list[dict[str, Any]] = []
    for projection in PROJECTIONS:
        build = live.get((projection.name, projection.version))
        rows.append(
            {
                "name": projection.name,
                "version": projection.version,
                "table": projection.table,
                "live": build and build.build,
            }
        )
    return rows


async def status(settings: Settings) -> list[dict[str, Any]]:
    """Every build: how far it has come, how far behind it is, and how much is parked."""
    return [
        {**asdict(one), "behind": one.behind, "advanced_at": one.advanced_at.isoformat()}
        for one in await _builds(settings)
    ]


async def _builds(settings: Settings) -> list[builds.Status]:
    connection = await connect(settings.database("projector"))
    try:
        return await builds.status(connection)
    finally:
        await connection.close()


async def rebuild_all(
    settings: Settings, names: Sequence[str], processes: int, *, progress: bool
) -> list[dict[str, Any]]:
    """Build these anew, all where none is named; what is live now. Raises UnknownProjection."""
    wanted = named(names)
    with progress_bar("Rebuilding", shown=progress) as tell:
        fresh = await rebuild(
            settings.database("projector"),
            KeyRing.load(settings.master_keys),
            stories,
            wanted,
            processes=processes,
            progress=tell,
        )
    return [asdict(build) for build in fresh]


async def all_parked(settings: Settings, names: Sequence[str]) -> list[dict[str, Any]]:
    """What is parked in these, or in all. Raises UnknownProjection."""
    wanted = named(names)
    connection = await connect(settings.database("projector"))
    try:
        rows = [asdict(one) for one in await parked.parked(connection, wanted)]
    finally:
        await connection.close()
    for row in rows:
        for moment in ("parked_at", "tried_at"):
            row[moment] = row[moment].isoformat()
    return rows


async def retry(settings: Settings, names: Sequence[str]) -> dict[str, int]:
    """Try again what is parked in these, or in all. Raises UnknownProjection."""
    done, left = await parked.retry(
        settings.database("projector"),
        KeyRing.load(settings.master_keys),
        stories(),
        named(names),
    )
    return {"retried": done, "parked": left}
