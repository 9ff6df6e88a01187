"""From the proposal to who supervises: each rule by what it refuses and what it takes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.internships.office import NOWHERE, PROPOSAL, ROAD, SETTINGS, Office, at, id_of

WEEK = {"from": "2026-04-13", "to": "2026-04-17"}
APPROVAL = {"replacement": "arranged"}


def _match(office: Office, contact: str = "arno", host: str | None = None) -> dict[str, Any]:
    return {"host": host or office.host, "contact": id_of(contact)}


def test_a_teacher_proposes_under_the_own_name() -> None:
    office = at("proposed")
    shown = office.summary("teacher")
    assert (shown["state"], shown["teacher"]) == ("proposed", id_of("teacher"))
    assert (shown["approved"], shown["period"]) == (False, None)


@pytest.mark.parametrize("by", ["hr", "coordinator", "leader", "arno"])
def test_nobody_proposes_for_a_teacher(by: str) -> None:
    assert Office().propose(by).refused == "auth.not_subject"


def test_a_teacher_does_not_approve_the_own_internship() -> None:
    answer = Office().propose("leading_teacher", school_leader=id_of("leading_teacher"))
    assert (answer.refused, answer.body["field"]) == ("command.invalid", "school_leader")


@pytest.mark.parametrize(("half_days", "warnings"), [(9, ["internship.short"]), (10, [])])
def test_a_short_internship_is_advised_against_and_taken(
    half_days: int, warnings: list[str]
) -> None:
    answer = Office().propose(half_days=half_days)
    assert (answer.refused, answer.body["warnings"]) == (None, warnings)


def test_the_advised_size_is_the_board_s_own() -> None:
    office = Office(SETTINGS.model_copy(update={"internship_advised": 4}))
    assert office.propose(half_days=4).body["warnings"] == []
    assert office.propose(half_days=3).body["warnings"] == ["internship.short"]


def test_days_of_a_proposal_are_held() -> None:
    office = Office()
    assert office.propose(**WEEK).refused is None
    assert office.summary()["period"] == WEEK
    touching = {"from": "2026-04-17", "to": "2026-04-24"}
    assert office.propose(**touching).refused == "internship.overlap"
    assert office.propose(**{"from": "2026-04-18", "to": "2026-04-24"}).refused is None
    assert office.propose("other_teacher", **WEEK).refused is None


def test_proposals_without_days_hold_none() -> None:
    office = Office()
    assert office.propose().refused is None
    assert office.propose().refused is None


def test_what_it_follows_is_shown() -> None:
    office = at("closed")
    earlier = office.case
    assert office.propose(follows=earlier).refused is None
    assert office.summary()["follows"] == earlier


def test_a_case_is_proposed_once() -> None:
    office = at("proposed")
    assert office.refuse("teacher", "ProposeInternship", PROPOSAL) == ("state.not_allowed", None)


def test_the_school_leader_of_the_case_approves_once() -> None:
    office = at("proposed")
    assert office.refuse("teacher", "ApproveInternship", APPROVAL)[0] == "auth.role"
    assert office.refuse("other_leader", "ApproveInternship", APPROVAL)[0] == "auth.not_assigned"
    assert office.accept("leader", "ApproveInternship", APPROVAL) == ["InternshipApproved"]
    assert office.summary()["replacement"] == "arranged"
    assert office.refuse("leader", "ApproveInternship", APPROVAL) == ("state.not_allowed", None)


def test_there_is_no_host_without_an_approval() -> None:
    office = at("proposed")
    assert office.refuse("coordinator", "MatchHost", _match(office)) == ("state.not_allowed", None)


def test_a_host_is_an_active_partner_and_its_contact_a_current_one() -> None:
    office = at("approved")
    prospect = office.partner("arno", active=False)
    for host in (prospect, office.case, NOWHERE):
        data = _match(office, host=host)
        assert office.refuse("coordinator", "MatchHost", data) == ("host.not_active", None)
    data = _match(office, "outsider")
    assert office.refuse("coordinator", "MatchHost", data) == ("host.contact_unknown", None)
    left = {"contact": id_of("jeroen"), "reason": "left"}
    office.of_partner(office.host, "EndContact", left)
    data = _match(office, "jeroen")
    assert office.refuse("coordinator", "MatchHost", data) == ("host.contact_unknown", None)
    assert office.accept("coordinator", "MatchHost", _match(office)) == ["HostMatched"]


def test_an_ended_partner_is_no_host() -> None:
    office = at("approved")
    office.of_partner(office.host, "EndPartner", {"reason": "Verhuisd"})
    assert office.refuse("coordinator", "MatchHost", _match(office))[0] == "host.not_active"


def test_only_coordinators_match() -> None:
    office = at("approved")
    assert office.refuse("hr", "MatchHost", _match(office)) == ("auth.role", None)
    assert office.accept("second", "MatchHost", _match(office)) == ["HostMatched"]


def test_the_parties_are_three_persons() -> None:
    office = Office()
    office.propose("teaching_contact", school_leader=id_of("leading_contact"))
    office.accept("leading_contact", "ApproveInternship", APPROVAL)
    for contact in ("teaching_contact", "leading_contact"):
        data = _match(office, contact)
        assert office.refuse("coordinator", "MatchHost", data) == ("command.invalid", "contact")
    office.accept("coordinator", "MatchHost", _match(office))
    own = {"supervisor": id_of("teaching_contact")}
    assert office.refuse("coordinator", "NameHostSupervisor", own) == (
        "command.invalid",
        "supervisor",
    )


def test_another_match_asks_for_another_supervisor() -> None:
    office = at("supervised")
    office.accept("coordinator", "MatchHost", _match(office, "mila"))
    shown = office.summary()
    assert (shown["contact"], shown["supervisor"]) == (id_of("mila"), None)
    assert office.accept("coordinator", "NameHostSupervisor", {"supervisor": id_of("jeroen")}) == [
        "HostSupervisorNamed"
    ]


def test_there_is_no_other_match_once_an_agreement_is_drafted() -> None:
    office = at("drafted")
    assert office.refuse("coordinator", "MatchHost", _match(office)) == ("state.not_allowed", None)


@pytest.mark.parametrize("data", [{}, {"supervisor": None}, {"supervisor": " "}])
def test_a_supervisor_is_to_be_named(data: dict[str, Any]) -> None:
    office = at("matched")
    assert office.refuse("coordinator", "NameHostSupervisor", data) == (
        "host.supervisor_missing",
        "supervisor",
    )


def test_a_supervisor_works_at_the_host_and_is_named_once() -> None:
    office = at("matched")
    outsider = {"supervisor": id_of("outsider")}
    assert office.refuse("coordinator", "NameHostSupervisor", outsider)[0] == (
        "host.supervisor_missing"
    )
    jeroen = {"supervisor": id_of("jeroen")}
    assert office.accept("coordinator", "NameHostSupervisor", jeroen) == ["HostSupervisorNamed"]
    assert office.refuse("coordinator", "NameHostSupervisor", jeroen) == ("state.not_allowed", None)


def test_there_is_no_supervisor_without_a_host() -> None:
    office = at("approved")
    jeroen = {"supervisor": id_of("jeroen")}
    assert office.refuse("coordinator", "NameHostSupervisor", jeroen) == ("state.not_allowed", None)


REPLACED = ["HostSupervisorReplaced", "HandoverTaskOpened"]


def _replacement(key: str | None) -> dict[str, Any]:
    return {"supervisor": key and id_of(key), "reason": "left"}


@pytest.mark.parametrize("milestone", [name for name in ROAD if name != "closed"])
def test_a_supervisor_is_replaced_until_the_internship_is_closed(milestone: str) -> None:
    office = at(milestone)
    replacement = _replacement("mila")
    if milestone in ("proposed", "approved", "matched"):
        assert office.refuse("coordinator", "ReplaceHostSupervisor", replacement) == (
            "state.not_allowed",
            None,
        )
    else:
        assert office.accept("coordinator", "ReplaceHostSupervisor", replacement) == REPLACED
        assert office.summary()["supervisor"] == id_of("mila")


def test_a_successor_works_at_the_host_too_and_is_another_one() -> None:
    office = at("running")
    for key, refused in (
        (None, ("host.supervisor_missing", "supervisor")),
        ("outsider", ("host.supervisor_missing", None)),
        ("jeroen", ("command.invalid", "supervisor")),
    ):
        assert office.refuse("coordinator", "ReplaceHostSupervisor", _replacement(key)) == refused
    assert office.refuse("teacher", "ReplaceHostSupervisor", _replacement("mila"))[0] == (
        "auth.role"
    )


def test_who_works_at_a_host_that_ended_may_still_take_over() -> None:
    office = at("running")
    office.of_partner(office.host, "EndPartner", {"reason": "Verhuisd"})
    assert office.accept("coordinator", "ReplaceHostSupervisor", _replacement("mila")) == REPLACED


def test_each_handover_has_a_name_and_is_completed_once() -> None:
    office = at("running")
    office.accept("coordinator", "ReplaceHostSupervisor", _replacement("mila"))
    office.accept("coordinator", "ReplaceHostSupervisor", _replacement("arno"))
    tasks = [(task["task"], task["of"], task["to"]) for task in office.summary()["handovers"]]
    assert tasks == [
        ("supervisor:1", id_of("jeroen"), id_of("mila")),
        ("supervisor:2", id_of("mila"), id_of("arno")),
    ]
    first = {"task": "supervisor:1", "note": "Alles verteld"}
    assert office.refuse("leader", "CompleteHandover", first) == ("auth.role", None)
    assert office.refuse("other_teacher", "CompleteHandover", first)[0] == "auth.not_assigned"
    assert office.accept("teacher", "CompleteHandover", first) == ["HandoverCompleted"]
    assert office.refuse("teacher", "CompleteHandover", first) == ("command.invalid", "task")
    assert office.accept("coordinator", "CompleteHandover", {"task": "supervisor:2"}) == [
        "HandoverCompleted"
    ]
    assert office.summary()["handovers"] == []
