"""What was recorded under an older schema reads as the newest, everywhere and always the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.event import Actor, Event, event_from_json, fact_from_json
from events.recording import ActorRef, CaseIndex, Draft, Loaded, Recording
from events.settings import TenantSettings
from events.store.errors import StoreError, Unreadable
from events.store.keys import MasterKeys
from events.store.sealing import canonical, read_json
from events.store.store import Store
from events.upcasting import UnknownSchema, upcast
from tests.conftest import Database
from tests.toy.earlier import LoanExtended1, LoanExtended2
from tests.toy.rules import RULES as LOANS
from tests.toy.story import STORY, LoanExtended
from workflows.casefile import CaseFile
from workflows.registry import RULES
from workflows.wire import StreamRef

OLDER = {
    1: st.builds(LoanExtended1, days=st.integers(1, 60)),
    2: st.builds(LoanExtended2, span=st.integers(1, 99).map("P{}D".format)),
    3: st.builds(LoanExtended, days=st.integers(), asked=st.booleans()),
}
AT = datetime(2026, 1, 6, 8, 5, tzinfo=UTC)


def extended(version: int, data: dict[str, Any], place: int = 2) -> dict[str, Any]:
    """An extension of a loan as it was recorded under that version of its schema."""
    ids = str(uuid4())
    by, at = Actor(None, "process"), AT
    event = Event(
        ids, ids, place, "LoanExtended", version, "2026-01-06", at, by, ids, None, ids, 1, {}
    )
    return {**event.json(), "data": data}


@given(st.data(), st.sampled_from(list(OLDER)))
def test_every_schema_ever_written_reads_as_the_newest(data: st.DataObject, version: int) -> None:
    stored = canonical(data.draw(OLDER[version]).model_dump(mode="json"))
    fact = fact_from_json(LoanExtended, version, read_json(stored))
    assert fact == fact_from_json(LoanExtended, version, read_json(stored))
    assert type(fact) is LoanExtended
    raw = extended(version, read_json(stored))
    event = event_from_json(raw, STORY.facts)
    assert (event.data, event.schema_version) == (fact, 3)
    assert event_from_json(event.json(), STORY.facts) == event


@given(OLDER[1])
def test_steps_at_once_are_the_steps_one_by_one(first: LoanExtended1) -> None:
    data = first.model_dump()
    steps = LoanExtended.earlier
    second = upcast("LoanExtended", 1, 2, steps, data)
    assert upcast("LoanExtended", 2, 3, steps, second) == upcast("LoanExtended", 1, 3, steps, data)
    assert data == first.model_dump()


@pytest.mark.parametrize("version", [0, 4, -1])
def test_a_version_nobody_knows_is_named(version: int) -> None:
    with pytest.raises(UnknownSchema, match="LoanExtended of schema version") as refused:
        event_from_json(extended(version, {"days": 1}), STORY.facts)
    assert (refused.value.type, refused.value.version) == ("LoanExtended", version)


def test_a_step_that_is_missing_is_named() -> None:
    with pytest.raises(UnknownSchema, match="version 1"):
        upcast("LoanExtended", 1, 3, {2: lambda data: data}, {})


@pytest.mark.parametrize("process", RULES)
def test_no_fact_of_a_process_lacks_a_step(process: str) -> None:
    for type_, fact in RULES[process].story.facts.items():
        assert type_ == fact.__name__
        assert set(fact.earlier) == set(range(1, fact.schema_version)), type_


def test_a_run_takes_in_what_an_older_one_was_sent() -> None:
    ref = StreamRef(tenant=str(uuid4()), process="loans", stream=str(uuid4()))
    casefile = CaseFile(ref, LOANS, lambda said, _fault: pytest.fail(said))
    opened = {**extended(1, {"borrower": str(uuid4()), "book": "Max"}, 1), "type": "LoanOpened"}
    events = [opened, extended(1, {"days": 9}), extended(2, {"span": "P3D"}, 3)]
    events = [{**event, "stream_id": ref.stream} for event in events]
    casefile.turn(Loaded(events=events, more=False, settings=TenantSettings()))
    assert casefile.state.days == 14 + 9 + 3


async def test_the_store_reads_every_version(database: Database) -> None:
    store = await Store.connect(database.app_dsn, MasterKeys.generate(), {"loans": STORY.facts})
    tenant, stream = str(uuid4()), str(uuid4())
    written = [(1, {"days": 1}), (2, {"span": "P2D"}), (3, {"days": 3})]
    await store.open_dossier(tenant, "loans", stream)
    await store.record(_recording(tenant, stream, 0, written))
    events = await store.load(tenant, stream)
    assert [(event.data.days, event.schema_version) for event in events] == [(1, 3), (2, 3), (3, 3)]
    assert [raw["schema_version"] for raw in await store.load_json(tenant, stream)] == [1, 2, 3]

    await store.record(_recording(tenant, stream, 3, [(4, {"days": 4, "secret": "a secret"})]))
    with pytest.raises(Unreadable, match="LoanExtended of schema version 4") as unknown:
        await store.load(tenant, stream)
    assert (unknown.value.type, unknown.value.schema_version) == ("LoanExtended", 4)
    assert isinstance(unknown.value, StoreError)

    # Nor does a body that is wrong get into the words of the error.
    other = str(uuid4())
    await store.open_dossier(tenant, "loans", other)
    await store.record(_recording(tenant, other, 0, [(3, {"days": "a secret"})]))
    with pytest.raises(Unreadable, match="days is int_parsing") as wrong:
        await store.load(tenant, other)
    assert "secret" not in f"{unknown.value}{wrong.value}"
    await store.close()


def _recording(
    tenant: str, stream: str, version: int, written: list[tuple[int, dict[str, Any]]]
) -> Recording:
    drafts = [
        Draft(type="LoanExtended", schema_version=schema, occurred_on="2026-01-06", data=data)
        for schema, data in written
    ]
    return Recording(
        tenant=tenant,
        process="loans",
        stream=stream,
        expected_version=version,
        command_id=str(uuid4()),
        command="ExtendLoan",
        content_hash="0",
        actor=ActorRef(person=None, role="process"),
        recorded_at=AT,
        correlation_id=stream,
        settings_version=1,
        events=drafts,
        index=CaseIndex(state="lent", open=True, parties={}),
    )
