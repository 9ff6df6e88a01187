"""Who is absent, and whose work goes to whom: what is open of somebody, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from events.store.administration import SQL, log
from events.store.connection import Connected
from events.store.directory import SQL as DIRECTORY
from events.store.directory import UnknownPerson


class AbsenceOverlaps(Exception):
    """The person is recorded as absent on some of these days already."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which somebody is not there, both included; without ``to`` it is not known yet."""

    person: str
    start: date
    to: date | None = None
    stands_in: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that somebody has by name in an open case."""

    stream: str
    process: str
    state: str
    part: str


@dataclass(frozen=True, slots=True)
class Passing:
    """All work of one person that goes to another, as it was begun."""

    id: str
    of: str
    to: str
    reason: str
    begun_by: str
    begun_at: datetime
    done: int = 0
    refused: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Passed:
    """One part in one case; ``outcome`` is None until tried, then done or refused with a code."""

    stream: str
    part: str
    process: str
    outcome: str | None
    code: str | None


class Succession(Connected):
    """Keeps absences, and what of somebody's work has gone to another."""

    async def absences(self, tenant: str, today: date, person: str | None = None) -> list[Absence]:
        """Those that last or lie ahead, of everybody or of one."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["absences"], tenant, today, person)
        return [_absence(row) for row in rows]

    async def absent(self, tenant: str, day: date, people: Iterable[str]) -> list[Absence]:
        """Who of these people is not there on that day, by name."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["absent"], tenant, day, list(people))
        return [_absence(row) for row in rows]

    async def keep_absence(self, tenant: str, by: str, absence: Absence) -> None:
        """Raises AbsenceOverlaps, UnknownPerson."""
        async with self._board(tenant) as connection, connection.transaction():
            days = absence.start, absence.to
            if await connection.fetchval(DIRECTORY["hold"], tenant, absence.person) is None:
                raise UnknownPerson(absence.person)
            if await connection.fetchval(SQL["overlapping"], tenant, absence.person, *days):
                raise AbsenceOverlaps
            await connection.execute(
                SQL["keep_absence"], tenant, absence.person, *days, absence.stands_in
            )
            await log(
                connection,
                tenant,
                by,
                "absence",
                absence.person,
                None,
                _days(*days, absence.stands_in),
            )

    async def end_absence(self, tenant: str, by: str, person: str, start: date) -> bool:
        """Take an absence away; False where there is none."""
        async with self._board(tenant) as connection, connection.transaction():
            row = await connection.fetchrow(SQL["drop_absence"], tenant, person, start)
            if row is None:
                return False
            stood_in = row["stands_in"] and str(row["stands_in"])
            told = _days(start, row["last_day"], stood_in)
            await log(connection, tenant, by, "absence", person, told, None)
            return True

    async def parts_of(self, tenant: str, person: str) -> list[Part]:
        """The open cases in which somebody has a part by name."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["parts"], tenant, person)
        return [Part(str(row["stream"]), row["process"], row["state"], row["part"]) for row in rows]

    async def begin_passing(self, tenant: str, passing: Passing, parts: Sequence[Part]) -> None:
        """Write down what is to go to whom; the same again changes nothing."""
        async with self._board(tenant) as connection, connection.transaction():
            begun = await connection.execute(
                SQL["begin_passing"], tenant, passing.id, passing.of, passing.to, passing.reason,
                passing.begun_by,
            )  # fmt: skip
            if begun.endswith(" 0"):
                return
            await connection.execute(
                SQL["add_passed"],
                tenant,
                passing.id,
                [one.stream for one in parts],
                [one.part for one in parts],
                [one.process for one in parts],
            )
            after = {"successor": passing.to, "reason": passing.reason, "parts": len(parts)}
            await log(connection, tenant, passing.begun_by, "handover", passing.of, None, after)

    async def passing(self, tenant: str, id_: str) -> tuple[Passing, list[Passed]] | None:
        """What was to go to whom, part by part; None where there is no such thing."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["passing"], tenant, id_)
            if row is None:
                return None
            rows = await connection.fetch(SQL["passed"], tenant, id_)
        parts = [
            Passed(str(one["stream"]), one["part"], one["process"], one["outcome"], one["code"])
            for one in rows
        ]
        return _passing(row), parts

    async def passings(self, tenant: str, limit: int = 20) -> list[Passing]:
        """The latest, each with how far it has come."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["passings"], tenant, limit)
        return [_passing(row, row["done"], row["refused"], row["left"]) for row in rows]

    async def settle_passed(
        self, tenant: str, id_: str, part: Passed, outcome: str, code: str | None
    ) -> None:
        """How one part of it ended."""
        async with self._board(tenant) as connection:
            await connection.execute(
                SQL["settle_passed"], tenant, id_, part.stream, part.part, outcome, code
            )


def _absence(row: Any) -> Absence:
    return Absence(
        str(row["person"]),
        row["first_day"],
        row["last_day"],
        row["stands_in"] and str(row["stands_in"]),
        row["name"],
    )


def _passing(row: Any, done: int = 0, refused: int = 0, left: int = 0) -> Passing:
    return Passing(
        str(row["id"]),
        str(row["of_person"]),
        str(row["to_person"]),
        row["reason"],
        str(row["begun_by"]),
        row["begun_at"],
        done,
        refused,
        left,
    )


def _days(start: date, to: date | None, stands_in: str | None) -> dict[str, str | None]:
    return {
        "from": start.isoformat(),
        "to": to and to.isoformat(),
        "stands_in": stands_in,
    }
