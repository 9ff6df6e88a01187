"""The hash tree of RFC 6962: one root over all leaves, and short proofs that go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH = 32
"""Bytes of a hash."""
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""

Source = Callable[[int, int], bytes]
"""Gives the hash of the whole subtree over the leaves ``index * 2**level`` up to, not with,
``(index + 1) * 2**level``, as ``source(level, index)``. Level 0 are the leaf hashes."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry (RFC 6962 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees (RFC 6962 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    return root_by(_source(leaves), len(leaves))


def root_by(source: Source, size: int) -> bytes:
    """The root over the first ``size`` leaves."""
    return subtree(source, 0, size) if size else EMPTY


def subtree(source: Source, start: int, stop: int) -> bytes:
    """The root over the leaves from ``start`` up to, not with, ``stop``; at least one.

    ``start`` is a multiple of the smallest power of two that holds them all, as in every proof.
    """
    size = stop - start
    level = (size - 1).bit_length()
    if size == 1 << level:
        return source(level, start >> level)
    middle = start + (1 << (level - 1))
    return node_hash(subtree(source, start, middle), subtree(source, middle, stop))


def inclusion(index: int, size: int, source: Source) -> list[bytes]:
    """The proof that a leaf is in the tree of ``size`` leaves, from the leaf up (RFC 6962 2.1.1).

    ``index`` counts from 0. Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    return [subtree(source, *beside) for beside in _beside(index, size)]


def consistency(old: int, new: int, source: Source) -> list[bytes]:
    """The proof that the tree of ``new`` leaves begins with that of ``old`` (RFC 6962 2.1.2).

    Empty for an ``old`` of nothing or of the same size. Raises ValueError where ``old`` is larger.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} cannot begin with one of {old}")
    if old in (0, new):
        return []
    # The largest whole subtree that ends where the old tree ends: known to whoever has the old
    # root only where that is the whole old tree.
    level = (old & -old).bit_length() - 1
    start = old - (1 << level)
    own = [] if start == 0 else [subtree(source, start, old)]
    return own + [subtree(source, *beside) for beside in _beside(start, new, level)]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof shows that the leaf hash stands at ``index`` (RFC 9162 2.1.3.2).

    Never raises, whatever is given.
    """
    if not 0 <= index < size or not _are_hashes([leaf, root, *proof]):
        return False
    at, last, computed = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            computed = node_hash(beside, computed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            computed = node_hash(computed, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the new tree begins with the old one (RFC 9162 2.1.4.2).

    Never raises, whatever is given.
    """
    if not 0 <= old <= new or not _are_hashes([old_root, new_root, *proof]):
        return False
    if old == 0:
        return not proof and old_root == EMPTY and (new > 0 or new_root == EMPTY)
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_computed = new_computed = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_computed = node_hash(beside, old_computed)
            new_computed = node_hash(beside, new_computed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new_computed = node_hash(new_computed, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and old_computed == old_root and new_computed == new_root


def _beside(index: int, size: int, level: int = 0) -> Iterable[tuple[int, int]]:
    """What lies beside the way from a leaf (or a whole subtree of ``level`` that begins there) to
    the root, from below, each as start and stop."""
    start, stop = 0, size
    found: list[tuple[int, int]] = []
    while stop - start > 1 << level:
        middle = start + (1 << ((stop - start - 1).bit_length() - 1))
        if index < middle:
            found.append((middle, stop))
            stop = middle
        else:
            found.append((start, middle))
            start = middle
    return reversed(found)


def _are_hashes(values: Iterable[object]) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH for value in values)


def _source(leaves: Sequence[bytes]) -> Source:
    def hash_of(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(hash_of(level - 1, 2 * index), hash_of(level - 1, 2 * index + 1))

    return hash_of
