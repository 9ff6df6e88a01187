"""Every fact comes back from storage as it went in, whatever it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from events import stewardship
from events.event import Actor, Event, Fact, Id, Name, Text, event_from_json, event_id
from events.supervision import STORY
from events.supervision.facts import FACTS

STREAM = "0b54e7b1-91a0-5e7c-8f3e-2f9d63d51a11"
COMMAND = "9ad5b0c4-5d9e-4a3e-9a53-0a7e6fd1c2b3"

KNOWN = {
    "TrajectoryRequested", "TrajectoryAccepted", "TrajectoryDeclined", "AdvisorAssigned",
    "AdvisorReplaced", "ScopeEstimated", "IntakePlanned", "IntakeHeld", "IntakeCancelled",
    "PeriodAgreed", "PeriodExtended", "VisitModeAgreed", "TeacherConsentRecorded",
    "TeacherConsentRefused", "TeacherConsentWithdrawn", "DiagnosisVisitPlanned",
    "DiagnosisVisitHeld", "DiagnosisVisitCancelled", "GoalDrafted", "GoalReworded",
    "GoalDropped", "ClientConsultedOnGoals", "GoalListFixed", "GoalListAmended",
    "ClassVisitPlanned", "UnannouncedVisitPlanned", "ClassVisitRescheduled",
    "ClassVisitCancelled", "ClassVisitHeld", "FollowUpTalkPlanned", "FollowUpTalkHeld",
    "FollowUpTalkCancelled", "SelfAssessmentSubmitted", "SelfAssessmentOmitted",
    "TimetableChangeReported", "InterventionHoursLogged", "InterventionHoursCorrected",
    "TrajectorySuspended", "TrajectoryResumed", "InterimReportIssued", "FinalReportDrafted",
    "TeacherResponseAdded", "FinalReportIssued", "ClosingTalkHeld", "FinalReportReceived",
    "TrajectoryClosed", "TrajectoryEscalated", "TrajectoryAborted", "InvoiceBasisPrepared",
    "RecordCorrected", "StepOverdue", "ReminderSent", "TrajectoryStalled", "PeriodEnding",
    "ResponseTermEnded", "SuspendedLong",
}  # fmt: skip
"""The types of the contract: the names never change."""

_words = st.text(max_size=20).map(str.strip)
_names = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)
_SPECIAL: dict[Any, st.SearchStrategy[Any]] = {
    Id: st.uuids().map(str),
    Name: _names,
    Text: _words,
    str: _words,
    bool: st.booleans(),
    int: st.integers(0, 10_000),
    type(None): st.none(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """JSON values that suit an annotation of a fact's field."""
    if kind in _SPECIAL:
        return _SPECIAL[kind]
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return values(parts[0])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, UnionType):
        return st.one_of([values(part) for part in parts])
    if origin is tuple:
        return st.lists(values(parts[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(values(parts[0]), values(parts[1]), max_size=3)
    return data_of(kind)


def data_of(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Data for a model, under the names that are stored."""
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    needed = {key: _of_field(info) for key, info in fields.items() if info.is_required()}
    further = {key: _of_field(info) for key, info in fields.items() if not info.is_required()}
    return st.fixed_dictionaries(needed, optional=further)


def _of_field(info: Any) -> st.SearchStrategy[Any]:
    # The constraints of an Annotated field live beside its annotation.
    for special in (Id, Name, Text):
        base, *marks = get_args(special)
        if (
            info.annotation is base
            and marks
            and set(map(repr, marks)) <= set(map(repr, info.metadata))
        ):
            return _SPECIAL[special]
    return values(info.annotation)


def event_of(fact: Fact) -> Event:
    return Event(
        event_id=event_id(STREAM, COMMAND, 0),
        stream_id=STREAM,
        version=1,
        type=type(fact).__name__,
        schema_version=fact.schema_version,
        occurred_on="2026-03-29",
        recorded_at=datetime(2026, 3, 29, 0, 59, 59, 123456, UTC),
        actor=Actor(None, "process"),
        command_id=COMMAND,
        causation_id=None,
        correlation_id=STREAM,
        settings_version=3,
        data=fact,
    )


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_fact_comes_back_as_it_was(name: str) -> None:
    @settings(max_examples=15, derandomize=True, database=None, deadline=None)
    @given(data=data_of(FACTS[name]))
    def comes_back(data: dict[str, Any]) -> None:
        event = event_of(FACTS[name].model_validate(data))
        stored = json.dumps(event.json())
        again = event_from_json(json.loads(stored), FACTS)
        assert again == event
        assert type(again.data) is FACTS[name]
        assert json.dumps(again.json()) == stored

    comes_back()


def test_the_types_are_those_of_the_contract() -> None:
    assert set(FACTS) == KNOWN


def test_an_unknown_type_is_not_read() -> None:
    raw = event_of(FACTS["ResponseTermEnded"].model_validate({"due": "2026-03-27"})).json()
    with pytest.raises(KeyError):
        event_from_json({**raw, "type": "SomethingElse"}, FACTS)


def test_a_fact_knows_no_other_keys() -> None:
    with pytest.raises(ValueError, match="surprise"):
        FACTS["ResponseTermEnded"].model_validate({"due": "2026-03-27", "surprise": 1})


def test_what_a_fact_says_never_changes() -> None:
    fact = FACTS["ResponseTermEnded"].model_validate({"due": "2026-03-27"})
    with pytest.raises(ValueError, match="frozen"):
        fact.due = "2026-03-28"  # pyright: ignore[reportAttributeAccessIssue]


def test_the_story_reads_exactly_these_facts_and_those_that_all_share() -> None:
    assert dict(STORY.facts) == FACTS | dict(stewardship.FACTS)
