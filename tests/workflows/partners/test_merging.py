"""Two entries for one partner become one, and nothing of the other is lost."""

from __future__ import annotations

import pytest

from events.partners import STORY
from events.recording import Delivered
from tests.workflows.partners.register import (
    AGREEMENT,
    FIT,
    MOMENT,
    NOWHERE,
    PEOPLE,
    REASON,
    ROAD,
    Register,
    at,
    id_of,
)
from workflows.decision import Command, Refused
from workflows.partners import RULES
from workflows.partners.merging import run_errand

IMPOSSIBLE = "partner.merge_impossible"


def _two(milestone: str = "active") -> tuple[Register, str, str]:
    """A register, a partner that goes and one that stays; the one that goes is at hand."""
    register = at(milestone)
    stays = register.case
    register.register(name="Het Vlinderdal")
    goes = register.case
    register.accept("leader", "AssessFit", FIT)
    register.accept("leader", "ActivatePartner", {**PEOPLE, "primary_contact": id_of("loes")})
    register.accept("leader", "AddContact", contact=id_of("kees"))
    register.accept("leader", "RecordAgreement", AGREEMENT)
    return register, goes, stays


@pytest.mark.parametrize("milestone", list(ROAD)[:-1])
def test_the_other_one_takes_over(milestone: str) -> None:
    register, goes, stays = _two(milestone)
    merged = register.accept("coordinator", "MergePartners", REASON, into=stays)
    assert merged == ["PartnersMerged"]
    assert register.types[-2:] == ["PartnersMerged", "MergeCompleted"]
    assert register.events[-1].data.taken_over
    summary = register.summary()
    assert (summary["state"], summary["merged_into"]) == ("ended", stays)
    register.case = stays
    taken = register.events[-1]
    assert taken.type == "PartnerTakenOver"
    assert taken.causation_id == register.engine.streams[goes].events[-2].event_id
    assert (taken.actor.person, taken.actor.role) == (None, "process")
    summary = register.summary()
    assert summary["agreements"] == [AGREEMENT]
    assert set(summary["contacts"]) == {id_of("loes"), id_of("kees")}
    assert summary["state"] == milestone


def test_what_the_other_one_has_itself_stays() -> None:
    register, goes, stays = _two()
    own = {**AGREEMENT, "subject": "het eigen convenant", "to": "2026-06-30"}
    register.case = stays
    register.accept("leader", "RecordAgreement", own)
    register.case = goes
    register.accept("leader", "RecordAgreement", AGREEMENT, agreement="Huur")
    register.accept("coordinator", "MergePartners", REASON, into=stays)
    summary = register.summary(stream=stays)
    assert summary["agreements"] == [own, {**AGREEMENT, "agreement": "Huur"}]
    assert summary["primary_contact"] == id_of("kees")
    assert summary["contacts"] == [id_of("kees"), id_of("loes")]


def test_contacts_of_another_one_succeed_the_last_one_who_left() -> None:
    register, goes, stays = _two()
    register.case = stays
    register.accept("leader", "EndContact", contact=id_of("kees"), reason="other")
    register.case = goes
    register.accept("coordinator", "MergePartners", REASON, into=stays)
    assert register.summary(stream=stays)["primary_contact"] is None
    register.case = stays
    register.accept("leader", "CompleteHandover", task="contact:1", successor=id_of("loes"))
    assert register.summary()["primary_contact"] == id_of("loes")


def test_into_itself_into_nothing_and_into_what_has_ended() -> None:
    register, goes, stays = _two()
    departure = register.leave("carla")
    register.case = stays
    register.accept("leader", "EndPartner", REASON)
    register.case = goes
    for into in (goes, NOWHERE, departure, stays):
        assert register.refuse("coordinator", "MergePartners", REASON, into=into)[0] == IMPOSSIBLE


def test_only_coordinators_merge() -> None:
    register, _, stays = _two()
    for by in ("leader", "anna", "bram", "teacher", "hr"):
        assert register.refuse(by, "MergePartners", REASON, into=stays)[0] == "auth.role"


def test_it_is_open_but_takes_nothing_until_the_other_one_has_answered() -> None:
    register, _, stays = _two()
    register.accept("coordinator", "MergePartners", REASON, into=stays)
    before = STORY.fold(register.events[:-1])
    assert before.merging
    assert not STORY.is_final(before)
    assert STORY.index(before).state == "ended"
    assert STORY.index(before).open
    assert [errand.streams for errand in RULES.errands(before)] == [(stays,)]
    assert STORY.is_final(register.state)
    assert not STORY.index(register.state).open
    assert RULES.errands(register.state) == ()
    with pytest.raises(Refused) as refused:
        RULES.decide(before, _moment(), register.context("anna"))
    assert refused.value.code == "state.final"


def _moment() -> Command:
    return RULES.commands["LogContactMoment"].model_validate(MOMENT)


def test_what_the_other_one_refuses_is_written_down() -> None:
    register, _, stays = _two()
    register.accept("coordinator", "MergePartners", REASON, into=stays)
    before = STORY.fold(register.events[:-1])
    (errand,) = RULES.errands(before)
    ctx = register.context("coordinator")
    decision = run_errand(before, errand, Delivered(given=0, refused=1), ctx)
    assert [one.fact.model_dump() for one in decision.events] == [{"taken_over": False}]
    with pytest.raises(Refused):
        run_errand(register.state, errand, Delivered(given=1, refused=0), ctx)


def test_a_repeated_merge_changes_nothing_more() -> None:
    register, goes, stays = _two()
    call = register.call("coordinator", "MergePartners", {**REASON, "into": stays}, goes)
    first = register.send(call)
    count = len(register.engine.streams[stays].events)
    assert register.send(call).body == first.body
    assert len(register.engine.streams[stays].events) == count
