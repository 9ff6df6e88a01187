"""The page of a case that was erased, for staff who may know that it was there."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.erased import told_of
from web.pages.page import page
from web.pages.session import page_language
from web.reading import ErasedCase
from web.site import site_of
from web.wording import Detail, Wording, ids_in


async def erased_page(request: Request, case: ErasedCase) -> HTMLResponse:
    """When it was erased, on which ground, and at whose word."""
    site, texts = site_of(request), page_language(request)
    told = await told_of(site, case)
    settings = await site.settings(case.tenant)
    names = await site.store.names(case.tenant, set(ids_in(told)))
    wording = Wording(texts, settings, dict(names), case.process)
    return page(
        request,
        "erased.html",
        HTTPStatus.GONE,
        text=texts.problem("case.erased", settings),
        details=facts_of(told, wording),
    )


def facts_of(told: dict[str, Any], wording: Wording) -> list[Detail]:
    """When it was erased, on which ground and at whose word, as far as that is known."""
    words = wording.words["erasure"]
    found: list[Detail] = []
    for key, at in (("erased", told.get("erased_at")), ("begun", told.get("begun_at"))):
        if at is not None:
            found.append(Detail(words[key], wording.instant(at)))
            break
    if ground := told.get("ground"):
        found.append(
            Detail(words["ground"], wording.words["terms"].get(f"ground.{ground}", ground))
        )
    for key in ("requested", "approved"):
        if said := told.get(key):
            name = wording.name(said["by"])
            found.append(
                Detail(words[key], words["by"].format(name=name, at=wording.instant(said["at"])))
            )
    return found
