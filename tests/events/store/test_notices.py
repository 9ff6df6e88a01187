"""Who hears of an event: never the giver, everyone with a role, nobody twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from events.event import event_id
from events.recording import ActorRef, NoticeDraft
from events.store.store import Store
from tests.events.store.samples import START, begun, draft, opened, recording


async def test_role_is_everyone_of_the_board_but_the_giver(store: Store, tenant: str) -> None:
    giver = await store.add_person(tenant, "Geesje Gever", roles=["hr", "coordinator"])
    hearer = await store.add_person(tenant, "Hendrik Hoorder", roles=["hr"])
    left = await store.add_person(tenant, "Vera Vertrokken", roles=["hr"])
    await store.set_active(tenant, left.id, False)
    await store.add_person(tenant, "Teun Ter Zijde", roles=["teacher"])
    await store.add_person(str(uuid4()), "Anna Anders", roles=["hr"])
    wanted = recording(
        tenant,
        await opened(store, tenant),
        actor=ActorRef(person=giver.id, role="coordinator"),
        notices=[NoticeDraft(kind="trajectory_accepted", role="hr", cause=0)],
    )
    await store.record(wanted)
    [notice] = await store.notices(tenant)
    assert (notice.person, notice.kind) == (hearer.id, "trajectory_accepted")
    assert notice.cause == event_id(wanted.stream, wanted.command_id, 0)
    assert (notice.command_id, notice.version) == (wanted.command_id, 1)


async def test_deadline_has_no_giver_to_leave_out(store: Store, tenant: str) -> None:
    hearer = await store.add_person(tenant, "Hendrik Hoorder", roles=["hr"])
    await begun(
        store,
        tenant,
        actor=ActorRef(person=None, role="process"),
        notices=[NoticeDraft(kind="stalled", role="hr", cause=0)],
    )
    assert [notice.person for notice in await store.notices(tenant)] == [hearer.id]


async def test_who_asks_for_a_letter_gets_it(store: Store, tenant: str) -> None:
    giver = await store.add_person(tenant, "Geesje Gever", roles=["contact"])
    await begun(
        store,
        tenant,
        actor=ActorRef(person=giver.id, role="contact"),
        notices=[
            NoticeDraft(kind="signing_link", person=giver.id, cause=0, giver_too=True),
            NoticeDraft(kind="closed", person=giver.id, cause=0),
        ],
    )
    assert [notice.kind for notice in await store.notices(tenant)] == ["signing_link"]


async def test_nobody_twice_for_one_cause_and_kind(store: Store, tenant: str) -> None:
    both = await store.add_person(tenant, "Bea Beide", roles=["hr", "coordinator"])
    await begun(
        store,
        tenant,
        events=[draft(), draft()],
        notices=[
            NoticeDraft(kind="overdue", role="hr", cause=0),
            NoticeDraft(kind="overdue", role="coordinator", cause=0),
            NoticeDraft(kind="overdue", person=both.id, cause=0),
            NoticeDraft(kind="overdue", person=both.id, cause=1),
            NoticeDraft(kind="stalled", person=both.id, cause=1),
        ],
    )
    told = [(notice.kind, notice.version) for notice in await store.notices(tenant)]
    assert told == [("overdue", 1), ("overdue", 2), ("stalled", 2)]


async def test_repeat_tells_nobody_again(store: Store, tenant: str) -> None:
    hearer = str(uuid4())
    wanted = recording(
        tenant,
        await opened(store, tenant),
        notices=[NoticeDraft(kind="closed", person=hearer, cause=0)],
    )
    await store.record(wanted)
    await store.record(wanted)
    assert len(await store.notices(tenant, person=hearer)) == 1
    assert await store.mail_counts(tenant) == {"waiting": 1}


async def test_found_by_person_stream_command_and_time(store: Store, tenant: str) -> None:
    one, two = str(uuid4()), str(uuid4())
    stream = await opened(store, tenant)
    commands = []
    for version, person in enumerate((one, two, one)):
        wanted = recording(
            tenant, stream, version, notices=[NoticeDraft(kind="closed", person=person, cause=0)]
        )
        commands.append(wanted.command_id)
        await store.record(wanted)
    assert [n.version for n in await store.notices(tenant, person=one)] == [1, 3]
    assert [n.version for n in await store.notices(tenant, command_id=commands[1])] == [2]
    since = START + timedelta(hours=1)
    assert [n.version for n in await store.notices(tenant, since=since)] == [2, 3]
    assert [n.version for n in await store.notices(tenant, since=since, person=one)] == [3]
    assert [n.version for n in await store.notices(tenant, stream=stream)] == [1, 2, 3]
    assert await store.notices(tenant, stream=str(uuid4())) == []
    assert await store.notices(str(uuid4())) == []
