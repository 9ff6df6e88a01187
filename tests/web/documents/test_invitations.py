"""Mail about what is planned: an invitation that moves and is called off, and never a secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from events.settings import ClosedDays
from events.store.outbox import Mail
from tests.web.conftest import Board
from web.documents.invitations import CalendarParts
from web.dossiers import Dossiers
from workflows.registry import RULES

SENDER = "traject@school.example"


async def mails(board: Board, to: str, *kinds: str) -> list[Mail]:
    kept = await board.store.kept_mail(board.tenant)
    return [m for m in kept if m.to.id == board.people[to].id and m.notice.kind in kinds]


async def told(board: Board) -> dict[str, list[str]]:
    """What those were told of who may not know of an unannounced visit, by mail or digest."""
    return {
        by: [
            notice.kind
            for notice in await board.store.notices(board.tenant, person=board.people[by].id)
        ]
        for by in ("teacher", "manager", "board")
    }


async def parts(board: Board, mail: Mail) -> list[dict[str, Any]]:
    """The calendar files of a mail: method and entry of each."""
    store = board.store
    made = CalendarParts(
        Dossiers(store, RULES, keep=0), RULES, store.settings, "https://traject.example", SENDER
    )
    found: list[dict[str, Any]] = []
    files = await made.of(mail)
    assert files == await made.of(mail)
    for method, content in files:
        calendar = Calendar.from_ical(content)
        (event,) = calendar.walk("VEVENT")
        assert calendar["METHOD"] == method
        found.append(
            {
                "method": method,
                "uid": str(event["UID"]),
                "sequence": int(str(event["SEQUENCE"])),
                "at": event.decoded("DTSTART").strftime("%d %H:%M"),
                "lasts": event.decoded("DTEND") - event.decoded("DTSTART"),
                "summary": str(event["SUMMARY"]),
                "to": str(event["ATTENDEE"]),
                "from": str(event["ORGANIZER"]),
                "status": str(event["STATUS"]),
            }
        )
    return found


async def test_an_invitation_moves_and_is_called_off_and_tells_no_secret(board: Board) -> None:
    stream = await board.in_guidance()
    days = [datetime.now(UTC).date() + timedelta(days=more) for more in (20, 21, 22)]
    await board.done(
        stream, "PlanVisit", {"visit": "V1", "at": f"{days[0]}T08:30", "announced": True}
    )
    (mail,) = await mails(board, "teacher", "visit_planned")
    (first,) = await parts(board, mail)
    assert first["method"] == "REQUEST"
    assert first["summary"] == "klassenbezoek V1"
    assert first["lasts"] == timedelta(hours=1)
    assert (first["to"], first["from"]) == (f"mailto:{mail.to.email}", f"mailto:{SENDER}")

    await board.done(stream, "RescheduleVisit", {"visit": "V1", "at": f"{days[1]}T09:15"})
    (moved,) = await mails(board, "teacher", "visit_rescheduled")
    (second,) = await parts(board, moved)
    assert (second["uid"], second["sequence"]) == (first["uid"], first["sequence"] + 1)
    # A mail that waited for the morning tells where it is by then.
    assert await parts(board, mail) == [second]

    before = await told(board)
    unseen = {"visit": "V2", "at": f"{days[2]}T10:00", "announced": False}
    await board.done(stream, "PlanVisit", unseen)
    await board.done(stream, "RescheduleVisit", {"visit": "V2", "at": f"{days[2]}T10:30"})
    assert await told(board) == before
    assert await parts(board, mail) == [second]
    settings = await board.store.settings(board.tenant)
    closed = ClosedDays.model_validate({"from": "2026-02-14", "to": "2026-02-22", "name": "V"})
    await board.store.save_settings(board.tenant, settings.model_copy(update={"closed": (closed,)}))
    (settled,) = await parts(board, moved)
    assert settled["sequence"] > second["sequence"]

    await board.done(stream, "CancelVisit", {"visit": "V1", "reason": "Studiedag"})
    (off,) = await mails(board, "teacher", "visit_cancelled")
    (third,) = await parts(board, off)
    assert (third["method"], third["status"]) == ("CANCEL", "CANCELLED")
    assert (third["uid"], third["at"]) == (first["uid"], second["at"])
    assert third["lasts"] == first["lasts"]
    assert third["sequence"] > settled["sequence"]
    assert await parts(board, mail) == []
    assert await mails(board, "teacher", "visit_planned") == [mail]

    data = {"visit": "V3", "at": f"{days[2]}T11:00", "announced": True}
    await board.done(stream, "PlanVisit", data)
    other = await board.add("second", "Iris Overdracht", "advisor")
    data = {"advisor": other.id, "category": "unavailable"}
    await board.done(stream, "ReplaceAdvisor", data, "coordinator")
    both = {"klassenbezoek V2", "klassenbezoek V3"}
    for by, method in (("advisor", "CANCEL"), ("second", "REQUEST")):
        (mail,) = await mails(board, by, "advisor_replaced")
        found = await parts(board, mail)
        assert {(one["method"], one["summary"]) for one in found} == {(method, one) for one in both}

    await board.done(stream, "AbortTrajectory", {"reason": "Andere baan"}, "client")
    for by, off in (
        ("teacher", {"klassenbezoek V3"}),
        ("second", both),
    ):
        (mail,) = await mails(board, by, "aborted")
        found = await parts(board, mail)
        assert {one["method"] for one in found} == {"CANCEL"}
        assert {one["summary"] for one in found} == off
    stranger = await board.add("other", "Rosa Elders", "teacher")
    assert await parts(board, Mail(mail.tenant, mail.process, stranger, mail.notice)) == []


async def test_one_night_of_turns_ends_in_one_mail(board: Board) -> None:
    """Nobody reads in the morning what no longer holds, nor is asked what was done."""
    stream = await board.in_guidance()
    got: dict[str, list[str]] = {}

    async def send(mail: Mail) -> None:
        got.setdefault(mail.to.id, []).append(mail.notice.kind)

    async def morning(of: str) -> list[str]:
        got.clear()
        await board.store.deliver(board.tenant, send, datetime.now(UTC))
        return got.get(board.people[of].id, [])

    first = await morning("teacher")
    assert "goal_list_fixed" in first
    # Asked for and given on the same day.
    assert "consent_requested" not in first
    day = datetime.now(UTC).date() + timedelta(days=20)
    plan = {"at": f"{day}T08:30", "announced": True}
    await board.done(stream, "PlanVisit", {"visit": "V1"} | plan)
    assert await morning("teacher") == ["visit_planned"]
    turns = (
        ("Suspend", {"category": "absence"}, "hr"),
        ("Resume", {}, "hr"),
        ("AbortTrajectory", {"reason": "Andere baan"}, "client"),
    )
    for turn in turns:
        await board.done(stream, *turn)
    (off,) = await mails(board, "teacher", "visit_cancelled")
    assert [one["method"] for one in await parts(board, off)] == ["CANCEL"]
    assert await morning("teacher") == ["visit_cancelled", "aborted"]

    stream = await board.in_guidance()
    await board.done(stream, "PlanVisit", {"visit": "V1"} | plan)
    for turn in turns:
        await board.done(stream, *turn)
    assert await morning("teacher") == ["aborted"]
