"""What is one's own: the sessions one is signed in by, and tokens for programs of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from babel.dates import format_datetime
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.settings import TenantSettings
from web.api.body import form
from web.api.problems import Problem, uuid_or_none
from web.pages.page import page
from web.pages.session import page_language
from web.permissions.door import behind
from web.signin.cookies import drop_session
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow
    from events.store.sessions import SignedIn

DAYS = (30, 90, 365)
"""How long a token may hold."""
MOST_TOKENS = 20
NAME_MAX = 60


@dataclass(frozen=True, slots=True)
class When:
    """Writes moments as the reader's language and the board's time zone have them."""

    settings: TenantSettings
    language: str

    def __call__(self, at: datetime | None) -> str:
        if at is None:
            return ""
        local = at.astimezone(self.settings.zone)
        return format_datetime(local, "d MMMM y, HH:mm", locale=self.language)


async def me(request: Request, _site: Site, _person: PersonRow) -> Response:
    """``/me``: where everything stands that is one's own."""
    return page(request, "signin/me.html")


async def sessions(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /me/sessions``: on which devices this person is signed in."""
    return page(
        request,
        "signin/sessions.html",
        sessions=await site.store.sessions_of(person.tenant, person.id),
        current=_session(request).session,
        when=await _when(request, site, person),
    )


async def end_sessions(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /me/sessions``: ends one session (``session``), or all but this one (``others``)."""
    sent, current = await form(request), _session(request).session
    if "others" in sent:
        held = await site.store.sessions_of(person.tenant, person.id)
        wanted = [one.id for one in held if one.id != current]
    else:
        wanted = [one for one in [uuid_or_none(sent.get("session"))] if one]
    for one in wanted:
        await site.store.end_one_session(person.tenant, person.id, one)
    response = RedirectResponse("/me/sessions", 303)
    if current in wanted:
        response = RedirectResponse("/", 303)
        drop_session(response, site)
    return response


async def tokens(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /me/tokens``: the person's tokens, and the form for a new one."""
    return await _tokens(request, site, person)


async def change_tokens(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /me/tokens``: makes a token (``name``, ``days``), or ends one (``end``)."""
    sent = await form(request)
    if "end" in sent:
        if token := uuid_or_none(sent["end"]):
            await site.store.end_token(person.tenant, token, person.id)
        return RedirectResponse("/me/tokens", 303)
    if _session(request).how == "emergency":
        # It would let somebody in for longer than the emergency lasts.
        raise Problem("auth.role")
    held = await site.store.tokens_that_hold(person.tenant, person.id)
    wrong = _wrong(sent, [one.name for one in held])
    if wrong:
        return await _tokens(request, site, person, sent=sent, wrong=wrong)
    name, days = " ".join(sent["name"].split()), int(sent["days"])
    ends_at = datetime.now(UTC) + timedelta(days=days)
    made = await site.store.make_token(person.tenant, person.id, name, ends_at)
    return await _tokens(request, site, person, made=made)


def _wrong(sent: dict[str, str], held: Sequence[str | None]) -> dict[str, str]:
    """By field, the name of what is wrong with it; ``held``: what the tokens are called.

    No two are called alike: a form that was sent twice makes one, and each can be told by its name.
    """
    name = " ".join(sent.get("name", "").split())
    wrong: dict[str, str] = {}
    if len(held) >= MOST_TOKENS:
        wrong["name"] = "wrong_many"
    elif not name:
        wrong["name"] = "wrong_name"
    elif len(name) > NAME_MAX:
        wrong["name"] = "wrong_long"
    elif name in held:
        wrong["name"] = "wrong_same"
    if sent.get("days", "") not in map(str, DAYS):
        wrong["days"] = "wrong_days"
    return wrong


async def _tokens(
    request: Request,
    site: Site,
    person: PersonRow,
    *,
    sent: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    made: str | None = None,
) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    values: dict[str, Any] = {"sent": sent or {"days": "90"}, "wrong": wrong or {}, "made": made}
    return page(
        request,
        "signin/tokens.html",
        status,
        tokens=await site.store.tokens_that_hold(person.tenant, person.id),
        when=await _when(request, site, person),
        days=DAYS,
        name_max=NAME_MAX,
        may_make=_session(request).how != "emergency",
        **values,
    )


def _session(request: Request) -> SignedIn:
    return request.scope["traject.session"]


async def _when(request: Request, site: Site, person: PersonRow) -> When:
    return When(await site.settings(person.tenant), page_language(request).language)


PAGES = (
    ("GET", "/me", behind("me", me)),
    ("GET", "/me/sessions", behind("me", sessions)),
    ("POST", "/me/sessions", behind("me", end_sessions)),
    ("GET", "/me/tokens", behind("me", tokens)),
    ("POST", "/me/tokens", behind("me", change_tokens)),
)
