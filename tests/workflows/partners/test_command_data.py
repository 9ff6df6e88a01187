"""What a command's data must look like before anybody looks at the partner (contract 1 and 4)."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from events.partners import words as w
from tests.workflows.partners.register import AGREEMENT, FIT, NOWHERE, PARTNER, PEOPLE, id_of
from workflows.decision import Refused
from workflows.partners import RULES
from workflows.pure import parse
from workflows.stewardship import COMMANDS as STEWARDSHIP

DATA: dict[str, dict[str, Any]] = {
    "RegisterPartner": {
        **PARTNER, "schools": ["De Windvaan"], "co_location": "own_room",
        "attendance": "elke week", "contribution": "uren", "purpose": "minder werkdruk",
    },
    "ChangePartner": {
        "name": "Het Vlinderdal", "kind": "library", "levels": ["pupil"],
        "obligation": "prescribed", "origin": "parent", "schools": ["De Windvaan"],
        "co_location": "own_room", "attendance": "elke week", "contribution": "uren",
        "purpose": "minder werkdruk",
    },
    "ReplaceSchoolLeader": {"school_leader": id_of("other_leader"), "reason": "andere school"},
    "AssessFit": {**FIT, "capacity": "een dagdeel"},
    "ActivatePartner": PEOPLE,
    "AddContact": {"contact": id_of("kees"), "function": "locatiemanager"},
    "EndContact": {"contact": id_of("kees"), "reason": "left"},
    "CompleteHandover": {"task": "contact:1", "successor": id_of("loes"), "note": "verteld"},
    "AssignCoordinator": {"coordinator": id_of("anna"), "deputy": id_of("bram")},
    "HandOver": {"successor": id_of("carla"), "note": "alles staat hier"},
    "LogContactMoment": {
        "date": "2026-01-05", "channel": "visit", "contact": id_of("kees"), "text": "bezocht",
    },
    "PlanRelationCare": {"on": "2026-02-01", "what": "koffie"},
    "SetAvailability": {"windows": [{"day": "mon", "from": "09:00", "to": "12:00"}]},
    "RecordSubsidyStatus": {"scheme": "Cultuur", "status": "granted", "until": "2026-12-31"},
    "RecordAgreement": {**AGREEMENT, "signed_on": "2026-01-01"},
    "MarkDormant": {"reason": "stil"},
    "EndPartner": {"reason": "verhuisd"},
    "MergePartners": {"into": NOWHERE, "reason": "dubbel"},
    "VacateCoordinator": {"person": id_of("anna")},
    "TakeOverPartner": {
        "partner": NOWHERE, "contacts": [id_of("kees")], "agreements": [AGREEMENT],
    },
    "CorrectRecord": {
        "event": NOWHERE, "reason": "Vergissing", "correction": "Anders",
        "approved_by": id_of("auditor"),
    },
}  # fmt: skip
OPTIONAL = {
    "RegisterPartner": {"co_location", "attendance", "contribution", "purpose"},
    "ChangePartner": {
        "name", "kind", "levels", "obligation", "origin", "schools", "co_location", "attendance",
        "contribution", "purpose",
    },
    "AssessFit": {"motive", "capacity"},
    "ActivatePartner": set(PEOPLE),
    "AddContact": {"function"},
    "CompleteHandover": {"note"},
    "AssignCoordinator": {"coordinator", "deputy"},
    "HandOver": {"note"},
    "LogContactMoment": {"date", "contact"},
    "RecordSubsidyStatus": {"until"},
    "RecordAgreement": {"signed_on"},
    "MarkDormant": {"reason"},
}  # fmt: skip
"""May be missing or null; of some the rule says what is wrong."""
LISTS = {("RegisterPartner", "schools"), ("TakeOverPartner", "contacts")}
LISTS |= {("TakeOverPartner", "agreements")}
"""May be missing, which is as empty; not null."""
FIELDS = [(name, field) for name, data in DATA.items() for field in data]


def _refused(name: str, data: dict[str, Any]) -> str | None:
    """The field that is found wrong; None where nothing is."""
    try:
        parse(RULES, name, data)
    except Refused as refused:
        return refused.field
    return None


def test_every_command_is_here() -> None:
    assert set(DATA) == set(RULES.commands) - set(STEWARDSHIP)


@pytest.mark.parametrize("name", DATA)
def test_the_whole_is_taken_and_nothing_more(name: str) -> None:
    assert _refused(name, DATA[name]) is None
    assert _refused(name, {**DATA[name], "surprise": 1}) == "surprise"


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_what_may_be_missing(name: str, field: str) -> None:
    optional = field in OPTIONAL.get(name, set())
    without = {key: value for key, value in DATA[name].items() if key != field}
    missing = None if optional or (name, field) in LISTS else field
    assert _refused(name, without) == missing
    assert _refused(name, {**DATA[name], field: None}) == (None if optional else field)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("RegisterPartner", "name", " "),
        ("RegisterPartner", "kind", "circus"),
        ("RegisterPartner", "levels", []),
        ("RegisterPartner", "obligation", "wished"),
        ("RegisterPartner", "origin", "luck"),
        ("RegisterPartner", "co_location", "moon"),
        ("RegisterPartner", "school_leader", "not an id"),
        ("ChangePartner", "name", ""),
        ("ChangePartner", "levels", []),
        ("ChangePartner", "co_location", ""),
        ("ReplaceSchoolLeader", "reason", " "),
        ("AssessFit", "explanation", ""),
        ("AssessFit", "motive", "money"),
        ("AssessFit", "profile_match", "perfect"),
        ("EndContact", "reason", "tired"),
        ("LogContactMoment", "channel", "pigeon"),
        ("LogContactMoment", "text", ""),
        ("LogContactMoment", "date", "5 januari"),
        ("PlanRelationCare", "on", "2026-02-30"),
        ("PlanRelationCare", "what", ""),
        ("RecordSubsidyStatus", "status", "wished"),
        ("RecordAgreement", "to", "2026"),
        ("EndPartner", "reason", " "),
        ("MergePartners", "into", "another"),
    ],
)
def test_a_wrong_value(name: str, field: str, value: object) -> None:
    assert _refused(name, {**DATA[name], field: value}) == field


@pytest.mark.parametrize("window", [{"day": "sat"}, {"from": "9:00"}, {"to": "24:00"}, {"at": "x"}])
def test_a_wrong_window(window: dict[str, str]) -> None:
    whole = {"day": "mon", "from": "09:00", "to": "12:00", **window}
    assert _refused("SetAvailability", {"windows": [whole]}) == f"windows.0.{next(iter(window))}"


@pytest.mark.parametrize("field", ["primary_contact", "coordinator", "deputy"])
def test_empty_is_missing_where_the_rule_has_a_code(field: str) -> None:
    assert _refused("ActivatePartner", {**PEOPLE, field: ""}) is None


@pytest.mark.parametrize(
    ("name", "field"),
    [("AssignCoordinator", "deputy"), ("LogContactMoment", "contact"), ("HandOver", "successor")],
)
def test_empty_is_nobody_elsewhere(name: str, field: str) -> None:
    assert _refused(name, {**DATA[name], field: " "}) == field


def test_nineteen_kinds_of_partner() -> None:
    kinds = get_args(w.Kind)
    assert len(kinds) == len(set(kinds)) == 19
    for kind in kinds:
        assert _refused("RegisterPartner", {**PARTNER, "kind": kind}) is None


def test_who_each_command_names() -> None:
    named = {
        name: {field: role for field, (_, role) in RULES.people(parse(RULES, name, data)).items()}
        for name, data in DATA.items()
    }
    assert {name: fields for name, fields in named.items() if fields} == {
        "RegisterPartner": {"school_leader": "school_leader"},
        "ReplaceSchoolLeader": {"school_leader": "school_leader"},
        "ActivatePartner": {
            "primary_contact": "contact",
            "coordinator": "staff",
            "deputy": "staff",
        },
        "AddContact": {"contact": "contact"},
        "EndContact": {"contact": "contact"},
        "CompleteHandover": {"successor": "contact"},
        "AssignCoordinator": {"coordinator": "staff", "deputy": "staff"},
        "HandOver": {"successor": "staff"},
        "LogContactMoment": {"contact": "contact"},
        "CorrectRecord": {"approved_by": "auditor"},
    }
