"""The difference of two summaries: whole, and nothing where they are equal."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.audit.difference import Change, difference

PLAIN = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b", "c"])
JSON = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=8,
)
SUMMARIES = st.dictionaries(st.sampled_from(["state", "goals", "next"]), JSON, max_size=3)


def test_what_differs_is_named_by_its_path() -> None:
    before = {"state": "intake", "goals": {"active": 1, "reached": None}, "next": ["A", "B"]}
    after = {"state": "diagnosis", "goals": {"active": 2, "reached": None}, "next": ["B"]}
    changes = difference(before, after)
    assert changes == [
        Change("state", "intake", "diagnosis"),
        Change("goals.active", 1, 2),
        Change("next", ["A", "B"], ["B"]),
    ]
    assert [change.line() for change in changes] == [
        "state: intake -> diagnosis",
        "goals.active: 1 -> 2",
        'next: ["A", "B"] -> ["B"]',
    ]


def test_entries_of_a_list_are_matched_by_what_tells_them_apart() -> None:
    one, two = {"goal": "g1", "text": "Rust"}, {"goal": "g2", "text": "Orde"}
    changes = difference({"list": [one, two]}, {"list": [{**two, "text": "Structuur"}]})
    assert changes == [
        Change("list[g1]", one, None),
        Change("list[g2].text", "Orde", "Structuur"),
    ]


def test_entries_in_another_order_differ_as_a_whole() -> None:
    one, two = {"goal": "g1"}, {"goal": "g2"}
    assert [change.path for change in difference({"l": [one, two]}, {"l": [two, one]})] == ["l"]


def test_true_is_not_one_and_null_is_not_there() -> None:
    assert difference({"a": True}, {"a": 1}) == [Change("a", True, 1)]
    assert difference({"a": None}, {}) == []


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


@given(SUMMARIES, SUMMARIES)
def test_only_equal_summaries_do_not_differ(before: dict[str, Any], after: dict[str, Any]) -> None:
    changes = difference(before, after)
    assert difference(after, after) == []
    if not changes:
        assert without_nulls(before) == without_nulls(after)
    for change in changes:
        assert json.dumps(change.before) != json.dumps(change.after)
