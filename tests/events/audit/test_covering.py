"""The hashes beside some entries cover all others, once each, and lead to every root asked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from events.audit import merkle
from events.audit.covering import beside, spans
from events.audit.verify import Tree
from tests.events.audit.test_merkle import LEAVES, MOST, source

fast = settings(max_examples=150, derandomize=True, database=None, deadline=None)


@given(size=st.integers(0, MOST))
@fast
def test_the_verifiers_tree_is_that_of_the_log(size: int) -> None:
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    assert (tree.size, tree.root()) == (size, merkle.root(LEAVES[:size]))


@given(
    size=st.integers(1, MOST),
    taken=st.sets(st.integers(0, MOST - 1), max_size=40),
    sizes=st.sets(st.integers(0, MOST), max_size=5),
)
@fast
def test_all_roots_come_out(size: int, taken: set[int], sizes: set[int]) -> None:
    indexes = sorted(index for index in taken if index < size)
    roots, tree = dict[int, bytes](), Tree()
    parts = [(index, index + 1) for index in indexes] + beside(spans(indexes), size, sizes)
    for start, stop in sorted(parts):
        assert start == tree.size
        level = (stop - start).bit_length() - 1
        tree.add(source(level, start >> level), stop - start)
        roots[tree.size] = tree.root()
    for one in {size, *sizes} - {0}:
        if one <= size:
            assert roots[one] == merkle.root(LEAVES[:one])


def test_no_more_than_it_takes() -> None:
    """Of a log of a thousand, one entry is proved by two hashes a level or fewer."""
    assert len(beside([(500, 501)], 1000, [])) <= 20
    assert beside([(0, 1000)], 1000, [3]) == []
    assert spans([1, 2, 3, 7, 9, 10]) == [(1, 4), (7, 8), (9, 11)]
