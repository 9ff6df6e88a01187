"""Partners and departures over HTTP: everybody reads the register, the process acts by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
import pytest
from temporalio.worker import Worker

from activities.errands import ErrandActivities
from activities.recording import RecordingActivities
from events.store.store import Store
from tests.skipping import SkippingTemporal
from tests.web.conftest import Board, Installation, client_of
from web.api.app import create_app
from workflows.departures.workflow import DepartureProcess
from workflows.gateway import Gateway
from workflows.partners.workflow import PartnerProcess
from workflows.registry import RULES
from workflows.sandbox import sandboxed
from workflows.wire import connect

HANDLED_SECONDS = 10
PEOPLE = {
    "hr": "hr", "coordinator": "coordinator", "leader": "school_leader", "anna": "advisor",
    "bram": "manager", "teacher": "teacher", "kees": "contact", "student": "student",
}  # fmt: skip
"""Anna coordinates, Bram is her deputy, Kees is the partner's contact."""


@pytest.fixture
async def register(store: Store, temporal_env: SkippingTemporal) -> AsyncIterator[Board]:
    """The application with a worker that serves both processes."""
    temporal = await connect(temporal_env.address, store.dossier_key, task_queue=uuid4().hex)
    reach, gateway = RecordingActivities(store, "test"), Gateway(store, temporal)
    processes = [PartnerProcess, DepartureProcess]
    async with Worker(
        temporal.client,
        task_queue=temporal.task_queue,
        workflows=processes,
        activities=[
            reach.load,
            reach.record,
            reach.recall,
            ErrandActivities(store, gateway).errand,
        ],
        workflow_runner=sandboxed(processes),
    ):
        app = create_app(store, gateway, RULES, Installation())
        async with client_of(app) as http:
            board = Board(store, app, http, str(uuid4()), process="partners")
            for key, role in PEOPLE.items():
                await board.add(key, f"Persoon {key}", role)
            yield board


async def _open(board: Board, by: str, process: str, data: dict[str, Any]) -> httpx2.Response:
    body = {"command": RULES[process].opening, "data": data}
    headers = board.headers(by, Idempotency_Key=str(uuid4()))
    return await board.http.post(f"/api/v1/{process}", json=body, headers=headers)


async def _active(board: Board) -> str:
    ids = {key: person.id for key, person in board.people.items()}
    data = {
        "name": "Bibliotheek De Linde", "kind": "library", "levels": ["group"],
        "obligation": "additional", "origin": "network", "school_leader": ids["leader"],
    }  # fmt: skip
    stream = (await _open(board, "teacher", "partners", data)).json()["id"]
    fit = {"motive": "nearness", "explanation": "om de hoek", "profile_match": "good"}
    await board.done(stream, "AssessFit", fit, "leader")
    people = {
        "primary_contact": ids["kees"],
        "coordinator": ids["anna"],
        "deputy": ids["bram"],
    }
    await board.done(stream, "ActivatePartner", people, "leader")
    return stream


async def test_all_staff_finds_and_reads_it(register: Board) -> None:
    stream = await _active(register)
    for by in ("teacher", "anna", "hr"):
        (row,) = (await register.get("/partners?state=active", by)).json()["items"]
        assert (row["id"], row["name"], row["kind"]) == (stream, "Bibliotheek De Linde", "library")
        assert row["coordinator"] == register.people["anna"].id
        assert row["updated_at"] > row["created_at"]
        assert (await register.get(f"/partners/{stream}/timeline", by)).status_code == 200
    for by in ("kees", "student"):
        assert (await register.get("/partners", by)).json()["items"] == []
        assert (await register.get(f"/partners/{stream}", by)).status_code == 404


async def test_what_only_the_process_gives_is_refused_and_not_offered(register: Board) -> None:
    stream = await _active(register)
    person = {"person": register.people["anna"].id}
    for by in ("coordinator", "hr", "anna", "teacher"):
        answer = await register.give(stream, "VacateCoordinator", person, by)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.role")
        answer = await register.give(stream, "TakeOverPartner", {"partner": stream}, by)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.role")
        items = (await register.get(f"/partners/{stream}/commands", by)).json()["items"]
        offered = {item["command"] for item in items}
        assert not {"VacateCoordinator", "TakeOverPartner"} & offered
    opening = {"command": "VacateCoordinator", "data": person}
    headers = register.headers("coordinator", Idempotency_Key=str(uuid4()))
    answer = await register.http.post("/api/v1/partners", json=opening, headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "command")


async def test_a_departure_is_handled_by_itself(register: Board) -> None:
    stream = await _active(register)
    person = {"person": register.people["anna"].id}
    assert (await _open(register, "coordinator", "departures", person)).status_code == 403
    opened = await _open(register, "hr", "departures", person)
    assert opened.status_code == 201
    path = f"/departures/{opened.json()['id']}"
    async with asyncio.timeout(HANDLED_SECONDS):
        while (said := (await register.get(path)).json())["state"] != "handled":
            await asyncio.sleep(0.02)
    assert (said["partners"], said["refused"]) == (1, 0)
    (row,) = (await register.get("/departures", "coordinator")).json()["items"]
    assert (row["person"], row["partners"]) == (person["person"], 1)
    assert (await register.get(path, "leader")).status_code == 404
    summary = (await register.get(f"/partners/{stream}", "teacher")).json()
    assert (summary["coordinator"], summary["vacant"]) == (
        register.people["bram"].id,
        "coordinator",
    )
    (task,) = (await register.get("/me/tasks", "leader")).json()["items"]
    assert (task["process"], task["task"]) == ("partners", "successor")


async def test_tasks_are_sought_in_what_somebody_has_a_part_in(
    register: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may read the whole register does not leaf through it for the one thing that waits."""
    monkeypatch.setattr("web.api.me.CASES_A_PAGE", 1)
    first = await _active(register)
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date().isoformat()
    await register.done(first, "PlanRelationCare", {"on": today, "what": "koffie"}, "anna")
    await _active(register)
    await register.done(first, "HandOver", {"successor": register.people["teacher"].id}, "anna")
    for by, found in (("teacher", ["relation_care"]), ("hr", [])):
        page = (await register.get("/me/tasks", by)).json()
        assert [item["task"] for item in page["items"]] == found
        assert (page["next"] is None) == (by == "teacher")


async def _found(board: Board, query: str, by: str = "teacher") -> list[str]:
    """The names of a list, page by page; no page is empty while there are more."""
    names: list[str] = []
    cursor = ""
    while True:
        answer = await board.get(f"/partners?sort=created_at&{query}{cursor}", by)
        page = answer.json()
        assert page["items"] or page["next"] is None
        names += [row["name"] for row in page["items"]]
        if page["next"] is None:
            return names
        cursor = f"&cursor={page['next']}"


async def test_the_register_is_searched(register: Board) -> None:
    await _active(register)
    leader = register.people["leader"].id
    for number, (name, kind) in enumerate(
        [("Café Zuid", "company"), ("Bibliotheek Noord", "library"), ("Cafe Oost", "company")]
    ):
        data = {
            "name": name, "kind": kind, "levels": ["pupil", "group"], "obligation": "prescribed",
            "origin": "sought", "school_leader": leader, "schools": [f"De Windvaan {number}"],
        }  # fmt: skip
        await _open(register, "teacher", "partners", data)
    everything = ["Bibliotheek De Linde", "Café Zuid", "Bibliotheek Noord", "Cafe Oost"]
    for limit in (1, 2, 25):
        paged = f"limit={limit}"
        assert await _found(register, paged) == everything
        assert await _found(register, f"{paged}&q=CAFE") == ["Café Zuid", "Cafe Oost"]
        assert await _found(register, f"{paged}&q=caf%C3%A9%20o") == ["Cafe Oost"]
        assert await _found(register, f"{paged}&kind=library") == everything[::2]
        assert await _found(register, f"{paged}&level=pupil") == everything[1:]
        assert await _found(register, f"{paged}&obligation=additional") == everything[:1]
        assert await _found(register, f"{paged}&school=de%20windvaan%202") == everything[3:]
        assert await _found(register, f"{paged}&vacant=true") == []
        assert await _found(register, f"{paged}&kind=library&level=pupil") == everything[2:3]
    assert await _found(register, "q=cafe", "kees") == []
    wrong = ("kind=circus", "level=", "obligation=x", "vacant=yes", "q=", "school=%20", "size=1")
    for query in wrong:
        answer = await register.get(f"/partners?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "command.invalid")
        assert answer.json()["field"] == query.partition("=")[0]
    answer = await register.get("/departures?q=x")
    assert (answer.status_code, answer.json()["field"]) == (422, "q")


async def test_who_needs_a_successor_is_found(register: Board) -> None:
    await _active(register)
    await _open(register, "hr", "departures", {"person": register.people["leader"].id})
    async with asyncio.timeout(HANDLED_SECONDS):
        while not await _found(register, "vacant=true"):
            await asyncio.sleep(0.02)
    assert await _found(register, "vacant=false") == []
    (row,) = (await register.get("/partners?vacant=true")).json()["items"]
    assert (row["vacant"], row["school_leader_vacant"]) == (None, True)
