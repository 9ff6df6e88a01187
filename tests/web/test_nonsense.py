"""Whatever is sent, the answer is an answer: accepted, or a problem with a code, never a fault."""

from __future__ import annotations

import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.web.conftest import Board
from web.api.examples import SUPERVISION
from workflows.registry import RULES

SENT = 250
NONSENSE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", " ", "x" * 30_000, "\u0000", "nul\u0000in", "é\u0301🎒",
    "2026-02-30", "0000-00-00T99:99", "NaN", "1e9", "../..", "' or 1=1 --", "{visit}", [], [[]], {},
    {"": ""}, [None], ["x"] * 500, {"a": {"b": {"c": {}}}}, "7f7c1d1e-0000-4000-8000-000000000000",
)  # fmt: skip


def mutations() -> Iterator[tuple[str, Any]]:
    """Every command with one of its fields spoilt, missing, or one too many."""
    for command, data in SUPERVISION.items():
        for field in data:
            yield command, {key: value for key, value in data.items() if key != field}
            for nonsense in NONSENSE:
                yield command, data | {field: nonsense}
        for nonsense in NONSENSE:
            yield command, data | {"zz": nonsense}
            yield command, nonsense


def people_of(board: Board, data: Any) -> Any:
    """The examples' people stand for those of this board."""
    if not isinstance(data, dict):
        return data
    own = {role: person.id for role, person in board.people.items()}
    return {
        field: own[field] if field in own and isinstance(value, str) and value else value
        for field, value in data.items()
    }


@pytest.mark.parametrize("seed", [1, 2])
async def test_spoilt_commands_are_answered(board: Board, seed: int) -> None:
    stream = await board.in_guidance()
    chance = random.Random(seed)
    for command, data in chance.sample(list(mutations()), SENT):
        by = chance.choice(["advisor", "hr", "client", "teacher", "coordinator"])
        body = json.dumps(people_of(board, data))
        headers = board.headers(by, Idempotency_Key=str(uuid4()))
        path = f"/api/v1/supervision/{stream}/commands/{command}"
        if command == RULES["supervision"].opening:
            path = "/api/v1/supervision"
            body = json.dumps({"command": command, "data": people_of(board, data)})
        headers["Content-Type"] = "application/json"
        answer = await board.http.post(path, content=body, headers=headers)
        assert answer.status_code < 500, (command, data, answer.text)
        assert "id" in answer.json() or "code" in answer.json()
    for view in ("", "/timeline", "/export", "/commands"):
        for by in ("advisor", "hr", "client", "teacher", "manager", "auditor"):
            answer = await board.get(f"/supervision/{stream}{view}", by)
            assert answer.status_code in (200, 404), (view, by, answer.text)


PARTS = ("supervision", "timeline", "..", "%00", "%ff", "é", "me", "", "a" * 3000, "commands")
QUERIES = ("", "?as_of=%00", "?cursor=%ff", "?limit=٣", "?open=&open=", "?state=%00", "?a=b")


async def test_spoilt_addresses_are_answered(board: Board) -> None:
    parts = [*PARTS, (await board.open()).json()["id"]]
    chance = random.Random(3)
    for _ in range(200):
        path = "/".join(chance.choice(parts) for _ in range(chance.randint(1, 4)))
        path += chance.choice(QUERIES)
        method = chance.choice(["GET", "POST", "PUT", "HEAD", "OPTIONS"])
        headers = board.headers("hr", Idempotency_Key="%00")
        answer = await board.http.request(method, f"/api/v1/{path}", headers=headers)
        assert answer.status_code < 500, (method, path, answer.text)


@pytest.mark.parametrize("by", ["hr", "client"])
async def test_a_forged_place_in_a_list_is_refused(board: Board, by: str) -> None:
    for text in ("created_at 99999999999999999999 " + str(uuid4()), "a|b|c", "|", "x y z", "\x00"):
        cursor = urlsafe_b64encode(text.encode()).decode()
        for sort in ("created_at", "-updated_at"):
            answer = await board.get(f"/supervision?sort={sort}&cursor={cursor}", by)
            assert answer.status_code in (200, 422), (text, sort, answer.text)
