"""What is read from tiles is what the leaves themselves give, at every size around their edges."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from hashlib import sha256

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.audit import merkle
from events.audit.merkle import HASH, node_hash
from events.audit.tiles import FULL, BeyondLog, Edge, Place, Tiles, grow

MOST = 65_540
LEAVES = [sha256(b"%d" % number).digest() for number in range(MOST)]
SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, MOST]
PAIRS = 40
EMPTY = Edge(0, [])


@cache
def node(level: int, index: int) -> bytes:
    if level == 0:
        return LEAVES[index]
    return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))


def root(size: int) -> bytes:
    return merkle.root_by(node, size)


def joined(start: int, stop: int) -> bytes:
    return b"".join(LEAVES[start:stop])


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(st.lists(st.integers(0, 700), max_size=6))
def test_growing_bit_by_bit_is_growing_at_once(steps: Sequence[int]) -> None:
    edge, tiles = EMPTY, dict[Place, bytes]()
    for step in steps:
        grown = grow(edge, joined(edge.size, edge.size + step))
        assert not tiles.keys() & grown.tiles.keys()
        edge, tiles = grown.edge, {**tiles, **grown.tiles}
    size = sum(steps)
    at_once = grow(EMPTY, joined(0, size))
    assert (edge.size, tiles) == (size, at_once.tiles)
    assert [part for part in edge.hashes if part] == [p for p in at_once.edge.hashes if p]
    assert all(len(tile) == FULL for tile in tiles.values())


async def test_tiles_give_what_the_leaves_give(keeping: asyncpg.Connection) -> None:
    tiles, chance = Tiles(keeping), random.Random(4)
    for size in SIZES:
        edge = await tiles.edge("events")
        assert await tiles.extend("events", edge, joined(edge.size, size))
        assert await tiles.size("events") == size
        for smaller in {0, *(known for known in SIZES if known <= size), chance.randint(0, size)}:
            assert await tiles.root("events", smaller) == root(smaller)
            proof = await tiles.consistency("events", smaller, size)
            assert proof == merkle.consistency(smaller, size, node)
            assert merkle.verify_consistency(smaller, size, root(smaller), root(size), proof)
        for index in {0, 254, 255, 256, size - 2, size - 1, chance.randint(0, size)}:
            if 0 <= index < size:
                proof = await tiles.inclusion("events", index, size)
                assert proof == merkle.inclusion(index, size, node)
        start = max(0, size - 600)
        assert await tiles.leaves("events", start, size) == joined(start, size)
    for _ in range(PAIRS):
        old, new = sorted((chance.randint(1, MOST), chance.randint(1, MOST)))
        index = chance.randrange(new)
        proof = await tiles.inclusion("events", index, new)
        assert merkle.verify_inclusion(LEAVES[index], index, new, proof, root(new))
        proof = await tiles.consistency("events", old, new)
        assert merkle.verify_consistency(old, new, root(old), root(new), proof)
    assert await tiles.leaves("events", 255, 70_000 - 5_000) == joined(255, 65_000)
    assert await tiles.nodes("events", [(0, 7), (8, 3), (9, 1), (16, 0)]) == [
        LEAVES[7],
        node(8, 3),
        node(9, 1),
        node(16, 0),
    ]


async def test_nothing_is_read_beyond_the_end(keeping: asyncpg.Connection) -> None:
    tiles = Tiles(keeping)
    await tiles.extend("reads", EMPTY, joined(0, 300))
    for size in (301, 511, 512, 100_000):
        with pytest.raises(BeyondLog):
            await tiles.root("reads", size)
        with pytest.raises(BeyondLog):
            await tiles.consistency("reads", 7, size)
        with pytest.raises(BeyondLog):
            await tiles.leaves("reads", 290, size)
    with pytest.raises(ValueError, match="no leaf"):
        await tiles.inclusion("reads", 300, 300)
    with pytest.raises(ValueError, match="cannot begin"):
        await tiles.consistency("reads", 300, 299)
    assert await tiles.leaves("reads", 300, 300) == b""


async def test_a_tree_grows_from_where_it_is_known_to_be(keeping: asyncpg.Connection) -> None:
    tiles = Tiles(keeping)
    assert await tiles.extend("refused", EMPTY, joined(0, 300))
    assert not await tiles.extend("refused", EMPTY, joined(0, 600))
    assert await tiles.size("refused") == 300
    assert await tiles.leaves("refused", 0, 300) == joined(0, 300)
    assert len(await tiles.root("refused", 300)) == HASH
