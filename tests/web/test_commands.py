"""Commands over HTTP: accepted, refused with a code, repeated, and shown as far as one may see."""

from __future__ import annotations

from uuid import uuid4

from events.event import own_id, stream_id
from tests.web.conftest import Board


async def test_a_first_command_opens_a_case_at_its_address(board: Board) -> None:
    key = str(uuid4())
    answer = await board.open(key=key)
    assert answer.status_code == 201
    content = answer.json()
    assert content["id"] == stream_id(board.tenant, key)
    assert answer.headers["Location"] == f"/api/v1/supervision/{content['id']}"
    assert content["version"] == 1
    assert [event["type"] for event in content["events"]] == ["TrajectoryRequested"]
    assert content["warnings"] == []
    found = await board.http.get(answer.headers["Location"], headers=board.headers("hr"))
    assert found.json()["state"] == "requested"


async def test_the_same_call_again_gives_the_first_answer_and_adds_nothing(board: Board) -> None:
    key = str(uuid4())
    first = await board.open(key=key)
    again = await board.open(key=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    stream = first.json()["id"]
    given = {"hourly_rate": "118.00"}
    once = await board.give(
        stream, "AcceptRequest", given, "coordinator", key=(other := str(uuid4()))
    )
    await board.done(
        stream, "AssignAdvisor", {"advisor": board.people["advisor"].id}, "coordinator"
    )
    twice = await board.give(stream, "AcceptRequest", given, "coordinator", key=other)
    assert (once.status_code, once.json()) == (twice.status_code, twice.json())
    assert (await board.get(f"/supervision/{stream}")).json()["version"] == 3


async def test_a_repeat_is_answered_after_its_giver_lost_the_role(board: Board) -> None:
    key = str(uuid4())
    first = await board.open(key=key)
    await board.store.set_roles(board.tenant, board.people["teacher"].id, [])
    await board.store.set_roles(board.tenant, board.people["hr"].id, ["coordinator"])
    assert (await board.open(key=key)).json() == first.json()


async def test_another_command_under_a_used_number_is_refused(board: Board) -> None:
    key = str(uuid4())
    await board.open(key=key)
    for answer in (
        await board.open(key=key, school="De Kompas"),
        await board.open("client", key=key),
        await board.give(
            stream_id(board.tenant, key), "Suspend", {"category": "leave"}, "hr", key=key
        ),
    ):
        assert answer.status_code == 409
        assert answer.json()["code"] == "command.id_reused"


async def test_numbers_that_processes_give_themselves_are_nobody_else_s(board: Board) -> None:
    """A deadline's number can be reckoned; taken before, it would keep it from being recorded."""
    stream = (await board.open()).json()["id"]
    for answer in (
        await board.open(key=own_id(stream, "accept/0")),
        await board.give(stream, "Suspend", {"category": "leave"}, "hr", key=own_id(stream, "x")),
    ):
        assert answer.status_code == 422
        assert answer.json()["field"] == "Idempotency-Key"


async def test_a_person_who_is_none_comes_before_a_used_number(board: Board) -> None:
    key = str(uuid4())
    first = await board.open(key=key)
    nobody = await board.open(key=key, teacher=str(uuid4()))
    assert (nobody.status_code, nobody.json()["field"]) == (422, "teacher")
    assert (await board.open(key=key)).json() == first.json()


REFUSALS: tuple[tuple[str, str, dict[str, object], int, str], ...] = (
    ("hr", "AcceptRequest", {"hourly_rate": "118.00"}, 403, "auth.role"),
    ("hr", "RecordTeacherConsent", {"items": []}, 403, "auth.not_subject"),
    ("advisor", "EstimateScope", {"visits": 4}, 403, "auth.not_assigned"),
    ("coordinator", "DeclineRequest", {"reason": " "}, 422, "command.invalid"),
    ("client", "CloseTrajectory", {"outcome": "no_follow_up"}, 409, "state.not_allowed"),
    ("client", "EscalateTrajectory", {}, 409, "escalation.no_report"),
)


async def test_a_refusal_is_a_problem_with_its_code(board: Board) -> None:
    stream = (await board.open()).json()["id"]
    for by, command, data, status, code in REFUSALS:
        answer = await board.give(stream, command, data, by)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert (await board.get(f"/supervision/{stream}")).json()["version"] == 1


async def test_a_refused_command_is_noted_without_its_words(board: Board) -> None:
    stream = (await board.open()).json()["id"]
    await board.give(stream, "AcceptRequest", {"hourly_rate": "118.00"}, "hr")
    await board.give(stream, "DeclineRequest", {"reason": ""}, "coordinator")
    noted = await board.store.refusals(board.tenant, stream)
    assert [(line.person, line.command, line.code) for line in noted] == [
        (board.people["hr"].id, "AcceptRequest", "auth.role"),
        (board.people["coordinator"].id, "DeclineRequest", "command.invalid"),
    ]


async def test_a_refused_command_can_be_given_again_under_its_number(board: Board) -> None:
    key = str(uuid4())
    stream = (await board.open()).json()["id"]
    scope = {"visits": 4}
    assert (await board.give(stream, "EstimateScope", scope, key=key)).status_code == 403
    await board.done(stream, "AcceptRequest", {"hourly_rate": "118.00"}, "coordinator")
    await board.done(
        stream, "AssignAdvisor", {"advisor": board.people["advisor"].id}, "coordinator"
    )
    assert (await board.give(stream, "EstimateScope", scope, key=key)).status_code == 200


async def test_the_wrong_field_is_named(board: Board) -> None:
    answer = await board.open(concerns=[{"concern": "C1", "text": ""}], nonsense=1)
    content = answer.json()
    assert content["code"] == "command.invalid"
    assert content["field"] == "concerns.0.text"
    assert [fault["field"] for fault in content["errors"]] == ["concerns.0.text", "nonsense"]


async def test_a_person_who_is_not_there_or_lacks_the_role_is_the_wrong_field(
    board: Board,
) -> None:
    for wrong in (str(uuid4()), board.people["advisor"].id):
        answer = await board.open(client=wrong)
        assert (answer.status_code, answer.json()["field"]) == (422, "client")


async def test_a_teacher_gets_no_positions(board: Board) -> None:
    stream = await board.in_guidance()
    change = {"date": "2031-04-02", "change": "ochtend en middag geruild"}
    content = await board.done(stream, "ReportTimetableChange", change, "teacher")
    assert content["version"] is None
    assert "version" not in content["events"][0]
    assert [event["type"] for event in content["events"]] == ["TimetableChangeReported"]


async def test_warnings_are_codes_with_their_words_beside_them(board: Board) -> None:
    stream = await board.in_guidance()
    goal = {
        "goal": "G2",
        "text": "De leerkracht wacht en kijkt rond",
        "area": "pedagogical",
        "grounds": ["wish"],
        "single": True,
    }
    content = await board.done(stream, "DraftGoal", goal)
    assert content["warnings"] == ["goals.maybe_not_single"]
    assert "splitsen" in content["warning_texts"]["goals.maybe_not_single"]


async def test_an_unknown_case_or_one_of_another_process_is_not_found(board: Board) -> None:
    stream = (await board.open()).json()["id"]
    unknown = await board.give(str(uuid4()), "Suspend", {"category": "leave"}, "hr")
    other = await board.http.post(
        f"/api/v1/assessments/{stream}/commands/Withdraw",
        json={},
        headers=board.headers("hr", Idempotency_Key=str(uuid4())),
    )
    for answer in (unknown, other):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_command_of_another_board_finds_nothing(board: Board) -> None:
    stream = (await board.open()).json()["id"]
    tenant, board.tenant = board.tenant, str(uuid4())
    await board.add("elsewhere", "Lieke Postma", "hr", "coordinator")
    answer = await board.give(stream, "AcceptRequest", {"hourly_rate": "1"}, "elsewhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    board.tenant = tenant
