"""Our own scripts, styles and pictures, which a browser asks for once."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from web.pages.page import STATIC, static_url

FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=0, must-revalidate"


class Statics(StaticFiles):
    """The files of ``web/static``. One asked for by the digest of its content may be kept."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def file_response(self, *args: Any, **more: Any) -> Response:
        """The file, and how long a browser may keep it."""
        response = super().file_response(*args, **more)
        path, scope = args[0], args[2]
        asked = parse_qs(scope["query_string"].decode("ascii", "replace")).get("v")
        right = parse_qs(urlsplit(static_url(PurePath(path).relative_to(STATIC).as_posix())).query)
        response.headers["Cache-Control"] = FOR_EVER if asked == right["v"] else FOR_NOW
        return response
