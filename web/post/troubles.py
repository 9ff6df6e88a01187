"""``/administration/mail``: mail that did not arrive, for who looks after the system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.event import instant_text
from events.store.post import Trouble
from web.api.body import form
from web.pages.page import page
from web.pages.session import page_language
from web.permissions.door import behind
from web.site import Site
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow

_REFUSED = frozenset({"SMTPRecipientsRefused", "SMTPRecipientRefused"})
_AWAY = frozenset({"SMTPConnectError", "SMTPServerDisconnected", "TimeoutError", "OSError"})
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Line:
    """A mail without what it is about: who reads this may not know of any case."""

    notice: int
    name: str
    problem: str
    tried: int
    at: str
    given_up: bool


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/mail``."""
    settings = await site.settings(person.tenant)
    wording = Wording(page_language(request), settings, {})
    troubles = await site.store.mail_troubles(person.tenant)
    return page(request, "post/troubles.html", lines=_lines(troubles, wording))


async def again(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/mail``: a mail that was given up is tried again."""
    notice = (await form(request)).get("notice", "")
    if notice.isascii() and notice.isdigit() and len(notice) <= _DIGITS:
        await site.store.send_again(person.tenant, int(notice))
    return RedirectResponse("/administration/mail", 303)


def _lines(troubles: Sequence[Trouble], wording: Wording) -> list[Line]:
    words = wording.texts.pages["post"]["troubles"]
    return [
        Line(
            one.notice,
            one.name or words["nobody"],
            words["problem"][_problem(one.problem)],
            one.attempts,
            wording.instant(instant_text(one.settled_at)) if one.settled_at else "",
            one.given_up,
        )
        for one in troubles
    ]


def _problem(code: str | None) -> str:
    """What a code means to people: the class of what went wrong, or why it was not tried."""
    if code == "person.no_address":
        return "no_address"
    if code in _REFUSED:
        return "refused"
    away = code in _AWAY or (code or "").startswith("Connection")
    return "away" if away else "other"


PAGES = (
    ("GET", "/administration/mail", behind("administration.health", show)),
    ("POST", "/administration/mail", behind("administration.retry", again)),
)
