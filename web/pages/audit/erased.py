"""A case that was erased, before auditors: what stays of it, and its proofs hold all the same."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response

from web.erased import told_of
from web.pages.erased import facts_of
from web.pages.page import page
from web.pages.session import page_language
from web.reading import ErasedCase
from web.site import Site
from web.wording import Wording, ids_in

if TYPE_CHECKING:
    from events.store.directory import PersonRow


async def erased_case(
    request: Request, site: Site, person: PersonRow, case: ErasedCase
) -> Response:
    """Who did what when, by the headers that stay; contents and names in them are gone."""
    words = page_language(request)
    settings = await site.settings(case.tenant)
    told = await told_of(site, case)
    headers = await site.store.audit.headers(case.tenant, case.stream)
    actors: list[Any] = [one.header["actor"]["person"] for one in headers]
    names = await site.store.names(case.tenant, set(ids_in([told, actors])))
    wording = Wording(words, settings, dict(names), case.process)
    return page(
        request,
        "audit/erased.html",
        HTTPStatus.GONE,
        process=case.process,
        stream=case.stream,
        wording=wording,
        facts=facts_of(told, wording),
        headers=[
            {
                "number": one.version,
                "id": one.event_id,
                "title": wording.title(one.header["type"]),
                "at": wording.instant(one.header["recorded_at"]),
                "by": wording.name(one.header["actor"]["person"])
                if one.header["actor"]["person"]
                else wording.role("process"),
                "role": wording.role(one.header["actor"]["role"]),
            }
            for one in headers
        ],
    )
