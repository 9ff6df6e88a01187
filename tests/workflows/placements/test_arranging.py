"""Mentor, certificate of conduct, agreement and start: what has to be there, and in what order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.placements.desk import AGREEMENT, ROLE_TASKS, Desk, id_of

MENTOR = {"mentor": id_of("mentor"), "qualification": "qualified"}
SECOND = {"mentor": id_of("second"), "qualification": "in_training", "reason": "absence"}
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"qualification": None}, "mentor.not_qualified"),
        ({"qualification": ""}, "mentor.not_qualified"),
        ({"qualification": "expert"}, "command.invalid"),
        ({"mentor": id_of("leader")}, "command.invalid"),
        ({"mentor": None}, "command.invalid"),
    ],
)
def test_a_mentor_who_cannot_be(changes: dict[str, Any], code: str) -> None:
    desk = Desk().travel("accepted")
    assert desk.give("trainer", "AssignMentor", {**MENTOR, **changes}).refused == code
    desk.accepted(desk.give("trainer", "AssignMentor", MENTOR))
    if changes != {"mentor": None}:
        answer = desk.give("trainer", "ReplaceMentor", {**SECOND, **changes})
        assert answer.refused == code


@pytest.mark.parametrize("part", ["student", "trainer", "college"])
def test_a_mentor_is_nobody_who_assesses(part: str) -> None:
    desk = Desk()
    desk.people[part] = desk.people["training_student" if part == "student" else "everything"]
    me = desk.people[part].id
    roles = {"student": "student", "college": "institute_trainer"}
    request = {roles[part]: me} if part in roles else {}
    desk.travel("accepted", **request)
    answer = desk.give("trainer", "AssignMentor", {**MENTOR, "mentor": me})
    assert answer.refused == "mentor.own_assessor"
    desk.accepted(desk.give("trainer", "AssignMentor", MENTOR))
    answer = desk.give("trainer", "ReplaceMentor", {**SECOND, "mentor": me})
    assert answer.refused == "mentor.own_assessor"


def test_each_replaced_mentor_hands_over() -> None:
    desk = Desk().travel("mentored")
    answer = desk.give("trainer", "ReplaceMentor", SECOND)
    assert [event["type"] for event in answer.body["events"]] == [
        "MentorReplaced",
        "HandoverTaskOpened",
    ]
    back = {**MENTOR, "reason": "on_request"}
    desk.accepted(desk.give("trainer", "ReplaceMentor", back))
    handovers = desk.summary()["handovers"]
    assert handovers == [
        {"task": "mentor:1", "of": id_of("mentor"), "to": id_of("second")},
        {"task": "mentor:2", "of": id_of("second"), "to": id_of("mentor")},
    ]
    done = {"task": "mentor:1", "note": "alles besproken"}
    desk.accepted(desk.give("coordinator", "CompleteHandover", done))
    assert desk.give("coordinator", "CompleteHandover", done).refused == "command.invalid"
    assert [one["task"] for one in desk.summary()["handovers"]] == ["mentor:2"]


@pytest.mark.parametrize(
    ("issued", "seen", "code"),
    [
        ("2025-08-31", "2026-02-02", None),
        ("2025-08-02", "2026-02-02", None),
        ("2025-08-01", "2026-02-02", "vog.too_old"),
        ("2026-02-02", None, None),
        ("2026-02-03", None, "command.invalid"),
        ("2026-01-20", "2026-01-19", "command.invalid"),
        ("2026-01-20", "2026-02-03", "command.invalid"),
        # Six months from the end of a long month end with the short one.
        ("2024-08-31", "2025-02-28", None),
        ("2024-08-31", "2025-03-01", "vog.too_old"),
        ("2023-08-30", "2024-02-29", None),
        ("2023-08-31", "2024-03-01", "vog.too_old"),
        ("2025-07-31", "2026-01-31", None),
    ],
)
def test_a_certificate_of_conduct(issued: str, seen: str | None, code: str | None) -> None:
    desk = Desk().travel("accepted")
    data = {"issued_on": issued, "date": seen}
    assert desk.give("trainer", "RecordVog", data).refused == code


def test_its_months_are_the_boards() -> None:
    desk = Desk(vog_months=1).travel("accepted")
    assert desk.give("hr", "RecordVog", {"issued_on": "2026-01-01"}).refused == "vog.too_old"
    desk.accepted(desk.give("hr", "RecordVog", {"issued_on": "2026-01-02"}))
    vog = {"needed": False, "issued_on": "2026-01-02", "seen_on": "2026-02-02"}
    assert desk.summary()["vog"] == vog


@pytest.mark.parametrize(
    ("policy", "contract", "needed"),
    [
        ("contract", False, False),
        ("contract", True, True),
        ("always", False, True),
        ("never", True, False),
    ],
)
def test_who_needs_a_certificate(policy: str, contract: bool, needed: bool) -> None:
    desk = Desk(vog_policy=policy).travel("signed", contract=contract)
    assert desk.summary()["vog"]["needed"] is needed
    answer = desk.give("trainer", "StartPlacement")
    assert answer.refused == ("vog.missing" if needed else None)
    if needed:
        assert not desk.offers("trainer", "StartPlacement")
        desk.accepted(desk.give("trainer", "RecordVog", {"issued_on": "2026-01-02"}))
        desk.accepted(desk.give("trainer", "StartPlacement"))


@pytest.mark.parametrize("name", AGREEMENT)
def test_a_field_that_is_missing(name: str) -> None:
    desk = Desk().travel("mentored")
    empty: tuple[Any, ...] = ("", "  ", None) if name not in ("days", "roles") else (None,)
    if name == "days":
        empty = (None, [])
    for value in empty:
        answer = desk.give("trainer", "DraftAgreement", {**AGREEMENT, name: value})
        assert (answer.refused, answer.body["field"]) == ("agreement.field_missing", name)
    left = {key: value for key, value in AGREEMENT.items() if key != name}
    answer = desk.give("trainer", "DraftAgreement", left)
    assert (answer.refused, answer.body["field"]) == ("agreement.field_missing", name)
    desk.accepted(desk.give("trainer", "DraftAgreement", AGREEMENT))
    answer = desk.give("trainer", "AmendAgreement", {name: None, "reason": "vervalt"})
    assert (answer.refused, answer.body["field"]) == ("agreement.field_missing", name)


@pytest.mark.parametrize(
    ("role", "described", "field"),
    [
        ("mentor", None, "roles.mentor.tasks"),
        ("school_trainer", {"tasks": "lesbezoek"}, "roles.school_trainer.hours"),
        ("institute_trainer", {"tasks": " ", "hours": "8"}, "roles.institute_trainer.tasks"),
        ("institute_trainer", {"tasks": "besluiten", "hours": None}, None),
    ],
)
def test_a_role_that_is_not_described(role: str, described: Any, field: str | None) -> None:
    desk = Desk().travel("mentored")
    roles = {**ROLE_TASKS, role: described}
    answer = desk.give("trainer", "DraftAgreement", {**AGREEMENT, "roles": roles})
    assert answer.refused == "role.description_missing"
    assert answer.body["field"] == (field or "roles.institute_trainer.hours")
    missing = {name: tasks for name, tasks in ROLE_TASKS.items() if name != role}
    answer = desk.give("trainer", "DraftAgreement", {**AGREEMENT, "roles": missing})
    assert answer.refused == "role.description_missing"
    answer = desk.give("trainer", "DraftAgreement", {**AGREEMENT, "roles": {}})
    assert answer.refused == "role.description_missing"


@pytest.mark.parametrize(
    "changes",
    [
        {"days": ["mon", "mon"]},
        {"days": ["sat"]},
        {"hours_per_week": "16.1"},
        {"hours_per_week": 16},
        {"roles": {**ROLE_TASKS, "mentor": {"tasks": "begeleiden", "hours": "0"}}},
        {"roles": {**ROLE_TASKS, "student": {"tasks": "leren", "hours": "8"}}},
        {"insurance": "geen"},
    ],
)
def test_values_that_cannot_be(changes: dict[str, Any]) -> None:
    desk = Desk().travel("mentored")
    answer = desk.give("trainer", "DraftAgreement", {**AGREEMENT, **changes})
    assert answer.refused == "command.invalid"


def test_an_amendment_changes_its_fields_only_and_voids_what_was_signed() -> None:
    desk = Desk().travel("signed")
    change = {"allowance": "€ 100", "reason": "vergeten"}
    answer = desk.accepted(desk.give("coordinator", "AmendAgreement", change))
    data = answer.body["events"][0]["data"]
    assert data["version"] == 2
    assert (data["allowance"], data["assignment"]) == ("€ 100", AGREEMENT["assignment"])
    agreement = desk.summary()["agreement"]
    assert desk.state.phase == "agreement_drafted"
    assert agreement["missing"] == ["student", "school", "college"]
    assert [one["void"] for one in agreement["versions"]] == [True, False]
    assert len(agreement["versions"][0]["signed"]) == 3
    assert "reason" not in agreement
    old = desk.give("student", "SignAgreement", {"version": 1})
    assert old.refused == "agreement.version_superseded"
    assert desk.give("student", "SignAgreement", {"version": 3}).refused == "command.invalid"


@pytest.mark.parametrize("same", [{}, {"days": ["mon", "tue"], "hours_per_week": "16.00"}])
def test_an_amendment_changes_something(same: dict[str, Any]) -> None:
    desk = Desk().travel("drafted")
    answer = desk.give("trainer", "AmendAgreement", {**same, "reason": "zomaar"})
    assert answer.refused == "command.invalid"


def test_another_mentor_is_a_change_of_the_agreement() -> None:
    desk = Desk().travel("signed")
    assert desk.summary()["agreement"]["mentor"] == id_of("mentor")
    desk.accepted(desk.give("trainer", "ReplaceMentor", SECOND))
    assert desk.summary()["agreement"]["mentor"] == id_of("mentor")
    amendment = {"reason": "een andere mentor"}
    answer = desk.accepted(desk.give("trainer", "AmendAgreement", amendment))
    assert answer.body["events"][0]["data"]["mentor"] == id_of("second")
    agreement = desk.summary()["agreement"]
    assert (agreement["version"], agreement["mentor"]) == (2, id_of("second"))
    assert desk.give("trainer", "AmendAgreement", amendment).refused == "command.invalid"
    given = {**amendment, "mentor": id_of("mentor")}
    assert desk.give("trainer", "AmendAgreement", given).refused == "command.invalid"


def test_all_sign_the_same_document() -> None:
    desk = Desk().travel("drafted")
    desk.accepted(desk.give("student", "SignAgreement", {"version": 1, "document": SHA}))
    other = {"version": 1, "document": "0" * 64}
    assert desk.give("college", "SignAgreement", other).refused == "agreement.version_superseded"
    assert desk.give("college", "SignAgreement", {"version": 1, "document": "x"}).refused == (
        "command.invalid"
    )
    desk.accepted(desk.give("college", "SignAgreement", {"version": 1, "document": SHA}))
    assert desk.summary()["agreement"]["document"] == SHA


def test_a_paper_stays_as_it_was_drafted() -> None:
    from workflows.placements import RULES

    desk = Desk().travel("running")
    desk.accepted(desk.give("trainer", "ReplaceMentor", SECOND))
    desk.accepted(desk.give("college", "ChangeRoute", {"route": "other", "reason": "werk"}))
    paper = RULES.story.paper(desk.state, 1)
    assert paper is not None
    assert (paper.kind, paper.version) == ("placement_agreement", 1)
    assert paper.parties == {
        "student": id_of("student"),
        "school": id_of("leader"),
        "college": id_of("college"),
    }
    assert paper.facts == {
        "school": "De Regenboog",
        "route": "full_time",
        "phase": "jaar 3",
        "period": {"from": "2026-02-02", "to": "2026-06-26"},
    }
    assert list(paper.fields) == ["mentor", *AGREEMENT]
    assert paper.fields["mentor"] == id_of("mentor")
    assert RULES.story.paper(desk.state, 2) is None


def test_no_start_before_the_first_day() -> None:
    desk = Desk("2026-01-30T10:00").travel("signed")
    assert desk.give("trainer", "StartPlacement").refused == "state.not_allowed"
    assert not desk.offers("trainer", "StartPlacement")
    desk.move("2026-02-03T10:00")
    early = desk.give("trainer", "StartPlacement", {"date": "2026-02-01"})
    assert early.refused == "state.not_allowed"
    later = desk.give("trainer", "StartPlacement", {"date": "2026-02-04"})
    assert later.refused == "command.invalid"
    answer = desk.give("trainer", "StartPlacement", {"date": "2026-02-02"})
    assert desk.accepted(answer).body["events"][0]["occurred_on"] == "2026-02-02"
