"""Auditors search who looked and who tried, look back as others saw it, and get proofs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest

from events.audit.logkeys import LogKeys
from events.audit.merkle import leaf_hash, verify_inclusion
from events.audit.note import verify
from events.audit.publishing import Publication
from events.audit.signing import checkpoint
from events.event import instant_text
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.numbering import keep_all
from tests.web.conftest import PEOPLE, Board, Installation, client_of
from web.api.app import create_app
from workflows.registry import RULES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "V2"


@pytest.fixture
async def office(store: Store) -> AsyncIterator[Board]:
    """A board whose people only look: nothing behind it takes commands."""
    app = create_app(store, cast(Any, None), RULES, Installation())
    async with client_of(app) as http:
        board = Board(store, app, http, str(uuid4()))
        for role in ("auditor", "hr", "coordinator", "teacher"):
            await board.add(role, PEOPLE[role], role)
        yield board


async def page(board: Board, path: str) -> dict[str, Any]:
    answer = await board.get(f"/audit/{path}", "auditor")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def items(board: Board, path: str) -> list[dict[str, Any]]:
    return (await page(board, path))["items"]


async def pages(board: Board, path: str) -> list[dict[str, Any]]:
    """All lines, three at a time."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        one = await page(board, f"{path}?limit=3{cursor}")
        assert len(one["items"]) <= 3
        found += one["items"]
        if one["next"] is None:
            return found
        cursor = f"&cursor={one['next']}"


def wrong(answer: httpx2.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("field")


async def test_readings_are_searched(office: Board, database: Database) -> None:
    streams, whats = [str(uuid4()) for _ in range(3)], ("summary", "timeline")
    people = [office.people[key].id for key in ("hr", "coordinator")]
    for n in range(12):
        await office.store.log_read(
            office.tenant,
            person=people[n % 2],
            at=NOON + timedelta(hours=n % 4, seconds=n // 4),
            stream=streams[n % 3],
            process="supervision" if n else "partners",
            what=whats[n // 6],
            as_of=NOON if n == 11 else None,
        )
    await office.store.log_read(
        str(uuid4()), person=people[0], at=NOON, stream=streams[0], process="partners", what="x"
    )
    every = await items(office, "reads")
    assert len(every) == 12
    assert [one["at"] for one in every] == sorted((one["at"] for one in every), reverse=True)
    assert await pages(office, "reads") == every
    assert {one["position"] for one in every} == {None}
    keeping = await asyncpg.connect(database.sequencer_dsn)
    try:
        await keep_all(keeping)
    finally:
        await keeping.close()
    assert {one["position"] for one in await items(office, "reads")} == set(range(1, 13))

    def those(name: str, value: str) -> list[str]:
        return [one["at"] for one in every if one[name] == value]

    for name, value in (
        ("person", people[1]),
        ("stream", streams[2]),
        ("process", "partners"),
        ("what", "timeline"),
    ):
        found = await items(office, f"reads?{name}={value}")
        assert [one["at"] for one in found] == those(name, value) != []
    both = await items(office, f"reads?person={people[1]}&what=timeline&stream={streams[2]}")
    assert {(one["person"], one["what"], one["stream"]) for one in both} == {
        (people[1], "timeline", streams[2])
    }
    spell = "from=2026-03-02T14:00&to=2026-03-02T14:00:01"  # by the clocks of the board
    assert [one["at"] for one in await items(office, f"reads?{spell}")] == [
        instant_text(NOON + timedelta(hours=1, seconds=1)),
        instant_text(NOON + timedelta(hours=1)),
    ]
    (late,) = [one for one in every if one["as_of"]]
    assert late["as_of"] == instant_text(NOON)


async def test_refusals_are_searched_but_for_those_in_the_own_case(
    office: Board, database: Database
) -> None:
    mine, other = str(uuid4()), str(uuid4())
    for n, stream in enumerate((mine, other, None)):
        await office.store.log_refused(
            office.tenant,
            person=office.people["hr"].id,
            at=NOON + timedelta(seconds=n),
            stream=stream,
            process="supervision",
            command="PlanVisit",
            code=("visit.outside_period", "auth.role")[n % 2],
        )
    every = await items(office, "refusals")
    assert [one["stream"] for one in every] == [None, other, mine]
    assert await pages(office, "refusals") == every
    assert {(one["command"], one["person"]) for one in every} == {
        ("PlanVisit", office.people["hr"].id)
    }
    (found,) = await items(office, "refusals?code=auth.role")
    assert found["stream"] == other
    assert (await items(office, f"refusals?stream={mine}"))[0]["code"] == "visit.outside_period"

    raw = await asyncpg.connect(database.owner_dsn)
    try:
        await raw.execute(
            "insert into traject.party values ($1, $2, 'teacher', $3)",
            *(office.tenant, mine, office.people["auditor"].id),
        )
    finally:
        await raw.close()
    assert [one["stream"] for one in await items(office, "refusals")] == [None, other]


async def test_only_auditors_ask_and_bad_questions_name_the_field(office: Board) -> None:
    paths = ("reads", "refusals", "checkpoint", f"events/{uuid4()}/proof")
    for path in paths:
        for by, status in (("hr", 403), ("teacher", 403), (None, 401)):
            assert (await office.get(f"/audit/{path}", by)).status_code == status, path
    for query, field in (
        ("person=me", "person"),
        ("stream=", "stream"),
        ("process=unknown", "process"),
        ("what=a%20b", "what"),
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("code=auth.role", "code"),
        ("sort=at", "sort"),
    ):
        assert wrong(await office.get(f"/audit/reads?{query}", "auditor")) == (422, field), query
    assert wrong(await office.get("/audit/refusals?what=x", "auditor")) == (422, "what")
    assert (await office.get("/audit/nothing", "auditor")).status_code == 404
    assert (await office.get("/audit/events/none/proof", "auditor")).status_code == 404
    answer = await office.get("/audit/checkpoint", "auditor")
    assert (answer.status_code, answer.json()["code"]) == (409, "proof.not_yet")


async def test_a_cursor_is_of_one_log(office: Board) -> None:
    for n in range(2):
        await office.store.log_read(
            office.tenant,
            person=office.people["hr"].id,
            at=NOON + timedelta(seconds=n),
            stream=str(uuid4()),
            process="partners",
            what="summary",
        )
    cursor = (await page(office, "reads?limit=1"))["next"]
    answer = await office.get(f"/audit/refusals?cursor={cursor}", "auditor")
    assert wrong(answer) == (422, "cursor")


async def test_a_case_is_looked_back_at_as_others_saw_it(board: Board) -> None:
    """Parties and rights are those of the moment; so are secrets."""
    stream = await board.in_guidance()
    at = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%dT08:30")
    await board.done(stream, "PlanVisit", {"visit": "V1", "at": at, "announced": True})
    then = datetime.now(UTC)
    await board.done(stream, "PlanVisit", {"visit": SECRET, "at": at, "announced": False})
    path = f"/supervision/{stream}"

    async def seen(by: str, query: str = "", view: str = "") -> Any:
        answer = await board.get(f"{path}{view}{query}", by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # What each of them sees now, the auditor sees in their place.
    for role in ("teacher", "manager", "advisor", "client", "hr", "coordinator"):
        for view in ("", "/timeline"):
            assert await seen("auditor", f"?known_to={role}", view) == await seen(role, "", view)
    assert SECRET not in str(await seen("auditor", "?known_to=teacher", "/timeline"))
    assert SECRET in str(await seen("auditor", "?known_to=advisor", "/timeline"))

    # The advisor of then has no part in it any more, and its view is still to be had.
    when = instant_text(then).replace("+", "%2B")
    before = await seen("advisor", f"?as_of={when}", "/timeline")
    new = await board.add("new", "Jaap Duinker", "advisor")
    replaced = {"advisor": new.id, "category": "on_request"}
    answer = await board.give(stream, "ReplaceAdvisor", replaced, "coordinator")
    assert answer.status_code == 200, answer.text
    assert (await board.get(path, "advisor")).status_code == 404
    past = await seen("auditor", f"?known_to=advisor&as_of={when}", "/timeline")
    assert past == before
    assert SECRET not in str(past)

    first = (await seen("auditor", "", "/timeline"))["items"][0]["recorded_at"]
    start = first.replace("+", "%2B")
    for query in (
        "known_to=advisor&as_of=" + start,  # nobody yet
        "known_to=board",
        "known_to=student",
        "known_to=",
        "known_to=chef",
    ):
        assert wrong(await board.get(f"{path}?{query}", "auditor")) == (422, "known_to"), query
    for by in ("hr", "client", "teacher"):
        assert (await board.get(f"{path}?known_to=teacher", by)).status_code == 403
    assert (await board.get(f"/supervision/{uuid4()}?known_to=hr", "auditor")).status_code == 404

    # What changed in between, for each as they may see it.
    changed = await seen("auditor", f"?from={when}", "/difference")
    assert {"path": "advisor", "before": board.people["advisor"].id, "after": new.id} in changed[
        "changes"
    ]
    types = [item["type"] for item in changed["items"]]
    assert types == ["UnannouncedVisitPlanned", "AdvisorReplaced"]
    assert SECRET in str(changed)
    teachers = await seen("teacher", f"?from={when}", "/difference")
    assert [item["type"] for item in teachers["items"]] == ["AdvisorReplaced"]
    assert SECRET not in str(teachers)
    whole = await seen("auditor", f"?from=2020-01-01&to={start}", "/difference")
    assert {"path": "state", "before": None, "after": "requested"} in whole["changes"]
    assert [item["type"] for item in whole["items"]] == ["TrajectoryRequested"]
    none = await seen("auditor", f"?from={when}&to={when}", "/difference")
    assert (none["changes"], none["items"]) == ([], [])
    for query, field in (("", "from"), ("?from=x", "from"), (f"?from={when}&to={start}", "from")):
        assert wrong(await board.get(f"{path}/difference{query}", "auditor")) == (422, field)
    for other in (f"{path}/difference?from=2020-01-01&to=2020-01-02", f"/supervision/{uuid4()}"):
        assert (await board.get(other, "auditor")).status_code == 404

    # Looking is noted, also looking into the log of one case.
    logged = await items(board, f"reads?stream={stream}")
    assert {one["what"] for one in logged} == {"summary", "timeline", "difference"}
    assert (await items(board, f"reads?stream={stream}"))[0]["what"] == "reads"
    assert await items(board, f"refusals?stream={stream}") == []
    assert (await items(board, f"reads?stream={stream}"))[0]["what"] == "refusals"
    assert (await board.get(f"/audit/reads?stream={uuid4()}", "auditor")).status_code == 404

    # Who is the case's teacher looks back as that, whatever other roles there are.
    teacher = board.people["teacher"]
    await board.store.set_roles(board.tenant, teacher.id, ["teacher", "auditor"])
    assert (await board.get(f"{path}?known_to=advisor", "teacher")).status_code == 403
    secret = next(item for item in changed["items"] if item["type"].startswith("Unannounced"))
    proof = f"/audit/events/{secret['event_id']}/proof"
    assert (await board.get(proof, "auditor")).status_code == 409
    assert (await board.get(proof, "teacher")).status_code == 404


async def test_an_event_is_proved_to_stand_in_the_checkpoint(
    board: Board, database: Database, tmp_path: Path
) -> None:
    stream = (await board.open()).json()["id"]
    await board.done(stream, "AcceptRequest", {"hourly_rate": "118.00"}, "coordinator")
    events = await board.store.load(board.tenant, stream)
    path = f"/audit/events/{events[1].event_id}/proof"
    assert (await board.get(path, "auditor")).json()["code"] == "proof.not_yet"

    keys, keeping = LogKeys.generate(), await asyncpg.connect(database.sequencer_dsn)
    try:
        await keep_all(keeping)
        publication = Publication.at(str(tmp_path / "published"))
        await checkpoint(keeping, keys, publication, datetime.now(UTC), at_once=True)
    finally:
        await keeping.close()

    told = await page(board, "checkpoint")
    text = await board.get("/audit/checkpoint", "auditor", Accept="text/plain")
    assert text.headers["content-type"].startswith("text/plain")
    assert text.text == told["note"]
    signed = verify(told["note"], [keys.keys[0].vkey]).checkpoint
    assert told["logs"]["events"] == {"size": 2, "root": signed.root.hex()}
    assert set(told["logs"]) == {"events", "reads", "refused"}

    proof = (await board.get(path, "auditor")).json()
    assert (proof["id"], proof["version"], proof["checkpoint"]["note"]) == (stream, 2, text.text)
    assert by_hand(proof, told["logs"]["events"]["root"])
    for part in ("entry", "chain"):
        for name, value in proof[part].items():
            if name not in ("bytes", "tag", "header_sha256", "about_sha256"):
                spoiled = {**proof, part: {**proof[part], name: other(value)}}
                assert not by_hand(spoiled, signed.root.hex()), (part, name)
    assert (await items(board, f"reads?stream={stream}"))[0]["what"] == "proof"

    elsewhere = Board(board.store, board.app, board.http, str(uuid4()))
    await elsewhere.add("auditor", "Wiebe Stam", "auditor")
    for foreign in (path, f"/audit/events/{uuid4()}/proof"):
        assert (await elsewhere.get(foreign, "auditor")).status_code == 404
    teacher = board.people["teacher"]
    await board.store.set_roles(board.tenant, teacher.id, ["teacher", "auditor"])
    assert (await board.get(path, "teacher")).status_code == 404


def other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    if len(value) == 36:
        return str(uuid4())
    return value[:-1] + ("0" if value[-1] != "0" else "1")


def by_hand(proof: dict[str, Any], root: str) -> bool:
    """As docs/audit.md tells it, from the parts alone."""
    entry, chain = proof["entry"], proof["chain"]

    def ids(*values: str) -> bytes:
        return b"".join(UUID(value).bytes for value in values)

    def number(value: int, size: int = 8) -> bytes:
        return value.to_bytes(size, "big")

    event_hash = sha256(
        chain["tag"].encode()
        + ids(entry["tenant"], entry["stream"])
        + number(entry["version"])
        + number(chain["recorded_us"])
        + bytes.fromhex(chain["previous"])
        + sha256(chain["header"].encode()).digest()
        + bytes.fromhex(chain["body_sha256"])
    )
    leaf = (
        entry["tag"].encode()
        + ids(entry["tenant"], entry["stream"])
        + number(entry["version"])
        + ids(entry["event_id"], entry["command_id"])
        + number(entry["place"], 2)
        + number(entry["stored_us"])
        + bytes.fromhex(entry["event_hash"])
        + sha256(entry["about"].encode()).digest()
        + bytes.fromhex(entry["given_sha256"])
    )
    way = [bytes.fromhex(one) for one in proof["path"]]
    hash_, size = leaf_hash(leaf), proof["tree_size"]
    return event_hash.hexdigest() == entry["event_hash"] and included(
        hash_, proof["index"], size, way, root
    )


def included(leaf: bytes, index: int, size: int, way: Sequence[bytes], root: str) -> bool:
    return verify_inclusion(leaf, index, size, way, bytes.fromhex(root))
