"""Whatever is sent to the API, it is answered: never with a fault of ours, always with a reason."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from deploy.harness.product import Product
from tests.faults.board import LONGEST_SECONDS, PEOPLE, Board, Call
from web.api.examples import SUPERVISION

pytestmark = pytest.mark.crash

EXAMPLES = 600
PERSON_OF = {
    "teacher": "teacher",
    "client": "client",
    "manager": "manager",
    "advisor": "advisor",
    "approved_by": "auditor",
    "mandate": "hr",
    "second_observer": "advisor",
}
GIVERS = {
    "hr": ("RequestTrajectory", "Suspend", "Resume", "CorrectRecord"),
    "coordinator": ("AcceptRequest", "DeclineRequest", "AssignAdvisor", "ReplaceAdvisor"),
    "client": ("CloseTrajectory", "EscalateTrajectory", "AbortTrajectory", "ConfirmReceipt"),
    "subject": (
        *("RecordTeacherConsent", "RefuseConsent", "WithdrawConsent", "SubmitSelfAssessment"),
        *("ReportTimetableChange", "AddTeacherResponse"),
    ),
}
GIVER_OF = {command: giver for giver, commands in GIVERS.items() for command in commands}
"""Who may give a command; the advisor all others. The subject is the guided teacher."""
ENDINGS = ("Suspend", "AbortTrajectory", "WithdrawConsent")
"""After these hardly anything reaches the rules any more."""
NASTY_TEXTS = [
    *("", " ", "\x00", "a\x00b", "\ud800", "\u202e", "\ufeff", "🦜" * 50, "x" * 20_001),
    *(
        "2026-02-30",
        "0000-01-01",
        "9999-12-31",
        "9999-12-31T23:59",
        "2026-01-01T24:00",
        "٢٠٢٦-٠١-٠١",
    ),
    *("NaN", "Infinity", "-0.25", "1e9999", "0.1", "99999999.99", "١٢.٥٠", "1.50 "),
    *("visit:", "visit:\x00", "talk:V1", "null", "'; drop table traject.event; --", "{{7*7}}"),
    *("../../etc/passwd", "%s%n", "<script>alert(1)</script>", str(uuid4()).upper()),
]
NASTY_NUMBERS = [0, -1, 2**31, 2**63, -(2**64), 10**400, 0.1, -0.0, 1e308]
NASTY_BODIES = [
    *(b"", b" ", b"{", b"[]", b"null", b"true", b"0", b'"text"', b"\xff\xfe", b"\xef\xbb\xbf{}"),
    *(b'{"text": NaN}', b'{"text": 1e999}', b'{"text": "\\ud800"}', b'{"a": 1, "a": 2}'),
    *(b'{"text": "\xc3\x28"}', b'{"text": ' + b"9" * 5_000 + b"}", b"{}" + b" " * 1_100_000),
    *(b"[" * 100_000, b'{"text":' * 5_000 + b"1" + b"}" * 5_000, b"{}{}", b"{'text': 1}"),
]
NASTY_HEADERS = {
    "Idempotency-Key": ["", "1", "not a uuid", f"{{{uuid4()}}}", "x" * 5_000, f'"{uuid4()}"'],
    "Traject-Clock": ["", "now", "2026-01-01", "2026-01-01T10:00", "9999-12-31T23:59:59+00:00"],
    "Accept-Language": ["", "xx", "nl;q=x", "*", "en" * 2_000, "nl,,,;q=;"],
    "Content-Type": ["", "text/plain", "application/json; charset=utf-16", "multipart/form-data"],
    "Authorization": ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "x" * 9_000],
}
SEGMENTS = ["supervision", "assessments", "nowhere", "", "..", "%00", "%ff", "a/b", "é" * 300]
QUERIES = ["as_of", "cursor", "limit", "sort", "state", "open", "order"]

RUDE = settings(
    deadline=None,
    database=None,
    # A call that is made smaller until it no longer fails takes minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
nasty = (
    st.sampled_from(NASTY_TEXTS)
    | st.sampled_from(NASTY_NUMBERS)
    | st.text(max_size=20)
    | st.none()
    | st.booleans()
)
anything = st.recursive(
    nasty,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@dataclass(frozen=True)
class Target:
    """A product to be rude to: a connection, its people's tokens, and trajectories by kind."""

    http: httpx2.Client
    tokens: dict[str, dict[str, str]]
    persons: dict[str, str]
    streams: dict[str, str]

    def example(self, command: str) -> Any:
        """The data of the API's own description, for the people of this board."""
        return self._fitted(copy.deepcopy(SUPERVISION[command]))

    def _fitted(self, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {
            key: self.persons[PERSON_OF[key]] if key in PERSON_OF else self._fitted(value)
            for key, value in data.items()
        }


@pytest.fixture
async def streams(board: Board) -> dict[str, str]:
    """Trajectories in different states, and ids behind which there is nothing."""
    guided, declined = await board.open(), await board.open()
    await board.guide(guided)
    await board.done("coordinator", "DeclineRequest", {"reason": "al geregeld"}, declined)
    elsewhere = Board(board.store, board.http)
    await elsewhere.settle()
    return {
        "requested": await board.open(),
        "guided": guided,
        "declined": declined,
        "of another board": await elsewhere.open(),
        "unknown": str(uuid4()),
        "no id": "1",
    }


@pytest.fixture
def target(product: Product, board: Board, streams: dict[str, str]) -> Iterator[Target]:
    tokens = {role: board.headers(role) for role in PEOPLE} | {"nobody": {}}
    tokens["subject"] = board.headers(board.teacher_of(streams["guided"]))
    persons = {role: board.id_of(role) for role in PEOPLE}
    with httpx2.Client(
        base_url=product.url, timeout=LONGEST_SECONDS, follow_redirects=True
    ) as http:
        yield Target(http, tokens, persons, streams)


def test_each_hostile_body_and_header_is_answered(target: Target) -> None:
    path = f"/api/v1/supervision/{target.streams['guided']}/commands/IssueInterimReport"
    body = b'{"text": "tussentijds verslag"}'

    def post(content: bytes, **changed: str) -> None:
        headers = {**target.tokens["advisor"], "Content-Type": "application/json"}
        changed = {"Idempotency-Key": str(uuid4())} | changed
        print(changed, content[:80])
        _judge(target.http.post(path, content=content, headers=headers | changed), (200,))

    for content in NASTY_BODIES:
        post(content)
    for name, values in NASTY_HEADERS.items():
        for value in values:
            post(body, **{name: value})


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"])
def test_a_trajectory_begun_at_the_end_of_time_is_answered(target: Target, at: str) -> None:
    """Only test and demo installations have such clocks at all."""
    body = {"command": "RequestTrajectory", "data": target.example("RequestTrajectory")}
    headers = {**target.tokens["hr"], "Idempotency-Key": str(uuid4()), "Traject-Clock": at}
    _judge(target.http.post("/api/v1/supervision", json=body, headers=headers), (201,))


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
async def test_days_at_the_ends_of_the_calendar_poison_nothing(board: Board, year: str) -> None:
    """Whether they are accepted or refused: the trajectory is read and goes on."""
    stream = await board.open()
    await board.done("coordinator", "AcceptRequest", {"hourly_rate": "118.00"}, stream)
    advisor, client = board.id_of("advisor"), board.id_of("client")
    await board.done("coordinator", "AssignAdvisor", {"advisor": advisor}, stream)
    at, visit = f"{year}T00:00", {"visit": "V1"}
    period = {"from": year, "to": year, "client": client}
    extended = {"to": year, "client": client, "reason": "langer"}
    seen = [{"goal": "G1", "seen": "seen", "example": "bel"}]
    early = [("advisor", "PlanIntake", {"at": at}), ("advisor", "AgreePeriod", period)]
    late = [
        ("advisor", "ExtendPeriod", extended),
        ("hr", "Suspend", {"category": "leave"}),
        ("hr", "Resume", {}),
        ("advisor", "PlanVisit", visit | {"at": at, "announced": True}),
        ("advisor", "RescheduleVisit", visit | {"at": at}),
        ("advisor", "RecordVisit", visit | {"date": year, "findings": seen}),
        ("advisor", "PlanFollowUpTalk", visit | {"at": at}),
        ("teacher", "ReportTimetableChange", {"date": year, "change": "geruild"}),
    ]
    guided = await board.open()
    await board.guide(guided)
    for where, steps in ((stream, early), (guided, late)):
        teacher = board.teacher_of(where)
        for by, command, data in steps:
            giver = teacher if by == "teacher" else by
            answer = await board.send(Call(giver, command, data, where))
            assert answer.accepted or answer.status in (409, 422), (command, answer.content)
        case = f"/supervision/{where}"
        views = [case, f"{case}/timeline", f"{case}/export", f"{case}/commands"]
        for view in [*views, "/me/tasks", "/me/agenda", "/supervision"]:
            for by in ("hr", "advisor", "client", "manager", teacher):
                shown = await board.get(view, by)
                assert shown.status_code == 200, (view, by, shown.text)
        assert (await board.send(board.correction(where))).accepted


@settings(RUDE, max_examples=EXAMPLES)
@given(draw=st.data())
def test_a_command_is_done_or_refused_with_a_reason(target: Target, draw: st.DataObject) -> None:
    command = draw.draw(st.sampled_from(sorted(SUPERVISION)))
    data = _spoilt(draw, target.example(command))
    # Mostly what the rules get to see; strangers are turned away long before.
    right = draw.draw(st.integers(0, 4)) > 0
    by = GIVER_OF.get(command, "advisor")
    where = target.streams["requested" if command in ENDINGS else "guided"]
    if not right:
        by = draw.draw(st.sampled_from([*PEOPLE, "nobody"]))
        where = target.streams[draw.draw(st.sampled_from(sorted(target.streams)))]
    headers = {**target.tokens[by], "Idempotency-Key": str(uuid4())}
    headers["Content-Type"] = "application/json"
    body = json.dumps(data).encode()
    path = f"/api/v1/supervision/{where}/commands/{command}"
    if draw.draw(st.integers(0, 9)) == 0:
        path = "/api/v1/supervision"
        body = json.dumps(_spoilt(draw, {"command": command, "data": data})).encode()
    note(f"POST {path} {headers} {body[:500]!r}")
    _judge(target.http.post(path, content=body, headers=headers), accepted=(200, 201))


@settings(RUDE, max_examples=EXAMPLES // 3)
@given(draw=st.data())
def test_an_address_is_answered_or_refused_with_a_reason(
    target: Target, draw: st.DataObject
) -> None:
    by = draw.draw(st.sampled_from([*PEOPLE, "nobody"]))
    stream = target.streams[draw.draw(st.sampled_from(sorted(target.streams)))]
    segment = st.sampled_from(SEGMENTS) | st.text(max_size=10).filter(_encodable)
    view = draw.draw(
        st.sampled_from(["", "/timeline", "/export", "/commands", "/commands/Suspend"])
    )
    path = draw.draw(
        st.sampled_from([f"/supervision/{stream}{view}", "/supervision", "/me/tasks", "/me/agenda"])
        | segment.map(lambda odd: f"/{quote(odd, safe='%/.')}/{stream}{view}")
        | segment.map(lambda odd: f"/supervision/{quote(odd, safe='%/.')}{view}")
        | segment.map(lambda odd: f"/supervision/{stream}/commands/{quote(odd, safe='%/.')}")
    )
    asked = draw.draw(
        st.dictionaries(
            st.sampled_from(QUERIES),
            st.sampled_from(NASTY_TEXTS).filter(_encodable)
            | st.sampled_from(["1", "-1", "2026-01-01"]),
            max_size=2,
        )
    )
    method = draw.draw(st.sampled_from(["GET", "GET", "GET", "POST", "PUT", "DELETE", "HEAD"]))
    answer = target.http.request(
        method,
        f"/api/v1{path}",
        params={k: v[:2_000] for k, v in asked.items()},
        headers=target.tokens[by],
    )
    if method != "HEAD":
        _judge(answer, accepted=(200,))
    assert answer.status_code < 500


def _encodable(text: str) -> bool:
    return text.isprintable() and not any("\ud800" <= c <= "\udfff" for c in text)


def _spoilt(draw: st.DataObject, data: Any) -> Any:
    """The data with up to three things in it replaced, left out or added."""
    for _ in range(draw.draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        places = list(_places(data))
        if not places:
            return draw.draw(anything)
        holder, key = draw.draw(st.sampled_from(places))
        match draw.draw(st.sampled_from(["replace", "replace", "leave out", "add"])):
            case "replace":
                holder[key] = draw.draw(anything)
            case "leave out":
                del holder[key]
            case _ if isinstance(holder, dict):
                holder[draw.draw(st.text(max_size=8))] = draw.draw(anything)
            case _:
                holder.append(draw.draw(anything))
    return data


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every value within the data, as what holds it and where."""
    if isinstance(data, dict):
        steps: list[Any] = list(data)
    elif isinstance(data, list):
        steps = list(range(len(data)))
    else:
        return
    for step in steps:
        yield data, step
        yield from _places(data[step])


def _judge(answer: httpx2.Response, accepted: tuple[int, ...]) -> None:
    if answer.status_code in accepted:
        answer.json()
        return
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["title"].strip()
    assert problem["detail"].strip().endswith((".", "?", "!"))
    if problem["code"] == "command.invalid":
        assert answer.status_code == 422
        assert isinstance(problem["field"], str)
        assert all(fault["detail"] for fault in problem.get("errors", []))
