"""A register grows without copies, and no earlier one ever sees what came later."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.register import Register


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abcdef"), st.integers(0, 9))))
def test_every_register_stays_as_it_was(growths: list[tuple[int, str, int]]) -> None:
    registers: list[Register[int]] = [Register()]
    wanted: list[dict[str, int]] = [{}]
    for back, key, value in growths:
        at = max(0, len(registers) - 1 - back)
        registers.append(registers[at].plus(key, value))
        wanted.append({**wanted[at], key: value})
    for register, plain in zip(registers, wanted, strict=True):
        assert register == plain
        assert len(register) == len(plain)
        assert list(register) == list(plain)


def test_what_came_later_is_not_there() -> None:
    before: Register[int] = Register({"a": 1})
    after = before.plus("b", 2)
    assert after["b"] == 2
    assert "b" not in before
    with pytest.raises(KeyError):
        before["b"]


def test_growing_ones_own_leaves_the_other() -> None:
    before: Register[int] = Register()
    own = before.own()
    own.add("a", 1)
    own.add("b", 2)
    own.add("a", 3)
    assert own == {"a": 3, "b": 2}
    assert before == {}
    assert before.plus("c", 1) == {"c": 1}
