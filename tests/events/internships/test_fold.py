"""An internship's state follows from its events alone, however they are read."""

from __future__ import annotations

import json

import pytest

from events.event import event_from_json
from events.internships import STORY
from events.internships.facts import FACTS
from tests.workflows.internships.office import ROAD, Office, at, id_of


def _eventful() -> Office:
    """Amended, handed over, reminded, overdue, corrected and closed."""
    office = at("partly")
    office.accept("coordinator", "ReplaceHostSupervisor", _successor("mila"))
    office.accept("arno", "RequestFreshLink")
    office.accept("coordinator", "RevokeSigningLink", {"party": "host"})
    office.move("2026-04-15T10:00")
    days = {"from": "2026-04-20", "to": "2026-04-24", "half_days": 1}
    office.accept("coordinator", "AmendAgreement", {**days, "reason": "Verschoven"})
    for signer in ("teacher", "leader", "arno"):
        office.accept(signer, "SignAgreement", {"version": 2})
    office.accept("coordinator", "CompleteHandover", {"task": "supervisor:1"})
    office.move("2026-04-21T10:00")
    office.accept("teacher", "StartInternship", {"date": "2026-04-20"})
    office.accept(
        "teacher", "RecordHalfDay", {"date": "2026-04-20", "part": "morning", "attended": True}
    )
    office.move("2026-06-20T10:00")
    for signer in ("teacher", "leader", "arno"):
        office.accept(signer, "SubmitEvaluation", {"text": "Leerzaam"})
    correction = {"reason": "Vergissing", "correction": "Anders", "approved_by": id_of("auditor")}
    office.accept("hr", "CorrectRecord", {"event": office.events[-1].event_id, **correction})
    office.accept("teacher", "ShareOutcome", {"with": "network", "what": "Een verhaal"})
    office.accept("coordinator", "CloseInternship")
    return office


def _successor(key: str) -> dict[str, str]:
    return {"supervisor": id_of(key), "reason": "left"}


@pytest.mark.parametrize("milestone", ROAD)
def test_at_once_or_one_by_one(milestone: str) -> None:
    office = at(milestone)
    assert STORY.fold(office.events) == office.state
    half = len(office.events) // 2
    assert STORY.fold(office.events[half:], STORY.fold(office.events[:half])) == office.state


def test_events_survive_being_written_down() -> None:
    office = _eventful()
    written = json.dumps([event.json() for event in office.events])
    read = [event_from_json(raw, FACTS) for raw in json.loads(written)]
    assert read == office.events
    assert STORY.fold(read) == office.state
    assert {"StepOverdue", "ReminderSent", "SignaturesMissing"} <= {one.type for one in read}


def test_a_fold_changes_no_earlier_state() -> None:
    office = _eventful()
    states = [STORY.initial()]
    for event in office.events:
        states.append(STORY.evolve(states[-1], event))
    for number, state in enumerate(states):
        assert STORY.fold(office.events[:number]) == state


def test_the_index_names_everybody_with_a_part() -> None:
    office = at("supervised")
    index = STORY.index(office.state)
    assert (index.state, index.open) == ("matched", True)
    assert index.parties == {
        "teacher": id_of("teacher"),
        "school_leader": id_of("leader"),
        "contact": id_of("arno"),
        "supervisor": id_of("jeroen"),
    }
    assert STORY.index(at("closed").state).open is False
