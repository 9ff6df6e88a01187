"""Nothing anybody wrote is readable in Temporal, and nothing forged is believed there."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import WorkflowSerializationContext

from tests.skipping import SkippingTemporal
from tests.toy.stage import Stage
from workflows.codec import UNREADABLE, SealingCodec, TenantBook, UnsealableError
from workflows.decision import Refused
from workflows.gateway import Unavailable
from workflows.wire import COMMAND, Envelope, GiverRef, workflow_id

CANARY = "Kanarie-Quetzal"
KEY = bytes(range(32))
SOON = timedelta(seconds=2)


def codec(
    stream: str = "s1",
    *,
    process: str = "loans/",
    book: TenantBook | None = None,
    key: bytes = KEY,
) -> SealingCodec:
    async def keys(tenant: str, stream: str) -> bytes:
        return key

    if book is None:
        book = TenantBook()
        book.learn(stream, "board")
    context = WorkflowSerializationContext(namespace="default", workflow_id=process + stream)
    return SealingCodec(keys, book).with_context(context)


PAYLOAD = Payload(metadata={"encoding": b"json/plain"}, data=CANARY.encode())


async def test_what_was_sealed_opens_to_the_same() -> None:
    (sealed,) = await codec().encode([PAYLOAD])
    assert CANARY.encode() not in sealed.SerializeToString()
    assert await codec().decode([sealed]) == [PAYLOAD]


async def test_who_opens_a_payload_can_answer_it() -> None:
    (sealed,) = await codec().encode([PAYLOAD])
    unaware = codec(book=TenantBook())
    with pytest.raises(UnsealableError):
        await unaware.encode([PAYLOAD])
    await unaware.decode([sealed])
    assert await unaware.encode([PAYLOAD])


async def test_a_payload_of_another_case_key_or_board_does_not_open() -> None:
    (sealed,) = await codec().encode([PAYLOAD])
    assert await codec("s2").decode([sealed]) == [UNREADABLE]
    assert await codec(key=bytes(32)).decode([sealed]) == [UNREADABLE]
    sealed.metadata["tenant"] = b"another"
    assert await codec().decode([sealed]) == [UNREADABLE]


async def test_a_payload_in_the_clear_is_not_believed_and_none_is_sent() -> None:
    assert await codec().decode([PAYLOAD]) == [UNREADABLE]
    with pytest.raises(KeyError):
        await pydantic_data_converter.decode([UNREADABLE])
    with pytest.raises(UnsealableError):
        await codec(process="").encode([PAYLOAD])


async def test_histories_hold_no_word_anybody_wrote(played: Stage) -> None:
    stream = await played.open(CANARY)
    await played.give(stream, "AddNote", {"text": CANARY})
    rival, command_id, data = played.opening(CANARY)
    with pytest.raises(Refused):
        await played.give(rival, "OpenLoan", data, command_id=command_id)
    with pytest.raises(Unavailable):
        await played.give(stream, "BreakRules")
    await played.give(stream, "ReturnBook")
    for one in (stream, rival):
        history = (await played.handle(one).fetch_history()).events
        raw = b"".join(event.SerializeToString() for event in history)
        described = (await played.handle(one).describe()).raw_description.SerializeToString()
        for word in (CANARY, "book.lent", "broken rules", played.borrower):
            assert word.encode() not in raw + described


async def test_a_command_sent_in_the_clear_reaches_nobody(
    played: Stage, temporal_env: SkippingTemporal
) -> None:
    stream = await played.open()
    forger = await Client.connect(temporal_env.address, data_converter=pydantic_data_converter)
    forged = Envelope(
        command_id=str(uuid4()),
        content_hash="forged",
        command="ReturnBook",
        data={},
        giver=GiverRef(person=played.borrower, roles=("librarian",)),
    )
    handle = forger.get_workflow_handle(workflow_id("loans", stream))
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update(COMMAND, forged, id="forged", rpc_timeout=SOON)
    await played.give(stream, "AddNote", {"text": "still here"})
    assert await played.types(stream) == ["LoanOpened", "NoteAdded"]
