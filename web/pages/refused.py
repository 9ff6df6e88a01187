"""The page for a request that is not done: what is the matter, and the way on."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response

from events.settings import TenantSettings
from web.api.body import TooLarge
from web.api.problems import RETRY_AFTER_SECONDS, Problem, status_of
from web.pages.dashboard.filters import CLEARED
from web.pages.page import page
from web.pages.session import page_language

_OLDER: Mapping[int, str] = {
    404: "",
    405: "method_",
    410: "",
    429: "many_",
    500: "fault_",
    503: "away_",
}
"""Those with words of their own among ``words.error``."""
_SAFE = ("GET", "HEAD")


def error_page(request: Request, problem: Problem) -> Response:
    """The page that says what went wrong, in a sentence of its own."""
    status = int(status_of(problem.code))
    words = page_language(request)
    back, again = False, ""
    if status in _OLDER:
        told = words.pages["error"]
        title, detail = told[f"{_OLDER[status]}title"], told[f"{_OLDER[status]}detail"]
    elif (kind := _kind(request, problem)) is not None:
        told = words.pages["refused"]
        most = size(problem.most) if isinstance(problem, TooLarge) else ""
        title, detail = told[f"{kind}_title"], told[f"{kind}_detail"].format(most=most)
        back = kind in ("large", "sent")
        again = _without(request.url.path) if kind == "asked" and request.url.query else ""
    else:
        text = words.problem(problem.code, request.scope.get("traject.settings") or _DEFAULTS)
        title, detail = text.title, text.detail
    shown = page(request, "error.html", status, title=title, detail=detail, back=back, again=again)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        shown.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    shown.headers.update(problem.headers or {})
    return shown


def _kind(request: Request, problem: Problem) -> str | None:
    """The words for it among ``words.refused``; None where the code's own words say it."""
    match problem.code:
        case "auth.role":
            return "role"
        case "body.too_large" if isinstance(problem, TooLarge):
            return "large"
        case "command.invalid" | "body.not_json":
            return "asked" if request.method in _SAFE else "sent"
        case _:
            return None


def _without(path: str) -> str:
    """The same page without what was asked of it; on the dashboard without kept filters, too."""
    return CLEARED if path.startswith("/dashboard") else path


def size(most: int) -> str:
    """So many bytes as people say it: 300 kB, 1 MB."""
    return f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1_000} kB"


_DEFAULTS = TenantSettings()
