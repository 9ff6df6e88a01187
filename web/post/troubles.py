"""``/administration/mail``: mail that did not arrive, for who looks after the system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.event import instant_text
from events.store.post import Trouble
from web.administration.typed import typed
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
    """Mails to one person that have the same trouble, without what they are about: who reads this
    may not know of any case. ``notices`` are those that were given up.
    """

    name: str
    href: str
    problem: str
    count: int
    tried: int
    at: str
    notices: tuple[int, ...]


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/mail``."""
    settings = await site.settings(person.tenant)
    wording = Wording(page_language(request), settings, {})
    troubles = await site.store.mail_troubles(person.tenant)
    return page(request, "post/troubles.html", lines=_lines(troubles, wording))


async def again(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/mail``: mails that were given up are tried again."""
    for notice in (await typed(request)).all("notice"):
        if notice.isascii() and notice.isdigit() and len(notice) <= _DIGITS:
            await site.store.send_again(person.tenant, int(notice))
    return RedirectResponse("/administration/mail", 303)


def _lines(troubles: Sequence[Trouble], wording: Wording) -> list[Line]:
    words = wording.texts.pages["post"]["troubles"]
    alike: dict[tuple[str, str, bool, bool], list[Trouble]] = {}
    for one in troubles:
        key = one.person, _problem(one.problem), one.given_up, one.settled_at is None
        alike.setdefault(key, []).append(one)
    return [
        Line(
            name=some[0].name or words["nobody"],
            href=f"/administration/people/{person}" if some[0].name else "",
            problem=words["problem"][problem],
            count=len(some),
            tried=max(one.attempts for one in some),
            at=_latest(some, wording),
            notices=tuple(one.notice for one in some) if given_up else (),
        )
        for (person, problem, given_up, _), some in alike.items()
    ]


def _latest(troubles: Sequence[Trouble], wording: Wording) -> str:
    settled = [one.settled_at for one in troubles if one.settled_at]
    return wording.instant(instant_text(max(settled))) if settled else ""


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
