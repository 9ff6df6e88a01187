"""What the address of a call names, and answers that no one in between may keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse

from web.api.problems import Problem
from web.site import Site
from workflows.decision import Rules

_VERSION = re.compile(r"[1-9][0-9]{0,8}")


def process_of(request: Request, site: Site) -> tuple[str, Rules[Any]]:
    """The process that the path names, and its rules. Raises Problem (404)."""
    process = request.path_params["process"]
    rules = site.rules.get(process)
    if rules is None:
        raise Problem("not_found")
    return process, rules


def stream_of(request: Request) -> str:
    """The stream id that the path names, in its one spelling. Raises Problem (404)."""
    text = request.path_params["id"]
    try:
        if str(UUID(text)) == text:
            return text
    except ValueError:
        pass
    raise Problem("not_found")


def version_of(request: Request) -> int:
    """The version of a document that the path names. Raises Problem (404)."""
    text = request.path_params["version"]
    if _VERSION.fullmatch(text):
        return int(text)
    raise Problem("not_found")


def private(
    content: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """An answer for this person alone."""
    return JSONResponse(content, status, {"Cache-Control": "no-store", **(headers or {})})
