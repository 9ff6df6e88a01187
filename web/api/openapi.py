"""The description of the API (OpenAPI 3.1), written out from the processes that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.api import dashboard
from web.api.audit_paths import AUDIT_PARAMETERS, AUDIT_SCHEMAS, audit_paths, difference_path
from web.api.components import (
    COMMAND_PROBLEMS,
    JSON,
    PARAMETERS,
    READ_PROBLEMS,
    SCHEMAS,
    WORD,
    answer,
    problem_responses,
    problems,
    query,
    ref,
)
from web.api.examples import EXAMPLES
from web.api.filters import FILTERS
from web.api.lists import LIMIT, LIMIT_MAX, SORTS
from workflows.agreements import SignAgreement
from workflows.decision import Command, Rules

KNOWN = ("Summary", "Timeline")


def document(rules: Mapping[str, Rules[Any]]) -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = SCHEMAS | AUDIT_SCHEMAS
    paths: dict[str, Any] = _own_paths() | audit_paths()
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
            "parameters": PARAMETERS | AUDIT_PARAMETERS,
            "responses": problem_responses(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A personal API token. Tokens can be withdrawn.",
                }
            },
        },
    }


def _process_paths(
    process: str, rules: Rules[Any], schemas: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    collection: dict[str, Any] = {
        "get": {
            "operationId": f"list_{process}",
            "tags": [process],
            "summary": "The cases this person may see",
            "parameters": [
                query("state", {"type": "string"}, "Only cases in this state."),
                query("open", {"type": "boolean"}, "Only open, or only ended ones."),
                *(
                    query(name, one.schema, one.says)
                    for name, one in FILTERS.get(process, {}).items()
                ),
                query("sort", {"type": "string", "enum": list(SORTS)}, "Order; `-` is downwards."),
                query(
                    "limit",
                    {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT},
                    "Cases a page.",
                ),
                query("cursor", {"type": "string"}, "`next` of the page before."),
                ref("parameters", "Clock"),
                ref("parameters", "Language"),
            ],
            "responses": {"200": answer("A page of cases.", ref("schemas", "Page"))}
            | problems(*READ_PROBLEMS),
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
        opened = answer("Opened.", ref("schemas", "CommandAnswer"))
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
        parameters = [ref("parameters", "Id")]
        if with_as_of:
            parameters.append(ref("parameters", "AsOf"))
        if schema_name in KNOWN:
            parameters.append(ref("parameters", "KnownTo"))
        parameters += [ref("parameters", "Clock"), ref("parameters", "Language")]
        paths[f"/{process}/{{id}}{suffix}"] = {
            "get": {
                "operationId": f"{schema_name.lower()}_{process}",
                "tags": [process],
                "summary": title,
                "parameters": parameters,
                "responses": {"200": answer(title + ".", ref("schemas", schema_name))}
                | problems(*READ_PROBLEMS),
            }
        }
    paths |= difference_path(process) | _file_paths(process, rules)
    for name, command in rules.commands.items():
        if name in rules.own:
            continue
        body = _body(_model(process, command, schemas), EXAMPLES.get(process, {}).get(name))
        accepted = answer("Accepted.", ref("schemas", "CommandAnswer"))
        operation = _command(process, name, body, "200", accepted)
        operation["parameters"] = [ref("parameters", "Id"), *operation["parameters"]]
        operation["operationId"] += "_on" if name == rules.opening else ""
        paths[f"/{process}/{{id}}/commands/{name}"] = {"post": operation}
    return paths


def _file_paths(process: str, rules: Rules[Any]) -> dict[str, dict[str, Any]]:
    """What comes as a file; agreements where the process has them."""
    common = [ref("parameters", name) for name in ("Clock", "Language")]
    paths = {
        f"/{process}/{{id}}/calendar.ics": _file(
            f"calendar_{process}",
            "What is planned and concerns this person",
            "text/calendar",
            [ref("parameters", "Id"), ref("parameters", "AsOf"), *common],
        )
    }
    if SignAgreement.__name__ in rules.commands:
        version = {"type": "integer", "minimum": 1}
        named = {"name": "version", "in": "path", "required": True, "schema": version}
        pdf = _file(
            f"agreement_{process}",
            "A version of the agreement: the bytes whose SHA-256 the signatures carry",
            "application/pdf",
            [ref("parameters", "Id"), named | {"example": 1}, *common],
        )
        etag = {"description": "The SHA-256 in hex, in quotes.", "schema": WORD}
        pdf["get"]["responses"]["200"]["headers"] = {"ETag": etag}
        pdf["get"]["responses"]["304"] = {"description": "`If-None-Match` names this document."}
        paths[f"/{process}/{{id}}/agreement/{{version}}.pdf"] = pdf
    for what, title in PAPERS[None] + PAPERS.get(process, ()):
        parameters = [ref("parameters", "Id"), *common]
        if what != "dossier":
            parameters.insert(1, query("version", {"type": "integer", "minimum": 1}, "Which one."))
        paths[f"/{process}/{{id}}/{what}.pdf"] = _file(
            f"{what}_{process}", title, "application/pdf", parameters
        )
    for path in paths.values():
        path["get"]["tags"] = [process]
    return paths


PAPERS: Mapping[str | None, tuple[tuple[str, str], ...]] = {
    None: (("dossier", "All of the case that this person may see, as a document"),),
    "supervision": (
        ("report", "The final report, or its last draft"),
        ("invoice", "The invoice basis"),
    ),
}
"""Documents that are made when somebody asks, of every process and of one."""


def _zip(name: str, tag: str, title: str, *more: str) -> dict[str, Any]:
    parameters = [ref("parameters", one) for one in (*more, "Clock", "Language")]
    described = _file(name, title, "application/zip", parameters)
    described["get"]["tags"] = [tag]
    if more:
        described["get"]["responses"] |= problems("Forbidden")
    return described


def _file(name: str, title: str, media: str, parameters: list[Any]) -> dict[str, Any]:
    schema = {"type": "string", "format": "binary"}
    found = {"description": f"{title}.", "content": {media: {"schema": schema}}}
    return {
        "get": {
            "operationId": name,
            "summary": title,
            "parameters": parameters,
            "responses": {"200": found} | problems(*READ_PROBLEMS),
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
            ref("parameters", "IdempotencyKey"),
            ref("parameters", "Clock"),
            ref("parameters", "Language"),
        ],
        "requestBody": body,
        "responses": {status: answer} | problems(*COMMAND_PROBLEMS),
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
    return ref("schemas", prefix + command.__name__)


def _own_paths() -> dict[str, dict[str, Any]]:
    def get(name: str, title: str, schema: dict[str, Any], *, paged: bool) -> dict[str, Any]:
        parameters = [ref("parameters", "Clock"), ref("parameters", "Language")]
        if paged:
            parameters.append(query("cursor", {"type": "string"}, "`next` of the page before."))
        return {
            "get": {
                "operationId": name,
                "tags": ["me"],
                "summary": title,
                "parameters": parameters,
                "responses": {"200": answer(title + ".", schema)}
                | problems("Unauthorized", "Invalid", "Unavailable"),
            }
        }

    away = answer("PostgreSQL or Temporal is away.", ref("schemas", "Health"))
    return {
        "/me": get("me", "The person of the token", ref("schemas", "Me"), paged=False),
        "/me/tasks": get("tasks", "What waits", ref("schemas", "Page"), paged=True),
        "/me/agenda": get("agenda", "What is planned", ref("schemas", "Page"), paged=True),
        "/me/file": _zip("my_file", "me", "Everything that is held about the person of the token"),
        "/people/{id}/file": _zip(
            "file", "people", "Everything that is held about a person; for hr and auditors", "Id"
        ),
        "/dashboard": dashboard.PATH,
        "/health": {
            "get": {
                "operationId": "health",
                "tags": ["health"],
                "summary": "Can commands be taken",
                "security": [],
                "responses": {"200": answer("Yes.", ref("schemas", "Health")), "503": away},
            }
        },
    }
