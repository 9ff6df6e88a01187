"""The mail that an installation without a mail server keeps, for whoever follows a demo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.invitations import Invitations
from activities.letters import OwnTexts
from activities.mail import written
from deploy.boards import known_id, opened
from events.event import instant_text
from events.store.outbox import Mail
from settings import BadSettings, Settings

_WHENEVER = timedelta(days=365)


async def kept_mail(settings: Settings, board: str | None, to: str) -> list[dict[str, Any]]:
    """What has not left, in the order of its notices. Raises BadSettings, BadBoard.

    Never in production: who can read a link can sign by it.
    """
    async with opened(settings) as store:
        if "production" in (settings.installation, await store.installation()):
            raise BadSettings(
                "The mail of a production installation is not shown: whoever reads a signing link"
                " can sign by it. TRAJECT_INSTALLATION says what this is."
            )
        boards = await store.boards_with_mail(datetime.now(UTC) + _WHENEVER)
        if board is not None:
            boards = [known_id(board)]
        invitations = Invitations(store.links, store.settings, settings.public_address)
        address = settings.public_address
        own = {one: await store.texts_of(one) for one in boards}
        return [
            await _shown(mail, invitations, address, own[one])
            for one in boards
            for mail in await store.kept_mail(one)
            if to.lower() in f"{mail.to.name} {mail.to.email}".lower()
        ]


async def _shown(
    mail: Mail, invitations: Invitations, public_address: str, own: OwnTexts
) -> dict[str, Any]:
    link = await invitations.link(mail)
    subject, text = written(mail, link, public_address, own=own)
    return {
        "board": mail.tenant,
        "process": mail.process,
        "case": mail.notice.stream,
        "kind": mail.notice.kind,
        "at": instant_text(mail.notice.recorded_at),
        "to": mail.to.email,
        "name": mail.to.name,
        "subject": subject,
        "text": text,
        "link": link and link.address,
        "until": link and instant_text(link.until),
    }


def page_of(row: Mapping[str, Any]) -> str:
    """A mail as people read it on a terminal."""
    lines = (f"To:      {row['name']} <{row['to']}>", f"Subject: {row['subject']}", "")
    return "\n".join([*lines, row["text"], "-" * 72])
