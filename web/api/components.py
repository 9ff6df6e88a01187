"""The parts that descriptions of calls are put together from: schemas, parameters, problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.event import stream_id
from web.api.problems import status_of
from web.texts import texts

JSON = "application/json"
PROBLEM = "application/problem+json"
BOARD = "8d0c1f2e-6c3a-4c55-9a30-0b7f1d5a2c11"
COMMAND_ID = "3f0e9a4e-5f0d-4b0a-9a55-2f7a7c1b6e10"
STREAM = stream_id(BOARD, COMMAND_ID)


def ref(kind: str, name: str) -> dict[str, str]:
    """A reference to what is described once."""
    return {"$ref": f"#/components/{kind}/{name}"}


def problems(*names: str) -> dict[str, Any]:
    """The answers of a call that ends in these."""
    return {PROBLEMS[name][0]: ref("responses", name) for name in names}


def answer(description: str, schema: Mapping[str, Any], example: Any = None) -> dict[str, Any]:
    """A JSON answer."""
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"description": description, "content": {JSON: content}}


PROBLEMS: dict[str, tuple[str, str, str]] = {
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
READ_PROBLEMS = ("Unauthorized", "NotFound", "Invalid", "Unavailable")
COMMAND_PROBLEMS = (
    "Unauthorized", "Forbidden", "NotFound", "Conflict", "TooLarge", "NotJson", "Invalid",
    "Unavailable",
)  # fmt: skip


def problem_responses() -> dict[str, Any]:
    """Every problem with an example of it."""
    words = texts("en")
    responses: dict[str, Any] = {}
    for name, (_, code, description) in PROBLEMS.items():
        text = words.problems[code]
        example: dict[str, Any] = {
            "type": f"/problems/{code}",
            "title": text.title,
            "status": int(status_of(code)),
            "detail": text.detail,
            "code": code,
            "instance": f"/api/v1/supervision/{STREAM}",
        }
        if code == "command.invalid":
            fault = {"field": "hours", "detail": words.fields["value"]}
            example |= {"field": "hours", "errors": [fault]}
        responses[name] = {
            "description": description,
            "content": {PROBLEM: {"schema": ref("schemas", "Problem"), "example": example}},
        }
    retry = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    responses["Unavailable"]["headers"] = {"Retry-After": retry}
    return responses


def query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """A parameter of the address."""
    return {"name": name, "in": "query", "schema": schema, "description": description}


def object_of(required: list[str], **properties: Any) -> dict[str, Any]:
    """The schema of an object."""
    return {"type": "object", "required": required, "properties": properties}


ID = {"type": "string", "format": "uuid"}
WORD = {"type": "string"}
DATA = {"type": "object", "description": "Depends on the type; contract 3."}
ITEMS = {"type": "array", "items": {"type": "object"}}

SCHEMAS: dict[str, Any] = {
    "Problem": object_of(
        ["type", "title", "status", "detail", "code", "instance"],
        type=WORD, title=WORD, status={"type": "integer"}, detail=WORD,
        code={"type": "string", "examples": ["goals.too_many"]},
        field=WORD, instance=WORD,
        errors={"type": "array", "items": object_of(["field", "detail"], field=WORD, detail=WORD)},
        erasure=object_of(
            [], begun_at=WORD, erased_at=WORD, ground=WORD,
            requested=object_of([], by=ID, at=WORD), approved=object_of([], by=ID, at=WORD),
        ),
    ),
    "Event": object_of(
        ["event_id", "stream_id", "type", "occurred_on", "recorded_at", "actor", "data"],
        event_id=ID, stream_id=ID,
        version={"type": "integer", "description": "Absent for who may not see positions."},
        type=WORD, schema_version={"type": "integer"}, occurred_on=WORD, recorded_at=WORD,
        actor=object_of(["person", "role"], person={"type": ["string", "null"]}, role=WORD),
        command_id=ID, causation_id={"type": ["string", "null"]}, correlation_id=ID,
        settings_version={"type": "integer"}, data=DATA,
    ),
    "CommandAnswer": object_of(
        ["id", "version", "events", "warnings"],
        id=ID, version={"type": ["integer", "null"]},
        events={"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
        warnings={"type": "array", "items": WORD},
        warning_texts={"type": "object", "additionalProperties": WORD},
    ),
    "Summary": object_of(["id", "process", "state"], id=ID, process=WORD, state=WORD),
    "Timeline": object_of(["id", "items"], id=ID, items=ITEMS),
    "Export": object_of(
        ["id", "process", "summary", "timeline", "documents"],
        id=ID, process=WORD, as_of=WORD,
        summary={"$ref": "#/components/schemas/Summary"}, timeline=ITEMS, documents=ITEMS,
    ),
    "Commands": object_of(
        ["id", "items"],
        id=ID,
        items={
            "type": "array",
            "items": object_of(
                ["command", "href", "schema"], command=WORD, href=WORD, schema={"type": "object"}
            ),
        },
    ),
    "Page": object_of(["items", "next"], items=ITEMS, next={"type": ["string", "null"]}),
    "Me": object_of(
        ["id", "name", "roles"],
        id=ID, name=WORD, language={"type": "string", "enum": ["nl", "en"]},
        roles={"type": "array", "items": WORD}, board=ID,
    ),
    "Health": object_of(["status"], status=WORD, postgres=WORD, temporal=WORD),
}  # fmt: skip

PARAMETERS: dict[str, Any] = {
    "Id": {
        "name": "id", "in": "path", "required": True, "schema": ID, "example": STREAM,
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key", "in": "header", "required": True, "schema": ID,
        "description": "The command id: new for each command, the same when it is repeated.",
        "example": COMMAND_ID,
    },
    "AsOf": {
        "name": "as_of", "in": "query", "schema": WORD,
        "description": "The case as it was recorded by this instant (ISO 8601).",
        "example": "2026-03-01T00:00:00+01:00",
    },
    "Clock": {
        "name": "Traject-Clock", "in": "header", "schema": WORD,
        "description": "The process clock of this call. Test and demo installations only.",
    },
    "Language": {
        "name": "Accept-Language", "in": "header", "schema": WORD,
        "description": "nl or en; without it, the person's own setting.",
    },
}  # fmt: skip
