"""Who somebody is at a board, by what the identity provider says: a person, or nobody yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import structlog

from events.event import may_sign_in
from events.store.identities import Left, SignInRules

if TYPE_CHECKING:
    from events.store.directory import PersonRow
    from events.store.store import Store
    from web.signin.access import Issuer

Why = Literal["no_board", "unknown", "left_board", "no_account", "nameless"]
_NAME_MAX = 200


class Stranger(Exception):
    """Somebody who does not come in; ``why`` names the sentence that says so.

    ``subject`` is what the provider calls the account, where it could be linked by hand.
    """

    def __init__(self, why: Why, subject: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.subject = subject


@dataclass(frozen=True, slots=True)
class Account:
    """What counts of the claims. ``email`` is there only where it was verified."""

    issuer: str
    subject: str
    name: str
    email: str | None
    homes: tuple[str, ...]
    values: tuple[str, ...]
    """Of the claim with the roles."""


def account_of(claims: Mapping[str, Any], names: Issuer) -> Account:
    """The account behind claims, by what the installation says they are called."""
    told = claims.get("email_verified", claims.get("xms_edov"))
    verified = told in (True, "true", "True", "1") or (told is None and names.trusts_email)
    email = next(iter(_texts(claims.get(names.email_claim))), None)
    name = next(iter(_texts(claims.get(names.name_claim))), "") or " ".join(
        part for key in ("given_name", "family_name") for part in _texts(claims.get(key))
    )
    return Account(
        issuer=str(claims["iss"]),
        subject=next(iter(_texts(claims.get(names.subject_claim))), ""),
        name=" ".join(name.split())[:_NAME_MAX],
        email=email if email and verified else None,
        homes=_texts(claims.get(names.board_claim)) if names.board_claim else (),
        values=_texts(claims.get(names.roles_claim)) if names.roles_claim else (),
    )


def _texts(value: Any) -> tuple[str, ...]:
    """A claim as texts: providers send one, or a list of them."""
    values = value if isinstance(value, list) else [value]
    return tuple(str(one).strip() for one in values if isinstance(one, str | int) and str(one))


def roles_now(
    rules: SignInRules, held: Collection[str], claimed: Collection[str], values: Collection[str]
) -> tuple[set[str], set[str]]:
    """The roles that somebody has from now on, and those of them that the provider gave.

    ``claimed`` are those that it gave the last time: it takes back what it gives no more, and
    nothing that the board gave.
    """
    given: set[str] = {rules.roles[value] for value in values if value in rules.roles}
    if rules.roles_by == "board":
        return set(held), set()
    if rules.roles_by == "provider":
        return given, given
    own = set(held) - set(claimed)
    return own | given, given - own


async def entered(store: Store, account: Account, names: Issuer) -> PersonRow:
    """The person of this account, with the roles of now. Raises Stranger."""
    tenant = await _board(store, account, names)
    rules = await store.sign_in_rules(tenant)
    try:
        person = await store.by_identity(tenant, account.issuer, account.subject)
    except Left:
        raise Stranger("left_board") from None
    if person is None:
        person = await _linked(store, account, tenant, rules)
    if person is None:
        person = await _made(store, account, tenant, rules)
    return await _with_roles(store, person, account, rules)


async def _board(store: Store, account: Account, names: Issuer) -> str:
    if not account.subject:
        raise Stranger("unknown")
    if names.board is not None:
        return names.board
    for home in account.homes:
        if (found := await store.board_of_home(home)) is not None:
            return found
    raise Stranger("no_board")


async def _linked(
    store: Store, account: Account, tenant: str, rules: SignInRules
) -> PersonRow | None:
    """Who has this verified address, where the board goes by that."""
    if not rules.link_by_email or account.email is None:
        return None
    person = await store.by_email(tenant, account.issuer, account.email)
    if person is not None:
        await store.link(tenant, account.issuer, account.subject, person.id)
        _log.info("account linked", tenant=tenant, person=person.id)
    return person


async def _made(store: Store, account: Account, tenant: str, rules: SignInRules) -> PersonRow:
    """A new person, where the board lets the provider bring people."""
    if not rules.make_people:
        raise Stranger("unknown", account.subject)
    if not account.name:
        raise Stranger("nameless")
    roles, _ = roles_now(rules, (), (), account.values)
    if roles and not may_sign_in(roles):
        raise Stranger("no_account")
    person = await store.add_person(tenant, account.name, account.email)
    await store.link(tenant, account.issuer, account.subject, person.id)
    _log.info("person made", tenant=tenant, person=person.id)
    kept = await store.by_identity(tenant, account.issuer, account.subject)
    if kept is not None and kept.id != person.id:
        # The same account came in twice at this very moment.
        await store.set_active(tenant, person.id, False)
        return kept
    return person


async def _with_roles(
    store: Store, person: PersonRow, account: Account, rules: SignInRules
) -> PersonRow:
    claimed = await store.claimed_roles(person.tenant, person.id)
    roles, given = roles_now(rules, person.roles, claimed, account.values)
    if not may_sign_in(roles):
        raise Stranger("no_account")
    if roles != set(person.roles):
        await store.set_roles(person.tenant, person.id, roles)
        _log.info("roles by provider", tenant=person.tenant, person=person.id, roles=sorted(roles))
    if given != claimed:
        await store.set_claimed_roles(person.tenant, person.id, given)
    return (await store.persons(person.tenant, [person.id]))[person.id]


_log = structlog.get_logger("web")
