"""What is being typed: kept while it is typed, shown to its writer again, gone once it is given."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import httpx2
import pytest

from deploy.demo.examples import person_id
from tests.web.conftest import client_of
from tests.web.example_site import ExampleSite
from tests.web.tasks.hand import fill, form_of
from web.site import DEMO_BOARD

CANARY = "kanarie onder de tafel"


@pytest.fixture
def case(desk: ExampleSite) -> str:
    return desk.ids["in_guidance"]


async def put(
    desk: ExampleSite, by: str, address: str, fields: Any, known: int | None = None
) -> httpx2.Response:
    http = await desk.signed_in(person_id(by))
    return await http.put(address, json={"known": known, "fields": fields})


async def test_a_draft_is_shown_again_to_its_writer_alone(desk: ExampleSite, case: str) -> None:
    address = f"/drafts/supervision/{case}/RewordGoal:G2"
    page = f"/supervision/{case}/do/RewordGoal?goal=G2"
    kept = await put(desk, "ellen", address, {"text": CANARY, "key": "x"})
    assert kept.status_code == 200
    assert set(kept.json()) == {"saved", "at"}
    shown = (await desk.get("ellen", page)).text
    assert form_of(shown)["text"] == CANARY
    assert "Uw concept van " in shown
    assert form_of(shown)["draft_known"] == str(kept.json()["saved"])
    for other in ("saskia", "marloes"):
        assert CANARY not in (await desk.get(other, f"/supervision/{case}")).text

    dropped = await desk.post("ellen", address, {"draft_do": "drop", "draft_page": "goal=G2"})
    assert (dropped.status_code, dropped.headers["Location"]) == (303, page)
    assert CANARY not in (await desk.get("ellen", page)).text


async def test_another_window_is_not_overwritten(desk: ExampleSite, case: str) -> None:
    address = f"/drafts/supervision/{case}/RewordGoal:G3"
    first = (await put(desk, "ellen", address, {"text": "eerst"})).json()["saved"]
    second = (await put(desk, "ellen", address, {"text": "daarna"}, first)).json()["saved"]
    newer = await put(desk, "ellen", address, {"text": "achterhaald"}, first)
    assert (newer.status_code, newer.json()) == (409, {"saved": second})
    same = await put(desk, "ellen", address, {"text": "daarna"}, first)
    assert (same.status_code, same.json()["saved"]) == (200, second), "its answer may be lost"
    # The button does the same, and shows a choice.
    sent = {"text": "achterhaald", "draft_known": str(first), "draft_page": "goal=G3"}
    page = await desk.post("ellen", address, sent)
    assert page.status_code == 409
    assert 'value="achterhaald"' in page.text
    assert f'name="draft_known" value="{second}"' in page.text
    for nothing in ("0", "9" * 25, "9" * 5000, "x"):
        none = await desk.post("ellen", address, sent | {"draft_known": nothing})
        assert none.status_code == 409
    mine = await desk.post("ellen", address, sent | {"draft_known": str(second)})
    assert mine.status_code == 303
    draft = await desk.store.draft(DEMO_BOARD, case, person_id("ellen"), "RewordGoal:G3")
    assert draft is not None
    assert draft.fields == {"text": "achterhaald"}


async def test_a_draft_goes_when_its_command_is_accepted(desk: ExampleSite) -> None:
    case = desk.ids["rating"]
    page = f"/supervision/{case}/do/RewordGoal?goal=G1"
    await put(desk, "ellen", f"/drafts/supervision/{case}/RewordGoal:G1", {"text": "half"})
    refused, sent = await fill(desk, "ellen", page, text="Eén signaal")
    assert refused.status_code == 409
    assert sent["draft"] == "RewordGoal:G1"
    assert await desk.store.draft(DEMO_BOARD, case, person_id("ellen"), "RewordGoal:G1")
    done, _ = await fill(desk, "ellen", page, text="Eén signaal", single="true")
    assert done.status_code == 303
    assert not await desk.store.draft(DEMO_BOARD, case, person_id("ellen"), "RewordGoal:G1")


async def test_what_no_draft_can_be_kept_of(desk: ExampleSite, case: str) -> None:
    there = f"/drafts/supervision/{case}"
    fields = {"text": "x"}
    assert (await put(desk, "tobias", f"{there}/DropGoal:G1", fields)).status_code == 404
    assert (await put(desk, "ellen", f"{there}/DropGoal:%00", fields)).status_code == 404
    assert (await put(desk, "ellen", f"{there}/NoCommand", fields)).status_code == 404
    assert (await put(desk, "ellen", f"{there}/Drop.Goal", fields)).status_code == 404
    assert (await put(desk, "ellen", f"/drafts/nothing/{case}/X", fields)).status_code == 404
    assert (await put(desk, "ellen", f"{there}/DropGoal", {"text": 1})).status_code == 422
    assert (await put(desk, "ellen", f"{there}/DropGoal", [])).status_code == 422
    large = {"text": "a" * 310_000}
    assert (await put(desk, "ellen", f"{there}/DropGoal", large)).status_code == 413
    http = await desk.signed_in(person_id("ellen"))
    headers = {"Sec-Fetch-Site": "cross-site"}
    body = {"known": None, "fields": fields}
    assert (await http.put(f"{there}/DropGoal", json=body, headers=headers)).status_code == 404
    await http.post(f"{there}/DropGoal", data={"draft_page": "//elders"})
    back = await http.post(f"{there}/DropGoal", data={"draft_do": "drop", "draft_page": "//elders"})
    assert back.headers["Location"] == f"/supervision/{case}/do/DropGoal"
    async with client_of(desk.app) as nobody:
        assert (await nobody.put(f"{there}/DropGoal", json=body)).status_code == 401
        ended = await nobody.post(f"{there}/DropGoal", data={"reason": CANARY})
        assert (ended.status_code, CANARY in ended.text) == (401, True)


async def test_drafts_are_in_the_own_file_and_in_nobody_elses(desk: ExampleSite, case: str) -> None:
    await put(desk, "marloes", f"/drafts/supervision/{case}/AddTeacherResponse", {"text": CANARY})

    async def file(by: str, path: str) -> tuple[Any, str]:
        answer = await desk.get(by, path)
        assert answer.status_code == 200, answer.text
        with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
            index = found.read("index.html").decode()
            return json.loads(found.read("person.json")), index

    data, index = await file("marloes", "/me/file")
    assert [one["fields"] for one in data["drafts"]] == [{"text": CANARY}]
    assert CANARY in index
    others, index = await file("ellen", "/me/file")
    assert CANARY not in json.dumps(others) + index
    token = await desk.store.issue_token(DEMO_BOARD, person_id("saskia"))
    async with client_of(desk.app) as http:
        path = f"/api/v1/people/{person_id('marloes')}/file"
        answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        asked = json.loads(found.read("person.json"))
        assert CANARY not in found.read("index.html").decode()
    assert [sorted(one) for one in asked["drafts"]] == [["form", "process", "saved_at", "stream"]]
