"""Drafts over HTTP: what is typed into a form is kept while it is typed, by script or by button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_time
from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from events.settings import TenantSettings
from events.store.drafts import MOST_BYTES, Draft, NewerDraft, TooLarge
from web.api.body import fields, json_object
from web.api.paths import private, process_of, stream_of
from web.api.problems import Problem, invalid
from web.forms.decoding import Sent, several
from web.pages.page import page
from web.pages.session import page_language, same_site, visitor
from web.reading import read_case
from web.signin.expired import to_sign_in
from web.site import Site, site_of
from web.texts import Texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

FORM = re.compile(r"(?P<command>[A-Za-z]{1,50})(:[^\x00-\x1f\x7f]{1,40})?")
"""How a form is named: by its command, and what in the case it is about, as ``RecordVisit:V2``."""

BODY_BYTES = 4 * MOST_BYTES
"""Of a form in transit, where a letter may take several times its room."""

NUMBERED = re.compile(r"[0-9]{1,18}")
"""How a draft is named, in microseconds since 1970."""

_NOT_KEPT = frozenset({"key", "draft", "draft_do", "draft_known", "draft_page"})
"""Fields that belong to a form as it stands in one window."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose draft, of which form of which case."""

    site: Site
    person: PersonRow
    process: str
    stream: str
    form: str

    @property
    def page(self) -> str:
        """The address of the form."""
        return f"/{self.process}/{self.stream}/do/{self.form.partition(':')[0]}"

    async def get(self) -> Draft | None:
        """What was typed before. Raises Erased."""
        return await self.site.store.draft(
            self.person.tenant, self.stream, self.person.id, self.form
        )

    async def save(self, typed: Mapping[str, Any], known: int | None) -> Draft:
        """Raises NewerDraft, TooLarge, Erased."""
        kept = {name: value for name, value in typed.items() if name not in _NOT_KEPT}
        where = (self.person.tenant, self.stream, self.person.id, self.form)
        try:
            return await self.site.store.save_draft(*where, kept, known)
        except NewerDraft:
            # The same once more, of which the answer was lost on its way, is no other window's.
            there = await self.get()
            if there is None or there.fields != kept:
                raise
            return there

    async def drop(self) -> None:
        await self.site.store.drop_draft(self.person.tenant, self.stream, self.person.id, self.form)


async def forget(site: Site, person: PersonRow, process: str, stream: str, sent: Sent) -> None:
    """The draft of a form that was accepted; the form names it in its field ``draft``."""
    form = several(sent.get("draft", ""))[-1]
    if FORM.fullmatch(form):
        await Place(site, person, process, stream, form).drop()


def kept_at(moment: datetime, words: Texts, settings: TenantSettings) -> str:
    """When a draft was kept: the time, and the day unless it is today."""
    local, own = moment.astimezone(settings.zone), words.pages["tasks"]["draft"]
    time = format_time(local, "HH:mm", locale=words.language)
    if local.date() == datetime.now(UTC).astimezone(settings.zone).date():
        return str(own["today"]).format(time=time)
    day = format_date(local, "d MMMM", locale=words.language)
    return str(own["earlier"]).format(day=day, time=time)


async def put(request: Request) -> Response:
    """``PUT /drafts/{process}/{id}/{form}``: ``{"known": ..., "fields": {...}}`` from the script.

    Answers ``{"saved": ..., "at": "14:03"}``; 409 with the other one's ``saved`` where another
    window was first, 413 where it is too much, 401 where the session is over.
    """
    site = site_of(request)
    person = await visitor(request, site)
    if person is None:
        return private({"code": "auth.required"}, HTTPStatus.UNAUTHORIZED)
    place = await _place(request, site, person)
    body = await json_object(request)
    typed, known = body.get("fields"), body.get("known")
    if not isinstance(typed, dict) or not all(_typed(value) for value in typed.values()):
        raise invalid("fields", "object")
    if not (known is None or (isinstance(known, int) and 0 < known < 2**62)):
        raise invalid("known", "value")
    try:
        draft = await place.save(typed, known)
    except NewerDraft as newer:
        return _told(HTTPStatus.CONFLICT, saved=newer.saved)
    except TooLarge:
        return _told(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    settings = await site.settings(person.tenant)
    return _told(saved=draft.saved, at=kept_at(draft.saved_at, page_language(request), settings))


async def post(request: Request) -> Response:
    """``POST /drafts/{process}/{id}/{form}``: the buttons that keep a draft or throw it away."""
    site = site_of(request)
    person = await visitor(request, site)
    if person is None:
        return await to_sign_in(request)
    place = await _place(request, site, person)
    sent = await fields(request, BODY_BYTES)
    if several(sent.get("draft_do", ""))[-1] == "drop":
        await place.drop()
        return RedirectResponse(_back(place, sent), 303)
    known = several(sent.get("draft_known", ""))[-1]
    try:
        await place.save(sent, int(known) if NUMBERED.fullmatch(known) else None)
    except NewerDraft as newer:
        return page(
            request,
            "tasks/newer.html",
            HTTPStatus.CONFLICT,
            typed=[(name, one) for name, value in sent.items() for one in several(value)
                   if name not in _NOT_KEPT],
            saved=newer.saved,
            back=_back(place, sent),
        )  # fmt: skip
    except TooLarge:
        raise Problem("body.too_large") from None
    return RedirectResponse(_back(place, sent), 303)


async def _place(request: Request, site: Site, person: PersonRow) -> Place:
    """What the address names. Raises Problem or NotFound unless the writer may read the case."""
    process, rules = process_of(request, site)
    stream, form = stream_of(request), request.path_params["form"]
    named = FORM.fullmatch(form)
    if not same_site(request) or named is None or named["command"] not in rules.commands:
        raise Problem("not_found")
    settings = await site.settings(person.tenant)
    await read_case(site, person, process, stream, datetime.now(UTC), settings)
    return Place(site, person, process, stream, form)


def _back(place: Place, sent: Sent) -> str:
    """The page of the form as it was shown, and nothing elsewhere."""
    query = several(sent.get("draft_page", ""))[-1]
    return place.page + (f"?{query}" if re.fullmatch(r"[\w=&%.+-]{1,200}", query) else "")


def _typed(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def _told(status: int = HTTPStatus.OK, **content: Any) -> JSONResponse:
    return private(content, status)


PAGES = (
    ("PUT", "/drafts/{process}/{id}/{form:path}", put),
    ("POST", "/drafts/{process}/{id}/{form:path}", post),
)
