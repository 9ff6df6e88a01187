"""What the store must hold after a fault: every answered command once, nothing else, unbroken."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import groupby
from typing import Any

from deploy.harness.product import Product
from events.store.chain import verify
from events.store.positions import Position, PositionReader
from tests.faults.board import Board

SEQUENCED_SECONDS = 20.0


async def stored(board: Board) -> dict[str, list[dict[str, Any]]]:
    """The events of every trajectory that the board's people opened, in order."""
    streams = {answer.content["id"] for _, answer in board.answered.values()}
    return {stream: await board.store.load_json(board.tenant, stream) for stream in streams}


async def verify_board(product: Product, board: Board) -> None:
    """Fails unless the board's streams hold exactly what its people were told.

    Every call has to be settled before: one whose answer nobody waited for is not known here.
    """
    for stream, events in (await stored(board)).items():
        await _verify_stream(board, stream, events)
    await _verify_positions(product, board)


async def _verify_stream(board: Board, stream: str, events: list[dict[str, Any]]) -> None:
    rows = await board.store.chain(board.tenant, stream)
    assert verify(rows, await board.store.head(board.tenant, stream)) is None
    assert [event["version"] for event in events] == list(range(1, len(events) + 1))
    assert len({event["event_id"] for event in events}) == len(events)
    sets = [(command, list(group)) for command, group in groupby(events, lambda e: e["command_id"])]
    assert all(times == 1 for times in Counter(command for command, _ in sets).values())
    given = {command: group for command, group in sets if group[0]["actor"]["person"]}
    told = {
        key: answer.content["events"]
        for key, (_, answer) in board.answered.items()
        if answer.content["id"] == stream
    }
    assert given.keys() == told.keys()
    for key, answer in told.items():
        # What a reader is shown may leave things out; it never holds what is not stored.
        ids = [event["event_id"] for event in given[key]]
        assert [event["event_id"] for event in answer] == ids, key


async def positions(product: Product) -> list[Position]:
    """All that a reader finds now, in order."""
    reader = await PositionReader.connect(f"{product.dsn}?role=traject_projector")
    try:
        return await _all(reader)
    finally:
        await reader.close()


async def _verify_positions(product: Product, board: Board) -> None:
    """Every event gets its one place among all events, in the order of its stream."""
    wanted = {stream: len(events) for stream, events in (await stored(board)).items()}
    reader = await PositionReader.connect(f"{product.dsn}?role=traject_projector")
    try:
        async with asyncio.timeout(SEQUENCED_SECONDS):
            while _versions(board, found := await _all(reader)) != {
                stream: list(range(1, last + 1)) for stream, last in wanted.items()
            }:
                await reader.news(0.2)
    finally:
        await reader.close()
    assert [row.position for row in found] == list(range(1, len(found) + 1))


async def _all(reader: PositionReader) -> list[Position]:
    found: list[Position] = []
    while page := await reader.read_positions(len(found)):
        found += page
    return found


def _versions(board: Board, rows: list[Position]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        if row.tenant == board.tenant:
            found.setdefault(row.stream, []).append(row.version)
    return found
