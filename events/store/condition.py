"""How the system is doing for one board: what waits, what is behind, and what was left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from events.store.administration import SQL, log
from events.store.connection import Connected
from events.store.instants import instant

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Model:
    """A read model that people see, and what it cannot show.

    ``behind``: events of the board that are not in it yet, up to a thousand; ``since``: the first.
    """

    name: str
    behind: int
    since: datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case that a read model cannot go on with; ``error`` is its kind alone."""

    stream: str
    process: str
    model: str
    error: str
    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some of a kind, and since when the oldest of them is there."""

    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Late:
    """Cases with steps that are too late, those steps, the oldest term, and cases that stall."""

    cases: int = 0
    steps: int = 0
    oldest: str | None = None
    stalled: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """All of it at ``at``. ``mail`` is by state: waiting, sending, sent, dropped, parked."""

    at: datetime
    position: int
    unnumbered: Waiting
    models: tuple[Model, ...]
    stuck: tuple[Stuck, ...]
    mail: dict[str, Waiting]
    late: Late
    retry_asked: datetime | None


class Conditions(Connected):
    """Tells the condition of a board."""

    async def condition(self, tenant: str) -> Condition:
        """Seven small questions on one connection."""
        async with self._board(tenant) as connection:
            position: Any = await connection.fetchval(SQL["sequenced"])
            unnumbered: Any = await connection.fetchrow(SQL["unnumbered"], tenant)
            models = await connection.fetch(SQL["models"], tenant)
            stuck = await connection.fetch(SQL["parked"], tenant, SHOWN)
            mail = await connection.fetch(SQL["mail"], tenant)
            late: Any = await connection.fetchrow(SQL["late"], tenant)
            asked = await connection.fetchval(SQL["retry_asked"], tenant)
        return Condition(
            at=datetime.now(UTC),
            position=position,
            unnumbered=Waiting(*unnumbered.values()),
            models=tuple(Model(*row.values()) for row in models),
            stuck=tuple(
                Stuck(
                    str(row["stream"]),
                    row["process"],
                    row["name"],
                    row["error"],
                    row["attempts"],
                    row["parked_at"],
                )
                for row in stuck
            ),
            mail={row["state"]: Waiting(row["count"], instant(row["oldest_us"])) for row in mail},
            late=Late(*late.values()),
            retry_asked=asked,
        )

    async def ask_retry(self, tenant: str, by: str) -> None:
        """Have a worker try again what is parked; asked twice is asked once."""
        async with self._board(tenant) as connection, connection.transaction():
            await connection.execute(SQL["ask_retry"], tenant, by)
            await log(connection, tenant, by, "retry", None, None, None)
