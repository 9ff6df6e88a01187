"""The fold of a placement, and who reads what of it."""

from __future__ import annotations

import json

import pytest

from events.event import event_from_json
from events.placements import STORY
from events.placements.facts import FACTS
from events.process import Reader
from tests.workflows.placements.desk import ASIDE, MILESTONES, ROAD, ROLES, TRANSFER, Desk, id_of


def _rights(desk: Desk, by: str) -> set[str]:
    return set(STORY.rights(desk.state, Reader(id_of(by), ROLES[by])))


@pytest.mark.parametrize("milestone", MILESTONES)
def test_a_state_is_what_its_recorded_events_make_it(milestone: str) -> None:
    desk = Desk().travel(milestone)
    kept = [json.loads(json.dumps(event.json())) for event in desk.events]
    events = [event_from_json(raw, FACTS) for raw in kept]
    assert STORY.fold(events) == desk.state
    for stop in range(len(events)):
        assert STORY.fold(events[stop:], STORY.fold(events[:stop])) == desk.state


def test_every_event_has_its_fact() -> None:
    assert all(fact.__name__ == kind for kind, fact in FACTS.items())
    assert set(STORY.documents) <= set(FACTS)


@pytest.mark.parametrize("milestone", MILESTONES)
def test_hr_coordinator_and_auditor_read_every_placement(milestone: str) -> None:
    desk = Desk().travel(milestone)
    assert all(_rights(desk, by) for by in ("hr", "coordinator", "auditor"))
    assert not any(_rights(desk, by) for by in ("other_student", "other_college", "teacher"))
    assert _rights(desk, "student") == {"student"}
    assert _rights(desk, "college") == {"institute_trainer"}


def test_any_school_trainer_reads_a_request_until_one_takes_it_up() -> None:
    desk = Desk().travel("requested")
    assert _rights(desk, "other_trainer") == {"offering"}
    desk = Desk().travel("offered")
    assert _rights(desk, "other_trainer") == set()
    assert _rights(desk, "trainer") == {"school_trainer"}
    assert _rights(desk, "leader") == {"school_leader"}
    desk.accepted(desk.give("student", "DeclineOffer", {"reason": "te ver"}))
    assert _rights(desk, "leader") == set()
    assert _rights(desk, "other_trainer") == {"offering"}


@pytest.mark.parametrize("milestone", MILESTONES)
def test_the_board_reads_what_it_may_sign(milestone: str) -> None:
    desk = Desk().travel(milestone)
    signing = milestone in ("drafted", "partially", "signed")
    decided = milestone in ("assessed", "cosigned", "completed", "untalked")
    assert _rights(desk, "board") == ({"board"} if signing or decided else set())


def test_the_own_placement_is_read_as_its_student_only() -> None:
    desk = Desk().travel("requested", student=id_of("training_student"))
    assert _rights(desk, "training_student") == {"student"}


def test_who_was_replaced_or_left_behind_reads_no_more() -> None:
    desk = Desk().travel("handing")
    assert _rights(desk, "mentor") == set()
    assert _rights(desk, "second") == {"mentor"}
    desk.accepted(desk.give("coordinator", "TransferPlacement", TRANSFER))
    assert not any(_rights(desk, by) for by in ("trainer", "leader", "second"))
    assert _rights(desk, "other_trainer") == {"school_trainer"}
    parties = {
        "student": id_of("student"),
        "institute_trainer": id_of("college"),
        "school_trainer": id_of("other_trainer"),
        "school_leader": id_of("other_leader"),
    }
    index = STORY.index(desk.state)
    assert (index.state, index.open, index.parties) == ("transferred", True, parties)


@pytest.mark.parametrize("milestone", ["completed", "rejected", "withdrawn", "ended_early"])
def test_an_end_is_an_end(milestone: str) -> None:
    desk = Desk().travel(milestone)
    index = STORY.index(desk.state)
    assert (index.state, index.open, STORY.is_final(desk.state)) == (milestone, False, True)
    for by in ROLES:
        assert desk.read("tasks", by).body == {"items": []}
        assert desk.read("agenda", by).body == {"items": []}


TASKS: dict[str, dict[str, list[str]]] = {
    "requested": {"coordinator": ["offer"], "trainer": []},
    "offered": {"college": ["answer"], "student": []},
    "accepted": {"trainer": ["start", "assign_mentor"], "coordinator": []},
    "mentored": {"trainer": ["start", "draft_agreement"]},
    "drafted": {"student": ["sign"], "leader": ["sign"], "college": ["sign"], "trainer": ["start"]},
    "partially": {"student": [], "leader": ["sign"]},
    "running": {
        "trainer": ["progress_talk", "start_talk"],
        "college": ["final_assessment"],
        "mentor": [],
    },
    "handing": {
        "trainer": ["progress_talk", "handover:mentor:1", "start_talk"],
        "coordinator": ["handover:mentor:1"],
    },
    "insufficient": {"college": ["three_party_talk", "final_assessment"]},
    "interrupted": {"trainer": [], "college": []},
    "assessed": {"board": ["cosign"], "trainer": []},
    "cosigned": {"board": [], "trainer": ["complete"]},
    "untalked": {"trainer": ["progress_talk", "start_talk", "final_talk"]},
    "transferred": {"other_trainer": ["assign_mentor"]},
}


@pytest.mark.parametrize("milestone", TASKS)
def test_what_waits_for_whom(milestone: str) -> None:
    desk = Desk().travel(milestone)
    for by, tasks in TASKS[milestone].items():
        items = desk.read("tasks", by).body["items"]
        assert [item["task"] for item in items] == tasks, by


def test_advice_waits_from_the_last_day_on_and_a_certificate_until_it_is_seen() -> None:
    desk = Desk(vog_policy="always").travel("accepted")
    for by in ("trainer", "hr"):
        assert "record_vog" in json.dumps(desk.read("tasks", by).body)
    desk.accepted(desk.give("hr", "RecordVog", {"issued_on": "2026-01-05"}))
    assert "record_vog" not in json.dumps(desk.read("tasks", "trainer").body)
    desk = Desk().travel("talked")
    assert desk.read("tasks", "mentor").body["items"] == []
    desk.move("2026-06-26T09:00")
    assert [item["task"] for item in desk.read("tasks", "mentor").body["items"]] == ["advise"]


def test_what_lies_ahead() -> None:
    desk = Desk("2026-01-26T10:00").travel("drafted")
    start = [{"process": "placements", "id": desk.case, "kind": "start", "at": "2026-02-02"}]
    for by in ("student", "mentor", "leader", "trainer"):
        assert desk.read("agenda", by).body["items"] == start
    assert desk.read("agenda", "hr").body["items"] == []
    desk.move("2026-02-03T10:00")
    assert desk.read("agenda", "student").body["items"] == []
    desk = Desk().travel("running")
    kinds = {by: [i["kind"] for i in desk.read("agenda", by).body["items"]] for by in ROLES}
    assert kinds["trainer"] == ["progress_talk"]
    assert kinds["college"] == ["final_assessment"]
    assert kinds["student"] == kinds["mentor"] == []
    desk.move("2026-04-16T10:00")
    assert desk.read("agenda", "trainer").body["items"] == []


def test_the_milestones_are_all_states() -> None:
    phases = {Desk().travel(milestone).state.phase for milestone in (*ROAD, *ASIDE)}
    assert phases == {
        "requested", "offered", "accepted", "agreement_drafted", "agreement_partially_signed",
        "agreement_signed", "running", "interrupted", "transferred", "final_assessed",
        "completed", "rejected", "withdrawn", "ended_early",
    }  # fmt: skip


def test_planned_talks_stand_in_the_agenda_of_those_who_talk() -> None:
    desk = Desk().travel("running")
    plan = {"talk": "start", "at": "2026-02-10T15:30"}
    desk.accepted(desk.give("mentor", "PlanTalk", plan))
    item = {"process": "placements", "id": desk.case, "kind": "talk", **plan}
    for by in ("student", "mentor", "trainer", "college"):
        assert item in desk.read("agenda", by).body["items"]
    for by in ("leader", "coordinator", "hr", "board", "other_trainer"):
        assert item not in desk.read("agenda", by).body["items"]
