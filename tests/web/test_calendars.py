"""What is planned, as iCalendar: entries that stay themselves, and that tell no secrets."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar

from events.settings import TenantSettings
from tests.pacts.workflow import PactProcess
from tests.web.conftest import Board, PactBoard
from web.documents import calendars
from web.documents.calendars import Planned, _Entries, entry
from web.texts import texts
from web.wording import Wording
from workflows.supervision.workflow import SupervisionProcess

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def processes() -> list[type]:
    return [PactProcess, SupervisionProcess]


def item(kind: str, at: str, **more: Any) -> Mapping[str, Any]:
    return {"kind": kind, "at": at, **more}


def test_an_entry_keeps_its_uid_and_its_sequence_grows_with_each_change() -> None:
    entries = _Entries(str(uuid4()))
    first, moved = (
        item("talk", "2026-03-09T10:00", visit="V1"),
        item("talk", "2026-03-10T10:00", visit="V1"),
    )
    (a,) = entries.set([first], AT)
    assert (a.sequence, a.item, a.set_at) == (0, first, AT)
    assert entries.set([first], AT + timedelta(days=1)) == [a]
    (b,) = entries.set([moved], AT + timedelta(days=2))
    assert (b.uid, b.sequence, b.item) == (a.uid, 1, moved)
    assert entries.set([], AT) == []
    (c,) = entries.set([moved], AT)
    assert (c.uid, c.sequence) == (a.uid, 3)


def test_entries_of_one_kind_are_told_apart() -> None:
    entries = _Entries(str(uuid4()))
    march, april, may = (item("care", day) for day in ("2026-03-09", "2026-04-09", "2026-05-09"))
    two = {one.item["at"]: one.uid for one in entries.set([march, april], AT)}
    assert len(set(two.values())) == 2
    (left,) = entries.set([april], AT)
    assert (left.uid, left.sequence) == (two["2026-04-09"], 0)
    after = {one.item["at"]: one for one in entries.set([april, may], AT)}
    assert after["2026-04-09"].uid == two["2026-04-09"]
    assert (after["2026-05-09"].uid, after["2026-05-09"].sequence) == (two["2026-03-09"], 2)


def test_a_change_that_is_no_move_counts_too() -> None:
    entries = _Entries(str(uuid4()))
    (a,) = entries.set([item("visit", "2026-03-09T10:00", visit="V1", announced=True)], AT)
    (b,) = entries.set([item("visit", "2026-03-09T10:00", visit="V1", announced=False)], AT)
    assert (b.uid, b.sequence) == (a.uid, 1)


async def calendar(board: Board, path: str, by: str) -> dict[str, Any]:
    answer = await board.get(f"{path}/calendar.ics", by)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    read = Calendar.from_ical(answer.content)
    assert (read["version"], read["method"]) == ("2.0", "PUBLISH")
    return {str(event["summary"]): event for event in read.walk("VEVENT")}


async def test_the_board_s_time_is_told_and_the_reading_noted(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    talk = {"talk": "T1", "at": "2027-07-01T09:30"}
    await pacts.done(stream, "PlanTalk", talk, "coordinator")
    (event,) = (await calendar(pacts, f"/pacts/{stream}", "teacher")).values()
    assert event["summary"] == "nagesprek T1"
    start = event["dtstart"].dt
    assert (start.isoformat(), str(start.tzinfo)) == (
        "2027-07-01T09:30:00+02:00",
        "Europe/Amsterdam",
    )
    assert event["dtend"].dt - start == timedelta(hours=1)
    assert (event["sequence"], event["class"]) == (0, "PRIVATE")
    assert event["url"] == f"https://traject.example/pacts/{stream}"
    assert [one.what for one in await pacts.store.reads(pacts.tenant, stream)] == ["calendar"]


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2027-07-01T23:30", "2027-07-02T00:30:00+02:00"),
        ("2027-03-28T01:30", "2027-03-28T03:30:00+02:00"),
        ("2027-07-01", None),
    ],
    ids=["past midnight", "the night of the clock", "a whole day"],
)
def test_what_has_a_time_takes_an_hour_and_what_has_none_a_day(at: str, end: str | None) -> None:
    planned = Planned("uid", 0, AT, item("class_visit", at, visit="V1"))
    wording = Wording(texts("nl"), TenantSettings(), {}, "supervision")
    shown = entry(planned, wording, "https://traject.example")
    assert (shown.decoded("dtend").isoformat() if "dtend" in shown else None) == end


async def test_what_moves_stays_itself_and_what_is_off_is_gone(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    path = f"/pacts/{stream}"

    async def plan(at: str) -> Any:
        await pacts.done(stream, "PlanTalk", {"talk": "T1", "at": at}, "coordinator")
        return (await calendar(pacts, path, "teacher")).get("nagesprek T1")

    first, moved = await plan("2027-07-01T09:30"), await plan("2027-07-02T09:30")
    assert (moved["uid"], moved["sequence"]) == (first["uid"], 1)
    await pacts.store.save_settings(pacts.tenant, TenantSettings())
    assert (await calendar(pacts, path, "teacher"))["nagesprek T1"]["sequence"] == 2
    assert await plan("") is None
    await pacts.done(stream, "EndPact", {}, "coordinator")
    assert await calendar(pacts, path, "teacher") == {}


async def test_a_name_stays_in_its_line_and_the_address_is_ours(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    talk = {"talk": "T1\rBEGIN:VALARM\x0b\u202eX", "at": "2027-07-01T09:30"}
    await pacts.done(stream, "PlanTalk", talk, "coordinator")
    for headers in ({"Host": "evil.example"}, {"X_Forwarded_Host": "evil.example"}):
        answer = await pacts.get(f"/pacts/{stream}/calendar.ics", "teacher", **headers)
        assert b"\r\nSUMMARY:nagesprek T1 BEGIN:VALARM X\r\n" in answer.content
        assert b"evil" not in answer.content


async def test_a_long_calendar_is_made_beside_the_others(
    pacts: PactBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_in: list[threading.Thread] = []

    def noted(*_: Any) -> bytes:
        made_in.append(threading.current_thread())
        return b""

    monkeypatch.setattr(calendars, "_ics", noted)
    await pacts.get(f"/pacts/{await pacts.pact()}/calendar.ics", "teacher")
    assert made_in[0] is not threading.main_thread()


@pytest.mark.parametrize("alike", [True, False])
def test_hundreds_of_items_take_no_time(alike: bool) -> None:
    entries, planned = _Entries(str(uuid4())), list[Mapping[str, Any]]()
    began = time.process_time()
    for number in range(300):
        named = {} if alike else {"visit": f"V{number}"}
        planned.append(item("care", f"2027-01-01T09:00:{number}", **named))
        entries.set(planned, AT)
    shown = entries.set(planned, AT)
    assert time.process_time() - began < 2
    assert len({one.uid for one in shown}) == 300
    assert {one.sequence for one in shown} == {0}


async def test_nobody_else_gets_it(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    assert (await pacts.get(f"/pacts/{stream}/calendar.ics", "manager")).status_code == 404
    assert (await pacts.get(f"/pacts/{stream}/calendar.ics", None)).status_code == 401


async def test_an_unannounced_visit_leaves_no_trace_in_the_teacher_s(board: Board) -> None:
    stream = await board.in_guidance()
    path = f"/supervision/{stream}"
    soon = (date.today() + timedelta(days=20)).isoformat()  # noqa: DTZ011

    async def plan(visit: str, announced: bool) -> None:
        data = {"visit": visit, "at": f"{soon}T08:30", "announced": announced}
        await board.done(stream, "PlanVisit", data)

    await plan("V1", True)
    before = await calendar(board, path, "teacher")
    await plan("V2", False)
    assert await calendar(board, path, "teacher") == before
    assert set(await calendar(board, path, "advisor")) == {"klassenbezoek V1", "klassenbezoek V2"}
    english = await board.get(f"{path}/calendar.ics", "teacher", Accept_Language="en")
    assert "class visit V1" in english.text
