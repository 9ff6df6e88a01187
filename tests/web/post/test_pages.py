"""Mail as somebody chooses it, and a calendar that follows the agenda of who made its link."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from events.store.outbox import Mail
from tests.web.conftest import Board
from tests.web.documents.browsing import signed_in
from tests.web.documents.test_invitations import mails, parts


async def choose(board: Board, **fields: str) -> int:
    return (await board.http.post("/me/mail", data=fields)).status_code


async def new_link(board: Board, by: str) -> str:
    """A new link of this person, as a path."""
    await signed_in(board, by)
    answer = await board.http.post("/me/feed", data={"do": "make"})
    assert answer.status_code == 200
    (link,) = re.findall(r"https://traject\.example(/feeds/[\w-]+\.ics)", answer.text)
    board.http.cookies.clear()
    return link


async def followed(board: Board, link: str) -> dict[str, Any]:
    answer = await board.http.get(link)
    assert answer.status_code == 200, answer.text
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(one["SUMMARY"]): one for one in events}


async def test_mail_is_chosen(board: Board) -> None:
    answer = await board.http.get("/me/mail")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")
    await signed_in(board, "teacher")
    html = (await board.http.get("/me/mail")).text
    assert "Eén keer per dag" in html
    assert 'value="direct" checked' in html
    assert "teacher@voorbeeld.example" in html
    assert await choose(board, choice="daily") == 303
    saved = (await board.http.get("/me/mail?saved=1")).text
    assert 'value="daily" checked' in saved
    assert "Uw keuze is bewaard" in saved
    assert await choose(board, choice="never") == 422
    assert await choose(board) == 422
    elsewhere = await board.http.post(
        "/me/mail", data={"choice": "urgent"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert elsewhere.status_code == 404
    person = board.people["teacher"].id
    assert await board.store.mail_choice(board.tenant, person) == "daily"
    board.http.cookies.clear()

    address = f"/mail/{board.store.leaving.code(board.tenant, person)}"
    asked = await board.http.get(address)
    assert "Dagelijkse mail stoppen" in asked.text
    assert asked.headers["Referrer-Policy"] == "no-referrer"
    assert await board.store.mail_choice(board.tenant, person) == "daily"
    one_click = {"List-Unsubscribe": "One-Click"}
    other = "B" if address[-2] == "A" else "A"
    for path in ("/mail/nothing", address[:-2] + other + address[-1], address + "A"):
        assert (await board.http.post(path, data=one_click)).status_code == 404
    # A mail program is no browser of ours and has no session.
    answer = await board.http.post(address, data=one_click, headers={"Origin": "null"})
    assert answer.status_code == 200
    assert await board.store.mail_choice(board.tenant, person) == "urgent"


async def test_a_calendar_follows_what_its_owner_may_know(board: Board) -> None:
    stream = await board.in_guidance()
    days = [datetime.now(UTC).date() + timedelta(days=more) for more in (20, 22)]
    for visit, day, announced in (("V1", days[0], True), ("V2", days[1], False)):
        data = {"visit": visit, "at": f"{day}T08:30", "announced": announced}
        await board.done(stream, "PlanVisit", data)
    assert (await board.http.get("/feeds/nothing.ics")).status_code == 404
    await signed_in(board, "teacher")
    assert "U hebt nu geen link" in (await board.http.get("/me/feed")).text
    link = await new_link(board, "teacher")
    first = await board.http.get(link)
    assert first.headers["Content-Type"].startswith("text/calendar")
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in first.headers["X-Robots-Tag"]
    seen = await followed(board, link)
    assert set(seen) == {"klassenbezoek V1"}
    entry = seen["klassenbezoek V1"]
    assert str(entry["LOCATION"]) == "De Windvaan"
    assert entry.decoded("DTEND") - entry.decoded("DTSTART") == timedelta(hours=1)
    assert str(entry["URL"]) == f"https://traject.example/supervision/{stream}"
    assert "Marloes" not in first.text
    (mail,) = await mails(board, "teacher", "visit_planned")
    (invited,) = await parts(board, mail)
    assert (invited["uid"], invited["sequence"]) == (str(entry["UID"]), int(str(entry["SEQUENCE"])))

    again = {"If-None-Match": first.headers["ETag"]}
    assert (await board.http.get(link, headers=again)).status_code == 304
    later = f"{days[1]}T13:00"
    await board.done(stream, "RescheduleVisit", {"visit": "V2", "at": later})
    # Nothing tells the teacher, not even that something changed.
    assert (await board.http.get(link, headers=again)).status_code == 304
    for by, expected in (
        ("advisor", {"klassenbezoek V1", "klassenbezoek V2"}),
        ("manager", set()),
        ("board", set()),
        ("hr", set()),
    ):
        assert set(await followed(board, await new_link(board, by))) == expected, by
    await board.done(stream, "RescheduleVisit", {"visit": "V1", "at": f"{days[0]}T10:00"})
    moved = await followed(board, link)
    assert int(str(moved["klassenbezoek V1"]["SEQUENCE"])) == invited["sequence"] + 1
    reads = {(read.person, read.what) for read in await board.store.reads(board.tenant, stream)}
    assert (board.people["teacher"].id, "feed") in reads

    renewed = await new_link(board, "teacher")
    assert (await board.http.get(link)).status_code == 404
    assert set(await followed(board, renewed)) == {"klassenbezoek V1"}
    await signed_in(board, "teacher")
    page = (await board.http.get("/me/feed")).text
    assert "Uw link is gemaakt op" in page
    assert renewed not in page
    assert (await board.http.post("/me/feed", data={"do": "drop"})).status_code == 303
    assert "De link is ingetrokken" in (await board.http.get("/me/feed?dropped=1")).text
    assert (await board.http.get(renewed)).status_code == 404
    tries = [(await board.http.get(renewed)).status_code for _ in range(40)]
    assert tries[-1] == 429


async def test_mail_that_does_not_arrive_is_shown_without_what_it_is_about(board: Board) -> None:
    class Refused(Exception):
        code = 550

    async def refuse(mail: Mail) -> None:
        raise Refused if mail.notice.kind == "trajectory_requested" else ConnectionRefusedError

    stream = (await board.open()).json()["id"]
    other = await board.add("other", "Rosa Elders", "teacher")
    await board.open(teacher=other.id)
    await board.store.deliver(board.tenant, refuse, datetime.now(UTC))
    await board.done(stream, "AcceptRequest", {"hourly_rate": "118.00"}, "coordinator")
    await board.store.deliver(board.tenant, refuse, datetime.now(UTC))
    await signed_in(board, "teacher")
    assert (await board.http.get("/administration/mail")).status_code == 403
    await signed_in(board, "hr")
    html = (await board.http.get("/administration/mail")).text
    assert "De mailserver nam de mail niet aan." in html
    assert "De mailserver is niet bereikbaar." in html
    coordinator = board.people["coordinator"].id
    assert f'<a href="/administration/people/{coordinator}">Rik Oosterhof</a>' in html
    assert html.count("Rik Oosterhof</a>") == 1, "what is wrong for one person stands there once"
    assert "Probeer alle 2 opnieuw" in html
    assert stream not in html
    assert "werkbegeleiding is" not in html
    notices = re.findall(r'name="notice" value="(\d+)"', html)
    assert len(notices) == 2
    sent = await board.http.post("/administration/mail", data={"notice": notices})
    assert sent.status_code == 303
    assert (await board.http.post("/administration/mail", data={"notice": "x"})).status_code == 303
    again = (await board.http.get("/administration/mail")).text
    assert 'name="notice"' not in again
    counts = await board.store.mail_counts(board.tenant)
    assert "parked" not in counts
