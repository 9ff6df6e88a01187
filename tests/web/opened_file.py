"""A whole installation for a person's file, and how what comes out of it is read."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2
from fastapi import FastAPI

from events.store.store import Store
from settings import Settings
from tests.conftest import Database
from tests.properties.desk import TENANT
from tests.web.filled import Played
from web.site import Site

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
