"""Mail that notices lead to: sent in working hours, tried again when it fails, never in doubt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from events.calendar import is_working_day, local_day
from events.settings import TenantSettings
from events.store.boards import BoardSettings
from events.store.connection import Connected
from events.store.directory import PersonRow
from events.store.errors import unreachable
from events.store.instants import instant
from events.store.notices import NoticeRow
from events.store.sql import statements

SQL = statements("outbox")

REMINDERS = frozenset(
    {
        "self_assessment_due",
        "receipt_due",
        "stalled",
        "period_ending",
        "suspended_long",
        "overdue",
        "agreement_to_sign",
        "signing_link",
        "signature_due",
        "signatures_missing",
        "evaluation_due",
        "sharing_due",
    }
)
"""Kinds that mean nothing any more once the case has ended (contract 3, Deadlines)."""

MAX_ATTEMPTS = 10
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
SEND_SECONDS = 30.0
BATCH = 20
LEASE = timedelta(seconds=SEND_SECONDS * BATCH * 1.5)
POLL = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person about one notice.

    ``message_id`` is the same on every attempt, so that a mail sent twice (the relay died after
    sending) is shown once.
    """

    tenant: str
    process: str
    to: PersonRow
    notice: NoticeRow

    @property
    def message_id(self) -> str:
        return f"{self.notice.cause}.{self.notice.kind}.{self.to.id}"


Send = Callable[[Mail], Awaitable[None]]
"""Writes the text and sends it within SEND_SECONDS; any exception means it was not sent."""


class Outbox(Connected):
    """The mail rows of a board."""

    async def boards_with_mail(self, now: datetime) -> list[str]:
        """The boards that have mail due."""
        async with self._pool.acquire() as connection:
            return [str(row[0]) for row in await connection.fetch(SQL["boards"], now)]

    async def mail_counts(self, tenant: str) -> dict[str, int]:
        """How many mails of the board are waiting, sending, sent, dropped and parked."""
        async with self._board(tenant) as connection:
            return {
                row["state"]: row["count"] for row in await connection.fetch(SQL["counts"], tenant)
            }

    async def kept_mail(self, tenant: str) -> list[Mail]:
        """The board's mail that did not leave yet, in the order of its notices."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["kept"], tenant)
        return [_mail(tenant, row) for row in rows]

    async def deliver(self, tenant: str, send: Send, now: datetime) -> int:
        """Try every mail of the board that is due once; returns how many were taken up."""
        taken_up = 0
        while True:
            # Taken in a transaction of its own: one kept open while mail is sent would hold back
            # the sequencer, and with it every reader.
            async with self._board(tenant) as connection:
                rows = await connection.fetch(SQL["take"], tenant, now, now + LEASE, BATCH)
            for row in rows:
                taken_up += 1
                if row["kind"] in REMINDERS and not row["open"]:
                    await self._settle(tenant, row["notice"], "dropped", "case.ended", now)
                elif not row["email"]:
                    await self._settle(tenant, row["notice"], "dropped", "person.no_address", now)
                else:
                    await self._attempt(_mail(tenant, row), row["attempts"], send, now)
            if len(rows) < BATCH:
                return taken_up

    async def _attempt(self, mail: Mail, attempts: int, send: Send, now: datetime) -> None:
        try:
            await asyncio.wait_for(send(mail), SEND_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, it is tried again
            # The class alone: an error's text may quote an address.
            problem = type(error).__name__
            if attempts >= MAX_ATTEMPTS:
                log.error("mail parked: %s %s", mail.notice.id, problem)
                await self._settle(mail.tenant, mail.notice.id, "parked", problem, now)
            else:
                pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
                await self._settle(
                    mail.tenant, mail.notice.id, "waiting", problem, now, now + pause
                )
        else:
            await self._settle(mail.tenant, mail.notice.id, "sent", None, now)

    async def _settle(
        self,
        tenant: str,
        notice: int,
        state: str,
        problem: str | None,
        now: datetime,
        next_at: datetime | None = None,
    ) -> None:
        async with self._board(tenant) as connection:
            await connection.execute(SQL["settle"], tenant, notice, state, problem, next_at, now)


def _mail(tenant: str, row: asyncpg.Record) -> Mail:
    notice = NoticeRow(
        row["notice"],
        str(row["stream"]),
        str(row["person"]),
        row["kind"],
        str(row["cause"]),
        row["version"],
        str(row["command_id"]),
        instant(row["recorded_us"]),
    )
    to = PersonRow(
        notice.person, tenant, row["name"], row["email"], row["language"], tuple(row["roles"])
    )
    return Mail(tenant, row["process"], to, notice)


class PostOffice(Outbox, BoardSettings):
    """What the relay needs of the store."""


def may_send(now: datetime, settings: TenantSettings) -> bool:
    """Mail leaves on the board's working days, from its first mail hour up to its last."""
    local = now.astimezone(settings.zone)
    return (
        is_working_day(local_day(now, settings), settings)
        and settings.mail_from_hour <= local.hour < settings.mail_to_hour
    )


async def relay(
    store: PostOffice,
    send: Send,
    now: Callable[[], datetime],
    stop: asyncio.Event,
    *,
    poll: float = POLL,
) -> None:
    """Send what is due, look again every ``poll`` seconds, until ``stop``.

    Several relays may run at once; each mail is taken up by one of them.
    """
    while not stop.is_set():
        try:
            for tenant in await store.boards_with_mail(now()):
                if may_send(now(), await store.settings(tenant)):
                    await store.deliver(tenant, send, now())
        except Exception as error:
            if not unreachable(error):
                raise
            log.warning("relay lost its database: %s", type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), poll)
