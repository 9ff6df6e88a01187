"""Every way in which a request is not done, as an RFC 9457 problem in the reader's language."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from events.settings import TenantSettings
from events.store.errors import Erased, unreachable
from web.erased import told_of
from web.patience import in_time
from web.reading import ErasedCase, NotFound
from web.site import site_of
from web.texts import Texts, choose, texts
from workflows.decision import Refused
from workflows.gateway import Unavailable

Handler = Callable[[Request], Awaitable[Response]]

RETRY_AFTER_SECONDS = 1
_STATUS = {
    "auth.required": HTTPStatus.UNAUTHORIZED,
    "not_found": HTTPStatus.NOT_FOUND,
    "case.erased": HTTPStatus.GONE,
    "method.not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "body.too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "body.not_json": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "command.invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "rate.limited": HTTPStatus.TOO_MANY_REQUESTS,
    "service.unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "server.error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
_TYPE_BASE = "/problems/"


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One wrong field; ``kind`` names its sentence in the ``fields`` of the texts."""

    field: str
    kind: str


class Problem(Exception):
    """A request that is answered with a problem; ``faults`` are those of ``command.invalid``.

    ``more`` is what else the answer says to programs.
    """

    def __init__(
        self,
        code: str,
        faults: Sequence[FieldFault] = (),
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.more = dict(more or {})
        self.code = code
        self.faults = faults
        self.field = field or (faults[0].field if faults else None)
        self.headers = headers


def invalid(field: str, kind: str) -> Problem:
    """The data are refused for one field; the sentence is that of ``kind``."""
    return Problem("command.invalid", [FieldFault(field, kind)])


def status_of(code: str) -> int:
    """The HTTP status of a refusal code (contract 2)."""
    if code.startswith("auth.") and code != "auth.required":
        return HTTPStatus.FORBIDDEN
    return _STATUS.get(code, HTTPStatus.CONFLICT)


def field_faults(error: ValidationError) -> list[FieldFault]:
    """The wrong fields of a command's data, in the order in which they were found."""
    return [
        FieldFault(field_path(fault), _kind(fault["type"]))
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def field_path(fault: ErrorDetails) -> str:
    """A fault's place, such as ``findings.0.example``."""
    return ".".join(str(step) for step in fault["loc"])


def _kind(error_type: str) -> str:
    if error_type == "missing":
        return "missing"
    if error_type == "extra_forbidden":
        return "extra"
    if error_type in ("literal_error", "enum"):
        return "enum"
    if error_type in ("string_too_long", "string_too_short", "too_long", "too_short"):
        return "length"
    if error_type.endswith(("_type", "_parsing", "_format")):
        return "type"
    return "value"


def language_of(request: Request) -> Texts:
    """The words for this reader: of the header, else of the person's own setting."""
    person = request.scope.get("traject.person")
    return texts(choose(request.headers.get("accept-language"), person and person.language))


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """The problem as JSON, in the reader's language."""
    words = language_of(request)
    settings = request.scope.get("traject.settings") or _DEFAULTS
    text = words.problem(problem.code, settings)
    status = status_of(problem.code)
    content: dict[str, Any] = {
        "type": f"{_TYPE_BASE}{problem.code}",
        "title": text.title,
        "status": int(status),
        "detail": text.detail,
        "code": problem.code,
        "instance": request.url.path,
    }
    if problem.field is not None:
        content["field"] = problem.field
    if problem.faults:
        content["errors"] = [
            {"field": fault.field, "detail": words.fields[fault.kind]} for fault in problem.faults
        ]
    content |= problem.more
    headers = {"Content-Language": words.language, "Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    headers.update(problem.headers or {})
    return JSONResponse(content, status, headers, media_type="application/problem+json")


_DEFAULTS = TenantSettings()


def answered(handler: Handler) -> Handler:
    """A handler that always answers: whatever it raises becomes a problem, never a trace."""

    async def answer(request: Request) -> Response:
        try:
            return await in_time(handler(request))
        except asyncio.CancelledError:  # the server stops and waits no longer
            return problem_response(request, Problem("service.unavailable"))
        except Exception as fault:  # noqa: BLE001 - a caller is never left without an answer
            return problem_response(request, await explained(fault, request))

    answer.__name__ = getattr(handler, "__name__", "answer")
    return answer


async def explained(fault: Exception, request: Request) -> Problem:
    """As `as_problem`, with what staff may know of a case that was erased."""
    if isinstance(fault, ErasedCase):
        try:
            told = await told_of(site_of(request), fault)
        except Exception as away:  # noqa: BLE001 - as any other fault on the way to an answer
            return as_problem(away, request)
        return Problem("case.erased", more={"erasure": told})
    return as_problem(fault, request)


def as_problem(fault: Exception, request: Request) -> Problem:
    """What an exception means to the caller. The unexpected is logged without its text."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, Refused):
        faults = [FieldFault(fault.field, "value")] if fault.field else []
        return Problem(fault.code, faults if fault.code == "command.invalid" else (), fault.field)
    if isinstance(fault, NotFound):
        return Problem("not_found")
    if isinstance(fault, Erased):
        return Problem("case.erased")
    if isinstance(fault, Unavailable) or unreachable(fault) or _unconnected(fault):
        _log.warning("out of reach", **_about(fault, request))
        return Problem("service.unavailable")
    _log.error("unexpected fault", **_about(fault, request))
    return Problem("server.error")


def _unconnected(fault: Exception) -> bool:
    """Temporal's client says so, in no class of its own, until it was connected once."""
    return isinstance(fault, RuntimeError) and _place(fault).startswith("temporalio.bridge.client:")


def _place(fault: Exception) -> str:
    where = fault.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    return f"{where.tb_frame.f_globals.get('__name__')}:{where.tb_lineno}" if where else "?"


def _about(fault: Exception, request: Request) -> dict[str, str | None]:
    """Where it happened and to which case, without a word of what was in it."""
    person = request.scope.get("traject.person")
    return {
        "kind": type(fault).__name__,
        "place": _place(fault),
        "tenant": person and person.tenant,
        "stream": uuid_or_none(request.path_params.get("id")),
        "command_id": uuid_or_none(request.headers.get("idempotency-key")),
    }


def uuid_or_none(text: str | None) -> str | None:
    """The id in its one spelling; None for anything else, so that it can stand in a log."""
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None


_log = structlog.get_logger("web")
