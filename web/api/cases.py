"""One case over HTTP: summary, timeline, export, and the commands that are open to a person."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from events.event import instant_text
from web.api.clock import as_of, now_of
from web.api.looking import known_to
from web.api.paths import private, process_of, stream_of, version_of
from web.api.problems import Problem, language_of
from web.api.signin import signed_in
from web.documents.agreements import agreement
from web.documents.answers import agreement_file, calendar_file
from web.documents.calendars import ics
from web.reading import Reading, log_reading, offered, read_case
from web.site import site_of
from workflows.decision import Command

KNOWN = frozenset({"summary", "timeline"})
"""The views that auditors may ask for as they were known to somebody else."""


async def _asked(request: Request, what: str) -> Reading:
    """The case of the path for the person of the token; logged before anything is given."""
    site = site_of(request)
    person = await signed_in(request, site)
    process, _ = process_of(request, site)
    stream = stream_of(request)
    now = now_of(request, site)
    settings = await site.settings(person.tenant)
    moment = as_of(request, settings, now)
    reading = await read_case(site, person, process, stream, now, settings, moment)
    if what in KNOWN:
        reading = known_to(request, person, reading)
    await log_reading(site, person, reading, what, now, moment)
    return reading


async def summary(request: Request) -> JSONResponse:
    """``GET /{process}/{id}``."""
    reading = await _asked(request, "summary")
    return private(reading.summary)


async def timeline(request: Request) -> JSONResponse:
    """``GET /{process}/{id}/timeline``."""
    reading = await _asked(request, "timeline")
    return private({"id": reading.dossier.stream, "items": reading.timeline})


async def export(request: Request) -> JSONResponse:
    """``GET /{process}/{id}/export``: all of the case that this person may see, in one answer."""
    reading = await _asked(request, "export")
    items, documents = reading.timeline, reading.rules.story.documents
    return private(
        {
            "id": reading.dossier.stream,
            "process": reading.dossier.process,
            "as_of": instant_text(reading.view.now),
            "summary": reading.summary,
            "timeline": items,
            "documents": [
                {
                    "kind": documents[item["type"]],
                    "event_id": item["event_id"],
                    "recorded_at": item["recorded_at"],
                    "by": item["by"],
                    "content": item["data"],
                }
                for item in items
                if item["type"] in documents
            ],
        }
    )


async def commands(request: Request) -> JSONResponse:
    """``GET /{process}/{id}/commands``: those this person may give now, each with its schema."""
    site = site_of(request)
    person = await signed_in(request, site)
    process, _ = process_of(request, site)
    stream = stream_of(request)
    now = now_of(request, site)
    settings = await site.settings(person.tenant)
    reading = await read_case(site, person, process, stream, now, settings)
    items = [
        {
            "command": name,
            "href": f"/api/v1/{process}/{stream}/commands/{name}",
            "schema": schema_of(reading.rules.commands[name]),
        }
        for name in offered(reading, person, now, settings)
    ]
    return private({"id": stream, "items": items})


async def agreement_pdf(request: Request) -> Response:
    """``GET /{process}/{id}/agreement/{version}.pdf``: what the parties sign, as it stays."""
    site = site_of(request)
    person = await signed_in(request, site)
    process, _ = process_of(request, site)
    stream, version = stream_of(request), version_of(request)
    now = now_of(request, site)
    settings = await site.settings(person.tenant)
    reading = await read_case(site, person, process, stream, now, settings)
    document = await agreement(site, person.tenant, reading.dossier, version)
    if document is None:
        raise Problem("not_found")
    await log_reading(site, person, reading, "agreement", now)
    return agreement_file(request, document, version)


async def calendar(request: Request) -> Response:
    """``GET /{process}/{id}/calendar.ics``: what is planned and concerns this person."""
    reading = await _asked(request, "calendar")
    return calendar_file(await ics(reading, language_of(request), site_of(request).public_address))


@cache
def schema_of(command: type[Command]) -> dict[str, Any]:
    """The JSON Schema of a command's data."""
    return command.model_json_schema(by_alias=True)
