"""Verifies a whole database as it runs: against itself, its checkpoints, and what was published.

The checks of entries are those of `verify`, which strangers run on exports; what is added here is
that nothing may be missing, twice or elsewhere, and that database and world tell the same.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from events.audit.claims import Claim, first_difference, gather
from events.audit.publishing import Publication
from events.audit.scanning import (
    HASH,
    MOST,
    PAGE,
    SQL,
    TILE,
    Stretch,
    Wanted,
    connected,
    root_over,
    scan,
    scan_alone,
)
from events.audit.tiles import LOGS, Log
from events.audit.verify import Checkpoint, Report, Tree, event_problem

RANGE = 8 * PAGE
"""Entries that a process takes at once."""

Tell = Callable[[float, float], None]
"""Takes how many entries were read, and of how many."""


async def verify_database(
    dsn: str,
    vkeys: Sequence[str],
    *,
    publication: Publication | None = None,
    kept: Sequence[Checkpoint] = (),
    processes: int = 1,
    tell: Tell = lambda _done, _of: None,
) -> Report:
    """Check everything; findings come in the order of their positions.

    ``dsn`` is of traject_projector, ``vkeys`` are the log's oldest key or others one trusts,
    ``kept`` checkpoints from elsewhere. Raises Away where the publication cannot be reached.
    """
    connection = await connected(dsn)
    try:
        verification = _Verification(connection, publication, tell, dsn, processes)
        return await verification.run(vkeys, kept)
    finally:
        await connection.close()


async def verify_over(
    connection: asyncpg.Connection,
    vkeys: Sequence[str],
    *,
    publication: Publication | None = None,
    kept: Sequence[Checkpoint] = (),
) -> Report:
    """As `verify_database`, as one connection sees it, in its transaction if it is in one."""
    return await _Verification(connection, publication).run(vkeys, kept)


class _Verification:
    def __init__(
        self,
        connection: asyncpg.Connection,
        publication: Publication | None,
        tell: Tell = lambda _done, _of: None,
        dsn: str = "",
        processes: int = 1,
    ) -> None:
        self._connection, self._publication = connection, publication
        self._tell, self._dsn, self._processes = tell, dsn, processes
        self._done = self._of = 0
        self.report = Report()

    async def run(self, vkeys: Sequence[str], kept: Sequence[Checkpoint]) -> Report:
        report = self.report
        claims = await gather(self._connection, self._publication, kept, vkeys, report)
        # In this order what is read later is ahead of what was read before, never behind.
        trees = {row["log"]: row for row in await self._connection.fetch(SQL["trees"])}
        scopes = {row["log"]: row for row in await self._connection.fetch(SQL["scopes"])}
        wanted: dict[Log, Wanted] = {}
        for log in LOGS:
            size, edge = trees[log]["size"], trees[log]["edge"]
            stop = max(scopes[log]["last"], scopes[log]["given"], size)
            sizes = {claim.tree(log)[0] for claim in claims}
            marks = frozenset(mark for mark in sizes if mark <= stop)
            wanted[log] = Wanted(log, 0, stop, size, edge[0] if edge else b"", marks)
        self._of = sum(one.stop for one in wanted.values())
        for log, one in wanted.items():
            self._count(scopes[log])
            stretches = await self._scan(one)
            for stretch in stretches:
                report.findings += stretch.findings
            report.checked[log] = one.stop
            await self._check_tiles(log, stretches, trees[log])
            await self._check_claims(one, stretches, claims)
            if one.size < one.stop:
                report.notes.append(f"The last {one.stop - one.size} {log} are in no tree yet.")
            if log == "events":
                seen = set[bytes]().union(*(stretch.streams for stretch in stretches))
                await self._check_streams(sorted(seen))
        await self._check_waiting()
        await self._check_passed_over()
        report.findings.sort(key=lambda one: (one.position is None, _order(one.log), one.position))
        return report

    def _count(self, scope: Any) -> None:
        """Whoever gives positions knows the last one that it gave."""
        if scope["last"] != scope["given"]:
            position = min(scope["last"], scope["given"]) + 1
            self.report.find(
                "position",
                f"{scope['given']} positions were given in the log of {scope['log']}, the last one"
                f" there is {scope['last']}.",
                *(scope["log"], position),
            )

    async def _scan(self, wanted: Wanted) -> list[Stretch]:
        if self._processes == 1 or wanted.stop <= RANGE:
            return [await scan(self._connection, wanted, self._advance)]
        ranges = [
            _part(wanted, low, min(low + RANGE, wanted.stop))
            for low in range(0, wanted.stop, RANGE)
        ]
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._processes, mp_context=context) as pool:
            loop = asyncio.get_running_loop()

            async def one(part: Wanted) -> Stretch:
                found = await loop.run_in_executor(pool, scan_alone, self._dsn, part)
                self._advance(part.stop - part.start)
                return found

            return await asyncio.gather(*(one(part) for part in ranges))

    def _advance(self, entries: int) -> None:
        self._done += entries
        self._tell(self._done, self._of)

    async def _check_tiles(self, log: Log, stretches: list[Stretch], tree: Any) -> None:
        """Each kept hash above the leaves has to be over 256 of those below it."""
        size, edge = tree["size"], tree["edge"]
        held = sum(len(hashes) // HASH * TILE**level for level, hashes in enumerate(edge))
        if held != size % TILE ** max(len(edge), 1):
            what = f"The kept tree of {log} says it has {size} leaves, and has hashes of others."
            self.report.find("tree", what, log)
        below = [root for stretch in stretches for root in stretch.kept][: size // TILE]
        level = 1
        while below or level < len(edge):
            whole = len(below) // TILE
            rows = await self._connection.fetch(SQL["tiles"], log, level, 0, whole)
            kept = {row["index"]: row["hashes"] for row in rows}
            kept[whole] = edge[level] if level < len(edge) else b""
            above: list[bytes] = []
            for index in range(whole + 1):
                part = below[index * TILE : (index + 1) * TILE]
                known = kept.get(index, b"")
                if known != b"".join(part):
                    first = index * TILE + _first_other(part, known)
                    self._find_tile(log, level, first * TILE**level, (first + 1) * TILE**level)
                if index < whole:
                    above.append(root_over(b"".join(part)))
            below, level = above, level + 1

    def _find_tile(self, log: Log, level: int, start: int, stop: int) -> None:
        """A leaf that was changed below it is told already."""
        if any(
            one.log == log and start < (one.position or 0) <= stop for one in self.report.findings
        ):
            return
        self.report.find(
            "tile",
            f"The hash of level {level} that is kept of the log of {log} from position {start + 1}"
            " on is not over those below it.",
            *(log, start + 1),
        )

    async def _check_claims(
        self, wanted: Wanted, stretches: list[Stretch], claims: Sequence[Claim]
    ) -> None:
        """The first entries have to be those that each checkpoint states."""
        log, good = wanted.log, Tree()
        trees = _trees(stretches)
        tree: Tree | None = good
        for claim in sorted(claims, key=lambda one: one.tree(log)[0]):
            size, root = claim.tree(log)
            while tree is not None and tree.size < size:
                tree = next(trees, None)
            if tree is not None and (tree.size, tree.root()) == (size, root):
                good = tree
                continue
            position, exact = await self._difference(wanted, good, (size, root))
            if exact:
                what = f"Position {position} of the log of {log} is not"
            else:
                what = f"Between the positions {position} and {size} of the log of {log} is not"
            gone = "" if size <= wanted.stop else f" The log now ends at position {wanted.stop}."
            self.report.find(
                "rollback" if gone and position > wanted.stop else "history",
                f"{what} what the {claim.source} checkpoint {claim.number} of {claim.at} states:"
                f" history was changed or taken back.{gone}",
                *(log, position),
            )
            return

    async def _difference(
        self, wanted: Wanted, good: Tree, stated: tuple[int, bytes]
    ) -> tuple[int, bool]:
        """Where the log begins to be another one; and whether that is known exactly."""
        start, stop = good.size // TILE * TILE, min(stated[0], wanted.stop)
        if self._publication is not None:
            again = replace(wanted, start=start, stop=stop, marks=(), keeping=True)
            own = (await scan(self._connection, again)).leaves[good.size - start :]
            found = await first_difference(self._publication, wanted.log, good, stated, own)
            if found is not None:
                return found, True
        known = [one.position for one in self.report.findings if one.log == wanted.log]
        between = [one for one in known if one is not None and good.size < one <= stated[0]]
        return (min(between), True) if between else (good.size + 1, False)

    async def _check_streams(self, keys: Sequence[bytes]) -> None:
        """Each stream has a head, which is that of its last event."""
        for row in await self._connection.fetch(SQL["heads"], MOST):
            says = f"its head says version {row['version']}, its last event has {row['last']}"
            same = row["version"] == row["last"]
            self._find_head(row, "its last event is another one" if same else says)
        for at in range(0, len(keys), PAGE):
            part = keys[at : at + PAGE]
            tenants = [UUID(bytes=key[:16]) for key in part]
            streams = [UUID(bytes=key[16:]) for key in part]
            for row in await self._connection.fetch(SQL["headless"], tenants, streams):
                self._find_head(row, "it has no head")
        row = await self._connection.fetchrow(SQL["counts"])
        assert row is not None
        self.report.checked["streams"] = row["streams"]
        self.report.checked["of them erased (absent, committed)"] = row["erased"]

    def _find_head(self, row: Any, what: str) -> None:
        position, stream = row["position"], str(row["stream"])
        told = f"Stream {stream}, from position {position} on: {what}."
        self.report.find("head", told, "events", position, stream)

    async def _check_waiting(self) -> None:
        """Events that have no position yet follow upon those that have; no others are without."""
        row = await self._connection.fetchrow(SQL["beside"])
        assert row is not None
        gone = any(one.log == "events" for one in self.report.findings)
        if gone or row["without"] != row["waiting"]:
            for one in await self._connection.fetch(SQL["passed_over_events"], MOST):
                stream, version = str(one["stream"]), one["version"]
                what = "stands beside the log: it was put in behind the sequencer"
                told = f"Version {version} of stream {stream} has no position: it {what}."
                self.report.find("event", told, "events", None, stream, version)
        waiting = await self._connection.fetch(SQL["waiting_events"], PAGE)
        for one in waiting:
            why = event_problem(dict(one), one["previous"])
            if why is not None:
                stream, version = str(UUID(bytes=one["stream"])), one["version"]
                told = f"Version {version} of stream {stream}, without a position yet: {why}."
                self.report.find("event", told, "events", None, stream, version)
        if waiting:
            self.report.notes.append(f"{len(waiting)} events have no position yet.")

    async def _check_passed_over(self) -> None:
        for log in LOGS[1:]:
            for row in await self._connection.fetch(SQL[f"passed_over_{log}"], MOST):
                what = f"Row {row['id']} of {log} stands beside the log: it was put in afterwards."
                self.report.find("entry", what, log)


def _order(log: str | None) -> int:
    return LOGS.index(log) if log in LOGS else len(LOGS)


def _first_other(hashes: Sequence[bytes], known: bytes) -> int:
    """Which of the hashes is not the known one."""
    for at, hash_ in enumerate(hashes):
        if known[at * HASH : (at + 1) * HASH] != hash_:
            return at
    return len(hashes)


def _part(wanted: Wanted, start: int, stop: int) -> Wanted:
    marks = frozenset(mark for mark in wanted.marks if start < mark <= stop)
    return replace(wanted, start=start, stop=stop, marks=marks)


def _trees(stretches: Iterable[Stretch]) -> Iterator[Tree]:
    """The tree at each size that was asked for, from small to large."""
    tree = Tree()
    for stretch in stretches:
        sizes = deque(sorted(stretch.marks))
        for root in (*stretch.tiles, None):
            while sizes and sizes[0] <= tree.size + TILE:
                size = sizes.popleft()
                yield _grown(tree, size, stretch.marks[size])
            if root is not None:
                tree.add(root, TILE)


def _grown(tree: Tree, size: int, hashes: bytes) -> Tree:
    """The tree with the subtrees up to a size: of their widths each is the next bit of what is
    missing."""
    grown = Tree()
    grown.size, grown.parts = tree.size, list(tree.parts)
    for at in range(0, len(hashes), HASH):
        width = 1 << ((size - grown.size).bit_length() - 1)
        grown.add(hashes[at : at + HASH], width)
    return grown
