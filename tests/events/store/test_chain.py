"""Any change to what was stored shows, at the first version that is not as it was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import asyncpg
import pytest

from events.store.chain import GENESIS, Break, ChainRow, Head, event_hash, verify
from events.store.store import Store
from tests.events.store.samples import begun, draft, recording


@pytest.fixture
async def whole(store: Store, tenant: str) -> tuple[list[ChainRow], Head]:
    """Five events of three commands, and their head."""
    stream = await begun(store, tenant)
    await store.record(recording(tenant, stream, 1, events=[draft(), draft(), draft()]))
    await store.record(recording(tenant, stream, 4))
    return await store.chain(tenant, stream), await store.head(tenant, stream)


def flipped(text: bytes) -> bytes:
    return bytes([text[0] ^ 1]) + text[1:]


async def test_whole_chain(whole: tuple[list[ChainRow], Head]) -> None:
    rows, head = whole
    assert len(rows) == 5
    assert verify(rows, head) is None
    assert verify([], Head(0, GENESIS)) is None


async def test_hash_is_the_documented_one(whole: tuple[list[ChainRow], Head]) -> None:
    first = whole[0][0]
    parts = (
        b"traject event 1",
        bytes.fromhex(first.tenant.replace("-", "")),
        bytes.fromhex(first.stream.replace("-", "")),
        (1).to_bytes(8, "big"),
        first.recorded_us.to_bytes(8, "big"),
        bytes(32),
        hashlib.sha256(first.header).digest(),
        hashlib.sha256(first.body).digest(),
    )
    assert first.event_hash == hashlib.sha256(b"".join(parts)).digest()


@pytest.mark.parametrize("at", [1, 3, 5])
@pytest.mark.parametrize("field", ["header", "body", "event_hash", "recorded_us", "version"])
async def test_one_changed_column(whole: tuple[list[ChainRow], Head], field: str, at: int) -> None:
    rows, head = whole
    row = rows[at - 1]
    value = getattr(row, field)
    changed = value + 1 if isinstance(value, int) else flipped(value)
    rows[at - 1] = replace(row, **{field: changed})
    found = verify(rows, head)
    assert found is not None
    assert found.version == at


@pytest.mark.parametrize("field", ["tenant", "stream", "event_id", "command_id"])
async def test_moved_event(whole: tuple[list[ChainRow], Head], field: str) -> None:
    rows, head = whole
    rows[2] = replace(rows[2], **{field: "00000000-0000-0000-0000-000000000000"})
    found = verify(rows, head)
    assert found is not None
    assert found.version == 3


async def test_removed_swapped_and_cut_off(whole: tuple[list[ChainRow], Head]) -> None:
    rows, head = whole
    assert verify(rows[:2] + rows[3:], head) == Break(3, "missing or out of order")
    assert verify([rows[0], rows[2], rows[1], *rows[3:]], head) == Break(
        2, "missing or out of order"
    )
    assert verify(rows[1:], head) == Break(1, "missing or out of order")
    assert verify(rows[:4], head) == Break(5, "the head is of another end")
    assert verify(rows[:4]) is None


async def test_rewritten_header_with_a_fitting_hash(whole: tuple[list[ChainRow], Head]) -> None:
    rows, _ = whole
    header = json.loads(rows[4].header) | {"version": 6}
    forged = replace(rows[4], header=json.dumps(header).encode())
    fitting = event_hash(
        forged.tenant,
        forged.stream,
        5,
        forged.recorded_us,
        rows[3].event_hash,
        forged.header,
        forged.body,
    )
    rows[4] = replace(forged, event_hash=fitting)
    assert verify(rows) == Break(5, "columns differ from the header")


async def test_changed_in_the_database(store: Store, tenant: str, raw: asyncpg.Connection) -> None:
    stream = await begun(store, tenant)
    await store.record(recording(tenant, stream, 1))
    await raw.execute("alter table traject.event disable trigger never_changed")
    await raw.execute("update traject.event set recorded_us = recorded_us + 1 where version = 2")
    found = verify(await store.chain(tenant, stream), await store.head(tenant, stream))
    assert found == Break(2, "changed")
