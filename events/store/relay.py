"""When mail leaves: on working days, by day, and again when it failed; never in doubt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from events.calendar import is_working_day, local_day
from events.settings import TenantSettings
from events.store.boards import BoardSettings
from events.store.digests import AT, Digests, SendDigest
from events.store.errors import unreachable
from events.store.outbox import Send

POLL = 1.0

log = logging.getLogger(__name__)


class PostOffice(Digests, BoardSettings):
    """What the relay needs of the store."""


def may_send(now: datetime, settings: TenantSettings) -> bool:
    """Mail leaves on the board's working days, from its first mail hour up to its last."""
    local = now.astimezone(settings.zone)
    return (
        is_working_day(local_day(now, settings), settings)
        and settings.mail_from_hour <= local.hour < settings.mail_to_hour
    )


def may_send_digests(now: datetime, settings: TenantSettings) -> bool:
    """Digests leave on the same days, before the first lesson already."""
    local = now.astimezone(settings.zone)
    return (
        is_working_day(local_day(now, settings), settings)
        and local.time() >= AT
        and local.hour < settings.mail_to_hour
    )


async def relay(
    store: PostOffice,
    send: Send,
    now: Callable[[], datetime],
    stop: asyncio.Event,
    *,
    digest: SendDigest,
    poll: float = POLL,
) -> None:
    """Send what is due, look again every ``poll`` seconds, until ``stop``.

    Several relays may run at once; each mail is taken up by one of them.
    """
    while not stop.is_set():
        try:
            for tenant in await store.boards_with_mail(now()):
                settings = await store.settings(tenant)
                if may_send_digests(now(), settings):
                    await store.deliver_digests(tenant, digest, now(), settings)
                if may_send(now(), settings):
                    await store.deliver(tenant, send, now())
        except Exception as error:
            if not unreachable(error):
                raise
            log.warning("relay lost its database: %s", type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), poll)
