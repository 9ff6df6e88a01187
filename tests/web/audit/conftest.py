"""A board with much in it, sealed and published, and its auditor before the pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from deploy.embedded.postgres import EmbeddedPostgres
from events.audit.logkeys import LogKeys
from events.audit.publishing import Publication
from events.audit.signing import checkpoint
from events.projections.projector import Projector
from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import TEMPLATE, Database
from tests.events.store.numbering import keep_all
from tests.properties.desk import TENANT
from tests.properties.processes.board import IDS
from tests.web.conftest import FACTS, Installation, client_of
from tests.web.filled import Played
from tests.web.test_personal_file import execute
from web.api.app import create_app
from workflows.gateway import Gateway
from workflows.registry import RULES

DATABASE = "test_audit_pages"
MANY = "/audit/search?kind="


@dataclass
class Audited:
    """The application over a filled and sealed store. ``key`` is the log's."""

    played: Played
    store: Store
    database: Database
    app: FastAPI
    http: httpx2.AsyncClient
    tokens: dict[str, str]
    master: MasterKeys
    keys: LogKeys
    publication: Publication

    async def get(
        self, path: str, by: str = "auditor", status: int = 200, language: str = "nl"
    ) -> httpx2.Response:
        self.http.cookies.clear()
        self.http.cookies.set("traject_session", self.tokens[by])
        answer = await self.http.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status, (path, answer.status_code, answer.text[-3000:])
        return answer

    async def words(
        self, path: str, by: str = "auditor", status: int = 200, language: str = "nl"
    ) -> str:
        """What a reader sees of a page, without its addresses."""
        return seen((await self.get(path, by, status, language)).text)

    async def seal(self) -> None:
        """Takes all that was recorded, read and refused into the trees, signed and published."""
        keeping = await asyncpg.connect(self.database.sequencer_dsn)
        try:
            await keep_all(keeping)
            await checkpoint(keeping, self.keys, self.publication, datetime.now(UTC), at_once=True)
        finally:
            await keeping.close()

    def case(self, stream: str) -> str:
        return f"/audit/supervision/{stream}"


@pytest.fixture(scope="package")
async def audited(
    postgres: EmbeddedPostgres, logins: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Audited]:
    await execute(postgres.dsn, f"create database {DATABASE} template {TEMPLATE}")
    database = Database(postgres, DATABASE, logins)
    place = str(tmp_path_factory.mktemp("audit") / "published")
    master = MasterKeys.generate()
    store = await Store.connect(database.app_dsn, master, FACTS)
    played = Played()
    tokens = await played.keep(store)
    app = create_app(store, cast("Gateway", None), RULES, Installation(published=place))
    async with client_of(app) as http:
        found = Audited(
            played,
            store,
            database,
            app,
            http,
            tokens,
            master,
            LogKeys.generate(),
            Publication.at(place),
        )
        await refused(store)
        await found.seal()
        stories = {name: rules.story for name, rules in RULES.items()}
        await Projector(database.projector_dsn, master, stories).catch_up()
        yield found
    await store.close()
    await execute(postgres.dsn, f"drop database {DATABASE} with (force)")


async def refused(store: Store) -> None:
    """Somebody tried something that the rules do not allow."""
    await store.log_refused(
        TENANT,
        person=IDS["advisor"],
        at=datetime.now(UTC),
        stream=None,
        process="supervision",
        command="PlanVisit",
        code="visit.outside_period",
    )


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        for name, value in attrs:
            if name in ("aria-label", "placeholder", "label", "title", "alt", "aria-valuetext"):
                self.text.append(str(value))

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def seen(html: str) -> str:
    """All that people can read of a page."""
    parser = _Seen()
    parser.feed(html)
    return re.sub(r"\s+", " ", " ".join(parser.text))


def links(html: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*)"', html)]


Rows = list[dict[str, Any]]
__all__ = ["Audited", "Path", "Rows", "links", "seen"]
