"""A register grows without copies, and no earlier one ever sees what came later."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.register import Register

GROWTH = st.tuples(
    st.integers(0, 5), st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 9)))
)


@given(st.lists(GROWTH))
def test_every_register_stays_as_it_was(growths: list[tuple[int, list[tuple[str, int]]]]) -> None:
    registers: list[Register[int]] = [Register()]
    wanted: list[dict[str, int]] = [{}]
    for back, added in growths:
        at = max(0, len(registers) - 1 - back)
        registers.append(registers[at].plus([key for key, _ in added], [n for _, n in added]))
        wanted.append({**wanted[at], **dict(added)})
    for register, plain in zip(registers, wanted, strict=True):
        assert register == plain
        assert len(register) == len(plain)
        assert list(register) == list(plain)


def test_what_came_later_is_not_there() -> None:
    before: Register[int] = Register({"a": 1})
    after = before.plus(["b"], [2])
    assert after["b"] == 2
    assert "b" not in before
    with pytest.raises(KeyError):
        before["b"]
