"""Nobody can work out a small count from what is told: not even who knows how it is hidden."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from events.projections.cells import SMALLEST, parts

CELLS = st.lists(st.integers(1, 12), min_size=1, max_size=4)


def _named(counts: tuple[int, ...] | list[int]) -> dict[int, int]:
    return dict(enumerate(counts))


def _told(counts: tuple[int, ...] | list[int]) -> tuple[tuple[int | None, ...], int | None]:
    cells, whole = parts(_named(counts))
    return tuple(cells.values()), whole


def _sums(whole: int, count: int) -> Iterator[tuple[int, ...]]:
    """All ways to be so many counts of at least one with that sum."""
    if count == 1:
        if whole >= 1:
            yield (whole,)
        return
    for first in range(1, whole - count + 2):
        for rest in _sums(whole - first, count - 1):
            yield first, *rest


def _could_be(told: tuple[int | None, ...], whole: int) -> Iterator[tuple[int, ...]]:
    """Everything that would have been told in the same way."""
    places = [place for place, count in enumerate(told) if count is None]
    left = whole - sum(count for count in told if count is not None)
    for hidden in _sums(left, len(places)):
        counts = list(told)
        for place, count in zip(places, hidden, strict=True):
            counts[place] = count
        made = tuple(count or 0 for count in counts)
        if _told(made) == (told, whole):
            yield made


@given(CELLS)
@example([5, 4, 4])
@example([9, 3, 9, 12])
def test_a_hidden_count_follows_from_nothing_that_is_told(counts: list[int]) -> None:
    told, whole = _told(counts)
    assert all(count is None or count >= SMALLEST for count in told)
    assert None in told or whole == sum(counts)
    if whole is None:
        assert set(told) == {None}
        return
    assert whole == sum(counts)
    if None not in told:
        return
    could_be = list(_could_be(told, whole))
    assert tuple(counts) in could_be
    for place, count in enumerate(told):
        if count is None:
            # It may be small, and it may be another one.
            assert len({one[place] for one in could_be}) > 1
            assert max(one[place] for one in could_be) >= SMALLEST


@given(CELLS)
def test_what_is_told_is_so_and_what_is_large_enough_is_told(counts: list[int]) -> None:
    told, _ = _told(counts)
    for shown, count in zip(told, counts, strict=True):
        assert shown in (None, count)
    if min(counts) >= SMALLEST:
        assert None not in told
