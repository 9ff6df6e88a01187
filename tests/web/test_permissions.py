"""The whole matrix: every address and every command, for every role, in every relation to a case.

Expected is what the table on `/permissions` says; asked are the application and the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, get_args
from uuid import uuid4

import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from events.event import Role
from events.process import Reader
from events.settings import TenantSettings
from events.store.store import Store
from tests.skipping import SkippingTemporal
from tests.web.conftest import client_of
from tests.web.example_board import ExampleBoard
from tests.web.example_site import ExampleSite, example_site
from web.permissions.commands import BOARD_ROLES, WORDED, Row, reads, rows
from web.permissions.routes import PREFIX, ROUTES, key_of
from web.permissions.table import EVERYBODY, VIEWS
from web.site import DEMO_BOARD
from workflows.decision import Command, Context, Giver, Refused
from workflows.gateway import Gateway
from workflows.registry import RULES
from workflows.wire import connect

ROLES: tuple[str, ...] = get_args(Role)
CASES = ("in_guidance", "assessment", "partner", "internship", "placement")


@dataclass
class Town:
    """The example board, and one person more for each role who is named in no case."""

    site: ExampleSite
    spare: dict[str, str] = field(default_factory=dict)
    strangers: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, str]:
        return self.site.ids


@pytest.fixture(scope="module")
async def town(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[Town]:
    async with example_site(postgres, logins, partial(_idle, temporal_env)) as site:
        town, other = Town(site), str(uuid4())
        for role in ROLES:
            known = await site.store.add_person(DEMO_BOARD, f"Ruud van {role}", roles=[role])
            town.spare[role] = known.id
            far = await site.store.add_person(other, f"Ver van {role}", roles=[role])
            town.strangers[role] = await site.store.issue_token(other, far.id)
        yield town


@asynccontextmanager
async def _idle(temporal_env: SkippingTemporal, store: Store) -> AsyncIterator[Gateway]:
    """Temporal answers, and nobody works: no command is given here."""
    yield Gateway(store, await connect(temporal_env.address, store.dossier_key))


def test_the_table_names_every_role() -> None:
    assert set(BOARD_ROLES) >= set(ROLES)
    named = {role for roles in VIEWS.values() for role in roles} - EVERYBODY
    assert named <= set(BOARD_ROLES)


def test_who_administers_sees_no_case_and_gives_no_command() -> None:
    for process in RULES:
        granted = [*reads(process), *(one for row in rows(process) for one in row.grants)]
        assert "administrator" not in {grant.role for grant in granted}, process


def routes(site: ExampleSite) -> Iterator[str]:
    for route in site.app.routes:
        path: str = route.path  # pyright: ignore[reportAttributeAccessIssue]
        for method in (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}:
            yield key_of(method, path, RULES)


async def test_every_address_has_an_entry_and_every_entry_an_address(town: Town) -> None:
    known = set(routes(town.site))
    assert not known - set(ROUTES), "open to nobody until web/permissions/routes.py names it"
    assert not set(ROUTES) - known, "there is no such address"
    kinds = {"open", "link", "list", "case", "start", "command", *VIEWS}
    assert set(ROUTES.values()) <= kinds


def filled(path: str, process: str = "supervision", stream: str = "") -> str:
    """An address with something in every place."""
    values = {
        "process": process, "id": stream or str(uuid4()), "version": "1", "command": "Nothing",
        "code": "nothing",
    }  # fmt: skip
    for name in [part.split("}")[0] for part in path.split("{")[1:]]:
        path = path.replace("{" + name + "}", values.get(name.partition(":")[0], str(uuid4())))
    return f"{path}?from=2020-01-01" if path.endswith("/difference") else path


def views(method: str) -> list[tuple[str, str]]:
    return [
        (key.split(" ", 1)[1], access)
        for key, access in ROUTES.items()
        if access in VIEWS and key.startswith(f"{method} ")
    ]


async def test_who_is_not_signed_in_sees_nothing(town: Town) -> None:
    async with client_of(town.site.app) as http:
        for key, access in ROUTES.items():
            method, path = key.split(" ", 1)
            if access in ("open", "link"):
                continue
            at = filled(path, "supervision", town.ids["in_guidance"])
            answer = await http.request(method, at)
            wanted = (401,) if path.startswith(PREFIX) else (303, 401, 404)
            assert answer.status_code in wanted, (key, answer.status_code)
            if answer.status_code == HTTPStatus.SEE_OTHER:
                assert answer.headers["Location"].partition("?")[0] in ("/", "/sign-in"), key


async def test_what_belongs_to_no_case_opens_for_whom_the_table_names(town: Town) -> None:
    """Every role that may not; of those that may one, as the page is the same for them all."""
    store, opened = town.site.store, set[str]()
    for role, person in town.spare.items():
        token = await store.issue_token(DEMO_BOARD, person)
        http = await town.site.signed_in(person)
        for path, view in views("GET"):
            allowed = VIEWS[view] is EVERYBODY or role in VIEWS[view]
            if allowed and path in opened:
                continue
            bearer = {"Authorization": f"Bearer {token}"} if path.startswith(PREFIX) else {}
            answer = await http.get(filled(path), headers=bearer)
            said = (role, path, answer.status_code)
            assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, said
            assert (answer.status_code == HTTPStatus.FORBIDDEN) != allowed, said
            opened |= {path} if allowed else set()
        for path, view in views("POST"):
            if VIEWS[view] is EVERYBODY or role in VIEWS[view]:
                continue
            answer = await http.post(filled(path), data={"name": "x"})
            assert answer.status_code == HTTPStatus.FORBIDDEN, (role, path, answer.status_code)
    assert opened == {path for path, _ in views("GET")}


def expected(board: ExampleBoard, process: str, stream: str, reader: Reader) -> bool:
    """Whether the table lets somebody read a case."""
    story = RULES[process].story
    state = story.fold(board.engine.streams[stream].events)
    mine = {part for part, who in story.index(state).parties.items() if who == reader.person}
    mine = {worded(process, part) for part in mine}
    for grant in reads(process):
        if grant.relation == "all" and grant.role in reader.roles:
            return True
        if grant.relation == "own" and grant.role in mine:
            return True
        if grant.relation == "some" and grant.role in story.rights(state, reader):
            return True
    return False


def case_paths() -> tuple[list[str], list[str]]:
    """The addresses below a case: two that every process has, and all the others."""
    paths = [
        k.split(" ", 1)[1] for k, access in ROUTES.items() if access == "case" and k[:4] == "GET "
    ]
    main = ["/{process}/{id}", f"{PREFIX}/{{process}}/{{id}}"]
    return main, [path for path in paths if path not in main]


async def test_a_case_opens_for_whom_the_table_names(town: Town) -> None:
    """Everybody by the API, and who may not by the pages too; at other addresses one who may."""
    store, board = town.site.store, town.site.board
    main, others = case_paths()
    people = {one.id: tuple(one.roles) for one in await store.everyone(DEMO_BOARD)}
    tokens = {person: await store.issue_token(DEMO_BOARD, person) for person in people}
    asked = Counter[bool]()
    for name in CASES:
        stream, process = town.ids[name], board.engine.streams[town.ids[name]].rules.story.name
        shown_once = False
        for person, roles in people.items():
            allowed = expected(board, process, stream, Reader(person, roles))
            spare = person in town.spare.values()
            every = (allowed and not shown_once) or (not allowed and spare and name == CASES[0])
            shown_once = shown_once or (allowed and every)
            http = await town.site.signed_in(person)
            for path in main[:1] * (every or not allowed) + main[1:] + others * every:
                if allowed and path.endswith("/live"):
                    continue  # it has no end; who may not read never gets to see its beginning
                bearer = (
                    {"Authorization": f"Bearer {tokens[person]}"} if path.startswith(PREFIX) else {}
                )
                answer = await http.get(filled(path, process, stream), headers=bearer)
                said = (name, roles, path, answer.status_code, answer.text[:200])
                asked[allowed] += 1
                assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, said
                if not allowed:
                    leads_to_case = answer.headers.get("Location") == f"/{process}/{stream}"
                    assert leads_to_case or answer.status_code == HTTPStatus.NOT_FOUND, said
                elif path in main:
                    assert answer.status_code == HTTPStatus.OK, said
                else:
                    assert answer.status_code != HTTPStatus.FORBIDDEN, said
    assert min(asked.values()) > 50, asked


async def test_another_board_finds_nothing(town: Town) -> None:
    async with client_of(town.site.app) as http:
        for role, token in town.strangers.items():
            bearer = {"Authorization": f"Bearer {token}"}
            for name in CASES:
                stream = town.ids[name]
                process = town.site.board.engine.streams[stream].rules.story.name
                paths = [path for half in case_paths() for path in half if path.startswith(PREFIX)]
                for path in paths if role == "hr" else paths[:1]:
                    answer = await http.get(filled(path, process, stream), headers=bearer)
                    assert answer.status_code == HTTPStatus.NOT_FOUND, (role, path)
                listed = await http.get(f"{PREFIX}/{process}", headers=bearer)
                assert listed.json()["items"] == [], (role, process)


async def test_nobody_sends_a_form_to_a_case_that_is_not_theirs(town: Town) -> None:
    board = town.site.board
    for role, person in town.spare.items():
        for name in CASES:
            stream = town.ids[name]
            process = board.engine.streams[stream].rules.story.name
            if expected(board, process, stream, Reader(person, (role,))):
                continue
            row = rows(process)[1]
            http = await town.site.signed_in(person)
            answer = await http.post(f"/{process}/{stream}/do/{row.command}", data={"key": "x"})
            assert answer.status_code == HTTPStatus.NOT_FOUND, (role, row)


# The rules themselves: every command, every role, in no case, in the own one and in another's.


def context(person: str, role: str, stream: str) -> Context:
    return Context(
        tenant=DEMO_BOARD, stream=stream, command_id=str(uuid4()), giver=Giver(person, (role,)),
        now=datetime.now(UTC), settings=TenantSettings(),
    )  # fmt: skip


def barred(process: str, state: Any, kind: type[Command], ctx: Context) -> bool:
    """Whether the rules refuse it for who gives it, whatever it says."""
    said = {"client": ctx.giver.person} if "client" in kind.model_fields else {}
    try:
        RULES[process].decide(state, kind.model_construct(None, **said), ctx)
    except Refused as refused:
        return refused.code.startswith("auth.")
    except (AttributeError, AssertionError, TypeError, ValueError, KeyError):
        # Its giver was let through; that it says nothing is noticed later.
        return False
    return False


def worded(process: str, part: str) -> str:
    """A part in a case as the table calls it."""
    if process == "partners" and part == "coordinator":
        return "partner_coordinator"
    return WORDED.get(part, part)


def relations(row: Row, state: Any, person: dict[str, str]) -> Iterator[tuple[str, str, Any, bool]]:
    """(role, who holds it, the case, whether the table lets them) for every role and relation."""
    story = RULES[row.process].story
    parties = story.index(state).parties
    for role in ROLES:
        grants = {one.relation for one in row.grants if one.role == role}
        if grants == {"new"} or row.command == RULES[row.process].opening:
            yield role, person[role], story.initial(), "new" in grants
            continue
        yield role, person[role], state, "all" in grants
        for who in {parties[part] for part in parties if worded(row.process, part) == role}:
            mine = {worded(row.process, part) for part, one in parties.items() if one == who}
            held = {part for part in mine if part not in BOARD_ROLES or part == role}
            own = any(one.relation == "own" and one.role in held for one in row.grants)
            yield role, who, state, own or "all" in grants


def test_the_rules_let_whom_the_table_names() -> None:
    board = ExampleBoard()
    spare = {role: str(uuid4()) for role in ROLES}
    tried = Counter[bool]()
    for name in CASES:
        stream = board.engine.streams[board.ids[name]]
        process = stream.rules.story.name
        state = stream.rules.story.fold(stream.events)
        for row in rows(process):
            kind = RULES[process].commands[row.command]
            for role, person, case, allowed in relations(row, state, spare):
                if row.command == "OfferPlace" and role == "school_trainer":
                    continue  # any of them while it is requested, which this one is no more
                ctx = context(person, role, stream.id)
                tried[allowed] += 1
                assert barred(process, case, kind, ctx) != allowed, (row, role, person)
    assert min(tried.values()) > 100, tried


def test_what_only_processes_give_is_given_by_nobody() -> None:
    given = {row.command for process in RULES for row in rows(process)}
    own = {command for rules in RULES.values() for command in rules.own}
    assert own
    assert not own & given
