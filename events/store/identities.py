"""Which account at an identity provider is which person, and how a board lets its people in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from events.event import Frozen, Role
from events.store.connection import Connected
from events.store.directory import PersonRow
from events.store.sql import statements

SQL = statements("identities")


class SignInRules(Frozen):
    """How a board lets people in who come from the identity provider.

    ``roles`` says which value of the roles claim makes somebody what. By ``roles_by`` the claims
    say nothing (``board``), add to what the board gave (``both``), or are all there is
    (``provider``).
    """

    link_by_email: bool = False
    make_people: bool = False
    roles_by: Literal["board", "both", "provider"] = "board"
    roles: dict[str, Role] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Linked:
    """An account at an identity provider that is known to be somebody's."""

    issuer: str
    subject: str
    linked_at: datetime


class HomeTaken(ValueError):
    """Another board is already known by this name."""


class Left(LookupError):
    """The account belongs to somebody who left the board."""


class Identities(Connected):
    """Keeps links between accounts and people, and the rules by which they are made."""

    async def board_of_home(self, home: str) -> str | None:
        """The board that providers call ``home``."""
        async with self._pool.acquire() as connection:
            found = await connection.fetchval(SQL["board_of_home"], home)
        return str(found) if found else None

    async def sign_in_rules(self, tenant: str) -> SignInRules:
        """How this board lets people in; the strictest way where it said nothing."""
        async with self._board(tenant) as connection:
            text = await connection.fetchval(SQL["rules"], tenant)
        return SignInRules() if text is None else SignInRules.model_validate_json(text)

    async def homes_of(self, tenant: str) -> list[str]:
        """What providers call this board."""
        async with self._board(tenant) as connection:
            return [row["home"] for row in await connection.fetch(SQL["homes"], tenant)]

    async def save_sign_in(self, tenant: str, rules: SignInRules, homes: Iterable[str]) -> None:
        """Keep how the board lets people in, and its names; raises HomeTaken."""
        wanted = sorted(set(homes))
        async with self._board(tenant) as connection, connection.transaction():
            await connection.execute(SQL["save_rules"], tenant, rules.model_dump_json())
            await connection.execute(SQL["drop_homes"], tenant, wanted)
            await connection.execute(SQL["add_homes"], tenant, wanted)
            kept = {row["home"] for row in await connection.fetch(SQL["homes"], tenant)}
            if taken := sorted(set(wanted) - kept):
                raise HomeTaken(f"Another board is already known as {', '.join(taken)}.")

    async def by_identity(self, tenant: str, issuer: str, subject: str) -> PersonRow | None:
        """The person with this account; None when nobody is known by it. Raises Left."""
        async with self._board(tenant) as connection:
            row = await connection.fetchrow(SQL["by_identity"], tenant, issuer, subject)
        if row is None:
            return None
        if not row["active"]:
            raise Left(str(row["person"]))
        return _person(tenant, row)

    async def by_email(self, tenant: str, issuer: str, email: str) -> PersonRow | None:
        """The one active person with this address who has no account there yet.

        None also where several have it: nobody could tell which of them it is.
        """
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["by_email"], tenant, email, issuer)
        return _person(tenant, rows[0]) if len(rows) == 1 else None

    async def link(self, tenant: str, issuer: str, subject: str, person: str) -> None:
        """From now on this account is this person; an account that is linked stays as it is."""
        async with self._board(tenant) as connection:
            await connection.execute(SQL["link"], tenant, issuer, subject, person)

    async def accounts_of(self, tenant: str, person: str) -> list[Linked]:
        """The accounts by which this person comes in."""
        async with self._board(tenant) as connection:
            return [
                Linked(**row) for row in await connection.fetch(SQL["accounts"], tenant, person)
            ]

    async def unlink(self, tenant: str, person: str) -> int:
        """Forget the accounts of a person; returns how many there were."""
        async with self._board(tenant) as connection:
            done = await connection.execute(SQL["unlink"], tenant, person)
        return int(done.rpartition(" ")[2])

    async def claimed_roles(self, tenant: str, person: str) -> set[str]:
        """The roles that the provider gave this person at the last sign-in."""
        async with self._board(tenant) as connection:
            return {row["role"] for row in await connection.fetch(SQL["claimed"], tenant, person)}

    async def set_claimed_roles(self, tenant: str, person: str, roles: Iterable[str]) -> None:
        """Keep which roles the provider gave."""
        wanted = sorted(set(roles))
        async with self._board(tenant) as connection, connection.transaction():
            await connection.execute(SQL["drop_claimed"], tenant, person, wanted)
            await connection.execute(SQL["add_claimed"], tenant, person, wanted)


def _person(tenant: str, row: Mapping[str, Any]) -> PersonRow:
    return PersonRow(
        str(row["person"]), tenant, row["name"], row["email"], row["language"], tuple(row["roles"])
    )
