"""The mail server of an installation, with all that its mails bring along."""

from __future__ import annotations

from email.utils import parseaddr

from activities.invitations import Invitations
from activities.mail import Post
from events.store.store import Store
from settings import Settings
from web.documents.invitations import CalendarParts
from web.dossiers import Dossiers
from workflows.registry import RULES


def post_of(settings: Settings, store: Store) -> Post | None:
    """None without a mail server: then all mail stays in the outbox, where the demo shows it."""
    if settings.smtp_host is None:
        return None
    address = settings.public_address
    # Nothing of a case is kept in memory here, so that nothing is left there of an erased one.
    dossiers = Dossiers(store, RULES, keep=0)
    sender = parseaddr(settings.smtp_from)[1]
    return Post(
        settings.smtp_host,
        settings.smtp_port,
        sender=settings.smtp_from,
        user=settings.smtp_user,
        password=settings.smtp_password,
        starttls=settings.smtp_starttls,
        public_address=address,
        invitations=Invitations(store.links, store.settings, address),
        calendars=CalendarParts(dossiers, RULES, store.settings, address, sender).of,
        texts=store.texts_of,
        leave=lambda board, person: f"{address}/mail/{store.leaving.code(board, person)}",
    )
