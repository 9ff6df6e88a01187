"""Who may read what of an internship: the host's people less than the school's."""

from __future__ import annotations

import json

import pytest

from events.internships import STORY
from events.process import Reader
from tests.workflows.internships.office import ROLES, Office, at, id_of

NOTE, OF_TEACHER, OF_LEADER, OF_HOST = "Kees valt in", "Laswerk", "Lesrooster", "Lastoorts"


def _evaluated() -> Office:
    office = at("recorded")
    for by, text in (("teacher", OF_TEACHER), ("leader", OF_LEADER), ("arno", OF_HOST)):
        office.accept(by, "SubmitEvaluation", {"text": text, "worth": 3})
    return office


def _correct(office: Office, event: str, text: str) -> str:
    """Corrects an event; the id of the correction."""
    data = {
        "event": event,
        "reason": f"{text}reden",
        "correction": text,
        "approved_by": id_of("auditor"),
    }
    office.accept("hr", "CorrectRecord", data)
    return office.events[-1].event_id


def _read(office: Office, by: str) -> str:
    views = ("summary", "timeline", "export")
    return json.dumps([office.view(view, by).body for view in views], ensure_ascii=False)


@pytest.mark.parametrize("by", ["teacher", "leader", "coordinator", "second", "hr", "auditor"])
def test_the_school_reads_everything(by: str) -> None:
    text = _read(_evaluated(), by)
    assert all(word in text for word in (NOTE, OF_TEACHER, OF_LEADER, OF_HOST))


@pytest.mark.parametrize(("by", "own"), [("arno", True), ("jeroen", False)])
def test_the_host_reads_no_evaluation_of_another_and_no_note(by: str, own: bool) -> None:
    text = _read(_evaluated(), by)
    assert not any(word in text for word in (NOTE, OF_TEACHER, OF_LEADER))
    assert (OF_HOST in text) is own
    assert text.count('"worth"') == (2 if own else 0)
    assert '"submitted": ["teacher", "school", "host"]' in text
    assert "EvaluationSubmitted" in text
    assert '"replacement": "arranged"' in text


def test_who_is_both_contact_and_supervisor_reads_the_own_evaluation() -> None:
    office = at("recorded")
    office.accept(
        "coordinator", "ReplaceHostSupervisor", {"supervisor": id_of("arno"), "reason": "left"}
    )
    office.accept("arno", "SubmitEvaluation", {"text": OF_HOST})
    assert OF_HOST in _read(office, "arno")


def test_a_correction_is_read_by_who_reads_what_it_corrects() -> None:
    office = _evaluated()
    of_type = {event.type: event.event_id for event in office.events}
    evaluations = [e.event_id for e in office.events if e.type == "EvaluationSubmitted"]
    first = _correct(office, evaluations[0], "Anders-1")
    _correct(office, first, "Anders-2")
    _correct(office, of_type["InternshipApproved"], "Anders-3")
    _correct(office, evaluations[2], "Anders-4")
    _correct(office, of_type["HostMatched"], "Anders-5")
    shown = {
        by: [number for number in range(1, 6) if f"Anders-{number}" in _read(office, by)]
        for by in ("teacher", "hr", "arno", "jeroen")
    }
    assert shown == {
        "teacher": [1, 2, 3, 4, 5],
        "hr": [1, 2, 3, 4, 5],
        "arno": [4, 5],
        "jeroen": [5],
    }
    assert _read(office, "jeroen").count("RecordCorrected") == 10


@pytest.mark.parametrize("by", ["other_teacher", "other_leader", "outsider", "board", "mila"])
def test_who_has_no_part_knows_of_nothing(by: str) -> None:
    office = at("running")
    for view in ("summary", "timeline", "export"):
        assert office.view(view, by).refused == "not_found"
    for view in ("tasks", "agenda"):
        assert office.view(view, by).body["items"] == []


def test_who_is_replaced_has_no_part_any_more() -> None:
    office = at("supervised")
    match = {"host": office.host, "contact": id_of("mila")}
    office.accept("coordinator", "MatchHost", match)
    for by in ("arno", "jeroen"):
        assert office.view("summary", by).refused == "not_found"
    assert office.view("summary", "mila").refused is None


def test_a_part_counts_with_its_role_only() -> None:
    state = at("running").state
    for by, part in (
        ("teacher", "teacher"),
        ("leader", "school_leader"),
        ("arno", "contact"),
        ("jeroen", "supervisor"),
    ):
        assert STORY.rights(state, Reader(id_of(by), ROLES[by])) == {part}
        assert STORY.rights(state, Reader(id_of(by), ())) == frozenset()


def test_coordinators_hr_and_auditors_may_look_for_all_cases() -> None:
    assert [
        role
        for role in ("hr", "coordinator", "auditor", "board", "teacher", "contact")
        if STORY.sees_all((role,))
    ] == ["hr", "coordinator", "auditor"]
