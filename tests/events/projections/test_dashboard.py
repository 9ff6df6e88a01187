"""What a dashboard tells, and what it keeps from who may not know of single cases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from events.projections.dashboard import Counts, dashboard


def running(state: str, cases: int, process: str = "supervision", **more: Any) -> dict[str, Any]:
    numbers = (
        "suspended", "stalled", "overdue_cases", "overdue_steps", "visits_held", "visits_agreed",
        "unsigned_cases", "unsigned_signatures", "without_deputy",
    )  # fmt: skip
    plain = dict.fromkeys(numbers, 0) | {"hours": None, "amount": None}
    return {"process": process, "state": state, "cases": cases, **plain, **more}


def ended(outcome: str | None, cases: int, school: str = "De Windvaan", **more: Any) -> Any:
    plain = {
        "process": "supervision", "year": 2025, "school": school, "outcome": outcome,
        "cases": cases, "visits_held": 3 * cases, "visits_agreed": 4 * cases,
        "goals_reached": cases, "goals": 2 * cases, "hours": Decimal("1.25") * cases,
        "amount": None, "days": Decimal(90 * cases),
    }  # fmt: skip
    return plain | more


ATTENTION = {
    "process": "supervision", "stream": "s", "oldest_due": "2026-01-09", "overdue": True,
    "stalled": True, "unsigned": False, "without_deputy": False,
}  # fmt: skip


def test_an_office_is_told_everything() -> None:
    counts = Counts(
        [
            running("guidance", 7, stalled=2, overdue_cases=3, overdue_steps=4, hours=Decimal(9)),
            running("intake", 1, suspended=1),
        ],
        [ended("sufficient", 2), ended("insufficient", 1), ended(None, 4, "Het Baken")],
        [ATTENTION],
    )
    told = dashboard(counts, single_cases=True)
    (process,) = told["running"]
    assert (process["cases"], process["states"]) == (8, {"guidance": 7, "intake": 1})
    assert (process["suspended"], process["stalled"]) == (1, 2)
    assert process["overdue"] == {"cases": 3, "steps": 4}
    assert (process["hours"], process["to_invoice"]) == ("9.00", None)
    (over,) = told["ended"]
    assert (over["period"], over["cases"], over["mean_days"]) == ("2025-2026", 7, 90.0)
    assert over["goals"] == {"reached": 7, "of": 14}
    assert over["hours"] == "8.75"
    assert [(one["school"], one["outcome"], one["cases"]) for one in told["outcomes"]] == [
        ("De Windvaan", "sufficient", 2),
        ("De Windvaan", "insufficient", 1),
    ]
    assert told["attention"] == [
        {"process": "supervision", "id": "s", "why": ["overdue", "stalled"], "due": "2026-01-09"}
    ]


@pytest.mark.parametrize(
    ("states", "told", "cases"),
    [
        ({"guidance": 12, "intake": 6}, {"guidance": 12, "intake": 6}, 18),
        # The one that is hidden would follow from the total, or from the other one.
        ({"guidance": 12, "intake": 4}, {"guidance": None, "intake": None}, 16),
        (
            {"guidance": 12, "intake": 4, "reported": 9},
            {"guidance": 12, "intake": None, "reported": None},
            25,
        ),
        ({"a": 3, "b": 2, "c": 9}, {"a": None, "b": None, "c": None}, 14),
        # Were one nine told, the other one would be known to be no nine.
        ({"a": 3, "b": 9, "c": 9, "d": 20}, {"a": None, "b": None, "c": None, "d": 20}, 41),
        ({"guidance": 4}, {"guidance": None}, None),
    ],
)
def test_the_board_gets_no_small_count_and_none_that_tells_of_one(
    states: dict[str, int], told: dict[str, int | None], cases: int | None
) -> None:
    counts = Counts([running(state, number) for state, number in states.items()], [], [])
    content = dashboard(counts, single_cases=False)
    assert "attention" not in content
    (process,) = content["running"]
    assert (process["states"], process["cases"]) == (told, cases)


@pytest.mark.parametrize(("part", "told"), [(0, None), (4, None), (5, 5), (15, 15), (16, None)])
def test_a_rest_that_is_small_is_not_told_either(part: int, told: int | None) -> None:
    rows = [running("guidance", 20, suspended=part, overdue_cases=part, overdue_steps=part)]
    (process,) = dashboard(Counts(rows, [], []), single_cases=False)["running"]
    assert process["suspended"] == told
    assert process["overdue"] == {"cases": told, "steps": told}


def test_sums_over_few_cases_are_not_told() -> None:
    few, many = ended("sufficient", 4), ended("sufficient", 5, year=2024)
    content = dashboard(Counts([], [few, many], []), single_cases=False)
    hidden, shown = content["ended"]
    assert hidden["visits"] == {"held": None, "agreed": None}
    assert (hidden["hours"], hidden["mean_days"], hidden["cases"]) == (None, None, None)
    assert (shown["hours"], shown["mean_days"], shown["cases"]) == ("6.25", 90.0, 5)
    assert [one["cases"] for one in content["outcome_totals"]] == [None, 5]
    assert [(one["period"], one["cases"]) for one in content["outcomes"]] == [("2024-2025", 5)]


def test_no_school_tells_what_another_one_does_not() -> None:
    rows = [ended("sufficient", 12), ended("sufficient", 3, "Het Baken"), ended(None, 2)]
    content = dashboard(Counts([], rows, []), single_cases=False)
    assert content["ended"][0]["cases"] == 17
    # Two had no outcome: they would follow from the whole, and so would the few at one school.
    assert [one["cases"] for one in content["outcome_totals"]] == [None]
    assert content["outcomes"] == []
    rows[2] = ended(None, 5)
    content = dashboard(Counts([], rows, []), single_cases=False)
    assert [one["cases"] for one in content["outcome_totals"]] == [15]
    assert [(one["school"], one["cases"]) for one in content["outcomes"]] == [
        ("De Windvaan", None),
        ("Het Baken", None),
    ]


def test_a_figure_does_not_tell_the_hidden_count_of_a_state() -> None:
    rows = [running("running", 30), running("interrupted", 8, suspended=8), running("offered", 2)]
    (process,) = dashboard(Counts(rows, [], []), single_cases=False)["running"]
    assert process["states"] == {"running": 30, "interrupted": None, "offered": None}
    assert process["suspended"] is None
    (process,) = dashboard(Counts(rows, [], []), single_cases=True)["running"]
    assert process["suspended"] == 8


def test_a_board_is_not_told_by_assessments_how_many_were_escalated() -> None:
    counts = Counts(
        [running("opened", 6, process="assessments"), running("guidance", 7)],
        [ended("basic_level_reached", 12), ended("declined", 2), ended("escalated", 6)],
        [],
    )
    told = dashboard(counts, single_cases=False)
    assert [one["process"] for one in told["running"]] == ["supervision"]
    told = dashboard(counts, single_cases=True)
    assert [one["process"] for one in told["running"]] == ["assessments", "supervision"]
