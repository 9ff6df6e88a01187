"""The description of the API is valid, whole, and says what the API does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.conftest import Board
from web.api.examples import EXAMPLES
from web.api.openapi import document
from workflows.registry import RULES


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(RULES)


def test_it_is_valid_openapi(described: dict[str, Any]) -> None:
    import schemathesis

    schemathesis.openapi.from_dict(described).validate()


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for reference in set(references(described)):
        found: Any = described
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_operations_have_names_of_their_own(described: dict[str, Any]) -> None:
    names = [
        operation["operationId"]
        for methods in described["paths"].values()
        for operation in methods.values()
    ]
    assert len(names) == len(set(names))


def test_every_command_is_described_with_an_example_that_its_model_takes() -> None:
    for process, rules in RULES.items():
        examples = EXAMPLES[process]
        assert set(examples) == set(rules.commands) - rules.own
        for name, data in examples.items():
            rules.commands[name].model_validate(data)


def test_every_command_names_the_problems_it_can_end_in(described: dict[str, Any]) -> None:
    for process, rules in RULES.items():
        for name in set(rules.commands) - rules.own:
            operation = described["paths"][f"/{process}/{{id}}/commands/{name}"]["post"]
            statuses = set(operation["responses"])
            assert {"200", "401", "403", "404", "409", "413", "415", "422", "503"} == statuses


def test_files_are_described_where_there_are_any(described: dict[str, Any]) -> None:
    paths = described["paths"]
    for process, rules in RULES.items():
        calendar = paths[f"/{process}/{{id}}/calendar.ics"]["get"]
        assert "text/calendar" in calendar["responses"]["200"]["content"]
        pdf = paths.get(f"/{process}/{{id}}/agreement/{{version}}.pdf")
        assert (pdf is not None) is ("SignAgreement" in rules.commands)
        if pdf is not None:
            assert "application/pdf" in pdf["get"]["responses"]["200"]["content"]


async def test_it_is_served_to_anybody(board: Board) -> None:
    answer = await board.http.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


async def test_answers_have_what_is_promised(board: Board, described: dict[str, Any]) -> None:
    def promised(name: str) -> set[str]:
        return set(described["components"]["schemas"][name]["required"])

    opened = await board.open()
    stream = opened.json()["id"]
    assert promised("CommandAnswer") <= set(opened.json())
    assert promised("Event") <= set(opened.json()["events"][0])
    for path, schema in (
        (f"/supervision/{stream}", "Summary"),
        (f"/supervision/{stream}/timeline", "Timeline"),
        (f"/supervision/{stream}/export", "Export"),
        (f"/supervision/{stream}/commands", "Commands"),
        ("/supervision", "Page"),
        ("/me", "Me"),
        ("/me/tasks", "Page"),
        ("/me/agenda", "Page"),
        ("/health", "Health"),
        ("/nowhere", "Problem"),
    ):
        assert promised(schema) <= set((await board.get(path)).json()), path


async def test_every_described_address_is_served(board: Board, described: dict[str, Any]) -> None:
    for path, methods in described["paths"].items():
        for method in methods:
            filled = re.sub(r"\{id\}", "7f7c1d1e-0000-4000-8000-000000000000", path)
            answer = await board.http.request(method.upper(), f"/api/v1{filled}")
            assert answer.status_code in (200, 401), path
