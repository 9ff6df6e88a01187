"""For every address what opens it: one that is not in here is not found, whatever handles it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from web.administration.pages import ACCESS

Access = Literal["open", "link", "list", "case", "start", "command"]
"""open: anybody, signed in or not. link: whoever holds the secret in the address. list: who is
signed in, each of the cases that person may see. case: who may read the case (`Story.rights`).
start and command: whom the rules let. Anything else is a view of `web.permissions.table`."""

_SITE: Mapping[str, str] = {
    "GET /": "open",
    "GET /health": "open",
    "GET /static": "open",
    "GET /sign-in": "open",
    "POST /sign-in": "open",
    "GET /sign-in/done": "me",
    "GET /sign-in/start": "open",
    "GET /sign-in/return": "open",
    "GET /sign-in/left": "open",
    "GET /sign-in/emergency": "open",
    "POST /sign-in/emergency": "open",
    "GET /me": "me",
    "GET /me/sessions": "me",
    "POST /me/sessions": "me",
    "GET /me/tokens": "me",
    "POST /me/tokens": "me",
    "POST /sign-out": "open",
    "POST /language": "open",
    "GET /problems/{code}": "open",
    "GET /sign/{code}": "link",
    "POST /sign/{code}": "link",
    "GET /sign/{code}/agreement.pdf": "link",
    "GET /me/file": "me",
    "GET /me/mail": "me",
    "POST /me/mail": "me",
    "GET /me/feed": "me",
    "POST /me/feed": "me",
    "GET /feeds/{code}.ics": "link",
    "GET /mail/{code}": "link",
    "POST /mail/{code}": "link",
    "GET /administration/mail": "administration.health",
    "POST /administration/mail": "administration.retry",
    "GET /tasks": "home",
    "GET /agenda": "home",
    "POST /seen": "home",
    "GET /dashboard": "dashboard",
    "GET /dashboard/cases": "dashboard.cases",
    "GET /dashboard/{table}.{ending}": "dashboard",
    "POST /dashboard/filters": "dashboard",
    "POST /dashboard/filters/{id}": "dashboard",
    "GET /permissions": "permissions",
    "GET /people": "people",
    "GET /audit": "audit",
    "GET /audit/search": "audit",
    "GET /audit/search.csv": "audit",
    "GET /audit/checkpoint.txt": "audit",
    "GET /audit/keys.txt": "audit",
    "GET /audit/export": "audit",
    "GET /audit/export.zip": "audit",
    "GET /audit/export/progress": "audit",
    "GET /audit/events/{event_id}": "audit",
    "GET /audit/events/{event_id}/export.zip": "audit",
    "GET /audit/events/{event_id}/proof.json": "audit",
    "GET /audit/{process}/{id}": "audit",
    "GET /audit/{process}/{id}/knew": "audit",
    "GET /audit/{process}/{id}/export": "audit",
    "GET /audit/{process}/{id}/export.zip": "audit",
    "PUT /drafts/{process}/{id}/{form:path}": "case",
    "POST /drafts/{process}/{id}/{form:path}": "case",
    "POST /{process}/{id}/goals/order": "command",
}
_OF_PROCESS: Mapping[str, str] = {
    "GET ": "list",
    "GET /new": "start",
    "POST /new": "start",
    "GET /{id}": "case",
    "GET /{id}/live": "case",
    "GET /{id}/agreement/{version}.pdf": "case",
    "GET /{id}/calendar.ics": "case",
    "GET /{id}/report.pdf": "case",
    "GET /{id}/invoice.pdf": "case",
    "GET /{id}/dossier.pdf": "case",
    "POST /{id}/report/preview.pdf": "command",
    "GET /{id}/do/{command}": "case",
    "POST /{id}/do/{command}": "command",
}
_API: Mapping[str, str] = {
    "GET /openapi.json": "open",
    "GET /health": "open",
    "GET /me": "me",
    "GET /me/tasks": "me",
    "GET /me/agenda": "me",
    "GET /me/file": "me",
    "GET /people/{id}/file": "people.file",
    "GET /dashboard": "dashboard",
    "GET /audit/reads": "audit",
    "GET /audit/refusals": "audit",
    "GET /audit/checkpoint": "audit",
    "GET /audit/events/{event_id}/proof": "audit",
    "GET /{process}": "list",
    "POST /{process}": "start",
    "GET /{process}/{id}": "case",
    "GET /{process}/{id}/commands": "case",
    "POST /{process}/{id}/commands/{command}": "command",
    "GET /{process}/{id}/timeline": "case",
    "GET /{process}/{id}/difference": "case",
    "GET /{process}/{id}/export": "case",
    "GET /{process}/{id}/agreement/{version}.pdf": "case",
    "GET /{process}/{id}/calendar.ics": "case",
    "GET /{process}/{id}/report.pdf": "case",
    "GET /{process}/{id}/invoice.pdf": "case",
    "GET /{process}/{id}/dossier.pdf": "case",
}
PREFIX = "/api/v1"
BY_SCRIPT = frozenset({"GET /people", "PUT /drafts/{process}/{id}/{form:path}"})
"""Addresses that only a script of ours asks: who is not signed in is told so, and led nowhere."""


def _under(prefix: str, routes: Mapping[str, str]) -> dict[str, str]:
    """The same addresses below a prefix."""
    split = ((key.split(" ", 1), access) for key, access in routes.items())
    return {f"{method} {prefix}{path}": access for (method, path), access in split}


ROUTES: Mapping[str, str] = {
    **_SITE,
    **ACCESS,
    **_under("/{process}", _OF_PROCESS),
    **_under(PREFIX, _API),
}
"""By method and address what opens it."""


def key_of(method: str, path: str, processes: Iterable[str]) -> str:
    """An address as it stands in `ROUTES`: the pages of every process are those of one."""
    for process in processes:
        path = re.sub(rf"^/{process}(?=/|$)", "/{process}", path)
    return f"{method} {path}"
