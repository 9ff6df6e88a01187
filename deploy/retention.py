"""`traject retention list`: every case that ended, and until when it is kept on what ground."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from deploy.boards import known_id
from deploy.progress import Tell
from events.calendar import local_day
from events.process import Story
from events.retention import due
from events.settings import TenantSettings
from events.stewardship import Erasure
from events.store.keys import MasterKeys
from events.store.store import Store
from settings import Settings
from workflows.registry import RULES


@dataclass(frozen=True, slots=True)
class Kept:
    """A case that ended; ``over`` is the first local day on which its term is over."""

    board: str
    process: str
    case: str
    state: str
    ended_on: date
    kind: str
    months: int
    ground: str
    over: date
    is_over: bool
    hold: bool
    restricted: bool
    erasure: Erasure | None

    def json(self) -> dict[str, Any]:
        asked = self.erasure
        return {
            "board": self.board,
            "process": self.process,
            "case": self.case,
            "state": self.state,
            "ended_on": self.ended_on.isoformat(),
            "class": self.kind,
            "months": self.months,
            "ground": self.ground,
            "due_on": self.over.isoformat(),
            "due": self.is_over,
            "hold": self.hold,
            "restricted": self.restricted,
            "erasure": asked
            and {
                "ground": asked.ground,
                "requested_by": asked.requested_by,
                "approved_by": asked.approved_by,
            },
        }


async def kept_cases(
    settings: Settings, board: str | None, *, only_due: bool, tell: Tell
) -> list[Kept]:
    """Those of one board or of all, the one that is due first at the front. Raises BadBoard.

    ``only_due``: whose term is over, that are not on hold.
    """
    wanted = None if board is None else known_id(board)
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    keys = MasterKeys.load(settings.master_keys)
    store = await Store.connect(settings.database("app"), keys, facts, max_size=2)
    found: list[Kept] = []
    try:
        boards = [wanted] if wanted else [one async for one in store.boards()]
        counts = [await store.count_ended(tenant) for tenant in boards]
        for tenant in boards:
            async for one in _of_board(store, tenant):
                found.append(one)
                tell(len(found), sum(counts))
    finally:
        await store.close()
    found.sort(key=lambda one: (one.over, one.case))
    return [one for one in found if not only_due or (one.is_over and not one.hold)]


async def _of_board(store: Store, tenant: str) -> AsyncIterator[Kept]:
    settings, now = await store.settings(tenant), datetime.now(UTC)
    async for page in store.ended_streams(tenant):
        streams = {one.stream: one.process for one in page if one.process in RULES}
        loaded = await store.load_many(tenant, dict.fromkeys(streams, 0))
        for stream, events in loaded.items():
            story = RULES[streams[stream]].story
            state = story.fold(events)
            if state.ended_at is not None:
                yield _kept(tenant, stream, story, state, settings, now)


def _kept(
    tenant: str,
    stream: str,
    story: Story[Any],
    state: Any,
    settings: TenantSettings,
    now: datetime,
) -> Kept:
    term = settings.retention[story.retention]
    over = due(state.ended_at, story.retention, settings)
    return Kept(
        board=tenant,
        process=story.name,
        case=stream,
        state=story.index(state).state,
        ended_on=local_day(state.ended_at, settings),
        kind=story.retention,
        months=term.months,
        ground=term.ground,
        over=over,
        is_over=local_day(now, settings) >= over,
        hold=state.hold,
        restricted=state.restricted,
        erasure=state.erasure,
    )
