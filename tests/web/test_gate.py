"""What stands before the handlers: here they check nothing, and the table alone decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast, get_args
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from starlette.requests import Request
from starlette.routing import Route

from events.event import Role
from events.store.store import Store
from tests.web.conftest import Board, Installation, client_of
from web.api.app import create_app
from web.permissions import gate
from web.permissions.routes import BY_SCRIPT, PREFIX, ROUTES
from web.permissions.table import EVERYBODY, FOR_ALL, OF_CASES, VIEWS
from workflows.gateway import Gateway
from workflows.registry import RULES

ROLES: tuple[str, ...] = get_args(Role)
REACHED = "the handler ran"


async def reached(_request: Request) -> PlainTextResponse:
    return PlainTextResponse(REACHED)


@pytest.fixture
async def board(store: Store) -> AsyncIterator[Board]:
    """A board with one person for each role, before an application whose handlers let all in."""
    app = create_app(store, cast(Gateway, None), RULES, Installation())
    for route in app.router.routes:
        if isinstance(route, Route):
            route.app = Route("/", reached).app
    async with client_of(app) as http:
        yield Board(store, app, http, str(uuid4()))


async def ask(board: Board, key: str, by: str | None = None) -> httpx2.Response:
    """An address as somebody's browser or program asks it."""
    method, path = key.split(" ", 1)
    path = path.replace("{process}", "supervision")
    headers = {}
    if by is not None:
        api = path.startswith(PREFIX)
        headers = board.headers(by) if api else {"Cookie": f"traject_session={board.tokens[by]}"}
    return await board.http.request(method, path, headers=headers)


async def test_each_view_opens_for_its_roles_and_no_other(board: Board) -> None:
    one_of = {(access, PREFIX in key): key for key, access in ROUTES.items() if access in VIEWS}
    assert {view for view, _ in one_of} == {*ROUTES.values()} & {*VIEWS}
    for role in ROLES:
        await board.add(role, f"Ruud van {role}", role)
        for (view, _), key in one_of.items():
            answer = await ask(board, key, role)
            allowed = VIEWS[view] is EVERYBODY or role in VIEWS[view]
            assert answer.status_code == (200 if allowed else 403), (role, key)
            assert (answer.text == REACHED) == allowed


async def test_each_address_that_is_not_for_all_wants_somebody_signed_in(board: Board) -> None:
    await board.add("nobody", "Zonder rol")
    for key, access in ROUTES.items():
        if key == "GET /static":
            continue
        answer, known = await ask(board, key), await ask(board, key, "nobody")
        if access in FOR_ALL:
            assert answer.text == known.text == REACHED, key
            continue
        to_sign_in = answer.headers.get("Location", "").startswith("/sign-in?back=")
        led = key.startswith("GET ") and PREFIX not in key and key not in BY_SCRIPT
        assert (answer.status_code, to_sign_in) == ((303, True) if led else (401, False)), key
        allowed = access in OF_CASES or VIEWS[access] is EVERYBODY
        assert known.status_code == (200 if allowed else 403), key


UNKNOWN = ("/extra", "/supervision/extra", "/administration/people/extra", f"{PREFIX}/me/extra")


@pytest.mark.parametrize("path", UNKNOWN)
async def test_an_address_that_the_table_does_not_know_is_not_found(
    board: Board, path: str
) -> None:
    await board.add("all", "Alle rollen", *(role for role in ROLES if role != "contact"))
    board.app.router.routes.insert(0, Route(path, reached, methods=["GET", "POST"]))
    for key in (f"GET {path}", f"HEAD {path}", f"POST {path}"):
        answer = await ask(board, key, "all")
        assert (answer.status_code, REACHED in answer.text) == (404, False), key
    if path.startswith(PREFIX):
        assert (await ask(board, f"GET {path}", "all")).json()["code"] == "not_found"


async def test_a_method_that_the_table_does_not_know_is_not_found(board: Board) -> None:
    await board.add("hr", "Saskia", "hr")
    assert (await ask(board, "PATCH /me", "hr")).status_code == 405
    board.app.add_route("/me", reached, methods=["PATCH"])
    assert (await ask(board, "PATCH /me", "hr")).status_code == 404
    assert (await ask(board, "HEAD /me", "hr")).status_code == 200


async def test_what_is_added_in_another_way_is_not_found_either(board: Board) -> None:
    board.app.get("/extra")(lambda: REACHED)
    other = FastAPI()
    other.add_route("/", reached)
    board.app.mount("/mounted", other)
    board.app.include_router(other.router, prefix="/included")
    for path in ("/extra", "/mounted", "/mounted/", "/included/"):
        answer = await ask(board, f"GET {path}")
        assert REACHED not in answer.text, path
        assert answer.status_code in (307, 404), path


@pytest.mark.parametrize("path", ["/extra", f"{PREFIX}/extra"])
async def test_an_entry_that_says_no_known_word_opens_for_nobody(
    board: Board, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await board.add("all", "Alle rollen", *(role for role in ROLES if role != "contact"))
    board.app.router.routes.insert(0, Route(path, reached))
    for word in ("", "dashboards", "me"):
        monkeypatch.setattr(gate, "ROUTES", {f"GET {path}": word})
        answer = await ask(board, f"GET {path}", "all")
        assert answer.status_code == (200 if word == "me" else 403), word
        assert (answer.text == REACHED) == (word == "me")
