"""Fills the demo at its first start: people with a way in, and cases led by real commands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from deploy.demo.examples import (
    Example,
    Lead,
    case_names,
    lead,
    people,
    person_id,
    training_schools,
)
from deploy.embedded.supervisor import StartFailed
from deploy.home import write_private

if TYPE_CHECKING:
    import httpx2

    from deploy.up import Up

ANSWER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Guest:
    """An example person and the personal token that lets the API know them."""

    name: str
    roles: tuple[str, ...]
    token: str


async def seed(up: Up) -> list[Guest]:
    """Make what is missing; the example people. Safe to repeat, also after half of it.

    Raises StartFailed when the product does not take an example's command.
    """
    tokens = up.home.folder / "tokens"
    tokens.mkdir(mode=0o700, exist_ok=True)
    everyone = people()
    if not all((tokens / person.key).exists() for person in everyone):
        await _settle(up, everyone, tokens)
    known = {person.key: (tokens / person.key).read_text().strip() for person in everyone}
    await _lead_cases(up, known)
    _fill_later(up)
    return [Guest(person.name, person.roles, known[person.key]) for person in everyone]


async def _settle(up: Up, everyone: list[Example], tokens: Path) -> None:
    from events.holidays import closed_days
    from events.settings import TenantSettings
    from events.store.keys import MasterKeys
    from events.store.store import Store
    from web.site import DEMO_BOARD

    keys = MasterKeys.load(Path(up.environment["MASTER_KEY_FILE"]))
    store = await Store.connect(f"{up.owner_dsn}?role=traject_app", keys, {})
    try:
        settings = TenantSettings(closed=closed_days("midden"), schools=tuple(training_schools()))
        await store.save_settings(DEMO_BOARD, settings)
        for person in everyone:
            await store.add_person(
                DEMO_BOARD,
                person.name,
                f"{person.key}@voorbeeld.example",
                language=person.language,
                roles=person.roles,
                person=person_id(person.key),
            )
            token = await store.issue_token(DEMO_BOARD, person_id(person.key))
            write_private(tokens / person.key, token)
    finally:
        await store.close()


def _fill_later(up: Up) -> None:
    """The rest of the board, while people are already at work in it."""
    kept = up.home.folder / "examples.json"
    if not json.loads(kept.read_text()).get("crowd"):
        task = asyncio.get_running_loop().create_task(_fill(up, kept))
        _RUNNING.add(task)
        task.add_done_callback(_RUNNING.discard)


_RUNNING: set[asyncio.Task[None]] = set()
"""Nobody else holds on to them."""


async def _fill(up: Up, kept: Path) -> None:
    """A demo without the rest is one too: what goes wrong is said, and tried at the next start."""
    from deploy.demo.playing import fill
    from events.store.keys import MasterKeys
    from events.store.store import Store
    from web.site import DEMO_BOARD
    from workflows.registry import RULES

    done = json.loads(kept.read_text())
    facts = {name: rules.story.facts for name, rules in RULES.items()}
    keys = MasterKeys.load(Path(up.environment["MASTER_KEY_FILE"]))
    store = await Store.connect(f"{up.owner_dsn}?role=traject_app", keys, facts, max_size=2)
    try:
        settings = await store.settings(DEMO_BOARD)
        today = date.fromisoformat(done["today"])
        count = await fill(store, settings, today, datetime.now(UTC))
        write_private(kept, json.dumps({**done, "crowd": count}))
        up.say(f"{count} more examples stand behind them.")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
        up.say(f"The rest of the examples could not be made ({type(fault).__name__}).")
    finally:
        await store.close()


async def _lead_cases(up: Up, tokens: Mapping[str, str]) -> None:
    """The cases not yet led; the first day is kept, so that a repeat says the same."""
    kept = up.home.folder / "examples.json"
    if kept.exists():
        done = json.loads(kept.read_text())
    else:
        done = {"today": date.today().isoformat(), "cases": {}}  # noqa: DTZ011 - the reader's day
        write_private(kept, json.dumps(done))
    missing = [name for name in case_names() if name not in done["cases"]]
    if not missing:
        return
    import httpx2

    today = date.fromisoformat(done["today"])
    async with httpx2.AsyncClient(base_url=up.url, timeout=ANSWER_SECONDS) as http:
        for name in missing:
            example = lead(name, today)
            up.say(f"Example {name}: {len(example.steps)} commands")
            done["cases"][name] = await _lead(http, example, tokens)
            write_private(kept, json.dumps(done))


async def _lead(http: httpx2.AsyncClient, example: Lead, tokens: Mapping[str, str]) -> str:
    stream = ""
    for step in example.steps:
        body: dict[str, Any] = step.data
        path = f"/api/v1/{example.process}/{stream}/commands/{step.command}"
        if not stream:
            path = f"/api/v1/{example.process}"
            body = {"command": step.command, "data": step.data}
        headers = {
            "Authorization": f"Bearer {tokens[step.by]}",
            "Idempotency-Key": step.command_id,
        }
        answer = await http.post(path, json=body, headers=headers)
        if answer.status_code not in (200, 201):
            raise StartFailed(
                f"The example's {step.command} was answered {answer.status_code}: {answer.text}",
                "Set the demo's data folder aside to begin anew.",
            )
        stream = answer.json()["id"]
    return stream
