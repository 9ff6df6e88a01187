"""The calls of auditors, and those that look back, as the description of the API has them."""

from __future__ import annotations

from typing import Any

from web.api.components import (
    ID,
    ITEMS,
    READ_PROBLEMS,
    WORD,
    answer,
    object_of,
    problems,
    query,
    ref,
)
from web.api.lists import LIMIT, LIMIT_MAX

_INSTANT = {"type": "string", "description": "ISO 8601; without a zone the board's local time."}
_SIZE = {"type": "integer", "minimum": 0}
_HEX = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_TEXT = {"type": "string", "contentMediaType": "text/plain"}

AUDIT_PARAMETERS: dict[str, Any] = {
    "KnownTo": query(
        "known_to",
        WORD,
        "For auditors: as whoever had this role in the case could see it at that moment.",
    )
}

AUDIT_SCHEMAS: dict[str, Any] = {
    "Reads": object_of(
        ["items", "next"],
        items={
            "type": "array",
            "items": object_of(
                ["position", "at", "person", "process", "stream", "what", "as_of"],
                position={"type": ["integer", "null"]}, at=WORD, person=ID, process=WORD,
                stream=ID, what=WORD, as_of={"type": ["string", "null"]},
            ),
        },
        next={"type": ["string", "null"]},
    ),
    "Refusals": object_of(
        ["items", "next"],
        items={
            "type": "array",
            "items": object_of(
                ["position", "at", "person", "process", "stream", "command", "code"],
                position={"type": ["integer", "null"]}, at=WORD,
                person={"type": ["string", "null"]}, process=WORD,
                stream={"type": ["string", "null"]}, command=WORD, code=WORD,
            ),
        },
        next={"type": ["string", "null"]},
    ),
    "Checkpoint": object_of(
        ["number", "note", "signed_at", "origin", "logs"],
        number=_SIZE, note=_TEXT, signed_at=WORD, origin=WORD,
        logs={
            "type": "object",
            "description": "events, reads and refused.",
            "additionalProperties": object_of(["size", "root"], size=_SIZE, root=_HEX),
        },
    ),
    "Proof": object_of(
        [
            "event_id", "process", "id", "version", "position", "entry", "chain", "leaf_hash",
            "index", "tree_size", "path", "root", "checkpoint",
        ],
        event_id=ID, process=WORD, id=ID, version=_SIZE, position=_SIZE,
        entry={"type": "object", "description": "What the leaf is the hash of, part by part."},
        chain={"type": "object", "description": "What the event's own hash is made of."},
        leaf_hash=_HEX, index=_SIZE, tree_size=_SIZE,
        path={"type": "array", "items": _HEX}, root=_HEX,
        checkpoint=object_of(["number", "note"], number=_SIZE, note=_TEXT),
    ),
    "Difference": object_of(
        ["id", "process", "from", "to", "changes", "items"],
        **{"from": WORD},
        id=ID, process=WORD, to=WORD, items=ITEMS,
        changes={
            "type": "array",
            "items": object_of(["path", "before", "after"], path=WORD, before={}, after={}),
        },
    ),
}  # fmt: skip


def audit_paths() -> dict[str, dict[str, Any]]:
    """What only auditors may call."""
    event = {"name": "event_id", "in": "path", "required": True, "schema": ID}
    proof = _get("proof", "Proof that an event is in the latest checkpoint", "Proof", [event])
    checkpoint = _get("checkpoint", "The latest signed checkpoint", "Checkpoint", [])
    checkpoint["responses"]["200"]["content"]["text/plain"] = {"schema": _TEXT}
    for operation in (proof, checkpoint):
        operation["responses"] |= problems("Conflict")
    what = query("what", WORD, "Only readings of this view, such as summary.")
    code = query("code", WORD, "Only refusals with this code.")
    return {
        "/audit/reads": {"get": _get("reads", "Who read what", "Reads", [what, *_narrowed()])},
        "/audit/refusals": {
            "get": _get("refusals", "Who was refused what", "Refusals", [code, *_narrowed()])
        },
        "/audit/checkpoint": {"get": checkpoint},
        "/audit/events/{event_id}/proof": {"get": proof},
    }


def difference_path(process: str) -> dict[str, dict[str, Any]]:
    """What changed in a case between two moments; for everybody who may read it."""
    since = query("from", _INSTANT, "What was recorded after this.") | {"required": True}
    until = query("to", _INSTANT, "And up to this; without it: up to now.")
    title = "What changed in a case between two moments"
    operation = _get(
        f"difference_{process}", title, "Difference", [ref("parameters", "Id"), since, until]
    )
    operation["tags"] = [process]
    del operation["responses"]["403"]
    return {f"/{process}/{{id}}/difference": {"get": operation}}


def _narrowed() -> list[dict[str, Any]]:
    return [
        query("person", ID, "Only by this person."),
        query("process", WORD, "Only in cases of this process."),
        query("stream", ID, "Only in this case."),
        query("from", _INSTANT, "Only from this moment on."),
        query("to", _INSTANT, "Only up to this moment."),
        query(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT},
            "Lines a page.",
        ),
        query("cursor", WORD, "`next` of the page before."),
    ]


def _get(name: str, title: str, schema: str, parameters: list[Any]) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["audit"],
        "summary": title,
        "parameters": [
            *parameters,
            ref("parameters", "Clock"),
            ref("parameters", "Language"),
        ],
        "responses": {"200": answer(f"{title}.", ref("schemas", schema))}
        | problems(*READ_PROBLEMS, "Forbidden"),
    }
