"""What is done on the pages of administration, and what stood in the log afterwards."""

from __future__ import annotations

from typing import Any

from deploy.demo.examples import person_id
from events.store.administration import Sought
from tests.web.example_site import ExampleSite
from web.site import DEMO_BOARD

HERE = "/administration"


async def shown(desk: ExampleSite, by: str, path: str, status: int = 200) -> str:
    answer = await desk.get(by, path)
    assert answer.status_code == status, answer.text
    return answer.text


async def sent(
    desk: ExampleSite, by: str, path: str, data: dict[str, Any], status: int = 303
) -> str:
    answer = await desk.post(by, path, data)
    assert answer.status_code == status, answer.text
    return answer.headers.get("Location", "") if status == 303 else answer.text


async def last_change(desk: ExampleSite, what: str) -> tuple[Any, Any]:
    change = (await desk.store.changes(DEMO_BOARD, Sought(what=what), limit=1))[0]
    return change.before, change.after


async def roles_now(desk: ExampleSite, who: str) -> set[str]:
    entry = await desk.store.entry(DEMO_BOARD, person_id(who))
    assert entry is not None
    return set(entry.roles)
