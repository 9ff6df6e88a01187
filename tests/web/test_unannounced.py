"""A visit that is not announced: whoever may not know of it sees the very same as without it.

Everything that can be reached is read before and after one was planned and cancelled and another
one planned, by teacher, manager and board; ids and times of day apart, no page, list, count, feed,
file or answer of the API differs. Nor does what the other is called once it was held.
"""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.properties.desk import drive
from tests.web.example_site import ExampleSite, example_site
from tests.web.tasks.hand import form_of
from web.permissions.routes import PREFIX, ROUTES
from web.site import DEMO_BOARD
from workflows.scenarios import Call

CASE = "in_guidance"
WHO = ("marloes", "petra", "wim")
"""The teacher and the manager of the case, and somebody of the board."""
ELSEWHERE = re.compile(
    r"^/(static|health|audit|administration|sign|me/)|/live\b|/file$|\.(pdf|zip|xlsx)\b|/audit/|v1/health"
)
"""Not for these three, without an end, or of bytes that stand for no words as they are."""
_VARIES = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "KEY"),
    (re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?"), "TIME"),
    (re.compile(r"\d{8}T\d{6}Z?"), "STAMP"),
    (re.compile(r'(value|data-known)="\d{10,}"'), "MICROSECONDS"),
)
_LINK = re.compile(r'(?:href|src|data-live|data-stream)="(/[^"#]*)')


@pytest.fixture(scope="module")
async def site(postgres: EmbeddedPostgres, logins: dict[str, str]) -> AsyncIterator[ExampleSite]:
    async with example_site(postgres, logins) as site:
        yield site


async def everything(site: ExampleSite, by: str, token: str) -> dict[str, str]:
    """All that somebody can reach, by address: every address there is, and what is linked to."""
    http = await site.signed_in(person_id(by))
    case = f"/supervision/{site.ids[CASE]}"
    waiting = ["/", case, "/dashboard", *addresses(site)]
    found: dict[str, str] = {}
    while waiting:
        path = waiting.pop(0)
        if path in found or ELSEWHERE.search(path):
            continue
        bearer = {"Authorization": f"Bearer {token}"} if path.startswith(PREFIX) else {}
        answer = await http.get(path, headers={"Accept-Language": "nl", **bearer})
        kind = answer.headers.get("content-type", "")
        found[path] = f"{answer.status_code} {bare(answer.text) if readable(kind) else ''}"
        if path in ("/", case, "/dashboard"):
            waiting += sorted({html.unescape(one) for one in _LINK.findall(answer.text)})
    return found


def readable(kind: str) -> bool:
    return kind.startswith(("text/", "application/json", "application/problem"))


def bare(body: str) -> str:
    for varies, name in _VARIES:
        body = varies.sub(name, body)
    return body


def addresses(site: ExampleSite) -> list[str]:
    """Every address that is read, filled in for the case."""
    values = {"process": "supervision", "id": site.ids[CASE], "version": "1", "code": "x"}
    paths = [key.split(" ", 1)[1] for key in ROUTES if key.startswith("GET ")]
    for name, value in values.items():
        paths = [path.replace(f"{{{name}}}", value) for path in paths]
    since = [f"{path}?from=2020-01-01" for path in paths if path.endswith("/difference")]
    filled = [path for path in paths if "{" not in path and not path.endswith("/difference")]
    lists = [f"{PREFIX}/supervision?sort={sort}" for sort in ("-updated_at", "updated_at")]
    return [*filled, *since, *lists]


async def give(site: ExampleSite, command: str, data: dict[str, Any]) -> None:
    """A command of the advisor's, recorded and to be read."""
    engine, stream = site.board.engine, site.board.engine.streams[site.ids[CASE]]
    engine.now += timedelta(seconds=1)
    ellen, key = site.board.people["ellen"], str(uuid4())
    call = Call(ellen, "supervision", stream.id, key, command, data, engine.now)
    answer = drive(engine.give(call))
    assert answer.refused is None, answer
    asked = stream.asked[-1]
    recorded = await site.store.record(site.board.recording(asked, stream))
    assert recorded.outcome == "recorded"
    await site.catch_up()


async def named(site: ExampleSite) -> str:
    """What the page would call an unannounced visit that is planned now."""
    page = await site.get("ellen", f"/supervision/{site.ids[CASE]}/do/PlanVisit")
    return form_of(page.text)["when:announced=false:visit"]


async def plan_one(site: ExampleSite) -> str:
    """Its name, as the page gives it."""
    visit = await named(site)
    at = (site.board.engine.now + timedelta(days=8)).date().isoformat()
    await give(site, "PlanVisit", {"visit": visit, "at": f"{at}T10:07", "announced": False})
    assert tells((await site.get("ellen", f"/supervision/{site.ids[CASE]}")).text, visit)
    return visit


def tells(body: str, visit: str) -> bool:
    """Whether the name stands there as a word: keys have all letters in them."""
    return re.search(rf"\b{visit}\b", body) is not None


async def test_nobody_who_may_not_know_of_it_sees_any_difference(site: ExampleSite) -> None:
    issue = site.store.issue_token
    tokens = {by: await issue(DEMO_BOARD, person_id(by)) for by in WHO}
    before = {by: await everything(site, by, tokens[by]) for by in WHO}
    notices = {by: await site.store.notices(DEMO_BOARD, person=person_id(by)) for by in WHO}
    gone = await plan_one(site)
    await give(site, "CancelVisit", {"visit": gone, "reason": "De groep is op kamp"})
    visit = await plan_one(site)
    for by in WHO:
        after = await everything(site, by, tokens[by])
        assert after.keys() == before[by].keys(), by
        for path, body in after.items():
            assert not tells(body, gone), (by, path)
            assert not tells(body, visit), (by, path)
            assert body == before[by][path], (by, path)
        assert await site.store.notices(DEMO_BOARD, person=person_id(by)) == notices[by]
    case = f"/supervision/{site.ids[CASE]}"
    assert before["marloes"][case].startswith("200")
    assert before["petra"][case].startswith("200")
    assert before["wim"]["/dashboard"].startswith("200")
    assert min(len(found) for found in before.values()) > 20

    finding = {"goal": "G1", "seen": "partly", "example": "Om 10:05 klonk het signaal"}
    await give(site, "RecordVisit", {"visit": visit, "findings": [finding]})
    held = await everything(site, "marloes", tokens["marloes"])
    assert tells(held[case], visit)
    assert not [path for path, body in held.items() if tells(body, gone)]
    # What it is called tells of no other: it would be called anything else at the very same moment.
    assert len({await named(site) for _ in range(4)} | {gone, visit}) > 3
