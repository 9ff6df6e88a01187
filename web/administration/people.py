"""``/administration/people``: who belongs to the board, in which roles, and who is signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.calendar import local_day
from events.event import Role
from events.store.administration import (
    Entry,
    LastAdministrator,
    MailTaken,
    RolesChanged,
    Sought,
)
from web.administration.grants import check_mail, fixed, granted, shut
from web.administration.told import told_changes
from web.administration.typed import WRONG, Typed, filled, typed
from web.api.paths import stream_of
from web.api.problems import Problem
from web.pages.page import page
from web.pages.session import page_language
from web.permissions.table import may
from web.plain import one_line
from web.site import Site
from web.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

ROLES: tuple[str, ...] = get_args(Role)
A_PAGE = 50
CHANGES = 20


async def people(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/people``: search by name, address or role, a page at a time."""
    given = request.query_params
    words = one_line(given.get("q", ""))[:100]
    role = given.get("role", "")
    role = role if role in ROLES else ""
    gone = given.get("gone") == "yes"
    place = min(max(_number(given.get("page", "1")), 1), 1000)
    settings = await site.settings(person.tenant)
    found = await site.store.people_sought(
        person.tenant,
        local_day(datetime.now(UTC), settings),
        words=words,
        role=role or None,
        active=not gone,
        limit=A_PAGE + 1,
        offset=(place - 1) * A_PAGE,
    )
    return page(
        request,
        "administration/people.html",
        people=found[:A_PAGE],
        more=len(found) > A_PAGE,
        imported=_number(given.get("done", "")),
        place=place,
        q=words,
        role=role,
        gone=gone,
        roles=roles_of(page_language(request)),
        named=page_language(request).events["roles"],
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def roles_of(words: Texts) -> list[tuple[str, str]]:
    """The roles of a board with what they are called, by name."""
    named = [(role, str(words.events["roles"][role])) for role in ROLES]
    return sorted(named, key=lambda one: one[1].casefold())


async def new(request: Request, site: Site, _person: PersonRow) -> Response:
    """``GET /administration/people/new``."""
    return await _form(request, site, None, filled({"language": "nl"}))


async def add(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/people/new``: somebody more; again with what is wrong."""
    sent = await typed(request)
    wanted = await _wanted(site, person, sent, None)
    made = await _kept(site, person, sent, wanted)
    if made is None:
        return await _form(request, site, None, sent, WRONG)
    return RedirectResponse(f"/administration/people/{made}?done=added", 303)


async def look(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/people/{id}``."""
    entry = await _entry(request, site, person)
    return await _form(request, site, entry, _filled(entry))


def _filled(entry: Entry) -> Typed:
    return filled(
        {
            "name": entry.name,
            "email": entry.email,
            "language": entry.language,
            "roles": list(entry.roles),
        }
    )


async def change(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/people/{id}``: name, address, language and roles."""
    entry, sent = await _entry(request, site, person), await typed(request)
    wanted = await _wanted(site, person, sent, entry)
    if await _kept(site, person, sent, wanted) is None:
        if sent.wrong.get("roles") == "roles_changed":
            entry = await _entry(request, site, person)
            sent.sent = {**sent.sent, "roles": list(entry.roles)}
        return await _form(request, site, entry, sent, WRONG)
    return RedirectResponse(f"/administration/people/{entry.id}?done=changed", 303)


async def _kept(site: Site, person: PersonRow, sent: Typed, wanted: Entry) -> str | None:
    """The id of who was kept; None where something is wrong, which is noted."""
    if sent.wrong:
        return None
    try:
        return (await site.store.keep_people(person.tenant, person.id, [wanted]))[0]
    except LastAdministrator:
        sent.wrong["roles"] = "last_keeper"
    except RolesChanged:
        sent.wrong["roles"] = "roles_changed"
    except MailTaken:
        sent.wrong["email"] = "mail_taken"
    return None


async def leave(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/people/{id}/leave``: no access any more, at once."""
    entry = await _entry(request, site, person)
    if (again := await _present(request, site, person, entry, active=False)) is not None:
        return again
    await _end_all(site, person, entry.id)
    return RedirectResponse(f"/administration/people/{entry.id}?done=left", 303)


async def come_back(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/people/{id}/return``: who left is back, in the same roles."""
    entry = await _entry(request, site, person)
    if (again := await _present(request, site, person, entry, active=True)) is not None:
        return again
    return RedirectResponse(f"/administration/people/{entry.id}?done=back", 303)


async def _present(
    request: Request, site: Site, person: PersonRow, entry: Entry, *, active: bool
) -> Response | None:
    """Lets somebody in or no more; the page that says why not, where that cannot be."""
    sent = _filled(entry)
    if wrong := shut(person, entry):
        sent.wrong["access"] = wrong
    else:
        try:
            await site.store.set_present(person.tenant, person.id, entry.id, active=active)
        except LastAdministrator:
            sent.wrong["roles"] = "last_keeper"
        except MailTaken:
            sent.wrong["email"] = "mail_taken"
    return await _form(request, site, entry, sent, WRONG) if sent.wrong else None


async def end_access(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/people/{id}/sessions``: signed out everywhere, keys worthless."""
    entry = await _entry(request, site, person)
    await _end_all(site, person, entry.id)
    return RedirectResponse(f"/administration/people/{entry.id}?done=ended", 303)


async def _end_all(site: Site, person: PersonRow, whose: str) -> None:
    sessions = await site.store.end_sessions(person.tenant, whose)
    tokens = await site.store.revoke_all(person.tenant, whose)
    await site.store.drop_feed(person.tenant, whose)
    ended = {"sessions": sessions, "tokens": tokens}
    if sessions or tokens:
        await site.store.note_change(person.tenant, person.id, "sessions", whose, None, ended)


async def _entry(request: Request, site: Site, person: PersonRow) -> Entry:
    entry = await site.store.entry(person.tenant, stream_of(request))
    if entry is None:
        raise Problem("not_found")
    return entry


async def _wanted(site: Site, person: PersonRow, sent: Typed, before: Entry | None) -> Entry:
    """The entry that was typed; what is wrong with it is noted in ``sent``.

    From a page that shows roles that somebody has no more, they would be given back unseen.
    """
    id_, held = (before.id, before.roles) if before else ("", ())
    if before and sent.raw("over") != " ".join(held):
        sent.wrong["roles"] = "roles_changed"
    name, email = sent.needed("name", 120), sent.text("email", 200)
    given = granted(person, id_, held, set(sent.all("roles")) & set(ROLES))
    if given.wrong:
        sent.wrong.setdefault("roles", given.wrong)
    roles = tuple(role for role in ROLES if role in given.roles)
    check_mail(person, before, email, sent)
    wrong = wrong_mail(email)
    if wrong:
        sent.wrong.setdefault("email", wrong)
    elif email and set(await site.store.with_mail(person.tenant, email)) - {id_}:
        sent.wrong.setdefault("email", "mail_taken")
    if set(sent.all("roles")) - set(ROLES):
        sent.wrong.setdefault("roles", "unknown")
    language = sent.raw("language")
    if language not in LANGUAGES:
        sent.wrong.setdefault("language", "missing")
    active = before is None or before.active
    over = before and before.roles
    return Entry(id_, name, email or None, language, roles, active=active, over=over)


def wrong_mail(text: str) -> str:
    """What is wrong with an address, if anything: one @ with something on both sides, no spaces
    and nothing unseen."""
    before, at, after = text.partition("@")
    if not text or (
        before
        and at
        and "." in after.strip(".")
        and text.isprintable()
        and not set(text) & set(" ,;<>@") - {"@"}
        and "@" not in after
    ):
        return ""
    return "mail"


async def _form(
    request: Request, site: Site, entry: Entry | None, sent: Typed, status: int = 200
) -> Response:
    words, more = page_language(request), dict[str, Any]()
    by: PersonRow = request.scope["traject.person"]
    if entry is not None:
        tenant = by.tenant
        changes = await site.store.changes(tenant, Sought(subject=entry.id), limit=CHANGES)
        more["changes"] = await told_changes(request, site, tenant, changes)
        more["sessions"] = len(await site.store.sessions_of(tenant, entry.id))
        more["tokens"] = len(await site.store.tokens_that_hold(tenant, entry.id))
        more["parts"] = len(await site.store.parts_of(tenant, entry.id))
    return page(
        request,
        "administration/person.html",
        status,
        entry=entry,
        sent=sent,
        roles=roles_of(words),
        fixed=fixed(by, entry.id if entry else "", ROLES),
        held=entry.roles if entry else (),
        own=entry is not None and entry.id == by.id,
        shut=shut(by, entry) if entry else "",
        may_absent=may(by, "administration.absence"),
        may_pass=may(by, "administration.handover"),
        done=request.query_params.get("done", ""),
        **more,
    )
