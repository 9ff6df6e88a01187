"""The pages on which a person chooses mail and makes, renews or withdraws the calendar's link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.event import instant_text
from events.store.post import CHOICES, Feed
from web.api.body import form
from web.api.problems import Problem
from web.documents.answers import CALENDAR
from web.pages.page import page
from web.pages.session import page_language
from web.permissions.door import behind
from web.post import troubles
from web.post.feed import agenda_of, feed_file, readings_of
from web.reading import log_reading
from web.signin.limits import limit
from web.site import Site, site_of
from web.texts import choose, texts
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Handler = Callable[[Request], Awaitable[Response]]
_ENDING = ".ics"


async def mail(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /me/mail``: how often mail comes."""
    saved = request.query_params.get("saved") == "1"
    return await _mail(request, site, person, saved=saved)


async def choose_mail(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /me/mail``."""
    wanted = (await form(request)).get("choice")
    for choice in CHOICES:
        if choice == wanted:
            await site.store.choose_mail(person.tenant, person.id, choice)
            return RedirectResponse("/me/mail?saved=1", 303)
    return await _mail(request, site, person, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _mail(
    request: Request,
    site: Site,
    person: PersonRow,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    saved: bool = False,
) -> Response:
    settings = await site.settings(person.tenant)
    return page(
        request,
        "post/mail.html",
        status,
        choices=CHOICES,
        chosen=await site.store.mail_choice(person.tenant, person.id),
        email=person.email,
        first=settings.mail_from_hour,
        last=settings.mail_to_hour,
        saved=saved,
        wrong=status != HTTPStatus.OK,
    )


async def feed(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /me/feed``: whether there is a link, and what can be done with it."""
    dropped = request.query_params.get("dropped") == "1"
    return await _feed(request, site, person, dropped=dropped)


async def change_feed(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /me/feed``: a new link, which is shown this once, or none any more."""
    if (await form(request)).get("do") == "drop":
        await site.store.drop_feed(person.tenant, person.id)
        return RedirectResponse("/me/feed?dropped=1", 303)
    code = await site.store.make_feed(person.tenant, person.id)
    return await _feed(request, site, person, f"{site.public_address}/feeds/{code}{_ENDING}")


async def _feed(
    request: Request, site: Site, person: PersonRow, link: str = "", *, dropped: bool = False
) -> Response:
    kept = await site.store.feed(person.tenant, person.id)
    settings = await site.settings(person.tenant)
    wording = Wording(page_language(request), settings, {})
    return page(
        request,
        "post/feed.html",
        feed=kept,
        link=link,
        made=_instant(kept, wording, "made_at"),
        used=_instant(kept, wording, "used_at"),
        dropped=dropped and kept is None,
    )


def _instant(kept: Feed | None, wording: Wording, part: str) -> str:
    at: datetime | None = getattr(kept, part) if kept else None
    return wording.instant(instant_text(at)) if at else ""


async def follow(request: Request) -> Response:
    """``GET /feeds/{code}.ics``: the agenda of whoever made the link, for a calendar program."""
    code = request.path_params["code"]
    limit(request, "feed", code)
    site = site_of(request)
    person = await site.store.by_feed(code)
    if person is None:
        raise Problem("not_found")
    words = texts(choose(None, person.language))
    now, settings = datetime.now(UTC), await site.settings(person.tenant)
    agenda = await agenda_of(site, person, words, now, settings)
    headers = {"ETag": agenda.etag, "Cache-Control": "private, no-cache"}
    wanted = request.headers.get("if-none-match", "")
    if agenda.etag in (one.strip().removeprefix("W/") for one in wanted.split(",")):
        return Response(status_code=304, headers=headers)
    readings = await readings_of(site, person, agenda, now, settings)
    content = await feed_file(site, readings, words, now, settings)
    for reading in readings:
        await log_reading(site, person, reading, "feed", now)
    return Response(content, headers=headers, media_type=CALENDAR)


async def leave(request: Request) -> Response:
    """``GET /mail/{code}``: asks whether digests are to stop."""
    _left(request)
    return page(request, "post/leave.html", done=False)


async def left(request: Request) -> Response:
    """``POST /mail/{code}``: they stop. Mail programs call it by themselves (RFC 8058)."""
    tenant, person = _left(request)
    store = site_of(request).store
    if await store.mail_choice(tenant, person) == "daily":
        await store.choose_mail(tenant, person, "urgent")
    return page(request, "post/leave.html", done=True)


def _left(request: Request) -> tuple[str, str]:
    """Board and person of the code in the address. Raises Problem (404, 429)."""
    code = request.path_params["code"]
    limit(request, "link", code)
    found = site_of(request).store.leaving.read(code)
    if found is None:
        raise Problem("not_found")
    return found


PAGES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/me/mail", behind("me", mail)),
    ("POST", "/me/mail", behind("me", choose_mail)),
    ("GET", "/me/feed", behind("me", feed)),
    ("POST", "/me/feed", behind("me", change_feed)),
    ("GET", "/feeds/{code}.ics", follow),
    ("GET", "/mail/{code}", leave),
    ("POST", "/mail/{code}", left),
    *troubles.PAGES,
)
