"""What a command's data must look like before anybody looks at the case (contract 1, schema)."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from web.api.examples.supervision import SUPERVISION as EXAMPLES
from workflows.decision import Refused
from workflows.pure import parse
from workflows.stewardship import COMMANDS as STEWARDSHIP
from workflows.supervision import RULES
from workflows.supervision.commands import COMMANDS

LEFT_TO_THE_RULES = {
    "RequestTrajectory": {"concerns"},
    "EstimateScope": {"visits"},
    "RecordIntake": {"present", "topics"},
    "AgreePeriod": {"from", "to", "client"},
    "ExtendPeriod": {"to", "client"},
    "RecordTeacherConsent": {"items"},
    "PlanDiagnosisVisit": {"announced"},
    "RecordDiagnosisVisit": {"observations"},
    "DraftGoal": {"single", "grounds"},
    "RewordGoal": {"single"},
    "RecordClientConsultation": {"version"},
    "RecordVisit": {"findings"},
    "SubmitSelfAssessment": {"ratings"},
    "RecordFollowUpTalk": {"goal_list", "reflection", "instructions"},
    "DraftFinalReport": {"sections", "goal_results"},
    "EscalateTrajectory": {"mandate"},
    "AbortTrajectory": {"reason"},
}
"""Missing, null or empty: the rule has its own code for it."""

OPTIONAL = {
    "RequestTrajectory": {"earlier_guidance"},
    "EstimateScope": {"hours", "client_agrees"},
    "RecordIntake": {"date", "agreements", "hours"},
    "RecordDiagnosisVisit": {"date", "hours"},
    "DraftGoal": {"concerns"},
    "RecordClientConsultation": {"remark", "hours"},
    "RecordVisit": {"date", "second_observer", "hours"},
    "RecordFollowUpTalk": {"date", "hours"},
    "ReportTimetableChange": {"date"},
    "IssueFinalReport": {"hours"},
    "RecordClosingTalk": {"date", "hours"},
    "AbortTrajectory": {"category"},
    "Suspend": {"note"},
}
"""May be missing or null. `category` of an abort and `note` have rules of their own."""

GIVEN = [(name, field) for name, data in EXAMPLES.items() for field in data]


def _free(command: str) -> set[str]:
    return LEFT_TO_THE_RULES.get(command, set()) | OPTIONAL.get(command, set())


def _valid(command: str, data: dict[str, Any]) -> bool:
    try:
        COMMANDS[command].model_validate(data)
    except ValidationError:
        return False
    return True


def test_every_command_has_an_example() -> None:
    assert set(EXAMPLES) == set(COMMANDS) == set(RULES.commands) - set(STEWARDSHIP)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_example_is_taken(name: str) -> None:
    assert _valid(name, EXAMPLES[name])


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_schema_can_be_told_and_names_every_field(name: str) -> None:
    schema = json.loads(json.dumps(COMMANDS[name].model_json_schema()))
    assert schema["additionalProperties"] is False
    fields = {info.alias or field for field, info in COMMANDS[name].model_fields.items()}
    assert set(schema.get("properties", {})) == fields
    assert set(EXAMPLES[name]) <= fields
    assert set(schema.get("required", [])) == fields - _free(name)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_an_unknown_key_is_invalid(name: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(RULES, name, {**EXAMPLES[name], "surprise": 1})
    assert (refused.value.code, refused.value.field) == ("command.invalid", "surprise")


@pytest.mark.parametrize(("name", "field"), GIVEN)
def test_what_may_be_missing(name: str, field: str) -> None:
    without = {key: value for key, value in EXAMPLES[name].items() if key != field}
    assert _valid(name, without) == (field in _free(name))
    assert _valid(name, {**EXAMPLES[name], field: None}) == (field in _free(name))


@pytest.mark.parametrize(
    ("name", "field"), [(n, f) for n, fields in LEFT_TO_THE_RULES.items() for f in sorted(fields)]
)
def test_empty_is_missing_where_the_rule_has_a_code(name: str, field: str) -> None:
    example = EXAMPLES[name].get(field)
    empty = {list: [], dict: {}}.get(type(example), "")
    assert _valid(name, {**EXAMPLES[name], field: empty})


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (name, field)
        for name, field in GIVEN
        if isinstance(EXAMPLES[name][field], str) and field not in _free(name)
    ],
)
@pytest.mark.parametrize("empty", ["", "  "])
def test_a_required_text_is_not_blank(name: str, field: str, empty: str) -> None:
    assert not _valid(name, {**EXAMPLES[name], field: empty})


@pytest.mark.parametrize(("name", "field"), GIVEN)
def test_another_type_is_invalid(name: str, field: str) -> None:
    kinds: tuple[Any, ...] = (7.5, [[1]], {"x": {"y": 1}})
    for odd in kinds:
        assert not _valid(name, {**EXAMPLES[name], field: odd}), odd


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("RequestTrajectory", ("concerns", 0, "text")),
        ("RequestTrajectory", ("concerns", 0, "concern")),
        ("RecordVisit", ("findings", 0, "goal")),
        ("RecordVisit", ("findings", 0, "seen")),
        ("RecordDiagnosisVisit", ("observations", "lesson_change", "seen")),
    ],
)
def test_what_is_required_deeper(name: str, path: tuple[Any, ...]) -> None:
    data = deepcopy(EXAMPLES[name])
    *way, last = path
    inner: Any = data
    for part in way:
        inner = inner[part]
    del inner[last]
    with pytest.raises(Refused) as refused:
        parse(RULES, name, data)
    assert refused.value.field == ".".join(map(str, path))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("RecordVisit", ("findings", 0, "example")),
        ("RecordDiagnosisVisit", ("observations", "lesson_change", "note")),
        ("DraftFinalReport", ("sections", "results")),
    ],
)
@pytest.mark.parametrize("empty", [None, "", " "])
def test_what_the_rules_look_at_deeper(name: str, path: tuple[Any, ...], empty: Any) -> None:
    data = deepcopy(EXAMPLES[name])
    *way, last = path
    inner: Any = data
    for part in way:
        inner = inner[part]
    inner[last] = empty
    assert _valid(name, data)


@pytest.mark.parametrize("hours", ["0", "0.00", "0.1", "0.26", "-1", "1,5", "", "een", 1, 1.5])
def test_hours_are_positive_quarters(hours: Any) -> None:
    assert not _valid("LogHours", {"intervention": "intake", "hours": hours})


@pytest.mark.parametrize(("given", "kept"), [("0.25", "0.25"), ("2", "2.00"), ("2.5", "2.50")])
def test_hours_have_two_decimals(given: str, kept: str) -> None:
    command = COMMANDS["LogHours"].model_validate({"intervention": "intake", "hours": given})
    assert command.model_dump()["hours"] == kept


def test_no_hours_at_all_only_as_a_correction() -> None:
    data = {"intervention": "intake", "hours": "0", "reason": "niet gehouden"}
    assert _valid("CorrectHours", data)
    assert not _valid("RecordIntake", {**EXAMPLES["RecordIntake"], "hours": "0"})


@pytest.mark.parametrize("rate", ["0", "0.00", "-118", "118.333", "118,50", "", 118, 118.5])
def test_a_rate_is_positive_with_cents(rate: Any) -> None:
    assert not _valid("AcceptRequest", {"hourly_rate": rate})


@pytest.mark.parametrize(
    "at", ["2026-02-10", "2026-02-10T25:00", "2026-02-30T08:30", "2026-02-10T08:30Z", "10-02-2026"]
)
def test_a_planned_moment_is_a_local_date_and_time(at: str) -> None:
    assert not _valid("PlanIntake", {"at": at})


@pytest.mark.parametrize("day", ["2026-02-30", "2026-2-3", "20260203", "2026-02-03T10:00"])
def test_a_day_is_a_day(day: str) -> None:
    assert not _valid("RecordClosingTalk", {"date": day})


@pytest.mark.parametrize(
    "intervention", ["lunch", "visit:", "visit", "Intake", "talk:", "report:V1", "consultation:1"]
)
def test_an_intervention_has_one_of_seven_forms(intervention: str) -> None:
    assert not _valid("LogHours", {"intervention": intervention, "hours": "1"})


@pytest.mark.parametrize("field", ["client", "manager"])
def test_a_teacher_has_no_other_part(field: str) -> None:
    data = {**EXAMPLES["RequestTrajectory"], field: EXAMPLES["RequestTrajectory"]["teacher"]}
    with pytest.raises(Refused) as refused:
        parse(RULES, "RequestTrajectory", data)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "persons"),
    [
        ("RequestTrajectory", {"teacher": "teacher", "client": "client", "manager": "manager"}),
        ("AssignAdvisor", {"advisor": "advisor"}),
        ("ReplaceAdvisor", {"advisor": "advisor"}),
        ("AgreePeriod", {"client": "client"}),
        ("ExtendPeriod", {"client": "client"}),
        ("AgreeVisitMode", {"client": "client"}),
        ("RecordClientConsultation", {"client": "client"}),
        ("EscalateTrajectory", {"mandate": None}),
        ("CorrectRecord", {"approved_by": "auditor"}),
        ("RecordVisit", {}),
    ],
)
def test_the_role_that_a_named_person_must_hold(name: str, persons: dict[str, str | None]) -> None:
    named = RULES.people(COMMANDS[name].model_validate(EXAMPLES[name]))
    assert {field: role for field, (_, role) in named.items()} == persons


def test_anybody_of_the_board_may_observe_too() -> None:
    person = EXAMPLES["AssignAdvisor"]["advisor"]
    data = {**EXAMPLES["RecordVisit"], "second_observer": person}
    named = RULES.people(COMMANDS["RecordVisit"].model_validate(data))
    assert named == {"second_observer": (person, None)}
