"""How often an address may try what can be guessed: signing in, and links that are keys.

By address and by code this is counted in the memory of this process, and forgotten when it ends;
by emergency account in the database, where it holds for all processes.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterable
from typing import Literal

from fastapi import Request

from web.api.problems import Problem
from web.signin.access import Network
from web.signin.buckets import Pace
from web.site import Site, site_of

Kind = Literal["sign-in", "emergency", "link", "feed"]
BY_ADDRESS: dict[Kind, Pace] = {
    # A whole school comes in behind one address when the day begins.
    "sign-in": Pace(300, 0.2),
    "emergency": Pace(20, 30),
    "link": Pace(300, 0.2),
    "feed": Pace(300, 0.2),
}
BY_CODE: dict[Kind, Pace] = {"link": Pace(60, 1), "feed": Pace(30, 20)}
BY_ACCOUNT = Pace(5, 300)
"""Of one emergency account: five tries, and one more each five minutes."""
LONGEST_CODE = 200
"""Of codes in addresses; those that are made here have 43 to 100 characters."""
TOO_MANY = "rate.limited"


def limit(request: Request, kind: Kind, code: str | None = None) -> None:
    """Counts a try of this caller, and of this code if given.

    Raises Problem (429, with Retry-After in seconds) when there were too many, and Problem (404)
    for a code that is too long to be one.
    """
    site = site_of(request)
    wait = site.buckets.take(kind, address_of(request, site), BY_ADDRESS[kind])
    if not wait and code is not None:
        if len(code) > LONGEST_CODE:
            raise Problem("not_found")
        wait = site.buckets.take(f"{kind} code", code, BY_CODE[kind])
    if wait:
        raise too_many(wait)


async def limit_account(site: Site, account: str) -> None:
    """Counts a try of an emergency account, whoever tries. Raises Problem (429)."""
    pace = BY_ACCOUNT
    wait = await site.store.take(f"emergency/{account.lower()}", pace.size, pace.seconds)
    if wait:
        raise too_many(wait)


def too_many(seconds: float) -> Problem:
    """Somebody has to wait so long."""
    return Problem(TOO_MANY, headers={"Retry-After": str(math.ceil(seconds))})


def address_of(request: Request, site: Site) -> str:
    """Where the caller is: the last address on the way that is no proxy of ours."""
    direct = request.client.host if request.client else ""
    if not _among(direct, site.access.proxies):
        return direct
    # Some proxies add a line of their own; only what was added last is theirs.
    lines = ",".join(request.headers.getlist("x-forwarded-for"))
    way = [part.strip() for part in lines.split(",")]
    return next((one for one in reversed(way) if not _among(one, site.access.proxies)), direct)


def _among(address: str, networks: Iterable[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)
