"""The server itself: it says when it listens, answers 503 without Temporal, and stops in order."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import SecretStr

from events.store.keys import MasterKeys
from events.store.migrate import mark_installation
from events.store.store import Store
from settings import BadSettings, Settings
from tests.conftest import Database
from web.api.problems import answered
from web.serve import run, serve


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
async def settings(database: Database, tmp_path: Path) -> Settings:
    """An installation whose Temporal is away."""
    await mark_installation(database.owner_dsn, "test")
    MasterKeys.generate().save(tmp_path / "keys.json")
    return Settings(
        installation="test",
        postgres_dsn=SecretStr(database.app_dsn),
        temporal_address=f"127.0.0.1:{free_port()}",
        master_key_file=tmp_path / "keys.json",
        http_port=free_port(),
    )  # pyright: ignore[reportCallIssue]


@pytest.fixture
async def address(settings: Settings) -> AsyncIterator[str]:
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.ensure_future(serve(settings, stop=stop, ready=ready.set_result))
    await asyncio.wait([serving, ready], return_when=asyncio.FIRST_COMPLETED)
    yield f"http://127.0.0.1:{ready.result()}"
    stop.set()
    async with asyncio.timeout(5):
        await serving


async def test_without_temporal_commands_can_be_repeated_later(
    address: str, settings: Settings, database: Database
) -> None:
    store = await Store.connect(database.app_dsn, MasterKeys.load(settings.master_keys), {})
    board = str(uuid4())
    people = {
        role: (await store.add_person(board, role.title(), roles=[role])).id
        for role in ("hr", "client", "teacher", "manager")
    }
    token = await store.issue_token(board, people["hr"])
    await store.close()
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    data = {role: people[role] for role in ("client", "teacher", "manager")}
    data |= {"school": "De Windvaan", "concerns": [{"concern": "C1", "text": "Onrust"}]}
    async with httpx2.AsyncClient(base_url=address, timeout=20) as http:
        health = await http.get("/health")
        assert (health.status_code, health.json()["temporal"]) == (503, "away")
        assert health.json()["postgres"] == "ok"
        assert (await http.get("/api/v1/supervision", headers=headers)).json()["items"] == []
        body = {"command": "RequestTrajectory", "data": data}
        answer = await http.post("/api/v1/supervision", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
        assert answer.headers["Retry-After"]


@pytest.mark.parametrize("kind", ["demo", "production"])
async def test_another_installations_database_is_refused(settings: Settings, kind: str) -> None:
    other = settings.model_copy(update={"installation": kind})
    with pytest.raises(BadSettings, match=f"marked as test, but TRAJECT_INSTALLATION says {kind}"):
        await serve(other)


async def test_a_board_that_was_not_made_here_is_nobody_s(settings: Settings) -> None:
    board = str(uuid4())
    given = {"oidc_issuer": "https://idp.example", "oidc_client_id": "x", "oidc_board": board}
    with pytest.raises(BadSettings, match=f"TRAJECT_OIDC_BOARD names {board}"):
        await serve(settings.model_copy(update=given), stop=asyncio.Event())


async def test_a_certificate_that_is_not_there_is_said_at_the_start(settings: Settings) -> None:
    tls = {"temporal_tls": True, "temporal_tls_ca_file": Path("absent.pem")}
    with pytest.raises(OSError, match=r"absent\.pem"):
        await serve(settings.model_copy(update=tls))


async def test_a_taken_port_is_said_at_once(address: str, settings: Settings) -> None:
    with pytest.raises(OSError, match="in use"):
        await serve(settings)


async def slow_server(
    begun: asyncio.Event, release: asyncio.Event
) -> tuple[str, asyncio.Task[None]]:
    """A server whose only answer waits for ``release``; it is told to stop once that began."""

    async def answer(_request: Request) -> Response:
        begun.set()
        await release.wait()
        return PlainTextResponse("done")

    app = FastAPI()
    app.add_route("/slow", answered(answer))
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.ensure_future(run(app, listener, begun))
    return f"http://127.0.0.1:{listener.getsockname()[1]}/slow", serving


async def test_a_server_that_stops_lets_a_call_finish() -> None:
    begun, release = asyncio.Event(), asyncio.Event()
    url, serving = await slow_server(begun, release)
    async with httpx2.AsyncClient() as http:
        call = asyncio.ensure_future(http.get(url))
        await begun.wait()
        release.set()
        assert (await call).text == "done"
    await serving


async def test_a_call_that_hangs_does_not_hold_up_the_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.serve.GRACE_SECONDS", 1)
    url, serving = await slow_server(asyncio.Event(), asyncio.Event())
    async with httpx2.AsyncClient() as http:
        call = asyncio.ensure_future(http.get(url))
        async with asyncio.timeout(4):
            await serving
        answer = await call
        assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
