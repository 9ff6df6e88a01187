"""What a command's data must look like before anybody looks at the case (contract 1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.internships.office import AGREEMENT, NOWHERE, PROPOSAL, id_of
from workflows.decision import Refused
from workflows.internships import RULES
from workflows.pure import parse
from workflows.stewardship import COMMANDS as STEWARDSHIP

SCHEDULE = [{"date": "2026-04-13", "part": "morning"}]
DATA: dict[str, dict[str, Any]] = {
    "ProposeInternship": {
        **PROPOSAL, "follows": NOWHERE, "from": "2026-04-13", "to": "2026-04-13"
    },
    "ApproveInternship": {"replacement": "not_needed", "note": "Kees valt in"},
    "MatchHost": {"host": NOWHERE, "contact": id_of("arno")},
    "NameHostSupervisor": {"supervisor": id_of("jeroen")},
    "ReplaceHostSupervisor": {"supervisor": id_of("mila"), "reason": "other"},
    "ReplaceHostContact": {"contact": id_of("mila"), "reason": "absence", "host": NOWHERE},
    "ReplaceSchoolLeader": {"school_leader": id_of("leader"), "reason": "Pensioen"},
    "DraftAgreement": {**AGREEMENT, "schedule": SCHEDULE},
    "AmendAgreement": {**AGREEMENT, "reason": "Verschoven"},
    "SignAgreement": {"version": 1, "document": "a" * 64},
    "RequestFreshLink": {},
    "SendSigningLink": {"party": "host"},
    "RevokeSigningLink": {"party": "host"},
    "StartInternship": {"date": "2026-04-13"},
    "RecordHalfDay": {
        "date": "2026-04-13", "part": "morning", "attended": False, "reason": "Overleg"
    },
    "CompleteHandover": {"task": "supervisor:1", "note": "Verteld"},
    "SubmitEvaluation": {"text": "Leerzaam", "worth": 5},
    "ShareOutcome": {"with": "region", "what": "Drie lessen", "material": "Lesbrief"},
    "CloseInternship": {},
    "CancelInternship": {"reason": "Geen tijd"},
    "EndInternshipEarly": {"reason": "Geen tijd"},
    "CorrectRecord": {
        "event": NOWHERE, "reason": "Vergissing", "correction": "Anders",
        "approved_by": id_of("auditor"),
    },
}  # fmt: skip
OPTIONAL = {
    "ProposeInternship": {"follows"},
    "ApproveInternship": {"note"},
    "NameHostSupervisor": {"supervisor"},
    "ReplaceHostSupervisor": {"supervisor"},
    "ReplaceHostContact": {"host"},
    "DraftAgreement": {*AGREEMENT, "schedule"},
    "AmendAgreement": set(AGREEMENT),
    "SignAgreement": {"document"},
    "StartInternship": {"date"},
    "CompleteHandover": {"note"},
    "SubmitEvaluation": {"worth"},
    "ShareOutcome": {"material"},
}
"""May be missing or null; of some the rule says what is wrong."""
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
def test_right_data_are_taken_and_others_are_not(name: str) -> None:
    assert _refused(name, DATA[name]) is None
    assert _refused(name, {**DATA[name], "colour": "blauw"}) == "colour"


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_is_required_or_not(name: str, field: str) -> None:
    optional = field in OPTIONAL.get(name, set())
    if (name, field) in (("ProposeInternship", "from"), ("ProposeInternship", "to")):
        expected: str | None = "to"
    else:
        expected = None if optional else field
    left_out = {key: value for key, value in DATA[name].items() if key != field}
    assert _refused(name, left_out) == expected
    assert _refused(name, {**DATA[name], field: None}) == expected


@pytest.mark.parametrize(("name", "field"), FIELDS)
@pytest.mark.parametrize("value", [["x"], {"x": 1}, 1.5])
def test_a_value_has_its_type(name: str, field: str, value: object) -> None:
    assert _refused(name, {**DATA[name], field: value}) is not None


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("ProposeInternship", "kind", "holiday"),
        ("ProposeInternship", "half_days", 0),
        ("ProposeInternship", "half_days", "10"),
        ("ProposeInternship", "half_days", True),
        ("ProposeInternship", "to", "2026-04-12"),
        ("ProposeInternship", "question", " "),
        ("ApproveInternship", "replacement", "unsure"),
        ("DraftAgreement", "half_days", -1),
        ("DraftAgreement", "from", "13-04-2026"),
        ("RecordHalfDay", "part", "evening"),
        ("RecordHalfDay", "attended", 1),
        ("RecordHalfDay", "reason", " "),
        ("ReplaceHostSupervisor", "reason", "bored"),
        ("ShareOutcome", "with", "everybody"),
        ("SubmitEvaluation", "worth", 6),
        ("SignAgreement", "document", "x"),
        ("CancelInternship", "reason", ""),
    ],
)
def test_a_value_is_one_of_those_there_are(name: str, field: str, value: object) -> None:
    assert _refused(name, {**DATA[name], field: value}) == field


def test_persons_are_what_a_field_asks_for() -> None:
    wanted = {
        name: {field: role for field, (_, role) in RULES.people(parse(RULES, name, data)).items()}
        for name, data in DATA.items()
    }
    assert {name: named for name, named in wanted.items() if named} == {
        "ProposeInternship": {"school_leader": "school_leader"},
        "MatchHost": {"contact": "contact"},
        "NameHostSupervisor": {"supervisor": "contact"},
        "ReplaceHostSupervisor": {"supervisor": "contact"},
        "ReplaceHostContact": {"contact": "contact"},
        "ReplaceSchoolLeader": {"school_leader": "school_leader"},
        "CorrectRecord": {"approved_by": "auditor"},
    }
