"""Writing what a batch changes in the rows of a build, in one transaction with its position."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg

from events.projections.builds import HEADS, SQL, Build
from events.projections.folding import Folded, Poison, kind_of
from events.projections.projection import Case, Key, Projection

HEAD_COLUMNS = {"version": "bigint", "day": "date", "settings": "integer", "seats": "jsonb"}

REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, UnicodeError)
"""What is wrong with rows, and not with the database."""

Row = tuple[Any, ...]
Step = Callable[..., Awaitable[Any]]
Fault = Callable[[str], None]
"""Told where a write stands, such as ``before advance``; tests break it off there."""


class Overtaken(Exception):
    """Somebody else changed the rows of a build since it was looked at."""


@dataclass
class Page:
    """What changes in one build. Rows begin with board and stream."""

    build: Build
    projection: Projection
    upto: int
    cleared: list[Key] = field(default_factory=list)
    heads: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    poisons: list[Poison] = field(default_factory=list)

    def add(self, case: Case, *, fresh: bool = False) -> None:
        """The rows of a case in place of those it has, if any; or that it has to be parked.

        ``fresh``: it has none.
        """
        if not fresh:
            self.cleared.append(case.key)
        try:
            rows = [(*case.key, *row) for row in self.projection.rows(case)]
            head = head_of(case)
        except Exception as error:  # noqa: BLE001 - whatever it is, only this dossier stays behind
            self.poisons.append(Poison(case.key, case.version, kind_of(error)))
            return
        self.heads.append(head)
        self.rows += rows

    def without(self, keys: set[Key], poisons: Iterable[Poison] = ()) -> Page:
        """This page, but that these dossiers have no rows."""
        return replace(
            self,
            heads=[row for row in self.heads if row[:2] not in keys],
            rows=[row for row in self.rows if row[:2] not in keys],
            poisons=[*self.poisons, *poisons],
        )


def head_of(case: Case) -> Row:
    """What of a case is in the rows, for whom, and for which day and settings they hold."""
    day = case.day
    settings = None if day is None else case.settings.version
    return *case.key, case.version, day, settings, case.seats_text


def page(build: Build, projection: Projection, upto: int, folded: Folded, parked: set[Key]) -> Page:
    """What changes by what has no rows; the cases are yet to be added, but for parked ones.

    Parked dossiers stay so, with the rest of their events. A dossier that cannot be shown has no
    rows: what it had could be wrong by now.
    """
    poisons = [poison for poison in folded.poisons if poison.key not in parked]
    cleared = [*folded.erased, *(poison.key for poison in poisons)]
    return Page(build, projection, upto, cleared, poisons=poisons)


async def write(
    connection: asyncpg.Connection, pages: Sequence[Page], fault: Fault | None = None
) -> None:
    """All of these, or nothing. Raises Overtaken, and nothing was written.

    What the database does not take is parked like what cannot be folded.
    """
    try:
        await _write(connection, pages, fault)
    except REFUSED:
        await _write(connection, [await _taken(connection, one) for one in pages], fault)


async def fill(connection: asyncpg.Connection, pages: Sequence[Page]) -> None:
    """Rows of builds in which these dossiers have none yet, and whose position stays."""
    try:
        await _write(connection, pages, None, advance=False)
    except REFUSED:
        taken = [await _taken(connection, one) for one in pages]
        await _write(connection, taken, None, advance=False)


async def _write(
    connection: asyncpg.Connection,
    pages: Sequence[Page],
    fault: Fault | None,
    *,
    advance: bool = True,
) -> None:
    async def step(what: str, statement: str, *arguments: Any) -> Any:
        if fault:
            fault(f"before {what}")
        found = await connection.fetch(statement, *arguments)
        if fault:
            fault(f"after {what}")
        return found

    async with connection.transaction():
        await step("calm", SQL["calm"])
        written = {row[:2] for one in pages for row in one.heads}
        gone = await step("erased", SQL["erased"], *_columns(sorted(written), 2))
        erased = {(str(row["tenant"]), str(row["stream"])) for row in gone}
        for one in pages:
            if advance:
                await _advance(step, one)
            await _replace(step, one.without(erased) if erased else one)
        if fault:
            fault("before commit")
    if fault:
        fault("after commit")


async def _advance(step: Step, one: Page) -> None:
    build = one.build
    names = build.number, build.position, build.fence, one.upto
    if not await step("advance", SQL["advance"], *names):
        raise Overtaken(build.name)


async def _replace(step: Step, one: Page) -> None:
    number, table = one.build.number, one.projection.table
    bad = {poison.key for poison in one.poisons}
    fit = [key for key in one.cleared if key not in bad]
    for where, keys in ((HEADS, one.cleared), (table, one.cleared), ("parked", fit)):
        if keys:
            statement = SQL["forget"].format(table=where)
            await step(f"forget {where}", statement, number, *_columns(keys, 2))
    if one.heads:
        await step("heads", keep(HEADS, HEAD_COLUMNS), number, *_columns(one.heads, 6))
    if one.rows:
        width = len(one.projection.columns) + 2
        statement = keep(table, one.projection.columns)
        await step("rows", statement, number, *_columns(one.rows, width))
    if one.poisons:
        told = [(*poison.key, poison.version, poison.error) for poison in one.poisons]
        await step("park", SQL["park"], number, *_columns(told, 4))


async def _taken(connection: asyncpg.Connection, one: Page) -> Page:
    """The page without the dossiers whose rows the database does not take."""
    poisons: list[Poison] = []
    for head in one.heads:
        rows = [row for row in one.rows if row[:2] == head[:2]]
        trial = connection.transaction()
        await trial.start()
        try:
            for table, columns, found in (
                (HEADS, HEAD_COLUMNS, [head]),
                (one.projection.table, one.projection.columns, rows),
            ):
                if found:
                    # Under no build's number, and never committed.
                    values = _columns(found, len(columns) + 2)
                    await connection.execute(keep(table, columns), 0, *values)
        except REFUSED as error:
            poisons.append(Poison((head[0], head[1]), head[2], kind_of(error)))
        finally:
            await trial.rollback()
    return one.without({poison.key for poison in poisons}, poisons)


def keep(table: str, columns: Any) -> str:
    """The statement that writes rows of these columns (name -> SQL type), each given as a list."""
    return SQL["keep"].format(
        table=table,
        columns=", ".join(columns),
        # A list of lists would arrive as one: arrays travel as text.
        values=", ".join(
            f"w.{name}::{type_}" if type_.endswith("[]") else f"w.{name}"
            for name, type_ in columns.items()
        ),
        arrays=", ".join(
            f"${nth}::{'text' if type_.endswith('[]') else type_}[]"
            for nth, type_ in enumerate(columns.values(), 4)
        ),
    )


def _columns(rows: Sequence[Row], width: int) -> list[list[Any]]:
    """Rows as one list a column."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
