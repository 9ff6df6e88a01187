"""Lists of cases over HTTP: filters, order, and a page at a time of what a person may see."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from asyncpg import DataError
from fastapi import Request
from fastapi.responses import JSONResponse

from events.settings import TenantSettings
from events.store.cases import BadCursor
from web.api.clock import now_of
from web.api.filters import FILTERS, Wanted, given_in, wanted
from web.api.paths import private, process_of
from web.api.problems import invalid
from web.api.signin import signed_in
from web.listed import Listed, Looks, listed
from web.site import Site, site_of

if TYPE_CHECKING:
    from events.store.cases import CasePage, CaseRow
    from events.store.directory import PersonRow

LIMIT = 25
LIMIT_MAX = 100
NEWEST_CHANGE = "-updated_at"
SORTS = ("created_at", "-created_at", "updated_at", "-updated_at")
SEARCHED = 500
"""So many cases are looked through at once where only some of them fit."""
_STATE = re.compile(r"[a-z_]{1,40}")
_LIMIT = re.compile(r"[0-9]{1,3}")
_QUERY = frozenset({"state", "open", "sort", "cursor", "limit"})


ROWS = Looks(row=True)


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is asked for.

    about: only cases about one of these people.
    own: without cases that this person may read and no more. wanted: only cases that fit.
    looks: what of each case is shown.
    """

    state: str | None = None
    open: bool | None = None
    sort: str = NEWEST_CHANGE
    cursor: str | None = None
    limit: int = LIMIT
    about: Sequence[str] | None = None
    own: bool = False
    wanted: Wanted | None = None
    looks: Looks = ROWS


def query_of(request: Request, process: str) -> Query:
    """Filters, order and page of a list. Raises Problem for what it does not know."""
    given = request.query_params
    for name in given:
        if name not in _QUERY and name not in FILTERS.get(process, {}):
            raise invalid(name, "extra")
    words = {"true": True, "false": False, None: None}
    text = given.get("open")
    if text not in words:
        raise invalid("open", "enum")
    sort = given.get("sort", NEWEST_CHANGE)
    if sort not in SORTS:
        raise invalid("sort", "enum")
    limit = limit_of(given)
    state = given.get("state")
    if state is not None and not _STATE.fullmatch(state):
        raise invalid("state", "value")
    fits = wanted(process, given_in(process, given))
    return Query(state, words[text], sort, given.get("cursor"), limit, wanted=fits)


def limit_of(given: Mapping[str, str]) -> int:
    """How many a page is to have. Raises Problem for what is no such number."""
    limit = given.get("limit", str(LIMIT))
    if not (_LIMIT.fullmatch(limit) and 1 <= int(limit) <= LIMIT_MAX):
        raise invalid("limit", "value")
    return int(limit)


async def list_cases(request: Request) -> JSONResponse:
    """``GET /{process}``: the cases this person may see, a page at a time."""
    site = site_of(request)
    person = await signed_in(request, site)
    process, _ = process_of(request, site)
    query = query_of(request, process)
    now = now_of(request, site)
    settings = await site.settings(person.tenant)
    cases, following = await page_of_cases(site, person, process, query, now, settings)
    return private({"items": [case.row for case in cases], "next": following})


async def page_of_cases(
    site: Site,
    person: PersonRow,
    process: str,
    query: Query,
    now: datetime,
    settings: TenantSettings,
) -> tuple[list[Listed], str | None]:
    """A page of cases as this person may see them, and the cursor of the next page."""
    if query.sort.endswith("updated_at") and not site.rules[process].story.sees_all(person.roles):
        return await _by_last_seen(site, person, process, query, now, settings)
    shown: list[tuple[CaseRow, Listed]] = []
    cursor = query.cursor
    # A cursor may only name a case that this person may read, so it is that of one shown.
    while len(shown) <= query.limit:
        page = await _stored_page(site, person, process, query, cursor)
        found = await listed(site, person, process, page.cases, query.looks, now, settings)
        both = zip(page.cases, found, strict=True)
        shown += [(row, one) for row, one in both if one is not None and _fits(query, one)]
        cursor = page.next
        if cursor is None:
            break
    kept = shown[: query.limit]
    following = kept[-1][0].cursor if len(shown) > len(kept) else None
    return [one for _, one in kept], following


async def _stored_page(
    site: Site, person: PersonRow, process: str, query: Query, cursor: str | None
) -> CasePage:
    """One case more than is shown, so that a page seldom needs a second look.

    Where some of them do not fit, as many at a time as may be.
    """
    story = site.rules[process].story
    try:
        return await site.store.cases(
            person.tenant,
            process=process,
            person=person.id,
            all_cases=(story.acts_for_all if query.own else story.sees_all)(person.roles),
            state=query.state,
            about=query.about,
            open=query.open,
            sort=query.sort,
            cursor=cursor,
            limit=SEARCHED if query.wanted else query.limit + 1,
        )
    except (BadCursor, DataError):  # forged, or no number that the database can hold
        raise invalid("cursor", "value") from None


async def _by_last_seen(
    site: Site,
    person: PersonRow,
    process: str,
    query: Query,
    now: datetime,
    settings: TenantSettings,
) -> tuple[list[Listed], str | None]:
    """A page of a person's own cases by the last thing this person may see of each.

    The store's order would tell a teacher or manager that something they may not know of was
    recorded. Nobody has a part in more than a few dozen cases, so they are ordered here.
    """
    own: list[Listed] = []
    cursor: str | None = None
    while True:
        everything = replace(query, sort="created_at", cursor=cursor, limit=LIMIT_MAX, looks=ROWS)
        found, cursor = await page_of_cases(site, person, process, everything, now, settings)
        own += found
        if cursor is None:
            break
    keyed = [(str(one.row["updated_at"]), one.stream, one) for one in own]
    down = query.sort.startswith("-")
    keyed.sort(key=lambda item: item[:2], reverse=down)
    if query.cursor is not None:
        after = _place(query.cursor)
        keyed = [item for item in keyed if (item[:2] < after if down else item[:2] > after)]
    page = keyed[: query.limit]
    following = None
    if len(keyed) > len(page):
        following = urlsafe_b64encode("|".join(page[-1][:2]).encode()).decode()
    return [one for _, _, one in page], following


def _place(cursor: str) -> tuple[str, str]:
    try:
        moment, _, stream = urlsafe_b64decode(cursor.encode()).decode().partition("|")
    except ValueError:
        raise invalid("cursor", "value") from None
    return moment, stream


def _fits(query: Query, case: Listed) -> bool:
    return query.wanted is None or query.wanted(case.sought)
