"""What is kept of the work with a partner: contact, care, availability, subsidies, agreements."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.partners.register import AGREEMENT, MOMENT, at, id_of

CARE = {"on": "2026-01-05", "what": "koffie"}
WINDOWS = {"windows": [{"day": "mon", "from": "09:00", "to": "12:00"}]}
SUBSIDY = {"scheme": "Cultuur", "status": "requested"}
ANYBODY = ("coordinator", "leader", "teacher", "carla", "anna", "bram")
WORK: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("LogContactMoment", MOMENT, ANYBODY),
    ("PlanRelationCare", CARE, ANYBODY),
    ("SetAvailability", WINDOWS, ("coordinator", "anna", "bram")),
    ("RecordSubsidyStatus", SUBSIDY, ("coordinator", "leader", "anna")),
    ("RecordAgreement", AGREEMENT, ("coordinator", "leader", "anna")),
]


@pytest.mark.parametrize(("command", "data", "givers"), WORK)
def test_who_records_it(command: str, data: dict[str, Any], givers: tuple[str, ...]) -> None:
    register = at("active")
    for by in register.scenario.people:
        answer = register.send(register.call(by, command, data, register.case))
        assert (answer.refused is None) == (by in (*givers, "second", *_teaching(givers))), by
        assert answer.refused in (None, "auth.role", "auth.not_assigned")


def _teaching(givers: tuple[str, ...]) -> tuple[str, ...]:
    """Who is a contact and a teacher is a teacher."""
    return ("teaching_contact",) if "teacher" in givers else ()


@pytest.mark.parametrize(("command", "data", "givers"), WORK)
def test_when_it_is_recorded(command: str, data: dict[str, Any], givers: tuple[str, ...]) -> None:
    for milestone in ("prospect", "assessed"):
        register = at(milestone)
        if command == "LogContactMoment":
            register.accept("coordinator", command, data)
        else:
            assert register.refuse("coordinator", command, data)[0] == "state.not_allowed"
    assert len(at("dormant").accept("coordinator", command, data)) == 1
    assert at("ended").refuse("coordinator", command, data)[0] == "state.final"


def test_a_contact_moment_is_not_in_the_future() -> None:
    register = at("active")
    code = ("command.invalid", "date")
    assert register.refuse("anna", "LogContactMoment", MOMENT, date="2026-01-06") == code
    register.accept("anna", "LogContactMoment", MOMENT, date="2025-12-01")
    register.accept("anna", "LogContactMoment", MOMENT, contact=id_of("kees"))
    register.accept("anna", "LogContactMoment", MOMENT, date="2025-11-01")
    summary = register.summary()
    assert (summary["contact_moments"], summary["last_contact"]) == (3, "2026-01-05")
    assert register.events[-1].occurred_on == "2025-11-01"
    wrong = ("command.invalid", "contact")
    assert register.refuse("anna", "LogContactMoment", MOMENT, contact=id_of("carla")) == wrong


def test_what_seems_to_name_a_pupil_is_warned_of_and_kept() -> None:
    register = at("active")
    for text, warnings in (
        ("over leerling Jayden", ["contact.maybe_pupil_data"]),
        ("het kind Vlinderdal", []),
        ("over de opvang", []),
    ):
        call = register.call("anna", "LogContactMoment", {**MOMENT, "text": text}, register.case)
        answer = register.send(call)
        assert (answer.refused, answer.body["warnings"]) == (None, warnings)


def test_relation_care_lies_ahead_until_there_was_contact() -> None:
    register = at("active")
    assert register.refuse("anna", "PlanRelationCare", CARE, on="2026-01-04") == (
        "command.invalid",
        "on",
    )
    for day in ("2026-02-10", "2026-01-05", "2026-02-03"):
        register.accept("anna", "PlanRelationCare", CARE, on=day)
    assert [item["on"] for item in register.summary()["relation_care"]] == [
        "2026-01-05",
        "2026-02-03",
        "2026-02-10",
    ]
    assert [item["at"] for item in register.view("agenda", "bram").body["items"]] == [
        "2026-01-05",
        "2026-02-03",
        "2026-02-10",
    ]
    assert register.view("agenda", "leader").body["items"] == []
    assert "relation_care" in register.tasks("anna")
    register.move("2026-02-04T12:00")
    register.accept("carla", "LogContactMoment", MOMENT, date="2026-02-03")
    assert [item["on"] for item in register.summary()["relation_care"]] == ["2026-02-10"]
    assert "relation_care" not in register.tasks("anna")


def test_availability_replaces_what_it_was() -> None:
    register = at("active")
    register.accept("bram", "SetAvailability", WINDOWS)
    later = [
        {"day": "tue", "from": "13:00", "to": "13:30"},
        {"day": "fri", "from": "08:00", "to": "17:00"},
    ]
    register.accept("anna", "SetAvailability", {"windows": later})
    assert register.summary()["availability"] == later
    wrong = [later[0], {"day": "fri", "from": "12:00", "to": "12:00"}]
    assert register.refuse("anna", "SetAvailability", {"windows": wrong}) == (
        "command.invalid",
        "windows.1.to",
    )
    register.accept("anna", "SetAvailability", {"windows": []})
    assert register.summary()["availability"] == []


def test_a_subsidy_has_its_last_status() -> None:
    register = at("active")
    register.accept("anna", "RecordSubsidyStatus", SUBSIDY)
    register.accept("anna", "RecordSubsidyStatus", SUBSIDY, scheme="Sport")
    register.accept("leader", "RecordSubsidyStatus", SUBSIDY, status="granted", until="2026-12-31")
    assert register.summary()["subsidies"] == [
        {"scheme": "Cultuur", "status": "granted", "until": "2026-12-31"},
        {"scheme": "Sport", "status": "requested", "until": None},
    ]


def test_an_agreement_ends_and_is_replaced_under_its_name() -> None:
    register = at("active")
    for to in ("2026-01-01", "2025-12-31"):
        code = ("command.invalid", "to")
        assert register.refuse("anna", "RecordAgreement", AGREEMENT, to=to) == code
    code = ("command.invalid", "signed_on")
    assert register.refuse("anna", "RecordAgreement", AGREEMENT, signed_on="2026-01-06") == code
    register.accept("anna", "RecordAgreement", AGREEMENT, signed_on="2026-01-05")
    register.accept("anna", "RecordAgreement", AGREEMENT, agreement="Huur")
    later = {**AGREEMENT, "from": "2027-01-01", "to": "2027-12-31", "subject": "verlengd"}
    register.accept("anna", "RecordAgreement", later)
    assert register.summary()["agreements"] == [later, {**AGREEMENT, "agreement": "Huur"}]
