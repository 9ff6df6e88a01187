"""A page as HTML: the templates, and what every one of them may use."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.pages.session import page_language
from web.texts import Texts

FOLDER = Path(__file__).parent.parent
STATIC = FOLDER / "static"

_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def static_url(name: str) -> str:
    """The address of a file of ours; it changes with the file, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def rendered(template: str, words: Texts, **values: Any) -> str:
    """A template in a language."""
    return _environment.get_template(template).render(
        words=words.pages, language=words.language, **values
    )


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the reader's language."""
    words = page_language(request)
    values = {
        "visitor": request.scope.get("traject.person"),
        "tabs": request.scope.get("traject.tabs", ()),
        **values,
    }
    html = rendered(template, words, path=request.url.path, static_url=static_url, **values)
    headers = {"Cache-Control": "no-store", "Content-Language": words.language}
    return HTMLResponse(html, status, headers)
