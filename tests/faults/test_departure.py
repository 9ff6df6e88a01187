"""Whatever dies while somebody's partners are told of a departure: each is told, and once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from activities.faults import COMMAND, FAULT, MARKER
from deploy.harness.product import Product
from events.recording import RUN_ERRAND, errand_hash
from tests.faults.board import Board, Call
from tests.faults.evidence import verify_board

pytestmark = pytest.mark.crash

MANY = 40
FEW = 4
STRIKE_SECONDS = 20.0
HANDLED_SECONDS = 60.0
LOOK_SECONDS = 0.01


@dataclass
class School:
    """A board whose coordinator of all partners leaves."""

    board: Board
    partners: Sequence[str]

    def leaving(self) -> Call:
        return Call("hr", "StaffLeft", {"person": self.board.id_of("leaver")}, process="departures")

    async def took(self, departure: str) -> int:
        """How many partners have taken note of it."""
        name = errand_hash(departure, "vacate")
        return len(await self.board.store.streams_that_took(self.board.tenant, name))

    async def handled(self, departure: str) -> None:
        """Waits until it is; every partner was told once, and so was everybody."""
        board, all_of_them = self.board, len(self.partners)
        async with asyncio.timeout(HANDLED_SECONDS):
            while (events := await board.store.load(board.tenant, departure))[-1].version < 2:
                await asyncio.sleep(LOOK_SECONDS)
        assert [event.type for event in events] == ["StaffLeft", "DepartureHandled"]
        assert (events[1].data.partners, events[1].data.refused) == (all_of_them, 0)
        for partner in self.partners:
            told = [event.type for event in await board.store.load(board.tenant, partner)][3:]
            assert told == ["CoordinatorVacant", "DeputyStoodIn"]
        rows = await board.store.notices(board.tenant)
        told = Counter(row.kind for row in rows)
        assert told["successor_needed"] == told["standing_in"] == all_of_them
        assert told["staff_left"] == told["departure_handled"] == 1


async def school(board: Board, partners: int) -> School:
    for key, role in (("leaver", "teacher"), ("stands_in", "teacher"), ("leads", "school_leader")):
        await board.add(key, f"Persoon {key}", role)
    await board.add("partner's", "Vera Molenaar", "contact")
    streams = await asyncio.gather(*(_active(board, f"Partner {n}") for n in range(partners)))
    return School(board, streams)


async def _active(board: Board, name: str) -> str:
    """A partner with a coordinator, who will leave, and a deputy."""
    data = {
        "name": name, "kind": "library", "levels": ["group"], "obligation": "additional",
        "origin": "network", "school_leader": board.id_of("leads"),
    }  # fmt: skip
    made = await board.done("leads", "RegisterPartner", data, process="partners")
    fit = {"motive": "nearness", "explanation": "om de hoek", "profile_match": "good"}
    await board.done("leads", "AssessFit", fit, made["id"], process="partners")
    people = {
        "primary_contact": board.id_of("partner's"),
        "coordinator": board.id_of("leaver"),
        "deputy": board.id_of("stands_in"),
    }
    await board.done("leads", "ActivatePartner", people, made["id"], process="partners")
    return made["id"]


async def test_a_worker_killed_in_the_middle_of_a_departure(product: Product, board: Board) -> None:
    left = await school(board, MANY)
    call = left.leaving()
    departure = (await board.insist(call)).content["id"]
    async with asyncio.timeout(STRIKE_SECONDS):
        while (took := await left.took(departure)) < MANY // 2:
            await asyncio.sleep(LOOK_SECONDS)
    product.kill_worker()
    assert took < MANY
    assert await product.worker.ended(STRIKE_SECONDS)
    await product.start_worker()
    # Asked again while it goes on, and once more when it is over: the answer is the first one.
    assert (await board.insist(call)).accepted
    await left.handled(departure)
    assert (await board.insist(call)).accepted
    await left.handled(departure)
    await verify_board(product, board)


async def test_a_worker_killed_when_the_departure_was_just_recorded_as_handled(
    product: Product, board: Board, tmp_path: Path
) -> None:
    left = await school(board, FEW)
    product.kill_worker()
    fault = {FAULT: "after_commit", COMMAND: RUN_ERRAND, MARKER: str(tmp_path / "struck")}
    await product.start_worker(**fault)
    departure = (await board.insist(left.leaving())).content["id"]
    assert await product.worker.ended(STRIKE_SECONDS)
    await product.start_worker()
    await left.handled(departure)
    await verify_board(product, board)


async def test_servers_that_go_away_in_the_middle_of_a_departure(
    product: Product, board: Board
) -> None:
    left = await school(board, FEW)
    departure = (await board.insist(left.leaving())).content["id"]
    await product.temporal.kill()
    await product.postgres.kill()
    await product.postgres.start()
    await product.temporal.start()
    await left.handled(departure)
    await verify_board(product, board)
