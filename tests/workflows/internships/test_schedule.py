"""Half-days may be planned: as many as agreed, on its days; and they stand in calendars."""

from __future__ import annotations

from typing import Any

import pytest

from events.internships import STORY
from tests.workflows.internships.office import AGREEMENT, Office, at, id_of

FIRST = {"date": "2026-04-13", "part": "morning"}
SECOND = {"date": "2026-04-14", "part": "afternoon"}
PLANNED = {**AGREEMENT, "schedule": [SECOND, FIRST]}
HALF_DAYS = [("half_day", "2026-04-13", "morning"), ("half_day", "2026-04-14", "afternoon")]
AMEND = {"reason": "Anders"}


def _drafted() -> Office:
    office = at("supervised")
    office.accept("coordinator", "DraftAgreement", PLANNED)
    return office


def _agenda(office: Office, by: str) -> list[tuple[str, str, str]]:
    items = office.view("agenda", by).body["items"]
    return [(it["kind"], it["at"], it["part"]) for it in items if it["kind"] == "half_day"]


def _signed(office: Office) -> None:
    for signer in ("teacher", "leader", "arno"):
        office.accept(signer, "SignAgreement", {"version": len(office.state.versions)})


@pytest.mark.parametrize(
    "schedule",
    [
        [FIRST],
        [FIRST, FIRST],
        [FIRST, SECOND, {**FIRST, "part": "afternoon"}],
        [FIRST, {**SECOND, "date": "2026-04-18"}],
        [FIRST, {**SECOND, "date": "2026-04-12"}],
    ],
)
def test_each_once_as_many_as_agreed_on_its_days(schedule: list[Any]) -> None:
    office = at("supervised")
    data = {**AGREEMENT, "schedule": schedule}
    assert office.refuse("coordinator", "DraftAgreement", data) == ("command.invalid", "schedule")


@pytest.mark.parametrize("wrong", [{"part": "evening"}, {"date": "2026-02-30"}, {"hour": 9}])
def test_a_half_day_is_a_day_and_a_part(wrong: dict[str, Any]) -> None:
    office = at("supervised")
    data = {**AGREEMENT, "schedule": [{**FIRST, **wrong}, SECOND]}
    code, field = office.refuse("coordinator", "DraftAgreement", data)
    assert (code, str(field).split(".")[0]) == ("command.invalid", "schedule")


@pytest.mark.parametrize("nothing", [{}, {"schedule": None}, {"schedule": []}])
def test_nothing_need_be_planned(nothing: dict[str, Any]) -> None:
    office = at("supervised")
    office.accept("coordinator", "DraftAgreement", {**AGREEMENT, **nothing})
    assert office.summary()["agreement"]["schedule"] == []
    paper = STORY.paper(office.state, 1)
    assert paper is not None
    assert not any(paper.fields["schedule"].values())


def test_what_is_planned_stands_in_order_in_the_agreement_and_its_paper() -> None:
    office = _drafted()
    assert office.summary()["agreement"]["schedule"] == [FIRST, SECOND]
    paper = STORY.paper(office.state, 1)
    assert paper is not None
    assert paper.fields["schedule"] == {"morning": ["2026-04-13"], "afternoon": ["2026-04-14"]}


def test_an_amendment_keeps_it_whole() -> None:
    office = _drafted()
    fewer = {**AMEND, "half_days": 1}
    assert office.refuse("coordinator", "AmendAgreement", fewer) == ("command.invalid", "schedule")
    same = {**AMEND, "schedule": [FIRST, SECOND]}
    assert office.refuse("coordinator", "AmendAgreement", same) == ("command.invalid", "schedule")
    office.accept("coordinator", "AmendAgreement", {**fewer, "schedule": [SECOND]})
    assert office.summary()["agreement"]["schedule"] == [SECOND]
    office.accept("coordinator", "AmendAgreement", {**AMEND, "schedule": None})
    assert office.summary()["agreement"]["schedule"] == []


def test_what_is_planned_is_in_the_agenda_of_whoever_is_there() -> None:
    office = _drafted()
    for by in ("teacher", "arno", "jeroen"):
        assert _agenda(office, by) == HALF_DAYS
    for by in ("leader", "coordinator", "hr"):
        assert _agenda(office, by) == []


def test_until_it_is_recorded_or_over() -> None:
    office = _drafted()
    _signed(office)
    office.move("2026-04-13T17:00")
    office.accept("coordinator", "StartInternship")
    assert _agenda(office, "teacher") == HALF_DAYS
    office.accept("teacher", "RecordHalfDay", {**FIRST, "attended": True})
    assert _agenda(office, "arno") == HALF_DAYS[1:]
    office.accept("teacher", "RecordHalfDay", {**FIRST, "part": "afternoon", "attended": True})
    assert _agenda(office, "arno") == []


def test_what_was_never_recorded_is_not_planned_for_ever() -> None:
    office = _drafted()
    _signed(office)
    office.move("2026-04-13T17:00")
    office.accept("coordinator", "StartInternship")
    office.move("2026-04-18T08:00")
    assert _agenda(office, "teacher") == []


def test_the_new_contact_and_supervisor_see_it_the_former_do_not() -> None:
    office = _drafted()
    gone = {"contact": id_of("mila"), "reason": "left"}
    office.accept("coordinator", "ReplaceHostContact", gone)
    assert _agenda(office, "mila") == HALF_DAYS
    assert _agenda(office, "arno") == []
