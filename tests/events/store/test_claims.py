"""What one stream claims, no other stream of the board can have at the same time."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from events.recording import CaseIndex, Claim, Need, Recorded
from events.store.store import Store
from tests.events.store.samples import PROCESS, begun, opened, recording

PARTY = str(uuid4())


def claim(subject: str = "s", during: tuple[str, str] | None = None, kind: str = "open") -> Claim:
    return Claim(kind=kind, subject=subject, during=during, refusal=f"{kind}.taken")


async def take(store: Store, tenant: str, stream: str, version: int, **changes: Any) -> Recorded:
    return await store.record(recording(tenant, stream, version, **changes))


async def test_taken_claim_refuses_and_stores_nothing(store: Store, tenant: str) -> None:
    one, two = await opened(store, tenant), await opened(store, tenant)
    assert (await take(store, tenant, one, 0, claims=[claim()])).outcome == "recorded"
    answer = await take(store, tenant, two, 0, claims=[claim("free"), claim()])
    assert (answer.outcome, answer.refusal, answer.events) == ("claimed", "open.taken", [])
    assert (await store.head(tenant, two)).version == 0
    three = await take(store, tenant, await opened(store, tenant), 0, claims=[claim("free")])
    assert three.outcome == "recorded"


async def test_released_claim_is_free_again(store: Store, tenant: str) -> None:
    one, two = await opened(store, tenant), await opened(store, tenant)
    await take(store, tenant, one, 0, claims=[claim()])
    await take(store, tenant, one, 1, releases=[claim()])
    assert (await take(store, tenant, two, 0, claims=[claim()])).outcome == "recorded"


async def test_only_the_holder_releases(store: Store, tenant: str) -> None:
    one, two = await opened(store, tenant), await opened(store, tenant)
    await take(store, tenant, one, 0, claims=[claim()])
    await take(store, tenant, two, 0, releases=[claim()])
    assert (await take(store, tenant, two, 1, claims=[claim()])).outcome == "claimed"


async def test_own_claim_may_be_made_again(store: Store, tenant: str) -> None:
    one = await opened(store, tenant)
    for version in range(3):
        answer = await take(store, tenant, one, version, claims=[claim()])
        assert answer.outcome == "recorded"


@pytest.mark.parametrize(
    ("during", "outcome"),
    [
        (("2026-03-01", "2026-03-10"), "claimed"),
        (("2026-03-10", "2026-03-20"), "claimed"),
        (("2026-02-20", "2026-03-01"), "claimed"),
        (("2026-03-11", "2026-03-20"), "recorded"),
        (("2026-02-20", "2026-02-28"), "recorded"),
        (None, "claimed"),
    ],
)
async def test_days_overlap_at_both_ends(
    store: Store, tenant: str, during: tuple[str, str] | None, outcome: str
) -> None:
    one, two = await opened(store, tenant), await opened(store, tenant)
    await take(store, tenant, one, 0, claims=[claim(during=("2026-03-01", "2026-03-10"))])
    assert (await take(store, tenant, two, 0, claims=[claim(during=during)])).outcome == outcome


async def test_claim_moves_to_other_days_in_one_command(store: Store, tenant: str) -> None:
    one, two = await opened(store, tenant), await opened(store, tenant)
    march, april = ("2026-03-01", "2026-03-31"), ("2026-04-01", "2026-04-30")
    await take(store, tenant, one, 0, claims=[claim(during=march)])
    moved = {"releases": [claim(during=march)], "claims": [claim(during=april)]}
    await take(store, tenant, one, 1, **moved)
    assert (await take(store, tenant, two, 0, claims=[claim(during=march)])).outcome == "recorded"
    assert (await take(store, tenant, two, 1, claims=[claim(during=april)])).outcome == "claimed"


async def test_failed_move_keeps_what_was_held(store: Store, tenant: str) -> None:
    one, two = await opened(store, tenant), await opened(store, tenant)
    await take(store, tenant, one, 0, claims=[claim("a")])
    await take(store, tenant, two, 0, claims=[claim("b")])
    answer = await take(store, tenant, one, 1, releases=[claim("a")], claims=[claim("b")])
    assert answer.outcome == "claimed"
    assert (await take(store, tenant, two, 1, claims=[claim("a")])).outcome == "claimed"


async def test_boards_do_not_share_claims(store: Store, tenant: str) -> None:
    await take(store, tenant, await opened(store, tenant), 0, claims=[claim()])
    other = str(uuid4())
    answer = await take(store, other, await opened(store, other), 0, claims=[claim()])
    assert answer.outcome == "recorded"


async def test_repeat_wins_over_a_claim_taken_since(store: Store, tenant: str) -> None:
    one, two = await opened(store, tenant), await opened(store, tenant)
    first = recording(tenant, one, claims=[claim()])
    await store.record(first)
    await take(store, tenant, one, 1, releases=[claim()])
    await take(store, tenant, two, 0, claims=[claim()])
    again = await store.record(first.model_copy(update={"expected_version": 2}))
    assert again.outcome == "repeated"


async def test_one_of_many_gets_the_claim(store: Store, tenant: str) -> None:
    for round_ in range(5):
        claims = [claim(f"{round_} {n}") for n in range(3)]
        streams = [await opened(store, tenant) for _ in range(8)]
        answers = await asyncio.gather(
            *(
                take(store, tenant, stream, 0, claims=claims if n % 2 else claims[::-1])
                for n, stream in enumerate(streams)
            )
        )
        assert sorted(answer.outcome for answer in answers) == ["claimed"] * 7 + ["recorded"]


async def test_constraint_holds_without_the_function(
    store: Store, tenant: str, raw: asyncpg.Connection
) -> None:
    one = await begun(store, tenant, claims=[claim()])
    insert = (
        "insert into traject.claim (tenant, kind, subject, of_slots, during, stream) "
        "values ($1, 'open', 's', 's', daterange('2026-01-01', '2026-02-01'), $2)"
    )
    await raw.execute(insert, tenant, one)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await raw.execute(insert, tenant, str(uuid4()))


async def test_as_many_hold_a_slot_as_there_are(store: Store, tenant: str) -> None:
    days = ("2026-09-01", "2027-01-31")
    place = claim("school", days, "place").model_copy(update={"slots": 2})
    streams = [await opened(store, tenant) for _ in range(4)]
    answers = [await take(store, tenant, stream, 0, claims=[place]) for stream in streams[:3]]
    assert [answer.outcome for answer in answers] == ["recorded", "recorded", "claimed"]
    assert answers[2].refusal == "place.taken"
    later = place.model_copy(update={"during": ("2027-02-01", "2027-06-30")})
    assert (await take(store, tenant, streams[2], 0, claims=[later])).outcome == "recorded"
    await take(store, tenant, streams[0], 1, releases=[place])
    assert (await take(store, tenant, streams[3], 0, claims=[place])).outcome == "recorded"


async def test_slots_are_counted_day_by_day(store: Store, tenant: str) -> None:
    """Two of two on no day, whatever the order in which their days were taken."""

    def during(first: str, last: str) -> Claim:
        days = (f"2026-09-{first}", f"2026-09-{last}")
        return claim("school", days, "place").model_copy(update={"slots": 2})

    taken = [("01", "02"), ("02", "03"), ("04", "05"), ("05", "06"), ("03", "04"), ("01", "01")]
    for days in taken:
        answer = await take(store, tenant, await opened(store, tenant), 0, claims=[during(*days)])
        assert answer.outcome == "recorded", days
    for days in (("06", "30"), ("03", "03"), ("01", "06")):
        answer = await take(store, tenant, await opened(store, tenant), 0, claims=[during(*days)])
        assert answer.outcome == ("recorded" if days[0] == "06" else "claimed"), days


async def test_nobody_gets_one_of_no_slots(store: Store, tenant: str) -> None:
    none = claim().model_copy(update={"slots": 0})
    answer = await take(store, tenant, await opened(store, tenant), 0, claims=[none])
    assert answer.outcome == "claimed"


async def test_slots_are_counted_right_by_many_at_once(store: Store, tenant: str) -> None:
    place = claim("school", None, "place").model_copy(update={"slots": 5})
    streams = [await opened(store, tenant) for _ in range(12)]
    answers = await asyncio.gather(
        *(take(store, tenant, stream, 0, claims=[place]) for stream in streams)
    )
    assert [answer.outcome for answer in answers].count("recorded") == 5


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "recorded"),
        ({"states": ("closed", "open")}, "recorded"),
        ({"states": ("closed",)}, "claimed"),
        ({"process": "other"}, "claimed"),
        ({"stream": str(uuid4())}, "claimed"),
        ({"party": PARTY, "part": "helper"}, "recorded"),
        ({"party": PARTY, "part": "boss"}, "claimed"),
        ({"party": str(uuid4()), "part": "helper"}, "claimed"),
    ],
)
async def test_another_stream_has_to_be_so(
    store: Store, tenant: str, changes: dict[str, Any], outcome: str
) -> None:
    other, mine = await opened(store, tenant), await opened(store, tenant)
    index = CaseIndex(state="open", open=True, parties={"helper:1": PARTY})
    await take(store, tenant, other, 0, index=index)
    need = Need(process=PROCESS, stream=other, states=("open",), refusal="other.not_open")
    answer = await take(store, tenant, mine, 0, needs=[need.model_copy(update=changes)])
    assert answer.outcome == outcome
    assert answer.refusal == (None if outcome == "recorded" else "other.not_open")


async def test_no_stream_is_needed_before_it_begins(store: Store, tenant: str) -> None:
    other, mine = await opened(store, tenant), await opened(store, tenant)
    need = Need(process=PROCESS, stream=other, states=("open",), refusal="other.not_open")
    assert (await take(store, tenant, mine, 0, needs=[need])).outcome == "claimed"
