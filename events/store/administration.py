"""What is administered of a board: its people, settings and letters; every change is kept for good.

Each change and its line in the log are one transaction: neither is ever there without the other.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from events.settings import TenantSettings
from events.store.connection import Connected
from events.store.directory import SQL as DIRECTORY
from events.store.directory import UnknownPerson
from events.store.sealing import canonical
from events.store.sql import statements

SQL = statements("administration")


class LastAdministrator(Exception):
    """Nobody would be left who may administer the board."""


class MailTaken(Exception):
    """Somebody else of the board has this address."""


class RolesChanged(Exception):
    """The roles of somebody are others than those that were looked at."""


class SettingsChanged(Exception):
    """Somebody else saved settings since these were looked at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person of the board as administration sees it, also who left.

    ``over``: the roles that were looked at when these were chosen; None where nobody looked.
    """

    id: str
    name: str
    email: str | None
    language: str
    roles: tuple[str, ...]
    active: bool = True
    absent_from: date | None = None
    over: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the log. ``before`` and ``after`` hold what changed and nothing else."""

    id: int
    at: datetime
    person: str | None
    what: str
    subject: str | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the log is wanted; ``what`` is a kind of change, or all that begins with it."""

    person: str | None = None
    what: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """The settings of a board as they were saved once, and when."""

    settings: TenantSettings
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class BoardLetter:
    """What a board has a mail say: its subject, and the lines it begins with."""

    subject: str
    intro: str


class Administration(Connected):
    """Changes what a board may change, and tells who changed what."""

    @asynccontextmanager
    async def _changing(self, tenant: str) -> AsyncIterator[asyncpg.Connection]:
        async with self._board(tenant) as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def _changing_people(self, tenant: str) -> AsyncIterator[asyncpg.Connection]:
        """One after another: what is looked up about others holds until it is kept."""
        async with self._changing(tenant) as connection:
            await connection.execute(SQL["one_by_one"], tenant)
            yield connection

    async def changes(
        self, tenant: str, sought: Sought, *, before: int | None = None, limit: int = 50
    ) -> list[Change]:
        """The log of the board, the latest first; ``before`` is the last one of the page before."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["changes"], tenant, before, sought.person, sought.what, sought.subject,
                sought.since, sought.until, limit,
            )  # fmt: skip
        return [_change(row) for row in rows]

    async def changes_of(self, tenant: str, person: str) -> list[Change]:
        """All lines of the log that are by somebody or about them, or name them, in order."""
        async with self._board(tenant) as connection:
            return [
                _change(row) for row in await connection.fetch(SQL["changes_of"], tenant, person)
            ]

    async def note_change(
        self, tenant: str, by: str, what: str, subject: str | None, before: Any, after: Any
    ) -> None:
        """A line of its own, for what was changed elsewhere, such as a session that was ended."""
        async with self._board(tenant) as connection:
            await log(connection, tenant, by, what, subject, before, after)

    # -- people ----------------------------------------------------------------------------------

    async def people_sought(
        self,
        tenant: str,
        today: date,
        *,
        words: str = "",
        role: str | None = None,
        active: bool | None = True,
        limit: int | None = 50,
        offset: int = 0,
    ) -> list[Entry]:
        """Some people of the board by name; ``words`` is part of a name or an address.

        ``active``: None for also who left; ``limit``: None for all.
        """
        like = f"%{_escaped(words)}%" if words else None
        async with self._board(tenant) as connection:
            rows = await connection.fetch(
                SQL["people"], tenant, like, role, active, limit, offset, today
            )
        return [_entry(row) for row in rows]

    async def entry(self, tenant: str, person: str) -> Entry | None:
        """Somebody of the board, also who left."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["person"], tenant, person)
        return None if row is None else _entry(row)

    async def with_mail(self, tenant: str, mail: str) -> list[str]:
        """The people with this address."""
        async with self._board(tenant) as connection:
            return [str(row[0]) for row in await connection.fetch(SQL["with_mail"], tenant, mail)]

    async def keep_people(self, tenant: str, by: str, people: Sequence[Entry]) -> list[str]:
        """Add or change these, all or none; their ids. An entry without an id is somebody new.

        Raises UnknownPerson, MailTaken, RolesChanged, and LastAdministrator where nobody would be
        hr or administrator.
        """
        async with self._changing_people(tenant) as connection:
            return [await _keep(connection, tenant, by, one) for one in people]

    async def set_present(self, tenant: str, by: str, person: str, *, active: bool) -> None:
        """Who left is found nowhere and cannot sign in.

        Raises UnknownPerson, LastAdministrator, and MailTaken for who returns.
        """
        async with self._changing_people(tenant) as connection:
            row = await connection.fetchrow(SQL["person"], tenant, person)
            if row is None:
                raise UnknownPerson(person)
            await _keep(connection, tenant, by, replace(_entry(row), active=active))

    # -- settings --------------------------------------------------------------------------------

    async def settings_versions(self, tenant: str, limit: int = 50) -> list[SettingsVersion]:
        """What was saved, the latest first. The defaults are version 1 and were never saved."""
        async with self._board(tenant) as connection:
            return [_version(row) for row in await connection.fetch(SQL["versions"], tenant, limit)]

    async def settings_version(self, tenant: str, version: int) -> TenantSettings | None:
        """The settings of a version; None where there was no such one."""
        if version == 1:
            return TenantSettings()
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["version"], tenant, version)
        return None if row is None else _version(row).settings

    async def change_settings(
        self, tenant: str, by: str, wanted: TenantSettings, *, over: TenantSettings, what: str
    ) -> TenantSettings:
        """Keep these as the version after ``over``. Raises SettingsChanged where there is one."""
        text = canonical(wanted.model_dump(mode="json", by_alias=True, exclude={"version"}))
        async with self._changing(tenant) as connection:
            version = await connection.fetchval(
                SQL["save_settings"], tenant, over.version, text.decode()
            )
            if version is None:
                raise SettingsChanged
            before, after = differing(_values(over), _values(wanted))
            await log(connection, tenant, by, what, str(version), before, after)
        return wanted.model_copy(update={"version": version})

    # -- letters ---------------------------------------------------------------------------------

    async def texts_of(self, tenant: str) -> dict[tuple[str, str], BoardLetter]:
        """By kind of notice and language, what the board has mails say in place of the usual."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["letters"], tenant)
        return {
            (row["kind"], row["language"]): BoardLetter(row["subject"], row["intro"])
            for row in rows
        }

    async def keep_letter(
        self, tenant: str, by: str, kind: str, language: str, letter: BoardLetter | None
    ) -> None:
        """What mails of a kind say from now on; None: the usual text again."""
        async with self._changing(tenant) as connection:
            row = await connection.fetchrow(SQL["letter"], tenant, kind, language)
            before = None if row is None else dict(row)
            after = None if letter is None else asdict(letter)
            if before == after:
                return
            if letter is None:
                await connection.execute(SQL["drop_letter"], tenant, kind, language)
            else:
                await connection.execute(
                    SQL["keep_letter"], tenant, kind, language, letter.subject, letter.intro
                )
            await log(connection, tenant, by, "letter", f"{kind}/{language}", before, after)


async def log(
    connection: asyncpg.Connection,
    tenant: str,
    by: str | None,
    what: str,
    subject: str | None,
    before: Any,
    after: Any,
) -> None:
    """One line, in the transaction of what it tells of."""
    await connection.execute(
        SQL["log"], tenant, by, what, subject, _written(before), _written(after)
    )


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Any, Any]:
    """Of both only what differs; a key that one of them lacks is missing there too."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return (
        {key: before[key] for key in keys if key in before},
        {key: after[key] for key in keys if key in after},
    )


async def _keep(connection: asyncpg.Connection, tenant: str, by: str, wanted: Entry) -> str:
    person = wanted.id or str(uuid4())
    before: dict[str, Any] = {}
    if wanted.id:
        if await connection.fetchval(DIRECTORY["hold"], tenant, person) is None:
            raise UnknownPerson(person)
        row = await connection.fetchrow(SQL["person"], tenant, person)
        before = _told(_entry(row))
    if wanted.over is not None and sorted(set(wanted.over)) != before.get("roles", []):
        raise RolesChanged(person)
    after = _told(wanted)
    if before == after:
        return person
    await _address_free(connection, tenant, person, before, wanted)
    await connection.execute(
        SQL["keep_person"], tenant, person, wanted.name, wanted.email, wanted.language,
        wanted.active,
    )  # fmt: skip
    roles = sorted(set(wanted.roles))
    await connection.execute(DIRECTORY["drop_roles"], tenant, person, roles)
    await connection.execute(DIRECTORY["add_roles"], tenant, person, roles)
    await _somebody_left(connection, tenant, person, before, wanted)
    said_before, said_after = differing(before, after)
    what = "person.changed" if before else "person.added"
    await log(connection, tenant, by, what, person, said_before or None, said_after)
    return person


async def _address_free(
    connection: asyncpg.Connection, tenant: str, person: str, before: dict[str, Any], wanted: Entry
) -> None:
    """Raises MailTaken for an address that is new to a person and not to the board.

    Who returns may share it with somebody who left: those two are never asked for together.
    """
    if not wanted.email or not wanted.active:
        return
    fresh = (before.get("email") or "").lower() != wanted.email.lower()
    if (fresh or not before.get("active")) and await connection.fetchval(
        SQL["mail_of_others"], tenant, wanted.email, person, fresh
    ):
        raise MailTaken(wanted.email)


KEEPERS = ("hr", "administrator")


async def _somebody_left(
    connection: asyncpg.Connection, tenant: str, person: str, before: dict[str, Any], wanted: Entry
) -> None:
    """Raises LastAdministrator where this takes the board's last hr away, and no other keeper."""
    held = set(before.get("roles", ())) & set(KEEPERS)
    keeps = set(wanted.roles) & set(KEEPERS) if wanted.active else set[str]()
    if not held or keeps:
        return
    for role in KEEPERS:
        if await connection.fetchval(SQL["holders"], tenant, role, person):
            return
    raise LastAdministrator


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "email": entry.email,
        "language": entry.language,
        "roles": sorted(set(entry.roles)),
        "active": entry.active,
    }


def _values(settings: TenantSettings) -> dict[str, Any]:
    return settings.model_dump(mode="json", by_alias=True, exclude={"version"})


def _version(row: Mapping[str, Any]) -> SettingsVersion:
    settings = TenantSettings.model_validate_json(row["settings"])
    return SettingsVersion(settings.model_copy(update={"version": row["version"]}), row["saved_at"])


def _change(row: Any) -> Change:
    return Change(
        row["id"],
        row["at"],
        row["person"] and str(row["person"]),
        row["what"],
        row["subject"],
        _read(row["before"]),
        _read(row["after"]),
    )


def _entry(row: Any) -> Entry:
    return Entry(
        str(row["person"]),
        row["name"],
        row["email"],
        row["language"],
        tuple(row["roles"]),
        row["active"],
        row["absent_from"],
    )


def _escaped(words: str) -> str:
    """Words in which ``like`` sees nothing special."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _written(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _read(text: str | None) -> Any:
    return None if text is None else json.loads(text)
