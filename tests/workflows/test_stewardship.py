"""Holds, restrictions and erasure: the same seven commands in every process and every phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from events.event import PROCESS_ROLE, Actor, Event
from events.process import Reader, View
from events.settings import TenantSettings
from events.stewardship import FACTS
from tests.properties.desk import Desk
from tests.properties.roads import travel
from workflows import assessments, departures, internships, partners, placements
from workflows.decision import Context, Giver, Refused
from workflows.pure import parse
from workflows.registry import RULES
from workflows.steps import Step, check_phase
from workflows.stewardship import COMMANDS
from workflows.supervision.steps import STEPS

SETTINGS = TenantSettings()
ENDED = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)
PEOPLE: dict[str, tuple[str, ...]] = {
    "hr": ("hr",),
    "colleague": ("hr",),
    "both": ("auditor", "hr"),
    "auditor": ("auditor",),
    "coordinator": ("coordinator",),
    "teacher": ("teacher",),
    "contact": ("contact",),
}
GIVERS = {
    "PlaceLegalHold": {"hr", "auditor"},
    "LiftLegalHold": {"hr", "auditor"},
    "RestrictProcessing": {"hr"},
    "LiftRestriction": {"hr"},
    "RequestErasure": {"hr"},
    "ApproveErasure": {"auditor"},
    "DeclineErasure": {"auditor"},
}
GROUNDS = {
    "RequestErasure": (
        *("retention", "retention", "consent_withdrawn", "objection", "unlawful", "court_order"),
    ),
    "RestrictProcessing": ("accuracy", "unlawful", "claims", "objection"),
}
DAYS = (0, 0, 1, 30, 365)


@dataclass
class Oracle:
    """What should come of a command, told by the contract and by nothing of the program."""

    months: int
    ended: bool
    hold: bool = False
    restricted: bool = False
    request: tuple[str, str] | None = None
    approved: bool = False

    def code(self, name: str, by: str, ground: str | None, now: datetime) -> str | None:
        if not GIVERS[name] & set(PEOPLE[by]):
            return "auth.role"
        match name:
            case "PlaceLegalHold":
                return "hold.already" if self.hold else None
            case "LiftLegalHold":
                return None if self.hold else "hold.not_placed"
            case "RestrictProcessing":
                return "restriction.already" if self.restricted else None
            case "LiftRestriction":
                return None if self.restricted else "restriction.none"
            case "RequestErasure" if self.request:
                return "erasure.already_requested"
            case "RequestErasure":
                return self._barred(ground, now)
            case "ApproveErasure" if self.request is None or self.approved:
                return "erasure.not_requested"
            case "ApproveErasure" if self.request and self.request[0] == by:
                return "erasure.same_person"
            case "ApproveErasure":
                assert self.request is not None
                return self._barred(self.request[1], now)
            case _:
                return None if self.request else "erasure.not_requested"

    def _barred(self, ground: str | None, now: datetime) -> str | None:
        if self.hold:
            return "erasure.on_hold"
        local = ENDED + timedelta(hours=1)
        months = local.year * 12 + local.month - 1 + self.months
        over = datetime(months // 12, months % 12 + 1, 31, tzinfo=UTC)
        running = not self.ended or now + timedelta(hours=1) < over
        return "retention.running" if ground == "retention" and running else None

    def take(self, name: str, by: str, ground: str | None) -> None:
        match name:
            case "PlaceLegalHold" | "LiftLegalHold":
                self.hold = name == "PlaceLegalHold"
            case "RestrictProcessing" | "LiftRestriction":
                self.restricted = name == "RestrictProcessing"
            case "RequestErasure":
                self.request = (by, ground or "")
            case "ApproveErasure":
                self.approved = True
            case _:
                self.request, self.approved = None, False

    @property
    def erasure(self) -> str | None:
        return ("approved" if self.approved else "requested") if self.request else None


@dataclass
class Walk:
    """A case of which only stewardship is known, in some phase of its process."""

    process: str
    phase: str
    now: datetime = ENDED
    met: set[str | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rules = RULES[self.process]
        story = self.rules.story
        ended = self.phase in story.initial().ends
        self.oracle = Oracle(SETTINGS.retention[story.retention].months, ended)
        known = {"version": 3, "phase": self.phase, "ended_at": ENDED if ended else None}
        self.state: Any = story.initial().with_(**known)

    def give(self, name: str, by: str, ground: str | None) -> None:
        words = {"reason": "waarom", "ground": ground}
        data = {key: words[key] for key in COMMANDS[name].model_fields}
        ctx = Context("", "", "c", Giver(by, PEOPLE[by]), self.now, SETTINGS)
        expected = self.oracle.code(name, by, ground, self.now)
        offered = self.rules.offered(self.state, name, ctx)
        self.met.add(expected)
        if expected is not None:
            with pytest.raises(Refused) as refused:
                self.rules.decide(self.state, parse(self.rules, name, data), ctx)
            assert (refused.value.code, refused.value.field) == (expected, None), (name, by, ground)
            # Which ground is given is not known when it is offered.
            assert offered is (expected == "retention.running" and name == "RequestErasure")
            return
        assert offered
        self._record(self.rules.decide(self.state, parse(self.rules, name, data), ctx))
        self.oracle.take(name, by, ground)

    def _record(self, decision: Any) -> None:
        (happened,) = decision.events
        assert decision.role in GIVERS["LiftLegalHold"]
        kind = type(happened.fact).__name__
        actor = Actor(self.by, decision.role)
        event = Event(
            f"e{self.state.version}", "", self.state.version + 1, kind, 1, happened.on, self.now,
            actor, "c", None, "", 1, happened.fact,
        )  # fmt: skip
        before, self.state = self.state, self.rules.story.evolve(self.state, event)
        told = {(one.kind, one.role) for one in self.rules.notices(before, self.state, [event])}
        assert told == NOTICES.get(kind, set())

    by = ""

    def step(self, chance: Random) -> None:
        self.now += timedelta(days=chance.choice(DAYS))
        name = chance.choice(sorted(COMMANDS))
        self.by = chance.choice(sorted(PEOPLE))
        if chance.random() < 0.8:
            fit = [key for key, roles in PEOPLE.items() if GIVERS[name] & set(roles)]
            self.by = chance.choice(fit)
        self.give(name, self.by, chance.choice(GROUNDS[name]) if name in GROUNDS else None)
        shown = {key: getattr(self.state, key) for key in ("hold", "restricted")}
        assert shown == {"hold": self.oracle.hold, "restricted": self.oracle.restricted}
        erasure = self.state.erasure
        assert (erasure is not None) is (self.oracle.request is not None)
        if erasure is not None and self.oracle.request is not None:
            assert (erasure.requested_by, erasure.ground) == self.oracle.request
            assert (erasure.approved_by is not None) is self.oracle.approved


NOTICES = {
    "ErasureRequested": {("erasure_requested", "auditor")},
    "ErasureApproved": {("erasure_approved", "hr")},
    "ErasureDeclined": {("erasure_declined", "hr")},
    "ProcessingRestricted": {("restricted", "hr")},
    "RestrictionLifted": {("restriction_lifted", "hr")},
}
CODES = {
    None, "auth.role", "hold.already", "hold.not_placed", "restriction.already",
    "restriction.none", "erasure.already_requested", "erasure.not_requested",
    "erasure.same_person", "erasure.on_hold", "retention.running",
}  # fmt: skip


@cache
def _walked(process: str, ended: bool) -> frozenset[str | None]:
    """The codes that were met; None is for what was accepted."""
    ends = RULES[process].story.initial().ends
    walk = Walk(process, min(ends) if ended else "somewhere")
    chance = Random(f"{process}{ended}")
    for _ in range(400):
        walk.step(chance)
    return frozenset(walk.met)


@pytest.mark.parametrize("process", RULES)
@pytest.mark.parametrize("ended", [False, True])
def test_no_order_of_them_breaks_a_rule(process: str, ended: bool) -> None:
    """In whatever phase, also one that no process knows: it makes no difference."""
    assert {None, "auth.role", "erasure.on_hold"} <= _walked(process, ended) <= CODES


def test_every_rule_was_met() -> None:
    for ended in (False, True):
        assert set().union(*(_walked(process, ended) for process in RULES)) == CODES


@pytest.mark.parametrize("process", RULES)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_case_has_to_exist(process: str, name: str) -> None:
    rules = RULES[process]
    data = {"reason": "waarom"} | ({"ground": GROUNDS[name][1]} if name in GROUNDS else {})
    ctx = Context("", "", "c", Giver("both", PEOPLE["both"]), ENDED, SETTINGS)
    with pytest.raises(Refused, match=r"^state\.not_allowed$"):
        rules.decide(rules.story.initial(), parse(rules, name, data), ctx)
    assert not rules.offered(rules.story.initial(), name, ctx)


@pytest.mark.parametrize("name", COMMANDS)
def test_reason_and_ground_are_needed(name: str) -> None:
    right = {"reason": "waarom"} | ({"ground": GROUNDS[name][1]} if name in GROUNDS else {})
    wrong: list[tuple[str, dict[str, Any]]] = [("reason", right | {"reason": " "})]
    wrong += [(key, {k: v for k, v in right.items() if k != key}) for key in right]
    wrong += [("note", right | {"note": "x"}), ("reason", right | {"reason": "x" * 20_001})]
    if "ground" in right:
        wrong.append(("ground", right | {"ground": "tidy"}))
    for process in RULES:
        assert parse(RULES[process], name, right)
        for key, data in wrong:
            with pytest.raises(Refused) as refused:
                parse(RULES[process], name, data)
            assert (refused.value.code, refused.value.field) == ("command.invalid", key)


def test_every_process_knows_their_facts_and_commands() -> None:
    for rules in RULES.values():
        assert rules.story.facts.items() >= FACTS.items()
        assert rules.commands.items() >= COMMANDS.items()


# -- restricted ----------------------------------------------------------------------------------


def test_what_may_come_while_restricted() -> None:
    """Besides these and rectification only what a process itself records of other streams."""
    tables = {
        "supervision": STEPS,
        **{
            one.RULES.story.name: one.rules.TABLE.steps
            for one in (assessments, departures, internships, partners, placements)
        },
    }
    assert set(tables) == set(RULES)
    free = {
        (process, command.__name__)
        for process, steps in tables.items()
        for command, step in steps.items()
        if _passes(step)
    }
    assert free == {
        ("supervision", "AddTeacherResponse"),
        ("supervision", "RefuseConsent"),
        ("supervision", "WithdrawConsent"),
        ("supervision", "CorrectRecord"),
        ("partners", "VacateCoordinator"),
        ("partners", "TakeOverPartner"),
    }
    assert {s.givers for c, s in tables["partners"].items() if c.__name__ == "TakeOverPartner"} == {
        (PROCESS_ROLE,)
    }


def _passes(step: Step) -> bool:
    try:
        check_phase(step, min(step.phases, default=""), ended=False, restricted=True)
    except Refused:
        return False
    return True


def test_the_order_of_checks() -> None:
    step = Step(("hr",), frozenset({"a"}), early="too.early", early_in=frozenset({"b"}))
    for phase, states, code in (
        ("c", {"ended": True, "restricted": True, "suspended": True}, "state.final"),
        ("b", {"ended": False, "restricted": True, "suspended": True}, "state.restricted"),
        ("b", {"ended": False, "restricted": False, "suspended": True}, "state.suspended"),
        ("b", {"ended": False}, "too.early"),
        ("c", {"ended": False}, "state.not_allowed"),
    ):
        with pytest.raises(Refused, match=f"^{code}$"):
            check_phase(step, phase, **states)


RESTRICTION = {"ground": "accuracy", "reason": "betwist"}


def _restricted(to: str) -> tuple[Desk, str]:
    desk = Desk()
    desk.move("2026-01-05T10:00")
    stream = travel(desk, to, pace=timedelta(0))
    assert desk.give("hr", "RestrictProcessing", RESTRICTION, stream).refused is None
    return desk, stream


def test_the_teacher_keeps_the_rights_of_who_it_is_about() -> None:
    desk, stream = _restricted("reported")
    before = len(desk.engine.told)
    answer = desk.give("teacher", "AddTeacherResponse", {"text": "Ik zie het anders"}, stream)
    assert answer.refused is None
    assert len(desk.engine.told) == before, "others hear of it once it is lifted"
    assert desk.give("teacher", "ConfirmReceipt", {}, stream).refused == "state.restricted"
    desk, stream = _restricted("guidance")
    before = len(desk.engine.told)
    assert desk.give("teacher", "WithdrawConsent", {"reason": "anders"}, stream).refused is None
    told = {(one.kind, desk.key(one.to)) for one in desk.engine.told[before:]}
    hr = {"hr", "hr_auditor", "client_hr", "teaching_hr"}
    assert told == {("consent_withdrawn", key) for key in hr}


def test_terms_pass_and_nobody_but_hr_is_told() -> None:
    desk, stream = _restricted("goal_setting")
    before = len(desk.engine.told)
    desk.move("2026-03-10T10:00")
    assert desk.types(stream).count("StepOverdue") == 6
    told = {(one.kind, desk.key(one.to)) for one in desk.engine.told[before:]}
    assert {kind for kind, _ in told} == {"overdue"}
    assert {key for _, key in told} == {"hr", "hr_auditor", "client_hr", "teaching_hr"}


def test_who_a_case_is_about_does_not_approve_that_it_is_erased() -> None:
    desk, stream = _restricted("closed")
    state, rules = desk.state(stream), RULES["supervision"]
    wish = {"ground": "objection", "reason": "bezwaar"}
    assert desk.give("hr", "RequestErasure", wish, stream).refused is None
    giver = Giver(state.teacher, ("auditor", "teacher"))
    ctx = Context("", stream, "c", giver, desk.engine.now, SETTINGS)
    command = parse(rules, "ApproveErasure", {"reason": "akkoord"})
    with pytest.raises(Refused, match=r"^erasure\.same_person$"):
        rules.decide(desk.state(stream), command, ctx)


# -- what is read --------------------------------------------------------------------------------


def test_why_a_case_is_on_hold_is_for_those_who_keep_it() -> None:
    """A correction of it, and the correction of that, tell no more."""
    desk = Desk()
    desk.move("2026-01-05T10:00")
    stream = travel(desk, "guidance", pace=timedelta(0))
    desk.give("hr", "PlaceLegalHold", {"reason": "kort geding"}, stream)
    for _ in range(2):
        event = desk.events(stream)[-1].event_id
        words = {"reason": "geding anders", "correction": "geding later"}
        approved = {"approved_by": desk.person("auditor").id}
        data = {"event": event, **words, **approved}
        assert desk.give("hr", "CorrectRecord", data, stream).refused is None
    for key in ("teacher", "client", "manager", "advisor"):
        shown = desk.read("timeline", key, stream).body["items"]
        assert [item["type"] for item in shown][-3:] == [
            "LegalHoldPlaced",
            *["RecordCorrected"] * 2,
        ]
        assert "geding" not in str(shown)
    for key in ("hr", "coordinator", "auditor"):
        assert str(desk.read("timeline", key, stream).body).count("geding") == 5


def test_other_reasons_are_also_for_who_it_is_about() -> None:
    desk, stream = _restricted("guidance")
    shown = {
        key: "betwist" in str(desk.read("timeline", key, stream).body)
        for key in ("teacher", "client", "manager", "advisor", "hr", "coordinator", "auditor")
    }
    assert [key for key, seen in shown.items() if not seen] == ["client", "manager", "advisor"]


def test_the_summary_says_where_they_stand() -> None:
    desk, stream = _restricted("closed")
    state = desk.state(stream)
    view = View(Reader("x", ()), frozenset({"teacher"}), desk.engine.now, SETTINGS)
    summary = RULES["supervision"].story.summary(state, view)
    shown = {key: summary[key] for key in ("hold", "restricted", "erasure")}
    assert shown == {"hold": False, "restricted": True, "erasure": None}
    assert state.ended_at is not None
