"""Nothing of one board reaches anybody of another: not by any id, and not by a broken query."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from starlette.routing import BaseRoute, Route

from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.skipping import SkippingTemporal
from tests.web.conftest import client_of, opens_pages
from tests.web.served import Served, served
from web.api.examples import EXAMPLES
from web.signin.cookies import COOKIE
from web.site import DEMO_BOARD
from workflows.registry import RULES

OTHER = "b0a2d1f4-6c55-4e0e-9b64-0c7c8f1f6a11"
ROLES = ("hr", "auditor", "coordinator", "board", "advisor", "teacher", "administrator")
SAME = {"Sec-Fetch-Site": "same-origin"}
OF_ALL = frozenset(
    {
        "bucket", "checkpoint", "installation", "logged", "migration", "numbering", "projection",
        "retired_master", "sequencer", "tile", "tree",
    }
)  # fmt: skip
"""Tables that are of no board: they hold counts, hashes and how the product itself is doing."""


@dataclass
class Neighbours:
    """People of another board on the same installation, signed in and with tokens."""

    site: Served
    pages: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    calls: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    async def move_in(self) -> None:
        store = self.site.store
        for role in ROLES:
            mail = f"{role}@elders.example"
            person = await store.add_person(OTHER, f"Buur {role}", mail, roles=[role])
            token = await store.issue_token(OTHER, person.id)
            await opens_pages(store, person, token)
            self.pages[role] = client_of(self.site.app, cookies={COOKIE: token})
            bearer = {"Authorization": f"Bearer {token}"}
            self.calls[role] = client_of(self.site.app, headers=bearer)

    def get_paths(self) -> list[tuple[str, str]]:
        """Every address that is read, with ids of the first board, and with ids of nothing."""
        found: list[tuple[str, str]] = []
        for route in cast("list[BaseRoute]", self.site.app.routes):
            if not isinstance(route, Route) or "GET" not in (route.methods or ()):
                continue
            if "{code}" in route.path or route.path.endswith("/openapi.json"):
                continue
            path = re.sub(r":\w+\}", "}", route.path)
            parts = path.removeprefix("/api/v1").split("/")
            process = parts[1] if parts[1] in RULES else "supervision"
            theirs = {"id": self._case(process), "process": process} | self._known()
            found.append((_filled(path, theirs), _filled(path, {"process": process})))
        return found

    def _case(self, process: str) -> str:
        streams = self.site.board.engine.streams.values()
        return next(one.id for one in streams if one.rules.story.name == process)

    def _known(self) -> dict[str, str]:
        case = self.site.board.engine.streams[self.site.ids["in_guidance"]]
        event, person = case.events[3].event_id, person_id("ellen")
        named = {"event_id": event, "event": event, "person": person, "version": "1"}
        return named | {"command": "Suspend"}


def _filled(path: str, values: dict[str, str]) -> str:
    nothing = {"version": "1", "command": "Suspend"}
    return path.format_map(defaultdict(lambda: str(uuid4()), nothing | values))


@pytest.fixture(scope="module")
async def neighbours(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[Neighbours]:
    async with served(postgres, logins, temporal_env) as site:
        found = Neighbours(site)
        await found.move_in()
        yield found
        for http in (*found.pages.values(), *found.calls.values()):
            await http.aclose()


def secrets(site: Served) -> list[str]:
    """Names of the first board's people and schools, and its ids."""
    names = [one.name for one in site.board.people.values()]
    ids = [one.id for one in site.board.people.values()] + list(site.board.engine.streams)
    return [*names, *ids, "Het Kompas", "Zeven minuten zonder", "De Springplank"]


async def test_no_id_opens_anything_of_another_board(neighbours: Neighbours) -> None:
    hidden = secrets(neighbours.site)
    seen = 0
    for theirs, nothing in neighbours.get_paths():
        for role in ROLES:
            doors = neighbours.calls if theirs.startswith("/api/") else neighbours.pages
            answer, empty = await doors[role].get(theirs), await doors[role].get(nothing)
            assert answer.status_code == empty.status_code, (role, theirs, answer.status_code)
            assert answer.status_code < 500, (role, theirs, answer.text[:300])
            # A page names its own address, for the choice of a language.
            text = answer.text.replace(theirs, "")
            assert [one for one in hidden if one in text and one not in theirs] == [], (
                role,
                theirs,
            )
            seen += answer.status_code == 200
    assert seen > len(ROLES) * 5, "something is shown to them: their own"


async def test_no_command_reaches_a_case_of_another_board(neighbours: Neighbours) -> None:
    streams = neighbours.site.board.engine.streams.values()
    for process, stream in {one.rules.story.name: one for one in streams}.items():
        for command, data in EXAMPLES[process].items():
            path = f"/api/v1/{process}/{{}}/commands/{command}"
            answers = [
                await neighbours.calls["hr"].post(
                    path.format(case), json=data, headers={"Idempotency-Key": str(uuid4())}
                )
                for case in (stream.id, str(uuid4()))
            ]
            assert answers[0].status_code in (404, 409, 422), (path, answers[0].text)
            assert answers[0].status_code == answers[1].status_code, path
            assert answers[0].json()["code"] == answers[1].json()["code"], path
        path = f"/{process}/{stream.id}/do/PlaceLegalHold"
        sent = {"reason": "niet van ons"}
        answer = await neighbours.pages["hr"].post(path, data=sent, headers=SAME)
        assert answer.status_code == 404, path


async def test_nobody_of_another_board_can_be_named(neighbours: Neighbours) -> None:
    data = {
        "teacher": person_id("marloes"),
        "client": person_id("hendrik"),
        "manager": person_id("petra"),
        "school": "Elders",
        "concerns": [{"concern": "C1", "text": "Geen"}],
    }
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"command": "RequestTrajectory", "data": data}
    answer = await neighbours.calls["hr"].post("/api/v1/supervision", json=body, headers=headers)
    assert answer.status_code in (409, 422), answer.text
    assert "Marloes" not in answer.text


async def _tables(raw: asyncpg.Connection) -> dict[str, bool]:
    """Every table, and whether its rows are of a board."""
    rows = await raw.fetch(
        "select c.relname as name, exists (select from pg_attribute a"
        " where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped) as of_board"
        " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'traject' and c.relkind in ('r', 'p', 'v', 'm')"
    )
    return {str(row["name"]): bool(row["of_board"]) for row in rows}


async def test_a_table_is_of_boards_or_known_to_be_of_none(neighbours: Neighbours) -> None:
    raw = await asyncpg.connect(neighbours.site.database.owner_dsn)
    try:
        tables = await _tables(raw)
    finally:
        await raw.close()
    assert {name for name, of_board in tables.items() if not of_board} == OF_ALL


@pytest.mark.parametrize("role", ["app", "reader"])
async def test_a_query_that_forgets_the_board_finds_nothing_of_another(
    neighbours: Neighbours, role: str
) -> None:
    database = neighbours.site.database
    raw = await asyncpg.connect(database.owner_dsn)
    login = await asyncpg.connect(database.app_dsn if role == "app" else database.reader_dsn)
    found: dict[str, int] = {}
    try:
        for table, of_board in (await _tables(raw)).items():
            if not of_board:
                continue
            mine = f"select count(*) from traject.{table} where tenant = $1::text::uuid"
            everything: Any = await raw.fetchval(mine, DEMO_BOARD)
            for board in (OTHER, str(uuid4()), "", None):
                await login.execute("select set_config('traject.tenant', $1, false)", board)
                try:
                    forgotten = await login.fetchval(
                        f"select count(*) from traject.{table}"
                        " where tenant is distinct from nullif($1::text, '')::uuid",
                        board,
                    )
                    named = await login.fetchval(mine, DEMO_BOARD)
                except asyncpg.InsufficientPrivilegeError:
                    break
                assert (forgotten, named) == (0, 0), (table, board)
                found[table] = everything
    finally:
        await login.close()
        await raw.close()
    full = {"event", "stream", "person", "person_role", "party", "settings", "cases_v1"}
    assert {table for table in full if found.get(table, 0) > 0} == full, "there was nothing to find"


async def test_no_row_is_written_for_another_board(neighbours: Neighbours) -> None:
    app = await asyncpg.connect(neighbours.site.database.app_dsn)
    raw = await asyncpg.connect(neighbours.site.database.owner_dsn)
    try:
        await app.execute("select set_config('traject.tenant', $1, false)", OTHER)
        for table, of_board in (await _tables(raw)).items():
            if not of_board:
                continue
            for change in ("update traject.{} set tenant = tenant", "delete from traject.{}"):
                try:
                    async with app.transaction():
                        done = await app.execute(
                            change.format(table) + " where tenant = $1::text::uuid", DEMO_BOARD
                        )
                except asyncpg.InsufficientPrivilegeError:
                    continue
                assert done.endswith(" 0"), (table, done)
    finally:
        await app.close()
        await raw.close()
