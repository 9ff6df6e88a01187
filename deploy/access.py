"""Who comes in and how, for whoever looks after an installation: rules, emergencies, sessions."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from deploy.boards import BadBoard, known_board, known_id, opened
from events.store.directory import UnknownPerson
from events.store.emergency import LEAST, WEAK, LoginTaken, WeakPassword
from events.store.identities import SignInRules
from settings import Settings

ROLE = "administrator"


async def change_rules(
    settings: Settings, board: str, homes: Sequence[str] | None, changes: dict[str, Any]
) -> dict[str, Any]:
    """How the board lets people in, after these changes. Raises BadBoard, HomeTaken."""
    async with opened(settings) as store:
        tenant = await known_board(store, board)
        rules, known = await store.sign_in_rules(tenant), await store.homes_of(tenant)
        if changes or homes is not None:
            try:
                rules = SignInRules.model_validate({**rules.model_dump(), **changes})
            except ValidationError as error:
                fault = error.errors(include_url=False)[0]
                where = ".".join(str(part) for part in fault["loc"])
                raise BadBoard(f"{where}: {fault['msg']}.") from error
            known = sorted(set(homes)) if homes is not None else known
            await store.save_sign_in(tenant, rules, known)
    return {"homes": known, **rules.model_dump()}


def roles_of(pairs: Sequence[str]) -> dict[str, str]:
    """``VALUE=ROLE`` as typed; the last ``=`` counts. Raises BadBoard."""
    split = [pair.rpartition("=") for pair in pairs]
    for value, equals, role in split:
        if not (value and equals and role):
            raise BadBoard("A role is given as VALUE=ROLE, such as employee=advisor.")
    return {value: role for value, _, role in split}


def password_from(file: Path | None) -> str:
    """The password of a file's first line, or typed twice at a terminal. Raises BadBoard."""
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        return lines[0] if lines else ""
    if not sys.stdin.isatty():
        raise BadBoard("There is no terminal to type a password at: give --password-file.")
    first = getpass.getpass("Emergency password: ")
    if getpass.getpass("Once more: ") != first:
        raise BadBoard("These are two different passwords; nothing was changed.")
    return first


async def break_glass(
    settings: Settings, board: str, login: str, password: str, person: str | None, name: str
) -> dict[str, str]:
    """Somebody who comes in by a password, as an administrator and nothing else.

    Without ``person`` a new one. Raises BadBoard, UnknownPerson, WeakPassword, LoginTaken.
    """
    async with opened(settings) as store:
        tenant = await known_board(store, board)
        if len(password) < LEAST:  # before somebody is made for it
            raise WeakPassword(WEAK)
        if person is None:
            known = {row.login: row.person for row in await store.emergencies(tenant)}
            person = known.get(login.lower())
        made = person is None
        if person is None:
            person = (await store.add_person(tenant, name, roles=[ROLE])).id
        else:
            found = (await store.persons(tenant, [known_id(person)])).get(person)
            if found is None or set(found.roles) != {ROLE}:
                raise BadBoard(
                    "Only who is an administrator and nothing else comes in by a password:"
                    " leave --person out, and somebody is made for it."
                )
        try:
            await store.set_emergency(tenant, person, login, password)
        except LoginTaken:
            if made:
                await store.set_active(tenant, person, False)
            raise
    return {"person": person, "login": login.lower()}


async def switch_off(settings: Settings, board: str, person: str | None) -> list[str]:
    """Nobody, or not this person, comes in by a password; who did until now is signed out."""
    async with opened(settings) as store:
        tenant = known_id(board)
        ended = await store.switch_off_emergency(tenant, known_id(person) if person else None)
        for one in ended:
            await store.end_sessions(tenant, one)
    return ended


async def emergencies(settings: Settings, board: str) -> list[dict[str, Any]]:
    """Who may come in by a password, and when that was last done."""
    async with opened(settings) as store:
        rows = await store.emergencies(known_id(board))
    return [
        {
            "login": row.login,
            "person": row.person,
            "name": row.name,
            "active": row.active,
            "set_at": row.set_at.isoformat(),
            "used_at": row.used_at.isoformat() if row.used_at else None,
        }
        for row in rows
    ]


async def sessions(settings: Settings, board: str, person: str) -> list[dict[str, Any]]:
    """A person's sessions that hold."""
    async with opened(settings) as store:
        rows = await store.sessions_of(known_id(board), known_id(person))
    return [
        {
            "session": row.id,
            "how": row.how,
            "device": row.device,
            "began_at": row.began_at.isoformat(),
            "used_at": row.used_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
        }
        for row in rows
    ]


async def end(settings: Settings, board: str, person: str, *, unlink: bool) -> dict[str, int]:
    """Signs a person out everywhere and ends all tokens; with ``unlink`` forgets their accounts."""
    async with opened(settings) as store:
        tenant, known = known_id(board), known_id(person)
        return {
            "sessions": await store.end_sessions(tenant, known),
            "tokens": await store.revoke_all(tenant, known),
            "accounts": await store.unlink(tenant, known) if unlink else 0,
        }


async def link(settings: Settings, board: str, person: str, issuer: str, subject: str) -> None:
    """From now on this account is this person. Raises BadBoard, UnknownPerson."""
    async with opened(settings) as store:
        tenant, known = known_id(board), known_id(person)
        if not await store.persons(tenant, [known]):
            raise UnknownPerson(person)
        await store.link(tenant, issuer, subject, known)
        found = await store.by_identity(tenant, issuer, subject)
    if found is None or found.id != known:
        raise BadBoard("That account is somebody else's: 'traject access end --unlink' first.")


async def tokens(settings: Settings, board: str, person: str | None) -> list[dict[str, Any]]:
    """The board's tokens that hold, without what they are."""
    async with opened(settings) as store:
        rows = await store.tokens_that_hold(known_id(board), known_id(person) if person else None)
    return [
        {
            "token": row.id,
            "person": row.person,
            "whose": row.whose,
            "name": row.name,
            "issued_at": row.issued_at.isoformat(),
            "used_at": row.used_at.isoformat() if row.used_at else None,
            "ends_at": row.ends_at.isoformat() if row.ends_at else None,
        }
        for row in rows
    ]


async def end_token(settings: Settings, board: str, token: str) -> None:
    """Ends a token by the id that `tokens` tells. Raises BadBoard."""
    async with opened(settings) as store:
        if not await store.end_token(known_id(board), known_id(token)):
            raise BadBoard("The board has no such token, or it was ended before.")
