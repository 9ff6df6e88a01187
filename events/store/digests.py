"""One mail a working day for who chose that, instead of a mail for every notice."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby

import asyncpg

from events.calendar import add_working_days, instant, is_working_day, local_day
from events.settings import TenantSettings
from events.store.directory import PersonRow
from events.store.instants import instant as instant_of
from events.store.outbox import LEASE, URGENT, Mail, Outbox, mail_of
from events.store.sql import statements

SQL = statements("digests")

AT = time(7, 30)
"""When a digest leaves, in the board's time, before the first lesson."""
_SOME_DAY = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told of on one day, in the order in which it happened.

    ``message_id`` is the same on every attempt: it holds the same notices then.
    """

    tenant: str
    to: PersonRow
    day: date
    mails: tuple[Mail, ...]

    @property
    def message_id(self) -> str:
        return f"digest.{self.day.isoformat()}.{self.mails[0].notice.id}.{self.to.id}"


SendDigest = Callable[[Digest], Awaitable[None]]


def digest_day(recorded_at: datetime, settings: TenantSettings) -> date:
    """The working day whose digest tells of something: the same one until it leaves."""
    day = local_day(recorded_at, settings)
    early = recorded_at.astimezone(settings.zone).time() < AT
    if early and is_working_day(day, settings):
        return day
    return add_working_days(day, 1, settings)


class Digests(Outbox):
    """The mail rows of those who chose one mail a day."""

    async def deliver_digests(
        self, tenant: str, send: SendDigest, now: datetime, settings: TenantSettings
    ) -> int:
        """Try every digest of the board that is due once; returns how many were taken up."""
        await self._schedule(tenant, settings)
        taken_up = 0
        while rows := await self._taken(tenant, now):
            for digest, attempts in await self._digests(tenant, rows, now, settings):
                taken_up += 1
                notices = [mail.notice.id for mail in digest.mails]
                sending = functools.partial(send, digest)
                await self._attempt(tenant, notices, attempts, sending, now)
        return taken_up

    async def _schedule(self, tenant: str, settings: TenantSettings) -> None:
        """What waits for no time yet waits for its digest."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["unscheduled"], tenant, list(URGENT))
            days = [digest_day(instant_of(row["recorded_us"]), settings) for row in rows]
            times = [instant(day, AT, settings) for day in days]
            if rows:
                notices = [row["notice"] for row in rows]
                await connection.execute(SQL["schedule"], tenant, notices, times)

    async def _taken(self, tenant: str, now: datetime) -> list[asyncpg.Record]:
        """All that is due of one person, whom nobody else writes to meanwhile."""
        async with self._board(tenant) as connection:
            return await connection.fetch(
                SQL["take"], tenant, now, now + LEASE, list(URGENT), _SOME_DAY
            )

    async def _digests(
        self,
        tenant: str,
        rows: Sequence[asyncpg.Record],
        now: datetime,
        settings: TenantSettings,
    ) -> list[tuple[Digest, int]]:
        """A digest for each day that these rows are of, with how often it was tried."""
        # Tried again it holds the same, so that it is the same mail to whoever got it already.
        told = await self._needed(tenant, rows, now, keep_tried=True)

        def day(row: asyncpg.Record) -> date:
            return digest_day(instant_of(row["recorded_us"]), settings)

        return [
            _digest(tenant, of_day, list(group))
            for of_day, group in groupby(sorted(told, key=day), key=day)
        ]


def _digest(tenant: str, day: date, rows: Iterable[asyncpg.Record]) -> tuple[Digest, int]:
    kept = list(rows)
    mails = tuple(mail_of(tenant, row) for row in kept)
    return Digest(tenant, mails[0].to, day, mails), max(row["attempts"] for row in kept)
