"""Folding many dossiers at once: their new events in one query, on top of what is remembered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import asyncpg

from events.event import Event
from events.projections.builds import SQL
from events.projections.projection import Case, Key, Stories
from events.settings import TenantSettings
from events.store.decoding import Decoder
from events.store.errors import BadKeys, Unreadable
from events.store.instants import microseconds
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys
from events.store.sealing import Seal

KEPT = 500
"""So many dossiers stay folded in memory; any other one is folded from its beginning."""

Row = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Poison:
    """An event that cannot be applied: of which dossier, its version, and what the error is."""

    key: Key
    version: int
    error: str


def kind_of(error: Exception) -> str:
    """What an error is, without its text: that may quote what somebody wrote."""
    kind = type(error).__name__
    if isinstance(error, Unreadable):
        return f"{kind}: {error.type} of schema version {error.schema_version}"
    return kind


@dataclass
class Folded:
    """What became of the dossiers that were asked for."""

    cases: list[Case] = field(default_factory=list)
    erased: list[Key] = field(default_factory=list)
    poisons: list[Poison] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    seal: Seal
    version: int
    state: Any
    updated_us: int


class Folder:
    """Opens and folds dossiers of all boards, as the role ``traject_projector``.

    ``keep``: see KEPT. Nothing of an erased dossier stays once `forget` was called.
    """

    def __init__(
        self, stories: Stories, master_keys: MasterKeys | KeyRing, keep: int = KEPT
    ) -> None:
        self._stories = stories
        self._decoders = {name: Decoder(story.facts) for name, story in stories.items()}
        self._master_keys = KeyRing.of(master_keys)
        self._keep = keep
        self._known: OrderedDict[Key, _Known] = OrderedDict()
        self._forgotten = 0
        self._settings: dict[str, TenantSettings] = {}

    def forget(self) -> None:
        """Let go of everything in memory."""
        self._forgotten += 1
        self._known.clear()

    async def settings(
        self, connection: asyncpg.Connection, boards: set[str]
    ) -> Mapping[str, TenantSettings]:
        """The settings of these boards as they are now."""
        for board, version in await connection.fetch(SQL["settings_versions"], sorted(boards)):
            known = self._settings.get(str(board))
            if known is None or known.version != version:
                text = await connection.fetchval(SQL["settings"], board, version)
                read = TenantSettings.model_validate_json(text) if text else TenantSettings()
                self._settings[str(board)] = read.model_copy(update={"version": version})
        return self._settings

    async def fold(
        self, connection: asyncpg.Connection, wanted: Mapping[Key, int], now: datetime
    ) -> Folded:
        """The dossiers as they were right after these versions.

        Raises BadKeys where a master key is missing: no dossier is to blame for that.
        """
        folded, forgotten = Folded(), self._forgotten
        settings = await self.settings(connection, {tenant for tenant, _ in wanted})
        keys = list(wanted)
        tenants, streams = [key[0] for key in keys], [key[1] for key in keys]
        heads = {row["nth"]: row for row in await connection.fetch(SQL["heads"], tenants, streams)}
        known = [self._before(key, wanted[key]) for key in keys]
        after = [before.version if before else 0 for before in known]
        events = await connection.fetch(
            SQL["events"], tenants, streams, after, [wanted[key] for key in keys]
        )
        rows = {nth: list(found) for nth, found in groupby(events, itemgetter(0))}
        for nth, (key, before) in enumerate(zip(keys, known, strict=True), 1):
            head = heads.get(nth)
            if head is None or head["erased"]:
                self._known.pop(key, None)
                folded.erased.append(key)
                continue
            new = [(row[1], row[2]) for row in rows.get(nth, ())]
            made = self._made(key, head, before, new)
            if isinstance(made, Poison):
                folded.poisons.append(made)
                continue
            if forgotten == self._forgotten:
                self._remember(key, made)
            folded.cases.append(
                Case(
                    *key,
                    story=self._stories[head["process"]],
                    state=made.state,
                    version=made.version,
                    created_us=head["created_us"],
                    updated_us=made.updated_us,
                    settings=settings[key[0]],
                    now=now,
                )
            )
            # Others on this loop are not to wait for the whole batch.
            await asyncio.sleep(0)
        return folded

    def _before(self, key: Key, version: int) -> _Known | None:
        known = self._known.get(key)
        return known if known and known.version <= version else None

    def _made(
        self, key: Key, head: Mapping[str, Any], before: _Known | None, rows: list[Row]
    ) -> _Known | Poison:
        """The dossier with these rows on top."""
        if head["process"] not in self._stories:
            return Poison(key, 1, "UnknownProcess")
        try:
            known = before or self._opened(key, head)
        except BadKeys:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, only this dossier stays behind
            return Poison(key, 1, kind_of(error))
        story, decoder = self._stories[head["process"]], self._decoders[head["process"]]
        try:
            events = decoder.events(rows, known.seal)
            return _grown(known, story.fold(events, known.state), events)
        except Exception:  # noqa: BLE001 - the same
            return self._first_bad(key, head["process"], known, rows)

    def _remember(self, key: Key, known: _Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        while len(self._known) > self._keep:
            self._known.popitem(last=False)

    def _opened(self, key: Key, head: Mapping[str, Any]) -> _Known:
        if head["master"] not in self._master_keys.now.keys:
            raise BadKeys(f"The master key {head['master']} is not in the key file.")
        secret = self._master_keys.unwrap(head["master"], head["wrapped"], *key)
        return _Known(Seal(secret, *key), 0, self._stories[head["process"]].initial(), 0)

    def _first_bad(self, key: Key, process: str, known: _Known, rows: list[Row]) -> Poison:
        """The first event of these that cannot be applied."""
        self._known.pop(key, None)
        story, decoder = self._stories[process], self._decoders[process]
        state, version = known.state, known.version
        for row in rows:
            try:
                state = story.fold(decoder.events([row], known.seal), state)
            except Exception as error:  # noqa: BLE001 - the same
                return Poison(key, version + 1, kind_of(error))
            version += 1
        return Poison(key, version, "TogetherOnly")


def _grown(known: _Known, state: Any, events: list[Event]) -> _Known:
    if not events:
        return known
    last = events[-1]
    return _Known(known.seal, last.version, state, microseconds(last.recorded_at))
