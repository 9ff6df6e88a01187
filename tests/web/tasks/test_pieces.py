"""What the pages of tasks work out by themselves: rows, order, differences, and days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.event import Actor, Event, Fact
from events.settings import ClosedDays, TenantSettings
from events.store.drafts import Draft
from events.supervision import facts as f
from web.tasks.clashes import Item, closed, near
from web.tasks.difference import Change, changes, pieces
from web.tasks.goals import may_be_several
from web.tasks.ordering import moved, ordered
from web.tasks.rows import completed

words = st.lists(st.sampled_from(["een", "vast", "signaal", "bij", "de", "les"]), max_size=8)


def test_a_row_counts_where_something_was_filled_in() -> None:
    sent = {
        "visit": "V1",
        "with:findings.0.goal": "G1",
        "findings.0.seen": "seen",
        "findings.0.example": "de bel",
        "with:findings.1.goal": "G2",
        "findings.1.example": "  ",
        "with:findings.2.goal": "G3",
        "findings.2.example": "half",
    }
    done = completed(sent)
    assert {name: value for name, value in done.items() if name.endswith("goal")} == {
        "findings.0.goal": "G1",
        "findings.2.goal": "G3",
    }
    assert completed(done) == done
    assert not any(name.startswith("with:") for name in done)


@given(words, words)
def test_a_difference_holds_both_texts(old: list[str], new: list[str]) -> None:
    found = pieces(" ".join(old), " ".join(new))
    assert " ".join(p.text for p in found if p.how != "gone").split() == new
    assert " ".join(p.text for p in found if p.how != "new").split() == old
    assert all(p.text.strip() == p.text for p in found if p.how != "same")


def test_only_what_changed_stands_out() -> None:
    told = [(p.how, p.text) for p in pieces("start met een signaal", "start altijd met een gong")]
    assert told == [
        ("same", "start "),
        ("new", "altijd"),
        ("same", " met een "),
        ("gone", "signaal"),
        ("new", "gong"),
    ]


def event(fact: Fact) -> Event:
    now = datetime(2026, 1, 6, tzinfo=UTC)
    name = type(fact).__name__
    return Event("", "", 1, name, 1, "2026-01-06", now, Actor(None, ""), "", None, "", 1, fact)


def drafted(goal: str, text: str, version: int) -> Event:
    return event(
        f.GoalDrafted(
            goal=goal,
            text=text,
            area="didactic",
            grounds=("wish",),
            single=True,
            version=version,
        )
    )


def test_the_list_now_beside_the_list_then() -> None:
    told = [
        drafted("G1", "stil", 1),
        drafted("G2", "kort", 2),
        drafted("G3", "weg", 3),
        event(f.GoalReworded(goal="G2", text="kort en goed", single=True, version=4)),
        event(f.GoalDropped(goal="G3", reason="dubbel", version=5)),
        drafted("G4", "nieuw", 6),
    ]

    def listed(since: int | None) -> list[tuple[str, str]]:
        return [(one.goal, one.how) for one in changes(told, since)]

    assert listed(3) == [("G1", "same"), ("G2", "changed"), ("G4", "new"), ("G3", "gone")]
    assert changes(told, 3)[-1] == Change("G3", "gone", "weg", "didactic", reason="dubbel")
    assert listed(6) == [("G1", "same"), ("G2", "same"), ("G4", "same")]
    assert listed(None) == [("G1", "new"), ("G2", "new"), ("G4", "new")]


@pytest.mark.parametrize(
    ("goal", "to", "order"),
    [
        ("G2", "up", "G2 G1 G3"),
        ("G2", "down", "G1 G3 G2"),
        ("G1", "up", "G1 G2 G3"),
        ("G3", "down", "G1 G2 G3"),
        ("G3", "G1", "G3 G1 G2"),
        ("G1", "G3", "G2 G1 G3"),
        ("G1", "elsewhere", "G1 G2 G3"),
        ("G9", "up", "G1 G2 G3"),
    ],
)
def test_a_goal_moves(goal: str, to: str, order: str) -> None:
    assert " ".join(moved(["G1", "G2", "G3"], goal, to)) == order


def test_an_order_knows_no_goals_that_went_and_puts_new_ones_last() -> None:
    assert ordered(["G1", "G2", "G4"], Draft(1, {"order": ["G4", "G3", "G1", "G4"]})) == [
        "G4",
        "G1",
        "G2",
    ]
    assert ordered(["G1"], Draft(1, {"order": "G1"})) == ["G1"]
    assert ordered(["G1"], None) == ["G1"]


def test_days_on_which_nobody_works() -> None:
    span = ClosedDays.model_validate({"from": "2026-02-16", "to": "2026-02-20", "name": "Voorjaar"})
    settings = TenantSettings(closed=(span,))
    assert closed(date(2026, 2, 18), settings) == "Voorjaar"
    assert closed(date(2026, 2, 14), settings) == "weekend"
    assert closed(date(2026, 2, 13), settings) is None


def test_what_is_too_close() -> None:
    at = Item("2026-02-10T10:30", "supervision", "", {})
    assert near(at, "2026-02-10T12:15")
    assert not near(at, "2026-02-10T12:30")
    assert not near(Item("2026-02-10", "internships", "", {}), "2026-02-10T10:30")


def test_a_goal_that_may_be_two() -> None:
    assert may_be_several("Stil zijn en luisteren")
    assert not may_be_several("De bende is stil")
