"""Mail about notices: written in the reader's language and handed to a mail server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

import aiosmtplib
from pydantic import SecretStr

from activities.invitations import Invitations, PersonalLink
from activities.letters import OwnTexts, digest_letter, known_language, letter
from activities.letters.asks import DO
from events.event import may_sign_in
from events.store.digests import Digest
from events.store.directory import PersonRow
from events.store.outbox import Mail
from observability import MAILS

TIMEOUT = 30.0

Attached = Sequence[tuple[str, bytes]]
"""Calendar files, each with its method (RFC 6047)."""
Calendars = Callable[[Mail], Awaitable[Attached]]
Leave = Callable[[str, str], str]
"""(board, person) -> the address that ends the digests of that person by one click."""


Texts = Callable[[str], Awaitable[OwnTexts]]
"""The board -> what it says in its own way."""


async def _usual(_board: str) -> OwnTexts:
    return {}


async def _no_calendars(_mail: Mail) -> Attached:
    return ()


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
        public_address: str = "",
        invitations: Invitations | None = None,
        calendars: Calendars = _no_calendars,
        leave: Leave | None = None,
        texts: Texts = _usual,
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._user = user
        self._password = password
        self._starttls = starttls
        self._public_address = public_address
        self._invitations = invitations
        self._calendars = calendars
        self._leave = leave
        self._texts = texts

    async def send(self, mail: Mail) -> None:
        """Raises aiosmtplib's exceptions, or OSError, when the server did not take it."""
        link = await self._invitations.link(mail) if self._invitations else None
        files, own = await self._calendars(mail), await self._texts(mail.tenant)
        await self._hand_over(self.message(mail, link, files, own))

    async def send_digest(self, digest: Digest) -> None:
        """The same for one mail about several notices."""
        files = [one for mail in digest.mails for one in await self._calendars(mail)]
        own = await self._texts(digest.tenant)
        await self._hand_over(self.digest_message(digest, list(dict.fromkeys(files)), own))

    async def _hand_over(self, message: EmailMessage) -> None:
        try:
            await aiosmtplib.send(
                message,
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

    def message(
        self,
        mail: Mail,
        link: PersonalLink | None = None,
        calendars: Attached = (),
        own: OwnTexts | None = None,
    ) -> EmailMessage:
        """The mail as it travels. It says that something happened, and nothing of what."""
        methods = [method for method, _ in calendars]
        subject, text = written(mail, link, self._public_address, methods, own)
        at = mail.notice.recorded_at.timestamp()
        return self._message(mail.to, mail.message_id, subject, text, at, calendars)

    def digest_message(
        self, digest: Digest, calendars: Attached = (), own: OwnTexts | None = None
    ) -> EmailMessage:
        """The digest as it travels."""
        subject, text = digest_letter(
            [mail.notice.kind for mail in digest.mails],
            digest.to.language,
            digest.to.name,
            address=f"{self._public_address}/",
            calendar=[method for method, _ in calendars],
            own=own or {},
        )
        at = digest.mails[-1].notice.recorded_at.timestamp()
        message = self._message(digest.to, digest.message_id, subject, text, at, calendars)
        if self._leave is not None:
            message["List-Unsubscribe"] = f"<{self._leave(digest.tenant, digest.to.id)}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return message

    def _message(
        self,
        to: PersonRow,
        message_id: str,
        subject: str,
        text: str,
        at: float,
        calendars: Attached,
    ) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = to.email or ""
        message["Subject"] = subject
        message["Date"] = formatdate(at, usegmt=True)
        domain = parseaddr(self._sender)[1].rpartition("@")[2] or "localhost"
        message["Message-ID"] = f"<{message_id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = known_language(to.language)
        message.set_content(text)
        _attach(message, calendars)
        return message


def _attach(message: EmailMessage, calendars: Attached) -> None:
    """One appointment is another form of the mail, which programs show as an invitation."""
    for number, (method, content) in enumerate(calendars, 1):
        options = {"charset": "utf-8", "params": {"method": method}}
        if len(calendars) == 1:
            message.add_alternative(content.decode(), subtype="calendar", **options)
        else:
            name = f"afspraak-{number}.ics"
            message.add_attachment(content.decode(), subtype="calendar", filename=name, **options)


def written(
    mail: Mail,
    link: PersonalLink | None,
    public_address: str,
    calendar: Sequence[str] = (),
    own: OwnTexts | None = None,
) -> tuple[str, str]:
    """Subject and text of a mail, in the language of whom it goes to."""
    to, kind = mail.to, mail.notice.kind
    address = f"{public_address}/{mail.process}/{mail.notice.stream}"
    if kind in DO:
        address += f"/do/{DO[kind]}"
    account = may_sign_in(to.roles)
    return letter(
        kind,
        to.language,
        to.name,
        account=account,
        link=link,
        address=address,
        calendar=calendar,
        own=own or {},
    )
