"""Cases over HTTP: who sees which, at which moment, and that every reading is noted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from events.event import stream_id
from events.recording import ActorRef, CaseIndex, Draft, Recording
from tests.web.conftest import Board

SECRET = "V2"


async def opened_assessment(board: Board) -> str:
    """An assessment trajectory as an escalation opens it, straight into the store."""
    command_id = str(uuid4())
    stream = stream_id(board.tenant, command_id)
    parts = {part: board.people[part].id for part in ("teacher", "manager", "client", "advisor")}
    data = {"trajectory": str(uuid4()), "mandate": board.people["board"].id, "list_version": 1}
    named = {part: parts[part] for part in ("teacher", "manager")}
    await board.store.open_dossier(board.tenant, "assessments", stream)
    answer = await board.store.record(
        Recording(
            tenant=board.tenant,
            process="assessments",
            stream=stream,
            expected_version=0,
            command_id=command_id,
            command="Open",
            content_hash="0" * 64,
            actor=ActorRef(person=board.people["client"].id, role="client"),
            recorded_at=datetime.now(UTC),
            correlation_id=command_id,
            settings_version=1,
            events=[
                Draft(
                    type="AssessmentTrajectoryOpened",
                    occurred_on=datetime.now(UTC).date().isoformat(),
                    data={**parts, **data},
                )
            ],
            index=CaseIndex(state="opened", open=True, parties=named),
        )
    )
    assert answer.outcome == "recorded"
    return stream


@pytest.fixture
async def stream(board: Board) -> str:
    """A trajectory in guidance with an announced visit V1 and an unannounced V2."""
    stream = await board.in_guidance()
    at = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%dT08:30")
    await board.done(stream, "PlanVisit", {"visit": "V1", "at": at, "announced": True})
    await board.done(stream, "PlanVisit", {"visit": SECRET, "at": at, "announced": False})
    return stream


async def test_who_is_informed_sees_the_whole_case(board: Board, stream: str) -> None:
    recorded = len(await board.store.load(board.tenant, stream))
    for by in ("advisor", "client", "coordinator", "hr", "auditor"):
        summary = (await board.get(f"/supervision/{stream}", by)).json()
        assert summary["visits"]["planned"] == ["V1", SECRET]
        assert summary["version"] == recorded


@pytest.mark.parametrize("by", ["teacher", "manager"])
async def test_an_unannounced_visit_is_nowhere_for_who_may_not_know(
    board: Board, stream: str, by: str
) -> None:
    for path in ("", "/timeline", "/export", "/commands"):
        answer = await board.get(f"/supervision/{stream}{path}", by)
        assert answer.status_code == 200
        assert SECRET not in answer.text
        assert "Unannounced" not in answer.text.replace("unannounced_", "")
    for path in ("/supervision", "/me/tasks", "/me/agenda"):
        answer = await board.get(path, by)
        assert answer.json()["items"] or path != "/supervision"
        assert SECRET not in answer.text
    assert (await board.get(f"/supervision/{stream}", by)).json()["version"] is None


async def test_a_list_shows_when_the_reader_last_saw_something_new(
    board: Board, stream: str
) -> None:
    events = await board.store.load(board.tenant, stream)
    planned = [event for event in events if event.type.endswith("VisitPlanned")]
    for by, last in (("teacher", planned[-2]), ("advisor", planned[-1])):
        row = (await board.get("/supervision", by)).json()["items"][0]
        assert datetime.fromisoformat(row["updated_at"]) == last.recorded_at


@pytest.mark.parametrize("sort", ["updated_at", "-updated_at"])
@pytest.mark.parametrize("role", ["hr", "coordinator", "auditor"])
async def test_an_office_does_not_tell_a_teacher_of_an_unannounced_visit(
    board: Board, stream: str, sort: str, role: str
) -> None:
    teacher = board.people["teacher"]
    await board.store.set_roles(board.tenant, teacher.id, ["teacher", role])
    other = await board.add("other", "Lieke Postma", "teacher")
    others = (await board.open(teacher=other.id)).json()["id"]
    path = f"/supervision?sort={sort}"

    async def looks() -> tuple[object, object]:
        whole = (await board.get(path, "teacher")).json()
        return whole["items"], (await board.get(f"{path}&limit=1", "teacher")).json()["next"]

    before = await looks()
    at = (datetime.now(UTC) + timedelta(days=21)).strftime("%Y-%m-%dT08:30")
    await board.done(stream, "PlanVisit", {"visit": "V3", "at": at, "announced": False})
    assert await looks() == before
    rows = (await board.get(path, "teacher")).json()["items"]
    assert [row["id"] for row in rows] == sorted(
        [stream, others], key=lambda one: one == others, reverse=sort.startswith("-")
    )
    (own,) = [row for row in rows if row["id"] == stream]
    assert own["updated_at"] == own["created_at"]
    informed = (await board.get("/supervision?sort=-updated_at&limit=1", "auditor")).json()
    assert informed["items"][0]["id"] == stream


async def test_a_collection_does_not_tell_of_cases_that_may_not_be_read(board: Board) -> None:
    streams = [await opened_assessment(board) for _ in range(3)]
    for by, expected in (("hr", set(streams)), ("auditor", set(streams)), ("coordinator", set())):
        seen: set[str] = set()
        path: str | None = "/assessments?sort=created_at&limit=1"
        while path is not None:
            content = (await board.get(path, by)).json()
            seen |= {item["id"] for item in content["items"]}
            assert content["items"] or content["next"] is None
            following = content["next"]
            path = following and f"/assessments?sort=created_at&limit=1&cursor={following}"
        assert seen == expected


async def test_a_cursor_names_only_a_case_that_may_be_read(board: Board) -> None:
    # Who is named in a case but does not hold the role any more may not read it.
    for _ in range(3):
        await opened_assessment(board)
    manager = board.people["manager"]
    assert len((await board.get("/assessments", "manager")).json()["items"]) == 3
    await board.store.set_roles(board.tenant, manager.id, ["client"])
    for sort in ("created_at", "-updated_at"):
        answer = await board.get(f"/assessments?limit=1&sort={sort}", "manager")
        assert answer.json() == {"items": [], "next": None}


@pytest.mark.parametrize("by", ["board", "stranger"])
async def test_who_has_no_part_in_a_case_does_not_find_it(
    board: Board, stream: str, by: str
) -> None:
    await board.add("stranger", "Lieke Postma", "advisor", "teacher", "client", "manager")
    for path in ("", "/timeline", "/export", "/commands"):
        answer = await board.get(f"/supervision/{stream}{path}", by)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await board.get("/supervision", by)).json() == {"items": [], "next": None}


async def test_another_board_finds_nothing(board: Board, stream: str) -> None:
    board.tenant = str(uuid4())
    await board.add("elsewhere", "Lieke Postma", "hr", "auditor", "coordinator")
    assert (await board.get(f"/supervision/{stream}", "elsewhere")).status_code == 404
    assert (await board.get("/supervision", "elsewhere")).json()["items"] == []


async def test_a_replaced_advisor_loses_the_case_at_once(board: Board, stream: str) -> None:
    other = await board.add("other", "Joost Wever", "advisor")
    moment = datetime.now(UTC).isoformat()
    change = {"advisor": other.id, "category": "on_request"}
    await board.done(stream, "ReplaceAdvisor", change, "coordinator")
    assert (await board.get(f"/supervision/{stream}", "advisor")).status_code == 404
    earlier = await board.http.get(
        f"/api/v1/supervision/{stream}",
        params={"as_of": moment},
        headers=board.headers("other"),
    )
    assert earlier.json()["advisor"] == board.people["advisor"].id


async def test_as_of_shows_the_case_as_it_was_recorded_then(board: Board, stream: str) -> None:
    events = await board.store.load(board.tenant, stream)
    accepted = next(event for event in events if event.type == "TrajectoryAccepted")
    for text in (accepted.recorded_at.isoformat(), accepted.recorded_at.isoformat()[:-6] + "Z"):
        answer = await board.http.get(
            f"/api/v1/supervision/{stream}",
            params={"as_of": text},
            headers=board.headers("auditor"),
        )
        assert (answer.json()["state"], answer.json()["version"]) == ("requested", 2)
    before = await board.get(f"/supervision/{stream}?as_of=2020-01-01", "auditor")
    assert before.status_code == 404


async def test_a_plus_in_an_address_is_understood(board: Board, stream: str) -> None:
    answer = await board.get(f"/supervision/{stream}?as_of=2031-01-01T00:00:00+01:00")
    assert answer.status_code == 200


async def test_an_instant_that_is_none_is_refused(board: Board, stream: str) -> None:
    for text in ("gisteren", "2026-02-30", "0001-01-01T00:00:00%2B23:59"):
        answer = await board.get(f"/supervision/{stream}?as_of={text}")
        assert (answer.status_code, answer.json()["field"]) == (422, "as_of")


async def test_every_reading_is_noted(board: Board, stream: str) -> None:
    before = len(await board.store.reads(board.tenant, stream))
    await board.get(f"/supervision/{stream}", "auditor")
    await board.get(f"/supervision/{stream}/timeline?as_of=2031-01-01", "teacher")
    await board.get(f"/supervision/{stream}/export", "client")
    await board.get(f"/supervision/{stream}", "board")
    noted = (await board.store.reads(board.tenant, stream))[before:]
    assert [(line.person, line.what) for line in noted] == [
        (board.people["auditor"].id, "summary"),
        (board.people["teacher"].id, "timeline"),
        (board.people["client"].id, "export"),
    ]
    assert noted[1].as_of is not None


async def test_an_export_holds_the_documents(board: Board, stream: str) -> None:
    await board.done(stream, "IssueInterimReport", {"text": "Halverwege gaat het goed."})
    content = (await board.get(f"/supervision/{stream}/export", "teacher")).json()
    assert [document["kind"] for document in content["documents"]] == [
        "goal_list",
        "interim_report",
    ]
    assert content["documents"][1]["content"]["text"] == "Halverwege gaat het goed."
    assert content["summary"]["state"] == "guidance"
    assert content["timeline"][0]["type"] == "TrajectoryRequested"


async def test_the_commands_offered_are_those_of_role_and_state(board: Board, stream: str) -> None:
    async def names(by: str) -> set[str]:
        answer = await board.get(f"/supervision/{stream}/commands", by)
        return {item["command"] for item in answer.json()["items"]}

    assert {"PlanVisit", "RecordVisit", "LogHours"} <= await names("advisor")
    assert not {"AcceptRequest", "RecordTeacherConsent"} & await names("advisor")
    assert "ReportTimetableChange" in await names("teacher")
    assert await names("auditor") == {"PlaceLegalHold"}
    items = (await board.get(f"/supervision/{stream}/commands", "hr")).json()["items"]
    suspend = next(item for item in items if item["command"] == "Suspend")
    assert suspend["href"] == f"/api/v1/supervision/{stream}/commands/Suspend"
    assert "category" in suspend["schema"]["properties"]


async def _three_cases(board: Board) -> list[str]:
    streams: list[str] = []
    for number in range(3):
        teacher = await board.add(f"t{number}", f"Leerkracht {number}", "teacher")
        streams.append((await board.open(teacher=teacher.id)).json()["id"])
    return streams


@pytest.mark.parametrize("by", ["hr", "client"])
@pytest.mark.parametrize("sort", ["created_at", "-created_at", "updated_at", "-updated_at"])
async def test_lists_come_in_pages_that_do_not_shift(board: Board, by: str, sort: str) -> None:
    expected = await _three_cases(board)
    if sort.startswith("-"):
        expected.reverse()
    seen: list[str] = []
    path: str | None = f"/supervision?sort={sort}&limit=2"
    while path is not None:
        content = (await board.get(path, by)).json()
        seen += [item["id"] for item in content["items"]]
        following = content["next"]
        path = f"/supervision?sort={sort}&limit=2&cursor={following}" if following else None
    assert seen == expected


async def test_a_list_shows_where_cases_stand_and_not_what_is_in_them(
    board: Board, stream: str
) -> None:
    answer = await board.get("/supervision")
    (row,) = answer.json()["items"]
    assert (row["id"], row["state"], row["open"]) == (stream, "guidance", True)
    assert (row["school"], row["visits"]["agreed"]) == ("De Windvaan", 3)
    assert "leswissel" not in answer.text
    assert not {"goal_list", "hours", "invoice", "report"} & set(row)


async def test_lists_are_filtered(board: Board) -> None:
    first, second, third = await _three_cases(board)
    await board.done(first, "DeclineRequest", {"reason": "geen ruimte"}, "coordinator")

    async def ids(query: str) -> set[str]:
        answer = await board.get(f"/supervision?{query}")
        assert answer.status_code == 200, answer.text
        return {item["id"] for item in answer.json()["items"]}

    assert await ids("open=true") == {second, third}
    assert await ids("open=false") == await ids("state=declined") == {first}
    assert await ids("state=guidance") == set()


@pytest.mark.parametrize("by", ["hr", "client"])
async def test_a_list_refuses_what_it_does_not_know(board: Board, by: str) -> None:
    for query, field in (
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=" + "1" * 5000, "limit"),
        ("open=maybe", "open"),
        ("sort=school", "sort"),
        ("state=Guidance!", "state"),
        ("cursor=nonsense", "cursor"),
        ("cursor=!!&sort=created_at", "cursor"),
        ("color=red", "color"),
    ):
        answer = await board.get(f"/supervision?{query}", by)
        assert (answer.status_code, answer.json().get("field")) == (422, field), query


async def test_readings_at_the_same_time_agree(board: Board, stream: str) -> None:
    answers = await asyncio.gather(*(board.get(f"/supervision/{stream}") for _ in range(8)))
    assert len({answer.text for answer in answers}) == 1


async def test_me_is_the_person_of_the_token(board: Board) -> None:
    content = (await board.get("/me", "teacher")).json()
    assert content["id"] == board.people["teacher"].id
    assert (content["name"], content["roles"]) == ("Marloes Terpstra", ["teacher"])


async def test_tasks_and_agenda_are_those_of_the_person(board: Board, stream: str) -> None:
    agenda = (await board.get("/me/agenda", "teacher")).json()["items"]
    assert [(item["kind"], item["visit"], item["id"]) for item in agenda] == [
        ("class_visit", "V1", stream)
    ]
    assert len((await board.get("/me/agenda", "advisor")).json()["items"]) == 2
    await board.done(stream, "RecordVisit", {"visit": "V1", "findings": [FINDING]})
    tasks = (await board.get("/me/tasks", "teacher")).json()["items"]
    assert "self_assessment:V1" in {item["task"] for item in tasks}


FINDING = {"goal": "G1", "seen": "seen", "example": "vast signaal bij alle drie de wissels"}
