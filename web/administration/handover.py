"""``/administration/handover``: all work of one person goes to another, case by case by the rules.

Who carries it out gives the commands with the own roles, and no more can happen than in each case
by hand. It can be broken off at any moment and taken up again: nothing happens twice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from events.event import form_id
from events.store.errors import Erased
from events.store.succession import Part, Passed, Passing
from web.administration.choosing import Choices, choices, named
from web.administration.successors import FOLLOW, command_of, otherwise
from web.administration.typed import WRONG, Typed, typed
from web.api.paths import stream_of
from web.api.problems import Problem, uuid_or_none
from web.giving import Attempt, Call, give
from web.naming import wording_for
from web.pages.page import page
from web.pages.session import page_language
from web.reading import Reading, offered, read_dossier
from web.site import Site
from web.wording import Wording
from workflows.decision import Refused
from workflows.gateway import Unavailable
from workflows.persons import fits

if TYPE_CHECKING:
    from events.store.directory import PersonRow

SECONDS = 5.0
"""A page carries out as much as goes in this, and then shows how far it is."""
REASON_MOST = 500
ASK = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A part in a case.

    ``how``: goes, unfit, not_now, by_hand, subject, named, never, done, refused or waiting.
    """

    case: str
    href: str
    part: str
    how: str
    why: str = ""


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/handover``: choose from whom to whom, then see what would happen."""
    given = request.query_params
    sent = Typed({name: given.get(name, "") for name in ("of", "to", "reason")})
    names = ("of.typed", "to.typed", "of.pick", "to.pick")
    sent.sent = {**sent.sent, **{name: given[name] for name in names if name in given}}
    if "look" in given:
        await named(site, person.tenant, sent, "of", "to")
        await _checked(site, person, sent)
    return await _page(request, site, person, sent, looked="look" in given)


async def begin(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/handover``: written down as a whole, then carried out."""
    sent = await typed(request)
    await _checked(site, person, sent)
    key = sent.raw("key")[:64]
    if sent.wrong or not key:
        return await _page(request, site, person, sent, looked=True, status=WRONG)
    of, to, reason = sent.raw("of"), sent.raw("to"), sent.text("reason", REASON_MOST)
    id_ = form_id(person.id, f"handover/{of}/{to}/{key}")
    if await site.store.passing(person.tenant, id_) is not None:
        return await _go(site, person, id_)
    parts = [
        one
        for one in await site.store.parts_of(person.tenant, of)
        if (one.process, one.part) in FOLLOW
    ]
    if not parts:
        sent.wrong["of"] = "nothing"
        return await _page(request, site, person, sent, looked=True, status=WRONG)
    passing = Passing(id_, of, to, reason, person.id, datetime.now(UTC))
    await site.store.begin_passing(person.tenant, passing, parts)
    return await _go(site, person, id_)


async def progress(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/handover/{id}``: part by part how it went."""
    found = await site.store.passing(person.tenant, stream_of(request))
    if found is None:
        raise Problem("not_found")
    passing, parts = found
    names = await site.store.names(person.tenant, [passing.of, passing.to, passing.begun_by])
    as_parts = [Part(one.stream, one.process, "", one.part) for one in parts]
    told = await _told(request, site, person, as_parts)
    words, settings = page_language(request), await site.settings(person.tenant)
    lines = [
        Line(
            *told[one.stream],
            str(words.of(one.process)["roles"].get(one.part, "")),
            one.outcome or "waiting",
            words.problem(one.code, settings).title if one.code else "",
        )
        for one in parts
    ]
    counts = Counter(line.how for line in lines)
    return page(
        request,
        "administration/handed.html",
        passing=passing,
        names=names,
        lines=lines,
        counts=counts,
        begun=Wording(words, settings, {}).instant(passing.begun_at.isoformat()),
        done=counts["done"] + counts["refused"],
        on=request.query_params.get("on") == "yes" and counts["waiting"] > 0,
    )


async def go_on(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/handover/{id}``: what is left, and what was refused, is tried."""
    id_, sent = stream_of(request), await typed(request)
    return await _go(site, person, id_, again=sent.raw("again") == "yes")


async def _go(site: Site, person: PersonRow, id_: str, *, again: bool = False) -> Response:
    found = await site.store.passing(person.tenant, id_)
    if found is None:
        raise Problem("not_found")
    passing, parts = found
    until = time.monotonic() + SECONDS
    left = [one for one in parts if one.outcome is None or (again and one.outcome == "refused")]
    for part in left:
        if time.monotonic() >= until:
            return RedirectResponse(f"/administration/handover/{id_}?on=yes", 303)
        try:
            code = await _pass(site, person, passing, part)
        except Unavailable:
            break
        outcome = "refused" if code else "done"
        await site.store.settle_passed(person.tenant, id_, part, outcome, code)
    return RedirectResponse(f"/administration/handover/{id_}", 303)


async def _pass(site: Site, person: PersonRow, passing: Passing, part: Passed) -> str | None:
    """Gives the command; the code of a refusal. Raises Unavailable when no answer came in time."""
    rules = site.rules[part.process]
    try:
        dossier = await site.dossiers.read(person.tenant, part.process, part.stream)
    except Erased:
        return "case.erased"
    if dossier is None:
        return "not_found"
    if rules.story.index(dossier.state).parties.get(part.part) != passing.of:
        return None  # it went on already, perhaps just before the last attempt was broken off
    try:
        found = command_of(rules, part.part, passing.to, passing.reason, dossier.state)
        if found is None:
            return "state.not_allowed"
        name, command = found
        command_id = form_id(part.stream, f"handover/{passing.id}/{part.part}/{person.id}")
        async with Attempt(site, person, part.process, part.stream, name):
            call = Call(
                person, part.process, rules, part.stream, command_id, name, command, timedelta(0)
            )
            await give(site, call, first=False)
    except ValidationError:
        return "command.invalid"
    except (Refused, Problem) as fault:
        return fault.code
    return None


async def _checked(site: Site, person: PersonRow, sent: Typed) -> None:
    """Notes what is wrong with from whom, to whom and why."""
    of, to = uuid_or_none(sent.needed("of")), uuid_or_none(sent.needed("to"))
    known = await site.store.persons(person.tenant, [one for one in (of, to) if one])
    if of is None or await site.store.entry(person.tenant, of) is None:
        sent.wrong.setdefault("of", "missing")
    if to is None or to not in known:
        sent.wrong.setdefault("to", "missing")
    elif of == to:
        sent.wrong.setdefault("to", "other_person")
    sent.needed("reason", REASON_MOST)


async def _told(
    request: Request, site: Site, person: PersonRow, parts: Sequence[Part]
) -> dict[str, tuple[str, str]]:
    """What each case is called, and where it is; of one that this person may not read: its kind."""
    readings = await _readings(site, person, parts)
    words, settings = page_language(request), await site.settings(person.tenant)
    told = {
        one.stream: (str(words.pages["process"].get(one.process, {}).get("one", "")), "")
        for one in parts
    }
    for process in {one.process for one in parts}:
        mine = {s: r.summary for s, r in readings.items() if r.dossier.process == process}
        shown = list(mine.values())
        wording = await wording_for(site, person.tenant, process, shown, words, settings)
        told |= {s: (wording.case(summary), f"/{process}/{s}") for s, summary in mine.items()}
    return told


async def _readings(site: Site, person: PersonRow, parts: Sequence[Part]) -> dict[str, Reading]:
    settings, now = await site.settings(person.tenant), datetime.now(UTC)
    found: dict[str, Reading] = {}
    for process in {one.process for one in parts} & set(site.rules):
        streams = sorted({one.stream for one in parts if one.process == process})
        for stream, dossier in (
            await site.dossiers.read_many(person.tenant, process, streams)
        ).items():
            reading = read_dossier(site, person, dossier, now, settings)
            if reading is not None:
                found[stream] = reading
    return found


async def _plan(request: Request, site: Site, person: PersonRow, sent: Typed) -> list[Line]:
    """What would happen with each part of ``of``."""
    parts = await site.store.parts_of(person.tenant, sent.raw("of"))
    told = await _told(request, site, person, parts)
    readings = await _readings(site, person, parts)
    words, now = page_language(request), datetime.now(UTC)
    settings = await site.settings(person.tenant)
    to = (await site.store.persons(person.tenant, [sent.raw("to")])).get(sent.raw("to"))
    lines: list[Line] = []
    for one in parts:
        reading = readings.get(one.stream)
        follow = FOLLOW.get((one.process, one.part))
        how = "not_now" if follow else otherwise(one.process, one.part)
        if follow is not None and reading is not None and to is not None:
            how = _how(reading, person, follow.command, one, to, sent, now, settings)
        role = str(words.of(one.process)["roles"].get(one.part, ""))
        lines.append(Line(*told[one.stream], role, how))
    return lines


def _how(
    reading: Reading,
    person: PersonRow,
    command: str,
    part: Part,
    to: PersonRow,
    sent: Typed,
    now: datetime,
    settings: Any,
) -> str:
    rules = reading.rules
    try:
        found = command_of(
            rules, part.part, to.id, sent.raw("reason") or "-", reading.dossier.state
        )
    except ValidationError:
        return "by_hand"
    named: Mapping[str, tuple[str, str | None]] = rules.people(found[1]) if found else {}
    if any(who == to.id and not fits(to.roles, role) for who, role in named.values()):
        return "unfit"
    return "goes" if command in offered(reading, person, now, settings) else "not_now"


async def _options(site: Site, person: PersonRow, sent: Typed) -> Choices | None:
    """Everybody of the board, and who left where it is about that person; None for too many."""
    people = await choices(site, person.tenant, sent, "of", "to")
    known = uuid_or_none(sent.raw("of"))
    if people is not None and known and known not in dict(people):
        people += (await site.store.names(person.tenant, [known])).items()
    return people


async def _coordinators(site: Site, person: PersonRow) -> Sequence[str]:
    """Whom to ask for what hr cannot hand over; nobody for a coordinator, and of many the first."""
    if "coordinator" in person.roles:
        return ()
    found = await site.store.fitting(person.tenant, {"coordinator"}, ASK)
    return [one.name for one in found]


async def _page(
    request: Request,
    site: Site,
    person: PersonRow,
    sent: Typed,
    *,
    looked: bool,
    status: int = 200,
) -> Response:
    lines = await _plan(request, site, person, sent) if looked and not sent.wrong else []
    options = await _options(site, person, sent)
    counts = Counter(line.how for line in lines)
    passings = await site.store.passings(person.tenant)
    wording = Wording(page_language(request), await site.settings(person.tenant), {})
    involved = {who for one in passings for who in (one.of, one.to)}
    return page(
        request,
        "administration/handover.html",
        status,
        sent=sent,
        options=options,
        looked=looked and not sent.wrong,
        lines=lines,
        counts=counts,
        ask=await _coordinators(site, person) if counts["not_now"] else (),
        passings=passings,
        begun={one.id: wording.instant(one.begun_at.isoformat()) for one in passings},
        names=await site.store.names(person.tenant, involved),
        key=sent.raw("key") or form_id(person.id, datetime.now(UTC).isoformat()),
    )
