"""Which hashes lead from some entries of a log to its root, and to the roots it had before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]
"""From an index up to another one, which is not in it."""


def spans(indexes: Iterable[int]) -> list[Span]:
    """Indexes in order, as few spans as they make."""
    found: list[Span] = []
    for index in indexes:
        if found and found[-1][1] == index:
            found[-1] = found[-1][0], index + 1
        else:
            found.append((index, index + 1))
    return found


def beside(taken: Sequence[Span], size: int, sizes: Iterable[int]) -> list[Span]:
    """The whole subtrees that cover, of a tree of ``size`` leaves, all that is not ``taken``.

    None of them lies across one of ``sizes``, so that the tree of each of these can be computed
    from them too.
    """
    edges = sorted({0, size, *(other for other in sizes if other < size)})
    found: list[Span] = []
    for start, stop in _gaps(taken, size):
        inner = [edge for edge in edges if start < edge < stop]
        for low, high in zip([start, *inner], [*inner, stop], strict=True):
            found += _subtrees(low, high)
    return found


def _gaps(taken: Sequence[Span], size: int) -> Iterator[Span]:
    at = 0
    for start, stop in taken:
        if at < start:
            yield at, start
        at = stop
    if at < size:
        yield at, size


def _subtrees(start: int, stop: int) -> Iterator[Span]:
    """From left to right, each as large as its place allows."""
    while start < stop:
        width = 1 << ((stop - start).bit_length() - 1)
        if start:
            width = min(width, start & -start)
        yield start, start + width
        start += width
