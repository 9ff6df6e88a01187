"""``/audit/events/{event_id}``: an event with its proof, worked out before the reader's eyes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from events.audit.proofs import NotYet, Proof
from web.api.auditing import audits
from web.api.paths import private
from web.api.problems import Problem, uuid_or_none
from web.pages.audit.access import now_at
from web.pages.audit.naming import Names
from web.pages.audit.proving import worked_out
from web.pages.audit.published import published
from web.pages.page import page
from web.pages.session import page_language
from web.site import Site

if TYPE_CHECKING:
    from events.audit.proofs import Stored
    from events.store.directory import PersonRow


async def proved(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/events/{event_id}``."""
    row = await event_of(request, site, person)
    try:
        found = (await site.store.audit.proof(row)).json()
    except NotYet:
        found = None
    keys = (await published(site)).keys
    await _looked(request, site, person, row)
    header = json.loads(row["header"])
    settings = await site.settings(person.tenant)
    words, process = page_language(request), row["process"]
    stream, names = str(row["stream"]), Names(site, person, words, settings)
    await names.learn(now_at(request, site), [header["actor"]["person"]], {stream: process})
    return page(
        request,
        "audit/event.html",
        process=process,
        stream=stream,
        case=names.case(stream, process)[0],
        event_id=str(row["event_id"]),
        event_hash=row["event_hash"].hex(),
        version=row["version"],
        header=header,
        wording=names.wording(process),
        proof=found,
        worked=worked_out(found, keys) if found else [],
        keys=keys,
    )


async def proof_json(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/events/{event_id}/proof.json``: all it takes, with the keys of the log."""
    row = await event_of(request, site, person)
    try:
        found: Proof = await site.store.audit.proof(row)
    except NotYet:
        raise Problem("proof.not_yet") from None
    await _looked(request, site, person, row)
    name = f'attachment; filename="proof-{row["event_id"]}.json"'
    keys = list((await published(site)).keys)
    return private({**found.json(), "keys": keys}, headers={"Content-Disposition": name})


async def event_of(request: Request, site: Site, person: PersonRow) -> Stored:
    """The event of the path as it is stored, where this person audits its case.

    Raises Problem (404).
    """
    text = request.path_params["event_id"]
    event_id = uuid_or_none(text)
    if event_id is None or str(UUID(event_id)) != text:
        raise Problem("not_found")
    stored = await site.store.audit.stored(person.tenant, event_id)
    if stored is None or not await audits(site, person, stored["process"], str(stored["stream"])):
        raise Problem("not_found")
    return stored


async def _looked(request: Request, site: Site, person: PersonRow, row: Stored) -> None:
    await site.store.log_read(
        person.tenant,
        person=person.id,
        at=now_at(request, site),
        stream=str(row["stream"]),
        process=row["process"],
        what="proof",
    )
