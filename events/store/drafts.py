"""What somebody is still writing, so that a closed window or an empty battery costs no work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from events.store.connection import raising_store_errors
from events.store.dossiers import Dossiers
from events.store.errors import StoreError
from events.store.instants import instant
from events.store.sealing import Seal, canonical, read_json
from events.store.sql import statements

SQL = statements("drafts")

MOST_BYTES = 300_000
"""Of what is typed, as JSON: a text of 20,000 characters some ten times over."""


MOST_FORMS = 60
"""Forms of one case that somebody may have begun at once: one for each command, goal and visit."""


class TooLarge(StoreError):
    """More was typed than any form asks for, or into more forms than anybody has."""


class NewerDraft(StoreError):
    """Another window kept this form since, or it was given or thrown away.

    ``saved`` names what is there now; None where nothing is.
    """

    def __init__(self, saved: int | None) -> None:
        super().__init__("the draft is not the one that was seen last")
        self.saved = saved


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into a form, by field; ``saved`` names it, in microseconds since 1970."""

    saved: int
    fields: Mapping[str, Any]

    @property
    def saved_at(self) -> datetime:
        return instant(self.saved)


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """A draft among all those of its writer."""

    stream: str
    process: str
    form: str
    draft: Draft


class Drafts(Dossiers):
    """Keeps at most one draft of a form for each person, sealed with the key of its dossier.

    All calls name the writer: nobody else's drafts can be asked for.
    """

    async def draft(self, tenant: str, stream: str, person: str, form: str) -> Draft | None:
        """What this person was writing. Raises Erased, UnknownDossier."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["get"], tenant, stream, person, form)
        if row is None:
            return None
        return _opened(await self._seal(tenant, stream), person, form, row)

    async def save_draft(
        self,
        tenant: str,
        stream: str,
        person: str,
        form: str,
        fields: Mapping[str, Any],
        known: int | None,
    ) -> Draft:
        """Keep what was typed; ``known`` is the draft it goes on from, None for the first.

        Raises TooLarge, NewerDraft, Erased, UnknownDossier.
        """
        content = canonical(dict(fields))
        if len(content) > MOST_BYTES:
            raise TooLarge(f"a draft of {len(content)} bytes")
        seal = await self._seal(tenant, stream)
        body = seal.seal_document(*_place(person, form), content)
        async with raising_store_errors(), self._board(tenant) as connection:
            if known is None:
                asked = SQL["others"], tenant, stream, person, form
                others: int = await connection.fetchval(*asked) or 0
                if others >= MOST_FORMS:
                    raise TooLarge(f"a draft beside {others} others")
            row = await connection.fetchrow(SQL["save"], tenant, stream, person, form, known, body)
        assert row is not None
        if not row["kept"]:
            raise NewerDraft(row["saved_us"])
        return Draft(row["saved_us"], fields)

    async def drop_draft(self, tenant: str, stream: str, person: str, form: str) -> None:
        """Forget what this person was writing, if anything."""
        async with self._board(tenant) as connection:
            await connection.execute(SQL["drop"], tenant, stream, person, form)

    async def drafts_of(self, tenant: str, person: str) -> list[OwnDraft]:
        """All that this person is still writing, the oldest first, but for erased dossiers."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["of_person"], tenant, person)
        found: list[OwnDraft] = []
        for row in rows:
            stream, form = str(row["stream"]), row["form"]
            draft = _opened(await self._seal(tenant, stream), person, form, row)
            found.append(OwnDraft(stream, row["process"], form, draft))
        return found

    async def sweep_drafts(self, older_than: timedelta) -> int:
        """Forget those of every board that were left alone for so long; how many."""
        async with self._pool.acquire() as connection:
            return await connection.fetchval(SQL["sweep"], older_than)


def _place(person: str, form: str) -> tuple[str, int]:
    """What a draft's body is bound to. A later one takes the place of the one before."""
    return f"draft {person} {form}", 0


def _opened(seal: Seal, person: str, form: str, row: asyncpg.Record) -> Draft:
    content = seal.open_document(*_place(person, form), row["body"])
    return Draft(row["saved_us"], read_json(content))
