"""Every way to be refused before rules are asked, each as a problem in the reader's language."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from events.settings import TenantSettings
from tests.web.conftest import Board, Installation, client_of
from web.api.app import create_app
from web.api.problems import status_of
from web.texts import LANGUAGES, choose, gaps, texts
from workflows.registry import RULES

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
GENERAL = {
    "auth.required", "not_found", "method.not_allowed", "body.too_large", "body.not_json",
    "service.unavailable", "server.error", "case.erased",
}  # fmt: skip


def codes_in_rules() -> set[str]:
    """The codes that the rules of all processes can refuse with."""
    found: set[str] = set()
    for path in (ROOT / "workflows").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Refused", "refuse", "require") and node.args:
                found |= {
                    part.value
                    for part in ast.walk(node)
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and CODE.fullmatch(part.value)
                }
            found |= {
                str(word.value.value)
                for word in node.keywords
                if word.arg == "refusal" and isinstance(word.value, ast.Constant)
            }
    return found


def test_both_languages_say_everything() -> None:
    assert gaps(codes_in_rules() | GENERAL) == []
    assert "trajectory.already_open" in codes_in_rules()


def test_no_page_shows_a_method_of_python_for_a_word() -> None:
    """``words.clear`` is what a mapping can do; the word is ``words["clear"]``."""
    method = re.compile(rf"\.({'|'.join(name for name in dir(dict) if name[0] != '_')})\b(?!\()")
    for template in sorted((ROOT / "web" / "templates").rglob("*.html")):
        for said in re.findall(r"\{[{%].*?[%}]\}", template.read_text(), re.DOTALL):
            assert not method.search(said), (template.name, said)


def test_the_page_about_the_api_names_every_code_with_its_status() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    english = texts("en")
    for code in english.problems:
        title = english.problem(code, TenantSettings()).title
        assert f"| {int(status_of(code))} | `{code}` | {title} |" in page
    for code, sentence in english.warnings.items():
        assert f"| `{code}` | {sentence} |" in page


def test_the_numbers_in_a_text_are_the_board_s_own() -> None:
    settings = TenantSettings(goals_max=8)
    for language in LANGUAGES:
        assert "8" in texts(language).problem("goals.too_many", settings).detail
        for code in texts(language).problems:
            assert "{" not in texts(language).problem(code, settings).detail


def test_every_event_has_words() -> None:
    for rules in RULES.values():
        for language in LANGUAGES:
            assert set(rules.story.facts) <= set(texts(language).events["types"])


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("auth.required", 401),
        ("auth.role", 403),
        ("not_found", 404),
        ("method.not_allowed", 405),
        ("goals.too_many", 409),
        ("case.erased", 410),
        ("body.too_large", 413),
        ("body.not_json", 415),
        ("command.invalid", 422),
        ("server.error", 500),
        ("service.unavailable", 503),
    ],
)
def test_a_code_has_its_status(code: str, status: int) -> None:
    assert status_of(code) == status


@pytest.mark.parametrize(
    ("header", "own", "language"),
    [
        (None, None, "nl"),
        (None, "en", "en"),
        ("en-GB,en;q=0.9", "nl", "en"),
        ("de,en;q=0.5,nl;q=0.7", None, "nl"),
        ("de", "en", "en"),
        ("en;q=0", None, "nl"),
        ("en;q=high", "nl", "nl"),
    ],
)
def test_the_language_is_asked_for_or_the_person_s_own(
    header: str | None, own: str | None, language: str
) -> None:
    assert choose(header, own) == language


async def test_problems_speak_the_reader_s_language(board: Board) -> None:
    await board.add("english", "Ann Marsh", "advisor", language="en")
    path = f"/supervision/{uuid4()}"
    for by, header, title in (
        ("hr", {}, "Niet gevonden"),
        ("hr", {"Accept-Language": "en"}, "Not found"),
        ("english", {}, "Not found"),
        ("english", {"Accept-Language": "nl"}, "Niet gevonden"),
    ):
        answer = await board.http.get(f"/api/v1{path}", headers=board.headers(by) | header)
        content = answer.json()
        assert content["title"] == title
        assert content["instance"] == f"/api/v1{path}"
        assert content["status"] == answer.status_code == 404
        assert content["type"] == "/problems/not_found"


async def test_without_a_valid_token_nothing_is_answered(board: Board) -> None:
    for sent in (None, "Bearer", "Bearer  ", "Bearer tj_wrong", "Basic dG86dG8=", "x" * 5000):
        headers = {"Authorization": sent} if sent else {}
        for path in ("/supervision", "/me", f"/supervision/{uuid4()}", "/nonsense"):
            answer = await board.http.get(f"/api/v1{path}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "auth.required")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_withdrawn_token_is_worth_nothing(board: Board) -> None:
    assert (await board.get("/me")).status_code == 200
    await board.store.revoke(board.tokens["hr"])
    assert (await board.get("/me")).status_code == 401


async def _posted(board: Board, content: bytes | str, **headers: str) -> Any:
    sent = board.headers("hr") | {"Idempotency-Key": str(uuid4())}
    sent |= {"Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await board.http.post("/api/v1/supervision", content=content, headers=sent)


BODIES: tuple[tuple[bytes | str, str], ...] = (
    ("", "body"),
    ("{", "body"),
    ("[]", "body"),
    ("null", "body"),
    ('{"command": NaN}', "body"),
    ('"\\ud800"', "body"),
    (b"\xff\xfe", "body"),
    ("[" * 100_000, "body"),
    ("{}", "command"),
    ('{"command": null, "data": {}}', "command"),
    ('{"command": "AcceptRequest", "data": {}}', "command"),
    ('{"command": "RequestTrajectory", "data": []}', "data"),
    ('{"command": "RequestTrajectory", "data": {}}', "teacher"),
    ('{"command": "RequestTrajectory", "data": {}, "more": 1}', "more"),
)


async def test_a_body_that_is_no_command_is_refused(board: Board) -> None:
    for content, field in BODIES:
        answer = await _posted(board, content)
        assert (answer.status_code, answer.json()["code"]) == (422, "command.invalid")
        assert answer.json()["field"] == field, content


async def test_a_command_needs_a_number_of_its_own(board: Board) -> None:
    body = json.dumps({"command": "RequestTrajectory", "data": board.request()})
    for key in ("", "7", "not-a-uuid"):
        answer = await _posted(board, body, Idempotency_Key=key)
        assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")
    headers = board.headers("hr")
    answer = await board.http.post("/api/v1/supervision", content=body, headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


async def test_the_number_of_a_command_has_one_spelling(board: Board) -> None:
    key = str(uuid4())
    first = await board.open(key=key)
    again = await board.open(key=key.upper())
    assert again.json() == first.json()


async def test_a_body_of_another_kind_or_size_is_refused(board: Board) -> None:
    answer = await _posted(board, "a=b", Content_Type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "body.not_json")
    for size in (1_000_001, 3_000_000):
        answer = await _posted(board, b'{"command": "' + b"x" * size + b'"}')
        assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")


async def test_unknown_addresses_and_methods_are_problems_too(board: Board) -> None:
    for path in ("/nonsense", "/nonsense/x/y/z", f"/nonsense/{uuid4()}", "/supervision/not-an-id"):
        answer = await board.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await board.http.delete("/api/v1/supervision", headers=board.headers("hr"))
    assert (answer.status_code, answer.json()["code"]) == (405, "method.not_allowed")
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "POST"}
    stream = (await board.open()).json()["id"]
    answer = await board.give(stream, "MakeCoffee")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_clock_moves_in_a_test_installation(board: Board) -> None:
    stream = (await board.open(at="2026-01-06T09:05:00+01:00")).json()["id"]
    events = await board.store.load(board.tenant, stream)
    assert events[0].recorded_at.isoformat().startswith("2026-01-06T08:05:0")
    assert events[0].occurred_on == "2026-01-06"
    summary = await board.get(f"/supervision/{stream}", at="2026-01-16T09:05:00+01:00")
    assert summary.json()["duration_days"] == 10
    for text in ("2026-01-06T09:05:00", "soon", "9999-12-31T23:59:59-23:59"):
        answer = await board.get(f"/supervision/{stream}", at=text)
        assert (answer.status_code, answer.json()["field"]) == (422, "Traject-Clock")


async def test_the_clock_stands_in_production(board: Board) -> None:
    app = create_app(board.store, board.app.state.site.gateway, RULES, Installation("production"))
    async with client_of(app) as http:
        board.http = http
        answer = await board.open(at="2026-01-06T09:05:00+01:00")
        assert (answer.status_code, answer.json()["field"]) == (422, "Traject-Clock")
        assert (await board.get("/me/tasks", at="2026-01-06T09:05:00+01:00")).status_code == 422
        assert (await board.open()).status_code == 201


async def test_away_is_said_with_a_time_to_come_back(board: Board) -> None:
    await board.store.close()
    answer = await board.get("/me")
    assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    health = await board.http.get("/health")
    assert (health.status_code, health.json()["postgres"]) == (503, "away")


async def test_health_needs_no_token(board: Board) -> None:
    answer = await board.http.get("/api/v1/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_a_fault_of_ours_is_a_problem_and_tells_nothing(
    board: Board, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("Marloes Terpstra")

    monkeypatch.setattr(board.store, "settings", broken)
    answer = await board.get(f"/supervision/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (500, "server.error")
    printed = capsys.readouterr()
    assert "ZeroDivisionError" in printed.out + printed.err
    assert "Terpstra" not in answer.text + printed.out + printed.err
