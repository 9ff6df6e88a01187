"""Whatever is called as the description of the API says is answered as it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.skipping import SkippingTemporal
from tests.web.served import Served, served
from web.site import DEMO_BOARD
from workflows.processes import PROCESSES
from workflows.registry import RULES

if TYPE_CHECKING:
    import schemathesis
    from requests import Session
    from schemathesis.schemas import APIOperation

    Operation = APIOperation[Any, Any, Any, Any]

READINGS = 4
COMMANDS = 3
"""How often each operation is called."""
CALLERS = ("saskia", "noor", "rik", "ellen")
"""People of several roles take turns, one for each call."""
PARTS = ("others", *RULES)


@pytest.fixture(scope="module")
async def site(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[Served]:
    async with served(postgres, logins, temporal_env, PROCESSES) as site:
        yield site


@pytest.fixture(scope="module")
async def tokens(site: Served) -> list[str]:
    return [await site.store.issue_token(DEMO_BOARD, person_id(key)) for key in CALLERS]


@pytest.mark.parametrize("part", PARTS)
async def test_answers_are_as_described(site: Served, tokens: list[str], part: str) -> None:
    import schemathesis
    from schemathesis.core.result import Ok

    schema = schemathesis.openapi.from_dict(site.app.openapi())
    schema.config.update(base_url=f"{site.address}/api/v1")
    found = list(schema.get_all_operations())
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == len(found)
    mine = [one for one in operations if _part(one) == part]
    assert mine
    faults = await asyncio.to_thread(_call_all, mine, site, tokens)
    assert faults == []


def _part(operation: Operation) -> str:
    first = operation.path.strip("/").partition("/")[0]
    return first if first in RULES else "others"


def _call_all(operations: list[Operation], site: Served, tokens: list[str]) -> list[str]:
    import requests

    turns = Turns(site, tokens)
    with requests.Session() as session:
        return [fault for one in operations for fault in _called(one, turns, session)]


class Turns:
    """Whose turn it is to call, and about which case."""

    def __init__(self, site: Served, tokens: list[str]) -> None:
        self._tokens = tokens
        self._cases: dict[str, list[str]] = {}
        for stream in site.board.engine.streams.values():
            self._cases.setdefault(stream.rules.story.name, []).append(stream.id)
        self._calls = count()

    def prepare(self, case: schemathesis.Case, process: str, example: Any) -> None:
        """Of two calls one is as people make them: of a case there is, now, and in earnest."""
        number = next(self._calls)
        token = self._tokens[number // 2 % len(self._tokens)]
        case.headers["Authorization"] = f"Bearer {token}"
        streams = self._cases.get(process)
        if streams and "id" in case.path_parameters:
            case.path_parameters["id"] = streams[number // 2 % len(streams)]
        if number % 2:
            return
        case.headers.pop("Traject-Clock", None)
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(uuid5(NAMESPACE_URL, f"{process}/{number}"))
        if example is not None:
            case.body = example
        for name in ("as_of", "known_to", "cursor", "state", "from", "to"):
            case.query.pop(name, None)


def _called(
    operation: Operation,
    turns: Turns,
    session: Session,
) -> list[str]:
    """Calls it some times; what was not as described."""
    from schemathesis import checks
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    held = [
        checks.not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
    ]
    found: list[str] = []
    sent = operation.definition.raw.get("requestBody", {"content": {}})["content"]
    example = sent.get("application/json", {}).get("example")

    @given(case=operation.as_strategy())
    @settings(
        max_examples=READINGS if operation.method == "get" else COMMANDS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.filter_too_much,
            HealthCheck.large_base_example,
        ],
    )
    def call(case: schemathesis.Case) -> None:
        turns.prepare(case, _part(operation), example)
        answer = case.call(session=session)
        try:
            case.validate_response(answer, checks=held)
        except FailureGroup as failures:
            said = "; ".join(str(one) for one in failures.exceptions)
            found.append(f"{operation.label}: {answer.status_code} {said[:600]}")

    call()
    return found
