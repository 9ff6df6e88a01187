"""The tree is that of RFC 6962, as another implementation sees it too; forged proofs never hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency

from events.audit import merkle
from events.audit.merkle import EMPTY, HASH, leaf_hash, node_hash

MOST = 300
ENTRIES = [b"entry %d" % number for number in range(MOST)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
OTHER = leaf_hash(b"of another log")

fast = settings(max_examples=150, derandomize=True, database=None, deadline=None)
sizes = st.integers(1, MOST)


@dataclass(frozen=True)
class Pair:
    """An older and a newer size, or an index and a size above it."""

    small: int
    large: int


def pairs(least: int = 1) -> st.SearchStrategy[Pair]:
    return sizes.flatmap(
        lambda large: st.integers(min(least, large), large).map(lambda small: Pair(small, large))
    )


def oracle(size: int) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for entry in ENTRIES[:size]:
        tree.append_entry(entry)
    return tree


def source(level: int, index: int) -> bytes:
    """The whole subtrees of the test's log, from their leaves every time."""
    if level == 0:
        return LEAVES[index]
    return node_hash(source(level - 1, 2 * index), source(level - 1, 2 * index + 1))


def root(size: int) -> bytes:
    return merkle.root(LEAVES[:size])


def path(proof: object) -> list[str]:
    return sorted(proof.serialize()["path"])  # pyright: ignore[reportAttributeAccessIssue]


def hexed(hashes: Sequence[bytes]) -> list[str]:
    return sorted(one.hex() for one in hashes)


def test_roots_of_the_rfc_itself() -> None:
    """The values of RFC 6962's own test vectors."""
    entries = [b"", b"\x00", b"\x10", bytes.fromhex("2021"), bytes.fromhex("3031")]
    leaves = [leaf_hash(entry) for entry in entries]
    known = {
        0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    }
    assert {size: merkle.root(leaves[:size]).hex() for size in known} == known


@fast
@given(sizes)
def test_another_implementation_has_the_same_root(size: int) -> None:
    assert oracle(size).get_root() == root(size)


@fast
@given(pairs())
def test_another_implementation_has_the_same_proofs(pair: Pair) -> None:
    tree, old, new = oracle(pair.large), pair.small, pair.large
    ours = merkle.inclusion(old - 1, new, source)
    assert path(tree.prove_inclusion(old, new)) == hexed([LEAVES[old - 1], *ours])
    # Its consistency proofs are cut otherwise; that they join our two roots is what counts.
    verify_consistency(root(old), root(new), tree.prove_consistency(old, new))


@fast
@given(pairs())
def test_proofs_hold(pair: Pair) -> None:
    index, size = pair.small - 1, pair.large
    proof = merkle.inclusion(index, size, source)
    assert merkle.verify_inclusion(LEAVES[index], index, size, proof, root(size))
    proof = merkle.consistency(pair.small, size, source)
    assert merkle.verify_consistency(pair.small, size, root(pair.small), root(size), proof)
    assert merkle.verify_consistency(0, size, EMPTY, root(size), [])


changes = st.sampled_from(["flip", "drop", "double", "append", "swap", "cut"])


def mutated(proof: Sequence[bytes], change: str, at: int, bit: int) -> list[bytes]:
    """The proof with one thing about it changed; the same where there is nothing to change."""
    found = list(proof)
    if change == "append" or not found:
        return [*found, OTHER]
    at %= len(found)
    if change == "flip":
        changed = bytearray(found[at])
        changed[bit % HASH] ^= 1 << bit % 8
        found[at] = bytes(changed)
    elif change == "drop":
        del found[at]
    elif change == "double":
        found.insert(at, found[at])
    elif change == "swap":
        found[at], found[at - 1] = found[at - 1], found[at]
    else:
        found[at] = found[at][:-1]
    return found


@fast
@given(pairs(), changes, st.integers(0, 20), st.integers(0, 255))
def test_changed_proofs_never_hold(pair: Pair, change: str, at: int, bit: int) -> None:
    old, new = pair.small, pair.large
    proof = merkle.inclusion(old - 1, new, source)
    changed = mutated(proof, change, at, bit)
    if changed != proof:
        leaf = LEAVES[old - 1]
        assert not merkle.verify_inclusion(leaf, old - 1, new, changed, root(new))
    proof = merkle.consistency(old, new, source)
    changed = mutated(proof, change, at, bit)
    if changed != proof:
        assert not merkle.verify_consistency(old, new, root(old), root(new), changed)


@fast
@given(pairs(), sizes, st.integers(0, MOST - 1))
def test_proofs_of_one_thing_never_hold_for_another(pair: Pair, size: int, index: int) -> None:
    own, proof = pair.small - 1, merkle.inclusion(pair.small - 1, pair.large, source)
    whole = root(pair.large)
    if index != own:
        assert not merkle.verify_inclusion(LEAVES[own], index, pair.large, proof, whole)
        assert not merkle.verify_inclusion(LEAVES[index], own, pair.large, proof, whole)
    if size != pair.large:
        assert not merkle.verify_inclusion(LEAVES[own], own, pair.large, proof, root(size))
    old = pair.small
    proof = merkle.consistency(old, pair.large, source)
    if size != old:
        assert not merkle.verify_consistency(old, pair.large, root(size), whole, proof)
    if size != pair.large:
        assert not merkle.verify_consistency(old, pair.large, root(old), root(size), proof)
    assert not merkle.verify_consistency(old, pair.large, OTHER, whole, proof)


def test_nonsense_is_no_proof() -> None:
    assert not merkle.verify_inclusion(LEAVES[0], 0, 0, [], EMPTY)
    assert not merkle.verify_inclusion(LEAVES[0], -1, 1, [], LEAVES[0])
    assert not merkle.verify_inclusion(LEAVES[0], 1, 1, [], LEAVES[0])
    assert not merkle.verify_inclusion(b"short", 0, 1, [], b"short")
    assert not merkle.verify_consistency(2, 1, root(2), root(1), [])
    assert not merkle.verify_consistency(3, 7, root(3), root(7), [])
    assert not merkle.verify_consistency(4, 7, root(4), root(7), [])
    assert not merkle.verify_consistency(0, 0, EMPTY, OTHER, [])
    assert not merkle.verify_consistency(0, 3, OTHER, root(3), [])
    assert not merkle.verify_consistency(0, 3, EMPTY, root(3), [OTHER])
    assert not merkle.verify_consistency(5, 5, root(5), root(5), [OTHER])
