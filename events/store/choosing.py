"""Finds the people whom a form may name: all where there are few, else by what they are called."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from events.store.cases import ABOUT
from events.store.connection import Connected
from events.store.directory import PersonRow, person_row
from events.store.sql import statements

SQL = statements("choosing")

MOST_WORDS = 8
"""A name of more words is looked for by the first of them."""
_PATTERN = re.compile(r"[\\%_]")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who answers to what was typed; ``wholly`` to all of it, and to nothing more."""

    id: str
    name: str
    email: str | None
    wholly: bool


class Choosing(Connected):
    """Finds active people of a board; ``roles`` are those of which they hold one, None for all."""

    async def fitting(
        self, tenant: str, roles: Collection[str] | None, most: int
    ) -> list[PersonRow]:
        """Up to ``most`` of them by name; when there are more, nobody can tell which."""
        async with self._board(tenant) as connection:
            if roles is not None and len(roles) == 1:
                rows = await connection.fetch(SQL["holding"], tenant, next(iter(roles)), most)
            else:
                held = None if roles is None else list(roles)
                rows = await connection.fetch(SQL["fitting"], tenant, held, most)
        found = [person_row(tenant, row) for row in rows]
        return sorted(found, key=lambda one: (one.name.casefold(), one.id))

    async def known_as(self, tenant: str, text: str, most: int) -> list[str]:
        """The ids of up to ``most`` people as `called` whom a case is about, also who has left."""
        words = [word for word in text.split() if any(map(str.isalnum, word))][:MOST_WORDS]
        if not words:
            return []
        parts = [_PATTERN.sub(r"\\\g<0>", word) for word in words]
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["known_as"], tenant, parts, most, ABOUT)
        return [str(row["person"]) for row in rows]

    async def called(
        self, tenant: str, roles: Collection[str] | None, text: str, most: int
    ) -> list[Found]:
        """Up to ``most`` of them whose names have parts that begin with each word of a text.

        Case, and marks on letters, make no difference. Of an address by mail the whole counts.
        """
        held = None if roles is None else list(roles)
        words = [word for word in text.split() if any(map(str.isalnum, word))][:MOST_WORDS]
        if not words:
            return []
        async with self._board(tenant) as connection:
            if "@" in text:
                rows = await connection.fetch(SQL["addressed"], tenant, held, text.strip(), most)
            else:
                parts = [_PATTERN.sub(r"\\\g<0>", word) for word in words]
                whole = " ".join(words)
                rows = await connection.fetch(SQL["called"], tenant, held, parts, whole, most)
        return [Found(str(row["person"]), row["name"], row["email"], row["wholly"]) for row in rows]
