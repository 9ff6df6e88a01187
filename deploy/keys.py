"""Replaces the master key while the product serves: told, used, wrapped anew by, the old one gone.

The key file and the database say how far a rotation has come, so each step may be interrupted and
repeated. Processes look into the file at every use; none needs a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from events.store.keys import LinkKey, MasterKeys
from events.store.links import link_key
from events.store.rewrapping import Progress, Rewrapping, rewrapping
from settings import Settings

GRACE = 5.0
"""Seconds between telling a new key and using it."""

Say = Callable[[str], None]


class KeysRefused(ValueError):
    """A step of a rotation that cannot be taken now; the text says why and what to do."""


class Rotation:
    """The steps on one key file and one database; each leaves both fit for everybody."""

    def __init__(self, file: Path, database: Rewrapping) -> None:
        self._file = file
        self._database = database

    @property
    def keys(self) -> MasterKeys:
        """As the file has them. Raises BadKeys, OSError."""
        return MasterKeys.load(self._file)

    async def listed(self) -> list[dict[str, Any]]:
        """Every master key that is known or still wraps something, and what it is for."""
        keys, wraps = self.keys, await self._database.masters()
        known = [
            {"name": name, "state": _state(keys, name), "dossiers": wraps.get(name, 0)}
            for name in keys.keys
        ]
        missing = [
            {"name": name, "state": "missing", "dossiers": count}
            for name, count in wraps.items()
            if name not in keys.keys
        ]
        links = [
            {"name": name, "state": "removed", "dossiers": 0, "links_until": f"{one.until:%F}"}
            for name, one in keys.links.items()
        ]
        return [*known, *missing, *links]

    async def add(self) -> str:
        """Make a new key known, which nothing is wrapped by yet; its name.

        One that was added before and is not used yet is kept.
        """
        keys = self.keys
        if keys.coming is not None:
            return keys.coming
        taken = {*keys.keys, *keys.links, *await self._database.masters()}
        name = _next_name(taken | await self._database.retired())
        fresh = MasterKeys.generate(name).keys
        self._write(replace(keys, keys={**keys.keys, **fresh}, coming=name))
        return name

    def use(self) -> str:
        """Wrap new dossiers by the key that was added, from now on; its name.

        Raises KeysRefused where none was added.
        """
        keys = self.keys
        if keys.coming is None:
            raise KeysRefused("No new key was added: 'traject keys rotate' does all steps.")
        self._write(replace(keys, current=keys.coming, coming=None))
        return keys.coming

    async def rewrap(self, progress: Progress | None = None) -> list[str]:
        """Wrap every dossier key by the current key; the streams whose key nothing opens."""
        return await self._database.rewrap(self.keys, progress)

    async def remove(self, name: str, *, keep_links: bool = True) -> None:
        """Take a key out of use and out of the file.

        Signing links made by it serve until they run out, without the key itself, unless not
        ``keep_links``. Raises KeysRefused for the key in use, and while it wraps anything.
        """
        keys = self.keys
        if name not in keys.keys:
            raise KeysRefused(f"There is no master key {name} in {self._file}.")
        if name in (keys.current, keys.coming):
            raise KeysRefused(f"The master key {name} is in use; 'traject keys rotate' first.")
        left = await self._database.retire(name)
        if left:
            raise KeysRefused(
                f"The master key {name} still wraps the keys of {left} dossiers;"
                " 'traject keys rewrap' first."
            )
        links = dict(keys.links)
        if keep_links:
            until = datetime.now(UTC) + timedelta(days=await self._database.link_days() + 1)
            links[name] = LinkKey(link_key(keys.keys[name]), until)
        rest = {other: key for other, key in keys.keys.items() if other != name}
        self._write(replace(keys, keys=rest, links=links))

    def _write(self, keys: MasterKeys) -> None:
        now = datetime.now(UTC)
        current = {name: one for name, one in keys.links.items() if one.until > now}
        replace(keys, links=current).replace(self._file)


async def rotate(
    rotation: Rotation,
    *,
    grace: float = GRACE,
    keep_links: bool = True,
    say: Say = lambda _: None,
    bar: Callable[[], AbstractContextManager[Progress | None]] = nullcontext,
) -> str:
    """All steps; what an interrupted rotation began is ended. The name of the key in use.

    ``grace`` is in seconds; ``bar`` opens what shows how far the wrapping anew has come.
    Raises KeysRefused where a dossier's key opens by none of the known ones: nothing is removed.
    """
    keys = rotation.keys
    begun = keys.coming is not None or len(keys.keys) > 1
    if begun:
        say("A rotation was begun before; it is ended now.")
    if keys.coming is not None or not begun:
        say(f"The master key {await rotation.add()} is known; used in {grace:g} s.")
        await asyncio.sleep(grace)
        say(f"New dossiers are wrapped by {rotation.use()} from now on.")
    with bar() as progress:
        lost = await rotation.rewrap(progress)
    if lost:
        raise KeysRefused(
            f"The keys of {len(lost)} dossiers open by no known master key, such as of {lost[0]}."
            " Put the master key that 'traject keys list' calls missing back into the file."
        )
    for name in [name for name in rotation.keys.keys if name != rotation.keys.current]:
        await rotation.remove(name, keep_links=keep_links)
        say(f"The master key {name} wraps nothing any more and was removed.")
    return rotation.keys.current


@asynccontextmanager
async def rotation_of(settings: Settings) -> AsyncIterator[Rotation]:
    """The rotation of this installation, on its database as the owner.

    Raises BadSettings, KeysBusy, and what a server that is away raises.
    """
    async with rewrapping(settings.owner_database) as database:
        yield Rotation(settings.master_keys, database)


def _state(keys: MasterKeys, name: str) -> str:
    if name == keys.current:
        return "current"
    return "coming" if name == keys.coming else "old"


def _next_name(taken: set[str]) -> str:
    """A number above all others: names are never given twice."""
    return str(max((int(name) for name in taken if name.isdecimal()), default=0) + 1)
