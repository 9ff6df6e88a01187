"""Mail tells its reader that something happened, in the reader's language, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import aiosmtplib
import pytest
from aiosmtpd.controller import Controller

from activities.invitations import CARRYING, Invitations
from activities.letters import KINDS, OwnTexts, letter
from activities.letters.asks import DO
from activities.mail import Post
from deploy.embedded.supervisor import free_port
from events.settings import TenantSettings
from events.store.administration import BoardLetter
from events.store.digests import Digest
from events.store.directory import PersonRow
from events.store.keys import MasterKeys
from events.store.links import Links, SigningLink
from events.store.notices import NoticeRow
from events.store.outbox import Mail
from observability import REGISTRY
from workflows.registry import RULES

BOARD = str(uuid4())
SENDER = "Traject <traject@school.example>"


class Letterbox:
    """Takes every mail, or none."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.full = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.full:
            return "452 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, Post]]:
    box = Letterbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield (
        box,
        Post(
            "127.0.0.1",
            port,
            sender=SENDER,
            starttls=False,
            public_address="https://traject.example",
            invitations=INVITATIONS,
            calendars=planned,
            leave=lambda board, person: f"https://traject.example/mail/{board[:4]}{person[:4]}",
        ),
    )
    server.stop()


def mail(kind: str = "intake_planned", language: str = "nl", *roles: str) -> Mail:
    person = str(uuid4())
    to = PersonRow(person, BOARD, "Fenna de Groot", "fenna@school.example", language, roles)
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    notice = NoticeRow(1, str(uuid4()), person, kind, "cause-1", 3, str(uuid4()), now)
    return Mail(BOARD, "supervision", to, notice)


async def ten_days(_board: str) -> TenantSettings:
    return TenantSettings(signing_link_days=10)


def said(part: Any) -> str:
    """The text of a mail, whatever its lines end by."""
    return str(part.get_content()).replace("\r\n", "\n")


INVITATION = "BEGIN:VCALENDAR\nSUMMARY:nagesprek – één\nEND:VCALENDAR\n"


async def planned(mail: Mail) -> list[tuple[str, bytes]]:
    """As the case would say it."""
    method = {"visit_planned": "REQUEST", "visit_cancelled": "CANCEL"}.get(mail.notice.kind)
    return [(method, INVITATION.encode())] if method else []


LINKS = Links(MasterKeys.generate())
INVITATIONS = Invitations(LINKS, ten_days, "https://traject.example")


async def test_a_mail_arrives_and_says_no_more_than_it_must(
    letterbox: tuple[Letterbox, Post],
) -> None:
    box, post = letterbox
    sent = mail()
    await post.send(sent)
    (got,) = box.mails
    assert (got["To"], got["From"]) == ("fenna@school.example", SENDER)
    assert got["Subject"] == "Het intakegesprek is gepland"
    assert got["Message-ID"].strip() == f"<{sent.message_id}@school.example>"
    text = said(got)
    assert text == (
        "Beste Fenna de Groot,\n\n"
        "Het intakegesprek is gepland.\n\n"
        "U leest er meer over in Traject:\n\n"
        f"https://traject.example/supervision/{sent.notice.stream}\n\n"
        "Dit is een automatisch bericht."
        " Om uw privacy te beschermen staat er verder niets in.\n"
    )


async def test_a_mail_that_asks_for_something_leads_to_the_form_for_it(
    letterbox: tuple[Letterbox, Post],
) -> None:
    box, post = letterbox
    sent = mail("consent_requested", "en", "teacher")
    await post.send(sent)
    text = said(box.mails[0])
    form = f"/supervision/{sent.notice.stream}/do/RecordTeacherConsent"
    assert f"right away in Traject:\n\nhttps://traject.example{form}\n" in text
    assert set(DO) <= set(KINDS)
    commands = {name for rules in RULES.values() for name in rules.commands}
    assert set(DO.values()) <= commands


async def test_what_is_planned_comes_as_an_invitation(letterbox: tuple[Letterbox, Post]) -> None:
    box, post = letterbox
    await post.send(mail("visit_planned"))
    (got,) = box.mails
    text, calendar = got.iter_parts()
    assert got.get_content_type() == "multipart/alternative"
    assert "De afspraak zit bij deze mail." in text.get_content()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "REQUEST"
    assert said(calendar) == INVITATION
    await post.send(mail("visit_cancelled", "en"))
    text, calendar = box.mails[1].iter_parts()
    assert "takes the appointment out of your calendar" in text.get_content()
    assert calendar.get_param("method") == "CANCEL"


async def test_a_board_says_it_in_its_own_way(letterbox: tuple[Letterbox, Post]) -> None:
    box, post = letterbox
    own = BoardLetter("Een berichtje, {name}", "Dag {name},\n\nEr is iets met {dit}.")

    async def texts(board: str) -> OwnTexts:
        return {("closed", "nl"): own} if board == BOARD else {}

    post._texts = texts
    await post.send(mail("closed"))
    await post.send(mail("closed", "en"))
    mails = (mail("closed"), mail("aborted"))
    await post.send_digest(Digest(BOARD, mails[0].to, date(2026, 3, 3), mails))
    got, english, digest = box.mails
    assert got["Subject"] == "Een berichtje, Fenna de Groot"
    assert said(got).startswith("Dag Fenna de Groot,\n\nEr is iets met {dit}.\n\nU leest er meer")
    assert english["Subject"] == "A trajectory was closed"
    assert "- Een berichtje, Fenna de Groot\n" in said(digest)


async def test_a_break_of_the_line_ends_no_header(letterbox: tuple[Letterbox, Post]) -> None:
    """Neither in what a board says nor in a name; the mail arrives, with nothing added."""
    box, post = letterbox

    async def texts(_board: str) -> OwnTexts:
        return {("closed", "nl"): BoardLetter("Er is\rBcc: x@y.nl\u2028, {name}", "Dag")}

    post._texts = texts
    sent = mail("closed")
    await post.send(replace(sent, to=replace(sent.to, name="Fenna\r\nBcc: a@b.nl")))
    assert box.mails[0]["Subject"] == "Er is Bcc: x@y.nl , Fenna Bcc: a@b.nl"
    assert box.mails[0]["Bcc"] is None


async def test_a_digest_is_one_mail_about_a_day(letterbox: tuple[Letterbox, Post]) -> None:
    box, post = letterbox
    kinds = ("closed", "visit_planned", "closed", "visit_cancelled", "visit_planned")
    mails = tuple(mail(kind) for kind in kinds)
    digest = Digest(BOARD, mails[0].to, date(2026, 3, 3), mails)
    await post.send_digest(digest)
    await post.send_digest(digest)
    got, again = box.mails
    assert got["Subject"] == "Er zijn 5 berichten voor u in Traject"
    assert got["Message-ID"] == again["Message-ID"]
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got["List-Unsubscribe"].startswith("<https://traject.example/mail/")
    text, *files = got.iter_parts()
    assert "- Een traject is afgesloten (2 keer)\n- Een klassenbezoek is gepland" in said(text)
    assert text.get_content().count("https://") == 1
    assert [one.get_param("method") for one in files] == ["REQUEST", "CANCEL"]
    one = Digest(BOARD, mails[0].to, date(2026, 3, 3), mails[:1])
    assert post.digest_message(one)["Subject"] == "Er is 1 bericht voor u in Traject"


async def test_a_mail_that_was_not_taken_is_said_so(letterbox: tuple[Letterbox, Post]) -> None:
    box, post = letterbox
    box.full = True
    before = _refused()
    with pytest.raises(aiosmtplib.SMTPException):
        await post.send(mail())
    assert box.mails == []
    assert _refused() == before + 1


def _refused() -> float:
    return REGISTRY.get_sample_value("traject_mails_total", {"answer": "refused"}) or 0


async def test_encryption_is_insisted_on(letterbox: tuple[Letterbox, Post]) -> None:
    box, post = letterbox
    strict = Post("127.0.0.1", post._port, sender=SENDER, starttls=True)
    with pytest.raises(aiosmtplib.SMTPException):
        await strict.send(mail())
    assert box.mails == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_words_in_both_languages(kind: str) -> None:
    dutch, english = (
        letter(kind, language, "Noor", address="https://traject.example")[0]
        for language in ("nl", "en")
    )
    assert dutch
    assert english
    assert dutch != english


def test_other_kinds_and_languages_fall_back() -> None:
    assert letter("brand_new", "nl", "Noor")[0] == "Er is nieuws voor u in Traject"
    assert letter("closed", "fy", "Noor")[0] == "Een traject is afgesloten"


@pytest.mark.parametrize("kind", sorted(CARRYING))
async def test_a_contact_gets_a_personal_link(letterbox: tuple[Letterbox, Post], kind: str) -> None:
    box, post = letterbox
    sent = mail(kind, "nl", "contact")
    await post.send(sent)
    await post.send(sent)
    text, again = (got.get_content() for got in box.mails)
    assert text == again
    (address,) = re.findall(r"https://traject\.example/sign/(\S+)", text)
    assert LINKS.read(address) == SigningLink(
        BOARD, sent.notice.stream, sent.to.id, 3, datetime(2026, 3, 12, 9, tzinfo=UTC)
    )
    assert "stuur deze mail niet door" in text
    assert "tot donderdag 12 maart 2026, 10:00" in text
    assert "Meld u aan" not in text


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("agreement_to_sign", ("teacher",)),
        ("agreement_to_sign", ("contact", "teacher")),
        ("agreement_to_sign", ()),
        ("agreement_complete", ("contact",)),
    ],
)
async def test_nobody_else_and_nothing_else_has_a_link(
    letterbox: tuple[Letterbox, Post], kind: str, roles: tuple[str, ...]
) -> None:
    box, post = letterbox
    sent = mail(kind, "en", *roles)
    await post.send(sent)
    text = said(box.mails[0])
    assert "/sign/" not in text
    case = f"https://traject.example/supervision/{sent.notice.stream}"
    assert (case in text) is (roles != ("contact",))


@pytest.mark.parametrize("role", ["student", "institute_trainer"])
async def test_who_may_have_an_account_signs_in_or_follows_the_link(
    letterbox: tuple[Letterbox, Post], role: str
) -> None:
    box, post = letterbox
    await post.send(mail("signature_due", "nl", role))
    await post.send(mail("agreement_complete", "nl", role))
    signing, news = (got.get_content() for got in box.mails)
    assert "Meld u aan in Traject. Hebt u geen account? Open dan deze link:" in signing
    assert "/sign/" in signing
    assert "U leest er meer over in Traject:" in news
    assert "/sign/" not in news
    assert "contact op met de school" not in signing + news


async def test_english_mail_explains_the_link(letterbox: tuple[Letterbox, Post]) -> None:
    box, post = letterbox
    await post.send(mail("signature_due", "en", "student", "institute_trainer"))
    text = box.mails[0].get_content()
    assert "Sign in to Traject. Do you have no account?" in text
    assert "do not forward" in text
    assert "until Thursday 12 March 2026, 10:00" in text
