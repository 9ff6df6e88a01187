"""Mail about notices: written in the reader's language and handed to a mail server."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, parseaddr

import aiosmtplib
from pydantic import SecretStr

from activities.invitations import Invitations, PersonalLink
from activities.letters import letter
from events.event import may_sign_in
from events.store.outbox import Mail
from observability import MAILS

TIMEOUT = 30.0


class Post:
    """A mail server; opens a connection for each mail, as notices are few."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        user: str | None = None,
        password: SecretStr | None = None,
        starttls: bool = True,
        invitations: Invitations | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._user = user
        self._password = password
        self._starttls = starttls
        self._invitations = invitations

    async def send(self, mail: Mail) -> None:
        """Raises aiosmtplib's exceptions, or OSError, when the server did not take it."""
        link = await self._invitations.link(mail) if self._invitations else None
        try:
            await aiosmtplib.send(
                self.message(mail, link),
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password.get_secret_value() if self._password else None,
                start_tls=self._starttls,
                timeout=TIMEOUT,
            )
        except (aiosmtplib.SMTPException, OSError):
            MAILS.labels("refused").inc()
            raise
        MAILS.labels("taken").inc()

    def message(self, mail: Mail, link: PersonalLink | None = None) -> EmailMessage:
        """The mail as it travels. It says that something happened, and nothing of what."""
        subject, text = written(mail, link)
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.to.email or ""
        message["Subject"] = subject
        message["Date"] = formatdate(mail.notice.recorded_at.timestamp(), usegmt=True)
        domain = parseaddr(self._sender)[1].rpartition("@")[2] or "localhost"
        message["Message-ID"] = f"<{mail.message_id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = mail.to.language
        message.set_content(text)
        return message


def written(mail: Mail, link: PersonalLink | None) -> tuple[str, str]:
    """Subject and text of a mail, in the language of whom it goes to."""
    to = mail.to
    return letter(mail.notice.kind, to.language, to.name, account=may_sign_in(to.roles), link=link)
