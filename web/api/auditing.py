"""What auditors ask of their board: who looked, who tried, and proof of what was recorded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from events.audit.proofs import NotYet
from events.audit.search import Line, SearchedLog, Wanted
from events.event import instant_text
from events.store.cases import BadCursor
from events.store.errors import Erased
from web.api.clock import moment_in, now_of
from web.api.lists import limit_of
from web.api.looking import AUDITOR
from web.api.paths import private
from web.api.problems import Problem, invalid, uuid_or_none
from web.api.signin import signed_in
from web.site import Site, reader_of, site_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

COMMON = ("person", "process", "stream", "from", "to", "limit", "cursor")
_WORD = re.compile(r"[A-Za-z_]{1,60}(\.[a-z_]{1,60})?")


async def _auditor(request: Request, site: Site) -> PersonRow:
    """The person of the token. Raises Problem: auth.role for who is no auditor."""
    person = await signed_in(request, site)
    if AUDITOR not in person.roles:
        raise Problem("auth.role")
    return person


async def reads(request: Request) -> JSONResponse:
    """``GET /audit/reads``: who read which view of which case, the latest first."""
    return await _lines(request, "reads", "what")


async def refusals(request: Request) -> JSONResponse:
    """``GET /audit/refusals``: who was refused which command with which code."""
    return await _lines(request, "refusals", "code")


async def _lines(request: Request, log: SearchedLog, own: str) -> JSONResponse:
    """A page of a log. To look into that of one case is itself a reading of the case."""
    site = site_of(request)
    person = await _auditor(request, site)
    settings = await site.settings(person.tenant)
    given = request.query_params
    for name in given:
        if name not in (*COMMON, own):
            raise invalid(name, "extra")
    process = given.get("process")
    if process is not None and process not in site.rules:
        raise invalid("process", "enum")
    word = given.get(own)
    if word is not None and not _WORD.fullmatch(word):
        raise invalid(own, "value")
    stream = _id(request, "stream")
    wanted = Wanted(
        person=_id(request, "person"),
        stream=stream,
        process=process,
        since=moment_in(request, "from", settings),
        until=moment_in(request, "to", settings),
        **{own: word},
    )
    limit = limit_of(given)
    try:
        found = await site.store.audit.search(
            person.tenant, log, wanted, given.get("cursor"), limit, person.id
        )
    except BadCursor:
        raise invalid("cursor", "value") from None
    if stream is not None:
        await _looked_into(site, person, stream, log, request, empty=not found.lines)
    items = [_line(line, own) for line in found.lines]
    return private({"items": items, "next": found.next})


async def _looked_into(
    site: Site, person: PersonRow, stream: str, log: str, request: Request, *, empty: bool
) -> None:
    process = await site.store.process_of(person.tenant, stream)
    if process is not None:
        await site.store.log_read(
            person.tenant,
            person=person.id,
            at=now_of(request, site),
            stream=stream,
            process=process,
            what=log,
        )
    elif empty:
        # A command that was refused may name a case that never came to be.
        raise Problem("not_found")


def _line(line: Line, own: str) -> dict[str, Any]:
    content = {
        "position": line.position,
        "at": instant_text(line.at),
        "person": line.person,
        "process": line.process,
        "stream": line.stream,
    }
    if own == "code":
        return content | {"command": line.what, "code": line.code}
    as_of = None if line.as_of is None else instant_text(line.as_of)
    return content | {"what": line.what, "as_of": as_of}


def _id(request: Request, name: str) -> str | None:
    text = request.query_params.get(name)
    known = uuid_or_none(text)
    if text is not None and known is None:
        raise invalid(name, "id")
    return known


async def checkpoint(request: Request) -> Response:
    """``GET /audit/checkpoint``: the latest one, as the note itself where text is asked for."""
    site = site_of(request)
    await _auditor(request, site)
    try:
        latest = await site.store.audit.checkpoint()
    except NotYet:
        raise Problem("proof.not_yet") from None
    if "text/plain" in request.headers.get("accept", ""):
        headers = {"Cache-Control": "no-store"}
        return Response(latest.note, headers=headers, media_type="text/plain; charset=utf-8")
    says = latest.says
    return private(
        {
            "number": latest.number,
            "note": latest.note,
            "signed_at": instant_text(says.at),
            "origin": says.origin,
            "logs": {
                log: {"size": tree.size, "root": tree.root.hex()}
                for log, tree in says.trees.items()
            },
        }
    )


async def proof(request: Request) -> JSONResponse:
    """``GET /audit/events/{event_id}/proof``: all it takes to find an event in the checkpoint."""
    site = site_of(request)
    person = await _auditor(request, site)
    event_id = uuid_or_none(request.path_params["event_id"])
    if event_id is None or str(UUID(event_id)) != request.path_params["event_id"]:
        raise Problem("not_found")
    stored = await site.store.audit.stored(person.tenant, event_id)
    if stored is None:
        raise Problem("not_found")
    process, stream = stored["process"], str(stored["stream"])
    if not await audits(site, person, process, stream):
        raise Problem("not_found")
    try:
        found = await site.store.audit.proof(stored)
    except NotYet:
        raise Problem("proof.not_yet") from None
    await site.store.log_read(
        person.tenant,
        person=person.id,
        at=now_of(request, site),
        stream=stream,
        process=process,
        what="proof",
    )
    return private(found.json())


async def audits(site: Site, person: PersonRow, process: str, stream: str) -> bool:
    """Whether this auditor reads the case as its auditor: not who is its teacher or student."""
    try:
        dossier = await site.dossiers.read(person.tenant, process, stream)
    except Erased:
        return True
    if dossier is None:
        return False
    return AUDITOR in site.rules[process].story.rights(dossier.state, reader_of(person))
