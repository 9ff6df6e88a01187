"""Lists show the cases a person has a part in, in pages that miss and repeat nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from events.recording import CaseIndex
from events.store.cases import SORTS, BadCursor
from events.store.store import Store
from tests.events.store.samples import START, begun, opened, recording


def index(state: str = "guidance", open_: bool = True, **parties: str) -> CaseIndex:
    return CaseIndex(state=state, open=open_, parties=parties)


async def found(store: Store, tenant: str, person: str, **how: object) -> list[str]:
    page = await store.cases(
        tenant,
        **{"process": "toy", "person": person, "all_cases": False, **how},
    )
    return [case.stream for case in page.cases]


async def test_only_own_cases_unless_all(store: Store, tenant: str) -> None:
    me, you = str(uuid4()), str(uuid4())
    mine = await begun(store, tenant, index=index(teacher=me, client=you))
    yours = await begun(store, tenant, index=index(teacher=you))
    await opened(store, tenant)
    elsewhere = str(uuid4())
    await begun(store, elsewhere, index=index(teacher=me))
    await begun(store, tenant, process="other", index=index(teacher=me))
    assert await found(store, tenant, me) == [mine]
    assert set(await found(store, tenant, you)) == {mine, yours}
    assert set(await found(store, tenant, str(uuid4()), all_cases=True)) == {mine, yours}
    assert await found(store, tenant, str(uuid4())) == []


async def test_cases_are_found_by_whom_they_are_about(store: Store, tenant: str) -> None:
    me, lotte, nour, ann = (str(uuid4()) for _ in range(4))
    mine = await begun(store, tenant, index=index(teacher=lotte, advisor=me))
    theirs = await begun(store, tenant, index=index(teacher=nour, client=lotte))
    placed = await begun(store, tenant, index=index(student=ann))
    assert await found(store, tenant, me, about=[lotte, nour]) == [mine]
    whole = {"all_cases": True, "sort": "created_at"}
    assert await found(store, tenant, me, about=[lotte], **whole) == [mine]
    assert set(await found(store, tenant, me, about=[nour, ann], **whole)) == {theirs, placed}
    assert await found(store, tenant, me, about=[], **whole) == []


async def test_one_person_in_two_parts_is_one_case(store: Store, tenant: str) -> None:
    me = str(uuid4())
    stream = await begun(store, tenant, index=index(client=me, manager=me))
    assert await found(store, tenant, me) == [stream]


async def test_parts_follow_the_last_event(store: Store, tenant: str) -> None:
    old, new = str(uuid4()), str(uuid4())
    stream = await begun(store, tenant, index=index(advisor=old))
    await store.record(recording(tenant, stream, 1, index=index(advisor=new)))
    assert await found(store, tenant, old) == []
    assert await found(store, tenant, new) == [stream]


async def test_filters(store: Store, tenant: str) -> None:
    me = str(uuid4())
    running = await begun(store, tenant, index=index(teacher=me))
    ended = await begun(store, tenant, index=index("closed", False, teacher=me))
    assert await found(store, tenant, me, open=True) == [running]
    assert await found(store, tenant, me, open=False) == [ended]
    assert await found(store, tenant, me, state="closed") == [ended]
    assert await found(store, tenant, me, state="closed", open=True) == []


async def test_times_of_a_case(store: Store, tenant: str) -> None:
    me = str(uuid4())
    stream = await begun(store, tenant, index=index(teacher=me))
    await store.record(recording(tenant, stream, 1, index=index("reporting", teacher=me)))
    [case] = (await store.cases(tenant, process="toy", person=me, all_cases=False)).cases
    assert (case.state, case.open) == ("reporting", True)
    assert (case.created_at, case.updated_at) == (START, START + timedelta(hours=1))


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 3, 7, 8])
async def test_pages_in_every_order(store: Store, tenant: str, sort: str, size: int) -> None:
    me = str(uuid4())
    for number in range(7):
        # Three of them at the same instant, so that ties have to be broken too.
        at = START + timedelta(minutes=min(number, 4))
        await begun(store, tenant, recorded_at=at, index=index(teacher=me))
    seen, cursor, pages = [], None, 0
    while True:
        page = await store.cases(
            tenant,
            process="toy",
            person=me,
            all_cases=False,
            sort=sort,
            cursor=cursor,
            limit=size,
        )
        seen += page.cases
        pages += 1
        cursor = page.next
        if cursor is None:
            break
    assert len({case.stream for case in seen}) == len(seen) == 7
    assert pages == -(-7 // size)
    times = [case.updated_at for case in seen]
    assert times == sorted(times, reverse=sort.startswith("-"))


@pytest.mark.parametrize("cursor", ["x", "", "ä", "AAAA", "LXVwZGF0ZWRfYXQ"])
async def test_cursor_of_nobody(store: Store, tenant: str, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await found(store, tenant, str(uuid4()), cursor=cursor)


async def test_cursor_of_another_order(store: Store, tenant: str) -> None:
    for _ in range(2):
        await begun(store, tenant)
    page = await store.cases(
        tenant, process="toy", person=str(uuid4()), all_cases=True, limit=1, sort="created_at"
    )
    with pytest.raises(BadCursor):
        await found(store, tenant, str(uuid4()), cursor=page.next)
    with pytest.raises(KeyError):
        await found(store, tenant, str(uuid4()), sort="state")
