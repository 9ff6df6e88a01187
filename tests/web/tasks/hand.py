"""Filling in the form of a task as a browser without scripts does."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx2

from tests.web.example_site import ExampleSite

_INPUT = re.compile(r"<input ([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def form_of(page: str, action: str = "") -> dict[str, str]:
    """What the form of a task would send as it stands: hidden, typed and chosen fields."""
    forms = re.findall(
        r"<form [^>]*method=\"post\" action=\"([^\"]*)\".*?>(.*?)</form>", page, re.DOTALL
    )
    (inside,) = (text for where, text in forms if where.endswith(action) and "/do/" in where)
    found: dict[str, str] = {}
    for one in _INPUT.findall(inside):
        given = dict(_ATTRIBUTE.findall(one))
        kind = given.get("type", "text")
        if kind in ("radio", "checkbox") and "checked" not in one.split('"')[-1].split():
            continue
        if "name" in given:
            found[given["name"]] = html.unescape(given.get("value", ""))
    for name, text in re.findall(r'<textarea id="[^"]*" name="([^"]*)".*?>\n(.*?)</textarea>',
                                 inside, re.DOTALL):  # fmt: skip
        found[name] = html.unescape(text)
    return found


async def fill(
    desk: ExampleSite, by: str, path: str, **fields: Any
) -> tuple[httpx2.Response, dict[str, Any]]:
    """Opens the page of a task, fills in the fields (``__`` stands for a dot) and sends it."""
    shown = await desk.get(by, path)
    assert shown.status_code == 200, shown.text
    where = path.partition("?")[0]
    sent = form_of(shown.text, where.rpartition("/")[2])
    sent |= {name.replace("__", "."): value for name, value in fields.items()}
    return await desk.post(by, where, sent), sent


def wrong(page: str) -> list[str]:
    """The fields that the summary at the top leads to."""
    summary = re.search(r'<div class="notice late-notice".*?</div>', page, re.DOTALL)
    return re.findall(r'href="#([^"]*)"', summary[0]) if summary else []
