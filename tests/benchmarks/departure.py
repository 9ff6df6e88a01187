"""How long it takes until all partners of somebody who leaves the school have taken note of it."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from events.recording import errand_hash
from tests.benchmarks.figure import Figure, Goal, measures
from tests.benchmarks.stage import NotAccepted, Person, Stage, say, stage

PARTNERS = 500
CALLERS = 10
LOOK_SECONDS = 0.02
GIVE_UP_SECONDS = 180.0
GRACE_SECONDS = 10.0
GOAL = Goal("<=", 30, absolute=True)


@measures("departure")
async def departure() -> Sequence[Figure]:
    """Seconds from StaffLeft to DepartureHandled; no partner is in the memory of the worker."""
    async with stage() as made:
        staff = await _coordinated(made)
        took = await _left(made, staff)
    return [GOAL.figure("departure", took, "s")]


@measures("departure-kill")
async def killed() -> Sequence[Figure]:
    """As `departure`, where the worker is killed when half of the partners have answered.

    A new worker is started as soon as the old one is gone, as any supervisor does.
    """
    async with stage() as made:
        staff = await _coordinated(made)
        took = await _left(made, staff, kill_after=PARTNERS // 2)
    return [GOAL.figure("departure-kill", took, "s")]


@dataclass(frozen=True)
class _Staff:
    """Who leaves, who stands in, and who has to name successors."""

    leaver: Person
    deputy: Person
    leader: Person


async def _coordinated(made: Stage) -> _Staff:
    """A board on which one person coordinates all partners, each of them active."""
    staff = _Staff(
        leaver=await made.person("Nadia Ferwerda", ["teacher"]),
        deputy=await made.person("Pim Schaap", ["teacher"]),
        leader=await made.person("Henny Graaf", ["school_leader"]),
    )
    contact = await made.person("Vera Molenaar", ["contact"])
    left = iter(range(PARTNERS))

    async def caller(numbers: Iterator[int]) -> None:
        for number in numbers:
            await _partner(made, staff, contact, f"Partner {number}")

    await asyncio.gather(*(caller(left) for _ in range(CALLERS)))
    # A worker that was just started has no case in its memory, as after weeks of other work.
    await made.product.worker.stop(signal.SIGTERM, GRACE_SECONDS)
    await made.product.start_worker()
    return staff


async def _partner(made: Stage, staff: _Staff, contact: Person, name: str) -> None:
    leader = staff.leader
    data = {
        "name": name, "kind": "library", "levels": ["group"], "obligation": "additional",
        "origin": "network", "school_leader": leader.id,
    }  # fmt: skip
    body = {"command": "RegisterPartner", "data": data}
    made_stream = (await made.post(leader, "/api/v1/partners", body))["id"]
    path = f"/api/v1/partners/{made_stream}/commands"
    fit = {"motive": "nearness", "explanation": "om de hoek", "profile_match": "good"}
    await made.post(leader, f"{path}/AssessFit", fit)
    people = {
        "primary_contact": contact.id,
        "coordinator": staff.leaver.id,
        "deputy": staff.deputy.id,
    }
    await made.post(leader, f"{path}/ActivatePartner", people)


async def _left(made: Stage, staff: _Staff, kill_after: int | None = None) -> float:
    """Seconds; raises NotAccepted unless every partner was told once, and everybody of each."""
    began = time.perf_counter()
    body = {"command": "StaffLeft", "data": {"person": staff.leaver.id}}
    answer = await made.post(made.people["hr"], "/api/v1/departures", body, str(uuid4()))
    name = errand_hash(answer["id"], "vacate")
    async with asyncio.timeout(GIVE_UP_SECONDS):
        if kill_after is not None:
            while len(await made.store.streams_that_took(made.tenant, name)) < kill_after:
                await asyncio.sleep(LOOK_SECONDS)
            made.product.kill_worker()
            half = time.perf_counter() - began
            while made.product.worker.exit_code is None:
                await asyncio.sleep(LOOK_SECONDS / 10)
            await made.product.start_worker()
            say(f"killed after {half:.1f} s, served again {time.perf_counter() - began:.1f} s")
        while (handled := await made.store.load(made.tenant, answer["id"]))[-1].version < 2:
            await asyncio.sleep(LOOK_SECONDS)
    took = time.perf_counter() - began
    counted = handled[-1].data
    if (counted.partners, counted.refused) != (PARTNERS, 0):
        raise NotAccepted(f"{counted.partners} partners took note, {counted.refused} refused")
    told = Counter((row.person, row.kind) for row in await made.store.notices(made.tenant))
    for who, kind in ((staff.leader, "successor_needed"), (staff.deputy, "standing_in")):
        if told[who.id, kind] != PARTNERS:
            raise NotAccepted(f"{told[who.id, kind]} notices {kind} for {PARTNERS} partners")
    return took
