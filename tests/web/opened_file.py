"""A whole installation for a person's file, and how what comes out of it is read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from deploy.embedded.postgres import EmbeddedPostgres
from events.store.keys import MasterKeys
from events.store.store import Store
from settings import Settings
from tests.conftest import TEMPLATE, Database
from tests.properties.desk import TENANT
from tests.web.conftest import FACTS, Installation, client_of
from tests.web.filled import Played
from web.api.app import create_app
from web.site import Site
from workflows.gateway import Gateway
from workflows.registry import RULES

AT = "2026-02-02T12:00:00+01:00"


@dataclass
class Filled:
    """The application over a store with everything in it; nobody gives commands here."""

    played: Played
    store: Store
    database: Database
    http: httpx2.AsyncClient
    app: FastAPI
    tokens: dict[str, str]
    settings: Settings

    @property
    def site(self) -> Site:
        return self.app.state.site

    async def get(self, path: str, by: str, language: str = "nl", **more: str) -> httpx2.Response:
        headers = {
            "Authorization": f"Bearer {self.tokens[by]}",
            "Traject-Clock": AT,
            "Accept-Language": language,
            **more,
        }
        return await self.http.get(f"/api/v1{path}", headers=headers)

    async def file(self, path: str, by: str, language: str = "nl") -> dict[str, bytes]:
        answer = await self.get(path, by, language)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["cache-control"] == "private, no-store"
        return opened(answer.content)

    async def logged(self) -> int:
        return sum(row.what == "file" for row in await self.store.reads(TENANT))


DATABASE = "test_personal_files"


@asynccontextmanager
async def installed(
    postgres: EmbeddedPostgres, logins: dict[str, str], folder: Path
) -> AsyncIterator[Filled]:
    """Everything that was played, on a database of its own."""
    await execute(postgres.dsn, f"create database {DATABASE} template {TEMPLATE}")
    database = Database(postgres, DATABASE, logins)
    keys, file = MasterKeys.generate(), folder / "keys.json"
    keys.save(file)
    settings = Settings(
        postgres_dsn=SecretStr(database.app_dsn), master_key_file=file, data_folder=folder
    )
    store = await Store.connect(database.app_dsn, keys, FACTS)
    played = Played()
    tokens = await played.keep(store)
    app = create_app(store, cast("Gateway", None), RULES, Installation())
    async with client_of(app) as http:
        yield Filled(played, store, database, http, app, tokens, settings)
    await store.close()
    await execute(postgres.dsn, f"drop database {DATABASE} with (force)")


async def execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archived:
        assert archived.testzip() is None
        return {name: archived.read(name) for name in archived.namelist()}


def read(files: dict[str, bytes], ending: str = "") -> str:
    """All that people can read in them."""
    return "\n".join(
        content.decode()
        for name, content in files.items()
        if name.endswith((".html", ".json")) and name.endswith(ending)
    )


def case(files: dict[str, bytes], process: str, nth: int = 0) -> tuple[str, str, dict[str, Any]]:
    """The folder, the page and the data of a case in the file."""
    folders = sorted(name.rpartition("/")[0] for name in files if name.endswith("case.json"))
    folder = [one for one in folders if one.endswith(process)][nth]
    data = json.loads(files[f"{folder}/case.json"])
    return folder, files[f"{folder}/index.html"].decode(), data
