"""Mail leaves in the board's working hours, once, and not about what is over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from events.recording import CaseIndex, NoticeDraft
from events.settings import ClosedDays, TenantSettings
from events.store import outbox
from events.store.digests import Digest, digest_day
from events.store.outbox import URGENT, Mail, refused_for_good
from events.store.relay import may_send, may_send_digests, relay
from events.store.store import Store
from tests.events.store.samples import begun, recording

TUESDAY = datetime(2026, 1, 6, 11, 0, tzinfo=UTC)


class PostBox:
    """Keeps what is sent, and refuses as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.mails: list[Mail] = []
        self.digests: list[Digest] = []
        self.failures = failures
        self.filled = asyncio.Event()

    async def send(self, mail: Mail) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionRefusedError("no letter box at an.invented@school.example")
        self.mails.append(mail)
        self.filled.set()

    async def send_digest(self, digest: Digest) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionRefusedError("no letter box at an.invented@school.example")
        self.digests.append(digest)
        self.filled.set()


async def told(store: Store, tenant: str, kind: str = "closed", **changes: object) -> str:
    """A stream whose first event is told to a new person; returns the stream."""
    person = await store.add_person(
        tenant,
        "Oda Ontvanger",
        "an.invented@school.example",
        language="en",
        roles=["teacher", "contact"],
    )
    notices = [NoticeDraft(kind=kind, person=person.id, cause=0)]
    return await begun(store, tenant, notices=notices, **changes)


async def test_mail_is_sent_once(store: Store, tenant: str) -> None:
    stream, box = await told(store, tenant), PostBox()
    [kept] = await store.kept_mail(tenant)
    assert await store.boards_with_mail(TUESDAY) == [tenant]
    assert await store.deliver(tenant, box.send, TUESDAY) == 1
    assert await store.deliver(tenant, box.send, TUESDAY) == 0
    [mail] = box.mails
    assert (kept, await store.kept_mail(tenant)) == (mail, [])
    assert (mail.tenant, mail.process) == (tenant, "toy")
    assert (mail.to.name, mail.to.email) == ("Oda Ontvanger", "an.invented@school.example")
    assert (mail.to.language, mail.to.roles) == ("en", ("contact", "teacher"))
    assert [mail.notice] == await store.notices(tenant, stream=stream)
    assert await store.mail_counts(tenant) == {"sent": 1}
    assert await store.boards_with_mail(TUESDAY) == []


async def test_failed_mail_is_tried_later_and_later(store: Store, tenant: str) -> None:
    await told(store, tenant)
    box, now = PostBox(failures=2), TUESDAY
    await store.deliver(tenant, box.send, now)
    assert await store.mail_counts(tenant) == {"waiting": 1}
    assert await store.deliver(tenant, box.send, now + timedelta(seconds=59)) == 0
    now += timedelta(seconds=60)
    assert await store.deliver(tenant, box.send, now) == 1
    assert await store.deliver(tenant, box.send, now + timedelta(seconds=119)) == 0
    assert await store.deliver(tenant, box.send, now + timedelta(seconds=120)) == 1
    assert len(box.mails) == 1


async def test_hopeless_mail_is_parked(store: Store, tenant: str) -> None:
    await told(store, tenant)
    box, now = PostBox(failures=99), TUESDAY
    for _ in range(outbox.MAX_ATTEMPTS):
        assert await store.deliver(tenant, box.send, now) == 1
        now += outbox.LONGEST_PAUSE
    assert await store.deliver(tenant, box.send, now) == 0
    assert await store.mail_counts(tenant) == {"parked": 1}


async def test_mail_of_a_relay_that_died_is_taken_up_again(store: Store, tenant: str) -> None:
    await told(store, tenant)

    async def die(_mail: Mail) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await store.deliver(tenant, die, TUESDAY)
    box = PostBox()
    assert await store.deliver(tenant, box.send, TUESDAY) == 0
    assert await store.deliver(tenant, box.send, TUESDAY + outbox.LEASE) == 1
    assert len(box.mails) == 1


async def test_two_relays_share_the_work(store: Store, tenant: str) -> None:
    for _ in range(30):
        await told(store, tenant)
    box = PostBox()
    await asyncio.gather(*(store.deliver(tenant, box.send, TUESDAY) for _ in range(3)))
    assert len({mail.message_id for mail in box.mails}) == len(box.mails) == 30


async def test_reminders_of_a_running_case_and_its_end_are_sent(store: Store, tenant: str) -> None:
    await told(store, tenant, "overdue")
    await told(store, tenant, "closed", index=CaseIndex(state="closed", open=False, parties={}))
    box = PostBox()
    await store.deliver(tenant, box.send, TUESDAY)
    assert sorted(mail.notice.kind for mail in box.mails) == ["closed", "overdue"]


async def test_nobody_to_send_to(store: Store, tenant: str) -> None:
    silent = await store.add_person(tenant, "Stille Willem")
    left = await store.add_person(tenant, "Vera Vertrokken", "vera@school.example")
    await store.set_active(tenant, left.id, False)
    people = (silent.id, left.id, str(uuid4()))
    await begun(
        store,
        tenant,
        notices=[NoticeDraft(kind="closed", person=person, cause=0) for person in people],
    )
    box = PostBox()
    assert await store.deliver(tenant, box.send, TUESDAY) == 3
    assert box.mails == []
    assert await store.mail_counts(tenant) == {"dropped": 3}


@pytest.mark.parametrize(
    ("local", "sent"),
    [
        ("2026-01-06T07:59", False),
        ("2026-01-06T08:00", True),
        ("2026-01-06T17:59", True),
        ("2026-01-06T18:00", False),
        ("2026-01-10T11:00", False),
        ("2026-02-17T11:00", False),
        ("2026-07-07T08:00", True),
    ],
)
def test_working_hours(local: str, sent: bool) -> None:
    closed = ClosedDays.model_validate({"from": "2026-02-14", "to": "2026-02-22", "name": "V"})
    settings = TenantSettings(closed=(closed,))
    now = datetime.fromisoformat(local).replace(tzinfo=settings.zone)
    assert may_send(now, settings) is sent
    assert may_send(now.astimezone(UTC), settings) is sent


async def test_relay_waits_for_the_board_to_work(store: Store, tenant: str) -> None:
    await told(store, tenant)
    await store.save_settings(tenant, TenantSettings(mail_from_hour=9))
    elsewhere = str(uuid4())
    await told(store, elsewhere)
    box, stop = PostBox(), asyncio.Event()
    now = datetime(2026, 1, 6, 7, 30, tzinfo=UTC)
    task = asyncio.create_task(
        relay(store, box.send, lambda: now, stop, digest=box.send_digest, poll=0.01)
    )
    async with asyncio.timeout(10):
        await box.filled.wait()
        box.filled.clear()
        await asyncio.sleep(0.05)
        assert [mail.tenant for mail in box.mails] == [elsewhere]
        now = datetime(2026, 1, 6, 8, 0, tzinfo=UTC)
        await box.filled.wait()
        stop.set()
        await task
    assert box.mails[1].tenant == tenant


async def test_mail_that_will_never_be_taken_is_parked_at_once(store: Store, tenant: str) -> None:
    class Refused(Exception):
        code = 550

    async def refuse(_mail: Mail) -> None:
        raise Refused

    await told(store, tenant)
    await store.deliver(tenant, refuse, TUESDAY)
    assert await store.mail_counts(tenant) == {"parked": 1}
    (trouble,) = await store.mail_troubles(tenant)
    assert (trouble.problem, trouble.kind, trouble.name) == ("Refused", "closed", "Oda Ontvanger")
    assert await store.send_again(tenant, trouble.notice)
    assert not await store.send_again(tenant, trouble.notice)
    box = PostBox()
    await store.deliver(tenant, box.send, TUESDAY)
    assert len(box.mails) == 1
    assert await store.mail_troubles(tenant) == []


async def test_who_has_no_address_hides_no_mail_to_try_again(store: Store, tenant: str) -> None:
    class Refused(Exception):
        code = 550

    async def refuse(_mail: Mail) -> None:
        raise Refused

    await told(store, tenant)
    await store.deliver(tenant, refuse, TUESDAY)
    nobody = await store.add_person(tenant, "Zonder Adres")
    for _ in range(3):
        draft = NoticeDraft(kind="closed", person=nobody.id, cause=0)
        await begun(store, tenant, notices=[draft])
    await store.deliver(tenant, refuse, TUESDAY)
    first, *rest = await store.mail_troubles(tenant, most=3)
    assert first.given_up
    assert [one.problem for one in rest] == ["person.no_address"] * 2
    await store.add_person(tenant, "Met Adres", "nu@wel.example", person=nobody.id)
    assert await store.mail_troubles(tenant) == [first]


def test_what_a_mail_server_refuses_for_good() -> None:
    class Answered(Exception):
        def __init__(self, *codes: int) -> None:
            self.recipients = [type("R", (), {"code": code})() for code in codes]

    assert refused_for_good(Answered(550, 553))
    assert not refused_for_good(Answered(550, 451))
    assert not refused_for_good(Answered(421))
    assert not refused_for_good(ConnectionRefusedError())


async def one_with(store: Store, tenant: str, *kinds: str) -> tuple[str, str]:
    """A person who is told of several things in one case; (person, stream)."""
    person = await store.add_person(tenant, "Dirk Dagelijks", "dirk@school.example")
    notices = [NoticeDraft(kind=kind, person=person.id, cause=0) for kind in kinds]
    return person.id, await begun(store, tenant, notices=notices)


def at_local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TenantSettings().zone)


@pytest.mark.parametrize(
    ("told_at", "day"),
    [
        ("2026-01-06T07:29", "2026-01-06"),
        ("2026-01-06T07:30", "2026-01-07"),
        ("2026-01-09T18:00", "2026-01-12"),
        ("2026-01-10T06:00", "2026-01-12"),
    ],
)
def test_a_digest_is_of_the_next_working_morning(told_at: str, day: str) -> None:
    assert digest_day(at_local(told_at), TenantSettings()).isoformat() == day
    assert not may_send_digests(at_local(f"{day}T07:29"), TenantSettings())
    assert may_send_digests(at_local(f"{day}T07:30"), TenantSettings())
    assert not may_send_digests(at_local("2026-01-10T09:00"), TenantSettings())


async def test_one_mail_a_day_and_at_once_what_cannot_wait(store: Store, tenant: str) -> None:
    assert "visit_cancelled" in URGENT
    person, _ = await one_with(store, tenant, "closed", "goal_list_fixed", "visit_cancelled")
    assert await store.mail_choice(tenant, person) == "direct"
    await store.choose_mail(tenant, person, "daily")
    assert await store.mail_choice(tenant, person) == "daily"
    box, settings = PostBox(failures=1), TenantSettings()
    recorded = (await store.notices(tenant, person=person))[0].recorded_at
    await store.deliver_digests(tenant, box.send_digest, recorded, settings)
    assert (box.failures, box.digests) == (1, [])
    box.failures = 0
    await store.deliver(tenant, box.send, recorded)
    assert [mail.notice.kind for mail in box.mails] == ["visit_cancelled"]

    morning = datetime.combine(
        digest_day(recorded, settings), datetime.min.time().replace(hour=7, minute=30),
        settings.zone,
    )  # fmt: skip

    async def die(_digest: Digest) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await store.deliver_digests(tenant, die, morning, settings)
    assert await store.deliver_digests(tenant, box.send_digest, morning, settings) == 0
    later = morning + outbox.LEASE
    took = await asyncio.gather(
        *(store.deliver_digests(tenant, box.send_digest, later, settings) for _ in range(3))
    )
    assert sum(took) == 1
    (digest,) = box.digests
    assert [mail.notice.kind for mail in digest.mails] == ["closed", "goal_list_fixed"]
    assert digest.message_id.startswith(f"digest.{morning.date()}.")
    assert await store.mail_counts(tenant) == {"sent": 3}


async def test_a_digest_tells_nothing_that_is_over(store: Store, tenant: str) -> None:
    person, stream = await one_with(store, tenant, "closed", "visit_planned")
    await store.choose_mail(tenant, person, "daily")
    ended = CaseIndex(state="closed", open=False, parties={})
    await store.record(recording(tenant, stream, 1, index=ended))
    box, far = PostBox(), datetime(2200, 1, 2, 12, tzinfo=UTC)
    await store.deliver_digests(tenant, box.send_digest, far, TenantSettings())
    assert [mail.notice.kind for mail in box.digests[0].mails] == ["closed"]
    assert await store.mail_counts(tenant) == {"sent": 1, "dropped": 1}


async def test_who_chooses_otherwise_gets_what_waits_at_once(store: Store, tenant: str) -> None:
    person, _ = await one_with(store, tenant, "closed")
    await store.choose_mail(tenant, person, "daily")
    box, now = PostBox(), (await store.notices(tenant, person=person))[0].recorded_at
    await store.deliver_digests(tenant, box.send_digest, now, TenantSettings())
    assert await store.deliver(tenant, box.send, now) == 0
    await store.choose_mail(tenant, person, "direct")
    assert await store.deliver(tenant, box.send, now) == 1
    other, _ = await one_with(store, tenant, "closed", "overdue")
    await store.choose_mail(tenant, other, "urgent")
    await store.deliver(tenant, box.send, now)
    assert [mail.notice.kind for mail in box.mails] == ["closed", "overdue"]
    assert await store.mail_counts(tenant) == {"sent": 2, "dropped": 1}
