"""Lists of cases: which streams a person has a part in, in pages that do not shift."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.store.connection import Connected
from events.store.instants import instant
from events.store.sql import statements

SORTS = {
    "-updated_at": {"column": "recorded_us", "direction": "desc", "beyond": "<"},
    "updated_at": {"column": "recorded_us", "direction": "asc", "beyond": ">"},
    "-created_at": {"column": "created_us", "direction": "desc", "beyond": "<"},
    "created_at": {"column": "created_us", "direction": "asc", "beyond": ">"},
}
"""What lists can be sorted by; a minus sign puts the latest first."""
ABOUT = ("teacher", "student")
"""The parts of whom a case is about."""

SQL = {
    (name, sort): text.format(**words)
    for name, text in statements("cases").items()
    for sort, words in SORTS.items()
}


class BadCursor(ValueError):
    """The cursor was not given out by this list."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; ``updated_at`` is when its last event was recorded.

    For its own teacher in a list of the whole board it is when the case was created.
    ``cursor`` is that of a page that begins after this case.
    """

    stream: str
    version: int
    state: str
    open: bool
    created_at: datetime
    updated_at: datetime
    cursor: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some cases, and the cursor of the next page if there is one."""

    cases: list[CaseRow]
    next: str | None


class Cases(Connected):
    """Finds cases by process, person and state."""

    async def cases(
        self,
        tenant: str,
        *,
        process: str,
        person: str,
        all_cases: bool,
        state: str | None = None,
        about: Collection[str] | None = None,
        open: bool | None = None,  # noqa: A002
        sort: str = "-updated_at",
        cursor: str | None = None,
        limit: int = 50,
    ) -> CasePage:
        """A page of the process's cases that the person has a part in, or of all of the board.

        ``about``: only of those that are about one of these people.
        In a list of the whole board the cases in which the person is the teacher stand where
        they were created: their order must not tell that something secret was recorded.
        Raises KeyError for an unknown sort and BadCursor for a cursor of another list.
        """
        at, stream = _position(cursor, sort)
        statement = SQL["of_board" if all_cases else "of_person", sort]
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                statement, tenant, process, state, open, at, stream, limit + 1, person,
                None if about is None else list(about), ABOUT,
            )  # fmt: skip
        page = rows[:limit]
        return CasePage(
            [
                CaseRow(
                    str(row["stream"]),
                    row["version"],
                    row["state"],
                    row["open"],
                    instant(row["created_us"]),
                    instant(row["recorded_us"]),
                    _cursor(row["sorted_us"], row["stream"], sort),
                )
                for row in page
            ],
            _cursor(page[-1]["sorted_us"], page[-1]["stream"], sort) if len(rows) > limit else None,
        )


def _cursor(at: int, stream: UUID, sort: str) -> str:
    return base64.urlsafe_b64encode(f"{sort} {at} {stream}".encode()).decode().rstrip("=")


def _position(cursor: str | None, sort: str) -> tuple[int | None, UUID | None]:
    if cursor is None:
        return None, None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        of_sort, at, stream = text.split(" ")
        if of_sort != sort:
            raise BadCursor(cursor)
        return int(at), UUID(stream)
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise BadCursor(cursor) from error
