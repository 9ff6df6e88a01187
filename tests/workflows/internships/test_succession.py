"""Another school leader: signs, evaluates and reads from then on, and the former no more."""

from __future__ import annotations

import pytest

from tests.workflows.internships.office import EVALUATION, ROAD, at, id_of

OTHER = {"school_leader": id_of("other_leader"), "reason": "Met pensioen"}


@pytest.mark.parametrize("milestone", list(ROAD)[:-1])
def test_until_the_internship_is_closed(milestone: str) -> None:
    office = at(milestone)
    assert office.accept("coordinator", "ReplaceSchoolLeader", OTHER) == ["PersonReplaced"]
    assert office.summary("other_leader")["school_leader"] == id_of("other_leader")
    assert office.view("summary", "leader").refused == "not_found"


def test_not_after_it() -> None:
    assert at("closed").refuse("coordinator", "ReplaceSchoolLeader", OTHER) == (
        "state.final",
        None,
    )


def test_by_the_coordinator_to_somebody_else_who_signs_for_no_other_party() -> None:
    office = at("matched")
    assert office.refuse("leader", "ReplaceSchoolLeader", OTHER) == ("auth.role", None)
    for same in ("leader", "teacher"):
        data = {**OTHER, "school_leader": id_of(same)}
        assert office.refuse("coordinator", "ReplaceSchoolLeader", data) == (
            "command.invalid",
            "school_leader",
        )
    office.propose("leading_teacher")
    office.accept("leader", "ApproveInternship", {"replacement": "arranged"})
    matched = {"host": office.host, "contact": id_of("leading_contact")}
    office.accept("coordinator", "MatchHost", matched)
    for other in ("leading_teacher", "leading_contact"):
        data = {**OTHER, "school_leader": id_of(other)}
        assert office.refuse("coordinator", "ReplaceSchoolLeader", data) == (
            "command.invalid",
            "school_leader",
        )


def test_the_new_leader_approves_signs_and_evaluates() -> None:
    office = at("proposed")
    office.accept("coordinator", "ReplaceSchoolLeader", OTHER)
    office.accept("other_leader", "ApproveInternship", {"replacement": "arranged"})
    office = at("partly")
    office.accept("coordinator", "ReplaceSchoolLeader", OTHER)
    assert office.refuse("leader", "SignAgreement", {"version": 1}) == ("auth.not_assigned", None)
    office.accept("other_leader", "SignAgreement", {"version": 1})
    office = at("recorded")
    office.accept("coordinator", "ReplaceSchoolLeader", OTHER)
    office.accept("other_leader", "SubmitEvaluation", EVALUATION)


def test_what_the_former_leader_signed_stays_signed() -> None:
    office = at("signed")
    office.accept("coordinator", "ReplaceSchoolLeader", OTHER)
    agreement = office.summary()["agreement"]
    assert agreement["complete"]
    assert agreement["versions"][0]["signed"][1]["person"] == id_of("leader")
    assert office.refuse("other_leader", "SignAgreement", {"version": 1}) == (
        "state.not_allowed",
        None,
    )
