"""Mail that notices lead to: sent in working hours, tried again when it fails, never in doubt."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from events.store.connection import Connected
from events.store.directory import PersonRow
from events.store.instants import instant
from events.store.needless import ANSWERS, Since, needless
from events.store.notices import NoticeRow
from events.store.sql import statements

SQL = statements("outbox")

URGENT = frozenset(
    {
        "visit_rescheduled",
        "visit_cancelled",
        "timetable_clash",
        "consent_refused",
        "consent_withdrawn",
        "final_report",
        "assessment_issued",
        "agreement_to_sign",
        "signing_link",
        "signature_due",
        "signatures_missing",
        "overdue",
        "handover",
        "successor_needed",
        "three_party_talk_due",
        "half_day_missed",
    }
)
"""Kinds that cannot wait for the next day: a plan that changes, a term that runs or has passed."""

LASTING = 500
"""SMTP answers from here on say that a mail will never be taken (RFC 5321, 4.2.1)."""

MAX_ATTEMPTS = 10
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
SEND_SECONDS = 30.0
BATCH = 20
LEASE = timedelta(seconds=SEND_SECONDS * BATCH * 1.5)

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
        return [mail_of(tenant, row) for row in rows]

    async def deliver(self, tenant: str, send: Send, now: datetime) -> int:
        """Try every mail of the board that is due once; returns how many were taken up."""
        taken_up = 0
        while True:
            # Taken in a transaction of its own: one kept open while mail is sent would hold back
            # the sequencer, and with it every reader.
            async with self._board(tenant) as connection:
                rows = await connection.fetch(
                    SQL["take"], tenant, now, now + LEASE, BATCH, list(URGENT)
                )
            taken_up += len(rows)
            for row in await self._needed(tenant, rows, now):
                if row["choice"] == "urgent" and row["kind"] not in URGENT:
                    await self._settle(tenant, [row["notice"]], "dropped", "person.choice", now)
                else:
                    mail = mail_of(tenant, row)
                    sending = functools.partial(send, mail)
                    await self._attempt(tenant, [row["notice"]], row["attempts"], sending, now)
            if len(rows) < BATCH:
                return taken_up

    async def _needed(
        self,
        tenant: str,
        rows: Sequence[asyncpg.Record],
        now: datetime,
        *,
        keep_tried: bool = False,
    ) -> list[asyncpg.Record]:
        """Those of what was taken up that are still to be sent; the others are dropped.

        ``keep_tried``: what was tried before is only dropped because its case has ended.
        """
        async with self._board(tenant) as connection:
            found = await connection.fetch(
                SQL["since"], tenant, [row["notice"] for row in rows], list(ANSWERS)
            )
        since = {one["notice"]: Since(one["ended"], *map(frozenset, one[2:])) for one in found}
        left: list[asyncpg.Record] = []
        for row in rows:
            if (known := since.get(row["notice"])) is None:
                continue  # its dossier was erased just now, and the row with it
            reason = needless(row["kind"], known)
            if reason == "request.answered" and keep_tried and row["attempts"] > 1:
                reason = None
            if reason is None and not row["email"]:
                reason = "person.no_address"
            if reason is None:
                left.append(row)
            else:
                await self._settle(tenant, [row["notice"]], "dropped", reason, now)
        return left

    async def _attempt(
        self,
        tenant: str,
        notices: Sequence[int],
        attempts: int,
        send: Callable[[], Awaitable[None]],
        now: datetime,
    ) -> None:
        """Send what these notices tell of, and note how that went."""
        try:
            await asyncio.wait_for(send(), SEND_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, it is tried again
            # The class alone: an error's text may quote an address.
            problem = type(error).__name__
            if attempts >= MAX_ATTEMPTS or refused_for_good(error):
                log.error("mail parked: %s %s", notices[0], problem)
                await self._settle(tenant, notices, "parked", problem, now)
            else:
                pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
                await self._settle(tenant, notices, "waiting", problem, now, now + pause)
        else:
            await self._settle(tenant, notices, "sent", None, now)

    async def _settle(
        self,
        tenant: str,
        notices: Sequence[int],
        state: str,
        problem: str | None,
        now: datetime,
        next_at: datetime | None = None,
    ) -> None:
        async with self._board(tenant) as connection:
            await connection.execute(SQL["settle"], tenant, notices, state, problem, next_at, now)


def refused_for_good(error: Exception) -> bool:
    """Whether the mail server said that it will never take this mail, such as for its address."""
    found = getattr(error, "recipients", None)
    codes = [getattr(one, "code", None) for one in found or (error,)]
    return bool(codes) and all(isinstance(code, int) and code >= LASTING for code in codes)


def mail_of(tenant: str, row: asyncpg.Record) -> Mail:
    """The mail of a row of the outbox."""
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
