"""Every timer of a partner at its very moment, the dates counted by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.settings import TenantSettings
from tests.workflows.partners.register import (
    AGREEMENT,
    FIT,
    MOMENT,
    PEOPLE,
    REASON,
    SETTINGS,
    Register,
    at,
    id_of,
)
from workflows.decision import Refused
from workflows.partners import RULES

# The case is made on Monday 5 January 2026. 10 wd after it is Monday 19 January.
LEVELS = ("2026-01-20T09:00", "2026-01-26T09:00", "2026-02-02T09:00")


def _steps(register: Register, timer: str, due: str = "2026-01-19") -> list[tuple[str, int]]:
    """(moment, level) at which a term ran out."""
    found = register.passed("StepOverdue")
    assert all(said["due"] == due for _, said in found if said["timer"] == timer)
    return [(moment, said["level"]) for moment, said in found if said["timer"] == timer]


def test_a_successor_is_named_within_ten_working_days() -> None:
    register = at("active")
    register.leave("anna")
    assert register.summary()["next"] == [
        {"step": "successor", "by": "school_leader", "due": "2026-01-19"}
    ]
    register.move("2026-03-01T12:00")
    assert _steps(register, "successor") == [(at_, n) for n, at_ in enumerate(LEVELS)]
    assert register.summary()["overdue"] == ["successor"]
    both = {"coordinator": id_of("carla"), "deputy": id_of("bram")}
    register.accept("leader", "AssignCoordinator", both)
    assert register.summary()["overdue"] == []


def test_a_second_vacancy_has_terms_of_its_own() -> None:
    register = at("active")
    register.leave("bram")
    register.move("2026-01-21T12:00")
    register.accept("leader", "AssignCoordinator", _pair())
    register.leave("carla")
    register.move("2026-04-30T12:00")
    moments = [moment for moment, _ in register.passed("StepOverdue")]
    # 10 wd after Wednesday 21 January is 4 February; 5 and 10 wd later the 11th and the 18th.
    assert moments == [LEVELS[0], "2026-02-05T09:00", "2026-02-11T09:00", "2026-02-18T09:00"]


def _pair() -> dict[str, str]:
    return {"coordinator": id_of("anna"), "deputy": id_of("carla")}


def test_the_term_goes_on_with_a_coordinator_alone_and_when_the_next_one_leaves() -> None:
    register = at("active")
    register.leave("anna")
    register.move("2026-01-08T10:00")
    register.accept("leader", "AssignCoordinator", coordinator=id_of("carla"))
    register.leave("carla")
    register.move("2026-01-21T12:00")
    assert _steps(register, "successor") == [(LEVELS[0], 0)]


def test_a_successor_in_time_ends_the_term() -> None:
    register = at("active")
    register.leave("anna")
    register.move("2026-01-20T08:59")
    register.accept("leader", "AssignCoordinator", _pair())
    register.move("2026-04-01T12:00")
    assert register.passed("StepOverdue") == []


def test_a_handover_is_completed_within_ten_working_days() -> None:
    register = at("active")
    register.accept("anna", "AddContact", contact=id_of("loes"))
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    register.move("2026-01-06T10:00")
    register.accept("anna", "EndContact", contact=id_of("loes"), reason="other_work")
    register.accept("anna", "AddContact", contact=id_of("mats"))
    steps = register.summary()["next"]
    assert [(one["step"], one["by"], one["due"]) for one in steps] == [
        ("handover:contact:1", "partner_coordinator", "2026-01-19"),
        ("handover:contact:2", "partner_coordinator", "2026-01-20"),
    ]
    register.move("2026-01-20T09:00")
    done = {"task": "contact:2", "successor": id_of("mats")}
    register.accept("anna", "CompleteHandover", done)
    register.move("2026-03-01T12:00")
    assert _steps(register, "handover:contact:1") == [(at_, n) for n, at_ in enumerate(LEVELS)]
    assert _steps(register, "handover:contact:2") == []
    assert register.summary()["overdue"] == ["handover:contact:1"]
    register.accept("anna", "CompleteHandover", done, task="contact:1")
    assert register.summary()["overdue"] == []


def test_an_agreement_ends_in_sixty_and_in_twenty_days() -> None:
    register = at("active")
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.move("2027-02-01T12:00")
    # 31 December less 60 and less 20 days.
    said = {"agreement": "Convenant", "to": "2026-12-31"}
    assert register.passed("AgreementEnding") == [
        ("2026-11-01T09:00", {**said, "days": 60}),
        ("2026-12-11T09:00", {**said, "days": 20}),
    ]


def test_moments_that_were_past_already_are_skipped() -> None:
    register = at("active")
    register.move("2026-12-11T09:30")
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.accept("anna", "RecordAgreement", AGREEMENT, agreement="Huur", to="2027-01-01")
    register.accept("anna", "PlanRelationCare", on="2026-12-11", what="koffie")
    register.move("2027-01-02T12:00")
    assert [(at_, said["agreement"]) for at_, said in register.passed("AgreementEnding")] == [
        ("2026-12-12T09:00", "Huur")
    ]
    assert register.passed("RelationCareDue") == []
    assert len(register.summary()["relation_care"]) == 1


def test_a_later_agreement_of_that_name_has_moments_of_its_own() -> None:
    register = at("active")
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.move("2026-11-02T12:00")
    register.accept("anna", "RecordAgreement", AGREEMENT, to="2027-01-31")
    register.move("2027-02-01T12:00")
    assert [(at_, said["to"]) for at_, said in register.passed("AgreementEnding")] == [
        ("2026-11-01T09:00", "2026-12-31"),
        ("2026-12-02T09:00", "2027-01-31"),
        ("2027-01-11T09:00", "2027-01-31"),
    ]


def test_an_agreement_that_was_taken_over_ends_as_well() -> None:
    register = at("active")
    stays = register.case
    register.register()
    register.accept("leader", "AssessFit", FIT)
    register.accept("leader", "ActivatePartner", PEOPLE)
    register.accept("leader", "RecordAgreement", AGREEMENT)
    register.accept("leader", "RecordAgreement", AGREEMENT, agreement="Huur")
    register.accept("coordinator", "MergePartners", REASON, into=stays)
    register.move("2027-02-01T12:00")
    assert register.passed("AgreementEnding") == []
    register.case = stays
    assert [said["agreement"] for _, said in register.passed("AgreementEnding")] == [
        "Convenant",
        "Huur",
        "Convenant",
        "Huur",
    ]


def test_what_was_past_at_activation_is_skipped_also_where_it_was_taken_over() -> None:
    register = at("assessed")
    stays = register.case
    register.register()
    register.accept("leader", "AssessFit", FIT)
    register.accept("leader", "ActivatePartner", PEOPLE)
    register.accept("leader", "RecordAgreement", AGREEMENT)
    register.accept("coordinator", "MergePartners", REASON, into=stays)
    register.case = stays
    register.move("2026-11-15T12:00")
    register.accept("leader", "ActivatePartner", PEOPLE)
    register.move("2027-01-15T12:00")
    assert [at_ for at_, _ in register.passed("AgreementEnding")] == ["2026-12-11T09:00"]


def test_relation_care_is_due_at_nine_unless_there_was_contact() -> None:
    register = at("active")
    for on, what in (("2026-02-02", "koffie"), ("2026-02-02", "taart"), ("2026-02-03", "thee")):
        register.accept("anna", "PlanRelationCare", on=on, what=what)
    register.move("2026-02-02T08:59")
    assert register.passed("RelationCareDue") == []
    register.move("2026-02-03T08:00")
    register.accept("anna", "LogContactMoment", MOMENT)
    register.move("2026-04-01T12:00")
    assert register.passed("RelationCareDue") == [
        ("2026-02-02T09:00", {"on": "2026-02-02", "what": "koffie"}),
        ("2026-02-02T09:00", {"on": "2026-02-02", "what": "taart"}),
    ]


@pytest.mark.parametrize(
    ("contact", "since", "moment"),
    [
        (None, "2026-01-05", "2027-01-05T09:00"),
        ("2026-02-28", "2026-02-28", "2027-02-28T09:00"),
        ("2025-06-01", "2026-01-05", "2027-01-05T09:00"),
    ],
)
def test_dormancy_is_proposed_after_twelve_months(
    contact: str | None, since: str, moment: str
) -> None:
    register = at("active")
    if contact is not None:
        register.move("2026-03-01T12:00")
        register.accept("anna", "LogContactMoment", MOMENT, date=contact)
    register.move("2028-03-01T12:00")
    assert register.passed("DormancyProposed") == [(moment, {"since": since})]
    register.accept("anna", "LogContactMoment", MOMENT, date="2028-02-29")
    register.move("2029-03-01T12:00")
    # No leap year: the last day of that month.
    assert register.passed("DormancyProposed")[1:] == [
        ("2029-02-28T09:00", {"since": "2028-02-29"})
    ]


def test_a_dormant_partner_is_proposed_nothing_and_keeps_its_other_terms() -> None:
    register = at("dormant")
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.accept("anna", "PlanRelationCare", on="2026-02-02", what="koffie")
    register.leave("anna")
    register.move("2027-06-01T12:00")
    assert register.passed("DormancyProposed") == []
    assert len(register.passed("AgreementEnding")) == 2
    assert len(register.passed("RelationCareDue")) == 1
    assert len(_steps(register, "successor")) == 3


@pytest.mark.parametrize("milestone", ["prospect", "assessed"])
def test_nothing_is_due_before_activation(milestone: str) -> None:
    register = at(milestone)
    assert RULES.deadlines(register.state, SETTINGS) == []


def test_nothing_is_due_after_the_end() -> None:
    register = at("active")
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.accept("anna", "PlanRelationCare", on="2026-02-02", what="koffie")
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    register.leave("anna")
    register.move("2026-01-20T12:00")
    count = len(register.events)
    register.accept("leader", "EndPartner", REASON)
    assert RULES.deadlines(register.state, SETTINGS) == []
    register.move("2028-01-01T12:00")
    assert len(register.events) == count + 1
    summary = register.summary()
    assert (summary["overdue"], summary["next"], summary["handovers"]) == ([], [], [])
    assert summary["relation_care"] == []


def test_every_number_is_the_board_s_own() -> None:
    settings = TenantSettings(
        successor=2, handover=3, agreement_ending=(7,), dormancy_months=1, overdue_coordinator=1
    )
    register = at("active", settings)
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    register.leave("bram")
    due = {one["step"]: one["due"] for one in register.summary()["next"]}
    assert due == {"successor": "2026-01-07", "handover:contact:1": "2026-01-08"}
    register.move("2027-01-05T12:00")
    assert [at_ for at_, _ in register.passed("AgreementEnding")] == ["2026-12-24T09:00"]
    assert [at_ for at_, _ in register.passed("DormancyProposed")] == ["2026-02-05T09:00"]


def test_deadlines_come_sorted_and_each_key_once() -> None:
    register = at("active")
    register.accept("anna", "RecordAgreement", AGREEMENT)
    register.accept("anna", "PlanRelationCare", on="2026-02-02", what="koffie")
    register.accept("anna", "PlanRelationCare", on="2026-02-02", what="koffie")
    register.accept("anna", "EndContact", contact=id_of("kees"), reason="left")
    register.leave("anna")
    found = RULES.deadlines(register.state, SETTINGS)
    assert [one.due for one in found] == sorted(one.due for one in found)
    assert len({one.key for one in found}) == len(found)
    assert not any("koffie" in one.key or "Convenant" in one.key for one in found)


def test_a_deadline_is_not_passed_before_its_moment() -> None:
    register = at("active")
    (deadline,) = RULES.deadlines(register.state, SETTINGS)
    early = register.context("hr", deadline.due - timedelta(seconds=1))
    with pytest.raises(Refused):
        RULES.pass_deadline(register.state, deadline, early)
