"""Many people at once from a CSV file: looked at line by line before anything is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.calendar import local_day
from events.store.administration import Entry, LastAdministrator, MailTaken, RolesChanged
from web.administration.grants import granted
from web.administration.people import ROLES, roles_of, wrong_mail
from web.administration.typed import BYTES, WRONG, Typed, typed
from web.pages.page import page
from web.pages.refused import size
from web.pages.session import page_language
from web.plain import one_line, plain
from web.site import Site
from web.texts import LANGUAGES, Texts, texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

MOST_LINES = 500
HEADS: Mapping[str, tuple[str, ...]] = {
    "name": ("naam", "name"),
    "email": ("e-mail", "email", "mail", "e-mailadres"),
    "roles": ("rollen", "roles", "rol", "role"),
    "language": ("taal", "language"),
}
"""What the columns may be called; the first two have to be there."""
LOST = "\ufffd"
"""Stands where a program could not read a letter: nobody's name has it."""
KINDS = ("added", "changed", "same", "wrong")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file: who it is about, whether new or changed, or what is wrong with it.

    ``same`` says that all of it stands there already, ``unknown`` are roles that do not exist, and
    ``held`` those that somebody who is known has.
    """

    line: int
    name: str
    email: str
    roles: tuple[str, ...]
    language: str
    person: str = ""
    wrong: tuple[str, ...] = field(default=())
    same: bool = False
    unknown: tuple[str, ...] = ()
    held: tuple[str, ...] | None = None

    @property
    def kind(self) -> str:
        """wrong, same, changed or added."""
        if self.wrong or self.same:
            return "wrong" if self.wrong else "same"
        return "changed" if self.person else "added"

    def entry(self) -> Entry:
        """As it is kept."""
        return Entry(self.person, self.name, self.email, self.language, self.roles, over=self.held)


def rows_of(text: str, known: Mapping[str, Entry], by: PersonRow) -> tuple[list[Row], str]:
    """The lines of a file, and what is wrong with it as a whole.

    ``known``: by address in lower case who has it, also who left; what a line leaves empty stays
    as it is, and so do roles that are not for ``by`` to take away.
    Comma, semicolon or tab may part the columns, and ``/``, ``+`` or ``|`` the roles of one.
    """
    text = plain(text).strip("\n")
    if not text:
        return [], "missing"
    if LOST in text:
        return [], "lost_letters"
    head, _, _ = text.partition("\n")
    mark = max(";,\t", key=head.count)
    try:
        read = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error:
        return [], "unreadable"
    places = _places(read[0])
    if "name" not in places or "email" not in places:
        return [], "heads"
    lines = [(number, one) for number, one in enumerate(read[1:], 2) if any(map(str.strip, one))]
    if len(lines) > MOST_LINES:
        return [], "lines"
    seen: set[str] = set()
    return [
        _row(number, one, places, known, seen, by) for number, one in lines
    ], "" if lines else "missing"


def _places(heads: Iterable[str]) -> dict[str, int]:
    called = {name: field for field, names in HEADS.items() for name in names}
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        if (name := called.get(head.strip().lower())) is not None:
            found.setdefault(name, place)
    return found


def _row(
    number: int,
    cells: list[str],
    places: Mapping[str, int],
    known: Mapping[str, Entry],
    seen: set[str],
    by: PersonRow,
) -> Row:
    said = {
        name: one_line(cells[place]) if place < len(cells) else "" for name, place in places.items()
    }
    name, email = said["name"][:120], said["email"][:200]
    person = known.get(email.lower())
    roles, unknown = _roles(said.get("roles", ""))
    if person is not None and not said.get("roles"):
        roles = tuple(person.roles)
    held = person.roles if person else ()
    given = granted(by, person.id if person else "", held, roles)
    roles = tuple(role for role in ROLES if role in given.roles)
    spoken = said.get("language", "").lower() or (person.language if person else "nl")
    language = {"nederlands": "nl", "engels": "en", "dutch": "nl", "english": "en"}.get(
        spoken, spoken
    )
    wrong: list[str] = []
    if not name:
        wrong.append("name")
    if not email or wrong_mail(email):
        wrong.append("mail")
    if email.lower() in seen:
        wrong.append("twice")
    if person is not None and not person.active:
        wrong.append("gone")
    if unknown:
        wrong.append("role")
    if given.wrong:
        wrong.append(given.wrong)
    if language not in LANGUAGES:
        wrong.append("language")
    seen.add(email.lower())
    row = Row(number, name, email, roles, language, person.id if person else "", tuple(wrong))
    same = person is not None and (name, email, set(roles), language) == (
        person.name, person.email, set(person.roles), person.language,
    )  # fmt: skip
    return replace(row, same=same, unknown=unknown, held=person and person.roles)


def _roles(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The roles of a cell, by their name in either language; and what is called like none."""
    known = {
        str(texts(language).events["roles"][role]).lower(): role
        for language in LANGUAGES
        for role in ROLES
    } | {role: role for role in ROLES}
    for mark in "+|":
        text = text.replace(mark, "/")
    asked = [one.strip() for one in text.split("/") if one.strip()]
    found = {known[one.lower()] for one in asked if one.lower() in known}
    unknown = tuple(one[:60] for one in asked if one.lower() not in known)
    return tuple(role for role in ROLES if role in found), unknown


async def look(request: Request, _site: Site, _person: PersonRow) -> Response:
    """``GET /administration/people/import``."""
    return _page(request, Typed(), [])


async def check(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/people/import``: what would happen; with ``go`` it does.

    Nothing is kept while a line is wrong: a file is mended once, and then right as a whole.
    """
    sent = await typed(request)
    rows = await _looked(site, person, sent)
    news = [row for row in rows if not row.same]
    if sent.wrong or any(row.wrong for row in rows):
        return _page(request, sent, rows, WRONG)
    if sent.raw("go") != "yes" or not news:
        return _page(request, sent, rows)
    try:
        await site.store.keep_people(person.tenant, person.id, [row.entry() for row in news])
    except LastAdministrator:
        sent.wrong["file"] = "last_keeper"
    except (MailTaken, RolesChanged):
        # Somebody was first, such as the other click of two: what is there now says more.
        rows = await _looked(site, person, sent)
        if all(row.same and not row.wrong for row in rows):
            return _page(request, sent, rows)
        sent.wrong["file"] = "changed"
    if sent.wrong:
        return _page(request, sent, rows, WRONG)
    return RedirectResponse(f"/administration/people?done={len(news)}", 303)


async def _looked(site: Site, person: PersonRow, sent: Typed) -> list[Row]:
    """The lines of the file beside who is there now; what is wrong with all of it is noted."""
    today = local_day(datetime.now(UTC), await site.settings(person.tenant))
    people = await site.store.people_sought(person.tenant, today, active=None, limit=None)
    # Of who share an address the one who is there counts.
    people.sort(key=lambda one: one.active)
    known = {one.email.lower(): one for one in people if one.email is not None}
    rows, wrong = rows_of(sent.raw("file"), known, person)
    if wrong:
        sent.wrong["file"] = wrong
    return rows


def _page(request: Request, sent: Typed, rows: list[Row], status: int = 200) -> Response:
    words: Texts = page_language(request)
    counts = {kind: sum(row.kind == kind for row in rows) for kind in KINDS}
    return page(
        request,
        "administration/import.html",
        status,
        sent=sent,
        rows=rows,
        counts=counts,
        roles=roles_of(words),
        named=words.events["roles"],
        most=BYTES,
        too_large=words.pages["administration"]["import"]["too_large"].format(most=size(BYTES)),
    )
