"""Boards, their people and their tokens, for whoever looks after an installation."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

from pydantic import ValidationError

from events.event import Role
from events.holidays import DUTCH, closed_days
from events.settings import TenantSettings
from events.store.keys import MasterKeys
from events.store.store import Store
from settings import Settings

ROLES: tuple[str, ...] = get_args(Role)


class BadBoard(ValueError):
    """What was asked of a board cannot be; the text says why."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The store of this installation, as the service's own role."""
    store = await Store.connect(
        settings.database("app"), MasterKeys.load(settings.master_keys), {}, max_size=2
    )
    try:
        yield store
    finally:
        await store.close()


async def add_board(
    settings: Settings, region: str, timezone: str, holidays: Path | None = None
) -> str:
    """A new board with the region's holidays; its id. Raises BadBoard, UnknownRegion."""
    board = str(uuid4())
    days = closed_days(region, holidays or DUTCH)
    try:
        wanted = TenantSettings(region=region, timezone=timezone, closed=days)
    except (ValidationError, KeyError) as error:
        raise BadBoard(f"There is no time zone {timezone}.") from error
    async with opened(settings) as store:
        await store.save_settings(board, wanted)
    return board


async def show_board(settings: Settings, board: str) -> dict[str, Any]:
    """A board's settings as plain values."""
    async with opened(settings) as store:
        tenant = await known_board(store, board)
        return (await store.settings(tenant)).model_dump(mode="json", by_alias=True)


def value_of(text: str) -> Any:
    """A setting as typed: JSON where it is that, else text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


async def set_holidays(
    settings: Settings, board: str, region: str, holidays: Path | None = None
) -> int:
    """Replaces the board's closed days by the region's; the settings' version."""
    days = [
        day.model_dump(mode="json", by_alias=True) for day in closed_days(region, holidays or DUTCH)
    ]
    return await change_board(settings, board, {"region": region, "closed": days})


async def change_board(settings: Settings, board: str, changes: dict[str, Any]) -> int:
    """Keeps the changed settings as the board's next version; its number. Raises BadBoard."""
    async with opened(settings) as store:
        tenant = await known_board(store, board)
        current = (await store.settings(tenant)).model_dump(mode="json", by_alias=True)
        try:
            wanted = TenantSettings.model_validate({**current, **changes})
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise BadBoard(f"{where or 'settings'}: {fault['msg']}.") from error
        return (await store.save_settings(board, wanted)).version


async def add_person(
    settings: Settings, board: str, name: str, roles: list[str], email: str | None, language: str
) -> dict[str, str]:
    """A person with a first token, which is shown this once. Raises BadBoard."""
    _known_roles(roles)
    if language not in ("nl", "en"):
        raise BadBoard("The language is nl or en.")
    async with opened(settings) as store:
        tenant = await known_board(store, board)
        person = await store.add_person(tenant, name, email, language=language, roles=roles)
        return {"person": person.id, "token": await store.issue_token(tenant, person.id)}


async def everyone(settings: Settings, board: str) -> list[dict[str, Any]]:
    """The board's people, without tokens."""
    async with opened(settings) as store:
        rows = await store.everyone(known_id(board))
    return [{"person": row.id, "name": row.name, "roles": list(row.roles)} for row in rows]


async def issue_token(settings: Settings, board: str, person: str) -> str:
    """A further token for a person. Raises UnknownPerson."""
    async with opened(settings) as store:
        return await store.issue_token(known_id(board), known_id(person))


async def set_roles(settings: Settings, board: str, person: str, roles: list[str]) -> None:
    """What the person is from now on. Raises BadBoard, UnknownPerson."""
    _known_roles(roles)
    async with opened(settings) as store:
        await store.set_roles(known_id(board), known_id(person), roles)


async def leave(settings: Settings, board: str, person: str) -> int:
    """Ends a person's access at once, sessions and tokens too; how many tokens.

    Their name stays in what happened.
    """
    async with opened(settings) as store:
        await store.set_active(known_id(board), known_id(person), False)
        await store.end_sessions(board, person)
        return await store.revoke_all(board, person)


async def revoke_token(settings: Settings, token: str) -> None:
    """Ends a token at once. Raises BadBoard when there is no such token."""
    async with opened(settings) as store:
        if not await store.revoke(token):
            raise BadBoard("That token is not known, or was ended before.")


def _known_roles(roles: list[str]) -> None:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise BadBoard(f"There is no role {unknown[0]}; there are {', '.join(ROLES)}.")


async def known_board(store: Store, text: str) -> str:
    """The id of a board that was made here: a mistake in it makes no second board.

    Raises BadBoard.
    """
    board = known_id(text)
    if not await store.has_board(board):
        raise BadBoard(f"There is no board {board}: 'traject board add' makes one.")
    return board


def known_id(text: str) -> str:
    """The id in its one spelling. Raises BadBoard where it is none."""
    try:
        return str(UUID(text))
    except ValueError:
        raise BadBoard(f"{text} is not an id.") from None
