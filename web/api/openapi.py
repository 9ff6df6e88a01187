"""The description of the API (OpenAPI 3.1), written out from the processes that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.event import stream_id
from web.api.examples import EXAMPLES
from web.api.filters import FILTERS
from web.api.lists import LIMIT, LIMIT_MAX, SORTS
from web.api.problems import status_of
from web.texts import texts
from workflows.agreements import SignAgreement
from workflows.decision import Command, Rules

JSON = "application/json"
PROBLEM = "application/problem+json"
_BOARD = "8d0c1f2e-6c3a-4c55-9a30-0b7f1d5a2c11"
_COMMAND_ID = "3f0e9a4e-5f0d-4b0a-9a55-2f7a7c1b6e10"
_STREAM = stream_id(_BOARD, _COMMAND_ID)


def document(rules: Mapping[str, Rules[Any]]) -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = dict(_SCHEMAS)
    paths: dict[str, Any] = dict(_own_paths())
    for process, its in rules.items():
        paths |= _process_paths(process, its, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Traject",
            "version": "1",
            "description": (
                "Commands are given with a client-chosen `Idempotency-Key` (a UUID) and are safe "
                "to repeat with it. Refusals are problems (RFC 9457) with a stable `code`."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": _PARAMETERS,
            "responses": _problem_responses(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A personal API token. Tokens can be withdrawn.",
                }
            },
        },
    }


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _problems(*names: str) -> dict[str, Any]:
    return {_PROBLEMS[name][0]: _ref("responses", name) for name in names}


def _answer(description: str, schema: Mapping[str, Any], example: Any = None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"description": description, "content": {JSON: content}}


_PROBLEMS: dict[str, tuple[str, str, str]] = {
    "Unauthorized": ("401", "auth.required", "Not signed in, or the token was withdrawn."),
    "Forbidden": ("403", "auth.role", "The role or person does not fit: `auth.*`."),
    "NotFound": ("404", "not_found", "It does not exist, or this person may not know of it."),
    "NotAllowed": ("405", "method.not_allowed", "Another method."),
    "Conflict": ("409", "state.not_allowed", "A state or rule forbids it; `code` says which."),
    "TooLarge": ("413", "body.too_large", "More than 1 MB."),
    "NotJson": ("415", "body.not_json", "The body is no JSON."),
    "Invalid": ("422", "command.invalid", "The data do not fit; `field` names the first one."),
    "Unavailable": ("503", "service.unavailable", "Safe to repeat with the same key."),
}
_READ_PROBLEMS = ("Unauthorized", "NotFound", "Invalid", "Unavailable")
_COMMAND_PROBLEMS = (
    "Unauthorized", "Forbidden", "NotFound", "Conflict", "TooLarge", "NotJson", "Invalid",
    "Unavailable",
)  # fmt: skip


def _problem_responses() -> dict[str, Any]:
    words = texts("en")
    responses: dict[str, Any] = {}
    for name, (_, code, description) in _PROBLEMS.items():
        text = words.problems[code]
        example: dict[str, Any] = {
            "type": f"/problems/{code}",
            "title": text.title,
            "status": int(status_of(code)),
            "detail": text.detail,
            "code": code,
            "instance": f"/api/v1/supervision/{_STREAM}",
        }
        if code == "command.invalid":
            fault = {"field": "hours", "detail": words.fields["value"]}
            example |= {"field": "hours", "errors": [fault]}
        responses[name] = {
            "description": description,
            "content": {PROBLEM: {"schema": _ref("schemas", "Problem"), "example": example}},
        }
    retry = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    responses["Unavailable"]["headers"] = {"Retry-After": retry}
    return responses


def _process_paths(
    process: str, rules: Rules[Any], schemas: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    collection: dict[str, Any] = {
        "get": {
            "operationId": f"list_{process}",
            "tags": [process],
            "summary": "The cases this person may see",
            "parameters": [
                _query("state", {"type": "string"}, "Only cases in this state."),
                _query("open", {"type": "boolean"}, "Only open, or only ended ones."),
                *(
                    _query(name, one.schema, one.says)
                    for name, one in FILTERS.get(process, {}).items()
                ),
                _query("sort", {"type": "string", "enum": list(SORTS)}, "Order; `-` is downwards."),
                _query(
                    "limit",
                    {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT},
                    "Cases a page.",
                ),
                _query("cursor", {"type": "string"}, "`next` of the page before."),
                _ref("parameters", "Clock"),
                _ref("parameters", "Language"),
            ],
            "responses": {"200": _answer("A page of cases.", _ref("schemas", "Page"))}
            | _problems(*_READ_PROBLEMS),
        }
    }
    if rules.opening is not None:
        name = rules.opening
        schema = {
            "type": "object",
            "required": ["command", "data"],
            "additionalProperties": False,
            "properties": {
                "command": {"const": name},
                "data": _model(process, rules.commands[name], schemas),
            },
        }
        data = EXAMPLES.get(process, {}).get(name)
        body = _body(schema, {"command": name, "data": data} if data is not None else None)
        opened = _answer("Opened.", _ref("schemas", "CommandAnswer"))
        location = {"description": "The new case.", "schema": {"type": "string"}}
        opened["headers"] = {"Location": location}
        collection["post"] = _command(process, name, body, "201", opened)
    paths: dict[str, dict[str, Any]] = {f"/{process}": collection}
    for suffix, title, schema_name, with_as_of in (
        ("", "The summary of a case", "Summary", True),
        ("/timeline", "What happened, in order", "Timeline", True),
        ("/export", "All of a case in one answer", "Export", True),
        ("/commands", "The commands this person may give now", "Commands", False),
    ):
        parameters = [_ref("parameters", "Id")]
        if with_as_of:
            parameters.append(_ref("parameters", "AsOf"))
        parameters += [_ref("parameters", "Clock"), _ref("parameters", "Language")]
        paths[f"/{process}/{{id}}{suffix}"] = {
            "get": {
                "operationId": f"{schema_name.lower()}_{process}",
                "tags": [process],
                "summary": title,
                "parameters": parameters,
                "responses": {"200": _answer(title + ".", _ref("schemas", schema_name))}
                | _problems(*_READ_PROBLEMS),
            }
        }
    paths |= _file_paths(process, rules)
    for name, command in rules.commands.items():
        if name in rules.own:
            continue
        body = _body(_model(process, command, schemas), EXAMPLES.get(process, {}).get(name))
        accepted = _answer("Accepted.", _ref("schemas", "CommandAnswer"))
        operation = _command(process, name, body, "200", accepted)
        operation["parameters"] = [_ref("parameters", "Id"), *operation["parameters"]]
        operation["operationId"] += "_on" if name == rules.opening else ""
        paths[f"/{process}/{{id}}/commands/{name}"] = {"post": operation}
    return paths


def _file_paths(process: str, rules: Rules[Any]) -> dict[str, dict[str, Any]]:
    """What comes as a file; agreements where the process has them."""
    common = [_ref("parameters", name) for name in ("Clock", "Language")]
    paths = {
        f"/{process}/{{id}}/calendar.ics": _file(
            f"calendar_{process}",
            "What is planned and concerns this person",
            "text/calendar",
            [_ref("parameters", "Id"), _ref("parameters", "AsOf"), *common],
        )
    }
    if SignAgreement.__name__ in rules.commands:
        version = {"type": "integer", "minimum": 1}
        named = {"name": "version", "in": "path", "required": True, "schema": version}
        pdf = _file(
            f"agreement_{process}",
            "A version of the agreement: the bytes whose SHA-256 the signatures carry",
            "application/pdf",
            [_ref("parameters", "Id"), named | {"example": 1}, *common],
        )
        etag = {"description": "The SHA-256 in hex, in quotes.", "schema": _WORD}
        pdf["get"]["responses"]["200"]["headers"] = {"ETag": etag}
        pdf["get"]["responses"]["304"] = {"description": "`If-None-Match` names this document."}
        paths[f"/{process}/{{id}}/agreement/{{version}}.pdf"] = pdf
    for path in paths.values():
        path["get"]["tags"] = [process]
    return paths


def _file(name: str, title: str, media: str, parameters: list[Any]) -> dict[str, Any]:
    schema = {"type": "string", "format": "binary"}
    found = {"description": f"{title}.", "content": {media: {"schema": schema}}}
    return {
        "get": {
            "operationId": name,
            "summary": title,
            "parameters": parameters,
            "responses": {"200": found} | _problems(*_READ_PROBLEMS),
        }
    }


def _command(
    process: str, name: str, body: dict[str, Any], status: str, answer: dict[str, Any]
) -> dict[str, Any]:
    return {
        "operationId": f"{process}_{name}",
        "tags": [process],
        "summary": name,
        "parameters": [
            _ref("parameters", "IdempotencyKey"),
            _ref("parameters", "Clock"),
            _ref("parameters", "Language"),
        ],
        "requestBody": body,
        "responses": {status: answer} | _problems(*_COMMAND_PROBLEMS),
    }


def _body(schema: Mapping[str, Any], example: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"required": True, "content": {JSON: content}}


def _model(process: str, command: type[Command], schemas: dict[str, Any]) -> dict[str, str]:
    """The schema of a command's data as a component; its parts get names of their own."""
    prefix = f"{process}."
    schema = command.model_json_schema(
        by_alias=True, ref_template=f"#/components/schemas/{prefix}{{model}}"
    )
    for part, inner in schema.pop("$defs", {}).items():
        schemas[prefix + part] = inner
    schemas[prefix + command.__name__] = schema
    return _ref("schemas", prefix + command.__name__)


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _own_paths() -> dict[str, dict[str, Any]]:
    def get(name: str, title: str, schema: dict[str, Any], *, paged: bool) -> dict[str, Any]:
        parameters = [_ref("parameters", "Clock"), _ref("parameters", "Language")]
        if paged:
            parameters.append(_query("cursor", {"type": "string"}, "`next` of the page before."))
        return {
            "get": {
                "operationId": name,
                "tags": ["me"],
                "summary": title,
                "parameters": parameters,
                "responses": {"200": _answer(title + ".", schema)}
                | _problems("Unauthorized", "Invalid", "Unavailable"),
            }
        }

    away = _answer("PostgreSQL or Temporal is away.", _ref("schemas", "Health"))
    return {
        "/me": get("me", "The person of the token", _ref("schemas", "Me"), paged=False),
        "/me/tasks": get("tasks", "What waits", _ref("schemas", "Page"), paged=True),
        "/me/agenda": get("agenda", "What is planned", _ref("schemas", "Page"), paged=True),
        "/health": {
            "get": {
                "operationId": "health",
                "tags": ["health"],
                "summary": "Can commands be taken",
                "security": [],
                "responses": {"200": _answer("Yes.", _ref("schemas", "Health")), "503": away},
            }
        },
    }


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_ID = {"type": "string", "format": "uuid"}
_WORD = {"type": "string"}
_DATA = {"type": "object", "description": "Depends on the type; contract 3."}
_ITEMS = {"type": "array", "items": {"type": "object"}}

_SCHEMAS: dict[str, Any] = {
    "Problem": _object(
        ["type", "title", "status", "detail", "code", "instance"],
        type=_WORD, title=_WORD, status={"type": "integer"}, detail=_WORD,
        code={"type": "string", "examples": ["goals.too_many"]},
        field=_WORD, instance=_WORD,
        errors={"type": "array", "items": _object(["field", "detail"], field=_WORD, detail=_WORD)},
        erasure=_object(
            [], begun_at=_WORD, erased_at=_WORD, ground=_WORD,
            requested=_object([], by=_ID, at=_WORD), approved=_object([], by=_ID, at=_WORD),
        ),
    ),
    "Event": _object(
        ["event_id", "stream_id", "type", "occurred_on", "recorded_at", "actor", "data"],
        event_id=_ID, stream_id=_ID,
        version={"type": "integer", "description": "Absent for who may not see positions."},
        type=_WORD, schema_version={"type": "integer"}, occurred_on=_WORD, recorded_at=_WORD,
        actor=_object(["person", "role"], person={"type": ["string", "null"]}, role=_WORD),
        command_id=_ID, causation_id={"type": ["string", "null"]}, correlation_id=_ID,
        settings_version={"type": "integer"}, data=_DATA,
    ),
    "CommandAnswer": _object(
        ["id", "version", "events", "warnings"],
        id=_ID, version={"type": ["integer", "null"]},
        events={"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
        warnings={"type": "array", "items": _WORD},
        warning_texts={"type": "object", "additionalProperties": _WORD},
    ),
    "Summary": _object(["id", "process", "state"], id=_ID, process=_WORD, state=_WORD),
    "Timeline": _object(["id", "items"], id=_ID, items=_ITEMS),
    "Export": _object(
        ["id", "process", "summary", "timeline", "documents"],
        id=_ID, process=_WORD, as_of=_WORD,
        summary={"$ref": "#/components/schemas/Summary"}, timeline=_ITEMS, documents=_ITEMS,
    ),
    "Commands": _object(
        ["id", "items"],
        id=_ID,
        items={
            "type": "array",
            "items": _object(
                ["command", "href", "schema"], command=_WORD, href=_WORD, schema={"type": "object"}
            ),
        },
    ),
    "Page": _object(["items", "next"], items=_ITEMS, next={"type": ["string", "null"]}),
    "Me": _object(
        ["id", "name", "roles"],
        id=_ID, name=_WORD, language={"type": "string", "enum": ["nl", "en"]},
        roles={"type": "array", "items": _WORD}, board=_ID,
    ),
    "Health": _object(["status"], status=_WORD, postgres=_WORD, temporal=_WORD),
}  # fmt: skip

_PARAMETERS: dict[str, Any] = {
    "Id": {
        "name": "id", "in": "path", "required": True, "schema": _ID, "example": _STREAM,
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key", "in": "header", "required": True, "schema": _ID,
        "description": "The command id: new for each command, the same when it is repeated.",
        "example": _COMMAND_ID,
    },
    "AsOf": {
        "name": "as_of", "in": "query", "schema": _WORD,
        "description": "The case as it was recorded by this instant (ISO 8601).",
        "example": "2026-03-01T00:00:00+01:00",
    },
    "Clock": {
        "name": "Traject-Clock", "in": "header", "schema": _WORD,
        "description": "The process clock of this call. Test and demo installations only.",
    },
    "Language": {
        "name": "Accept-Language", "in": "header", "schema": _WORD,
        "description": "nl or en; without it, the person's own setting.",
    },
}  # fmt: skip
