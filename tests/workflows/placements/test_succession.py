"""People who go: who may say so, who may come, and what the new one and the old one have then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.placements.desk import ROLES, TRANSFER, Desk, id_of

PARTS = {
    "school_leader": ("ReplaceSchoolLeader", "leader"),
    "school_trainer": ("ReplaceSchoolTrainer", "trainer"),
    "institute_trainer": ("ReplaceInstituteTrainer", "college"),
}


def _replace(desk: Desk, part: str, by: str, person: str = "heir") -> Any:
    data = {part: id_of(person), "reason": "gaat weg"}
    return desk.give(by, PARTS[part][0], data)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("milestone", ["offered", "partially", "running", "interrupted"])
def test_another_takes_over_with_all_that_belongs_to_it(milestone: str, part: str) -> None:
    desk, old = Desk().travel(milestone), PARTS[part][1]
    answer = desk.accepted(_replace(desk, part, "coordinator"))
    assert [event["type"] for event in answer.body["events"]] == [
        "PersonReplaced",
        "HandoverTaskOpened",
    ]
    assert answer.body["events"][0]["data"] == {
        "part": part,
        "person": id_of("heir"),
        "previous": id_of(old),
        "reason": "gaat weg",
    }
    assert desk.summary("heir")[part] == id_of("heir")
    assert desk.read("summary", old).refused == "not_found"
    task = {"task": f"{part}:1", "of": id_of(old), "to": id_of("heir")}
    assert desk.summary()["handovers"] == [task]
    assert desk.state.parties[part] == id_of("heir")


@pytest.mark.parametrize(
    ("part", "person", "code"),
    [
        ("school_leader", "leader", "command.invalid"),
        ("school_leader", "teacher", "command.invalid"),
        ("school_leader", "college", "command.invalid"),
        ("school_leader", "student", "command.invalid"),
        ("school_leader", "trainer", None),
        ("school_leader", "mentor", None),
        ("school_trainer", "college", "command.invalid"),
        ("school_trainer", "student", "command.invalid"),
        ("school_trainer", "mentor", "mentor.own_assessor"),
        ("school_trainer", "leader", None),
        ("institute_trainer", "leader", "command.invalid"),
        ("institute_trainer", "trainer", "command.invalid"),
        ("institute_trainer", "student", "command.invalid"),
        ("institute_trainer", "mentor", "mentor.own_assessor"),
    ],
)
def test_who_may_come(
    part: str, person: str, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever roles a person holds, nobody stands for two sides."""
    if person != "teacher":
        monkeypatch.setitem(ROLES, person, (*ROLES[person], *PARTS))
    desk = Desk().travel("running")
    assert _replace(desk, part, "coordinator", person).refused == code


def test_a_reason_is_given() -> None:
    desk = Desk().travel("offered")
    data = {"school_leader": id_of("heir"), "reason": " "}
    assert desk.give("trainer", "ReplaceSchoolLeader", data).refused == "command.invalid"


def test_who_comes_signs_if_that_party_has_not() -> None:
    desk = Desk().travel("partially")
    desk.accepted(_replace(desk, "school_leader", "trainer"))
    assert desk.give("leader", "SignAgreement", {"version": 1}).refused == "auth.not_assigned"
    desk.accepted(desk.give("heir", "SignAgreement", {"version": 1}))
    desk.accepted(desk.give("college", "SignAgreement", {"version": 1}))
    desk.accepted(_replace(desk, "institute_trainer", "college", "other_college"))
    assert desk.state.phase == "agreement_signed"
    again = desk.give("other_college", "SignAgreement", {"version": 1})
    assert again.refused == "state.not_allowed"


def test_advice_stays_until_the_new_one_gives_another() -> None:
    desk = Desk().travel("advised")
    desk.accepted(_replace(desk, "school_trainer", "leader"))
    assert desk.summary()["advice"]["school_trainer"] == "sufficient"
    doubt = {"advice": "insufficient", "text": "twijfel"}
    desk.accepted(desk.give("heir", "AdviseAssessment", doubt))
    assert desk.summary()["advice"]["school_trainer"] == "insufficient"


def test_handovers_of_a_school_go_with_it() -> None:
    desk = Desk().travel("handing")
    for part in PARTS:
        desk.accepted(_replace(desk, part, "coordinator", f"other_{PARTS[part][1]}"))
    tasks = [one["task"] for one in desk.summary()["handovers"]]
    assert tasks == ["mentor:1", "school_leader:2", "school_trainer:3", "institute_trainer:4"]
    transfer = {**TRANSFER, "school_trainer": id_of("heir"), "school_leader": id_of("heir")}
    desk.accepted(desk.give("coordinator", "TransferPlacement", transfer))
    assert [one["task"] for one in desk.summary()["handovers"]] == ["institute_trainer:4"]
    done = {"task": "institute_trainer:4"}
    desk.accepted(desk.give("heir", "CompleteHandover", done))
    assert desk.summary()["handovers"] == []
