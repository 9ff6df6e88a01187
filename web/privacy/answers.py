"""Who may have a person's complete file over HTTP: that person, and hr and auditors for anybody."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from events.calendar import local_day
from web.api.clock import now_of
from web.api.paths import stream_of
from web.api.problems import Problem, language_of
from web.api.signin import signed_in
from web.downloads import Download, Turns
from web.pages.session import page_language, visitor
from web.privacy.archive import Asked, archive
from web.privacy.lines import own_words
from web.signin.expired import to_sign_in
from web.site import Site, site_of
from web.texts import Texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

MAY_ASK_FOR_OTHERS = frozenset({"hr", "auditor"})
_TURNS = Turns(2)
"""A file takes the store some work; who asks for many, or reads slowly, waits alone."""


async def me_file(request: Request) -> Response:
    """``GET /me/file``: the complete file of the person of the token, as a zip."""
    site = site_of(request)
    person = await signed_in(request, site)
    return await _file(site, person, person.id, now_of(request, site), language_of(request))


async def people_file(request: Request) -> Response:
    """``GET /people/{id}/file``: that of anybody of the board, for hr and auditors."""
    site = site_of(request)
    person = await signed_in(request, site)
    if MAY_ASK_FOR_OTHERS.isdisjoint(person.roles):
        raise Problem("auth.role")
    subject = stream_of(request)
    return await _file(site, person, subject, now_of(request, site), language_of(request))


async def my_file(request: Request) -> Response:
    """``GET /me/file`` of the pages: one's own, for who is signed in."""
    site = site_of(request)
    person = await visitor(request, site)
    if person is None:
        return await to_sign_in(request)
    return await _file(site, person, person.id, datetime.now(UTC), page_language(request))


async def _file(site: Site, by: PersonRow, subject: str, now: datetime, words: Texts) -> Download:
    """The answer. Raises Problem (404) where the board has no such person."""
    entry = (await site.store.entries(by.tenant, [subject])).get(subject)
    if entry is None:
        raise Problem("not_found")
    asked = Asked(by.tenant, entry, by.id, now, words)
    day = local_day(now, await site.settings(by.tenant)).isoformat()
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{own_words(words)["file"].format(day=day)}"',
        "Content-Language": words.language,
    }
    return Download(_pieces(site, asked), headers, "application/zip")


async def _pieces(site: Site, asked: Asked) -> AsyncGenerator[bytes]:
    async with _TURNS.own(asked.by), aclosing(archive(site, asked)) as made:
        while (piece := await _TURNS.next(made)) is not None:
            yield piece
