"""The personal link in a mail to somebody who may not have an account (docs/contract.md 7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.event import OUTSIDE
from events.settings import TenantSettings
from events.store.links import Links, SigningLink
from events.store.outbox import Mail

CARRYING = frozenset({"agreement_to_sign", "signing_link", "signature_due", "evaluation_due"})
"""Kinds of notice that ask for something that is done by a link."""


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """Where it leads, and its last moment in the board's time."""

    address: str
    until: datetime


def has_links(mail: Mail) -> bool:
    """Whether the mail goes to somebody who may do by a link what is asked."""
    return bool(mail.to.roles) and OUTSIDE.issuperset(mail.to.roles)


class Invitations:
    """Makes the link of a mail: the same one at every attempt to send it."""

    def __init__(
        self,
        links: Links,
        settings: Callable[[str], Awaitable[TenantSettings]],
        public_address: str,
    ) -> None:
        self._links = links
        self._settings = settings
        self._public_address = public_address

    async def link(self, mail: Mail) -> PersonalLink | None:
        """None for a mail that asks for nothing, or goes to staff."""
        if mail.notice.kind not in CARRYING or not has_links(mail):
            return None
        settings = await self._settings(mail.tenant)
        until = mail.notice.recorded_at + timedelta(days=settings.signing_link_days)
        code = self._links.code(
            SigningLink(mail.tenant, mail.notice.stream, mail.to.id, mail.notice.version, until)
        )
        return PersonalLink(f"{self._public_address}/sign/{code}", until.astimezone(settings.zone))
