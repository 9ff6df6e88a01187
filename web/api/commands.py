"""Commands over HTTP: from a request's bytes to an answer with what its giver may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from events.event import Event, event_from_json, is_own, stream_id
from events.process import View
from events.recording import Recorded
from web.api.body import json_object
from web.api.clock import offset_of
from web.api.paths import private, process_of, stream_of
from web.api.problems import Problem, field_faults, invalid, language_of
from web.api.signin import signed_in
from web.giving import Attempt, Call, give
from web.site import Site, reader_of, site_of
from workflows.decision import Command, Rules

KEY = "Idempotency-Key"


async def open_stream(request: Request) -> JSONResponse:
    """``POST /{process}``: the first command of a stream."""
    site = site_of(request)
    person = await signed_in(request, site)
    process, rules = process_of(request, site)
    attempt = Attempt(site, person, process)
    async with attempt:
        attempt.now = datetime.now(UTC) + (offset := offset_of(request, site))
        command_id = _command_id(request)
        attempt.stream = stream = stream_id(person.tenant, command_id)
        body = await json_object(request)
        if set(body) - {"command", "data"}:
            raise invalid(min(set(body) - {"command", "data"}), "extra")
        if "command" not in body:
            raise invalid("command", "missing")
        name = body["command"]
        if not isinstance(name, str) or name != rules.opening:
            raise invalid("command", "command")
        attempt.command = name
        data = body.get("data", {})
        if not isinstance(data, dict):
            raise invalid("data", "object")
        command = _parsed(rules, name, data)
        call = Call(person, process, rules, stream, command_id, name, command, offset)
        recorded = await give(site, call, first=True)
        content = await _answer(request, site, call, recorded)
    return private(content, 201, {"Location": f"/api/v1/{process}/{stream}"})


async def give_command(request: Request) -> JSONResponse:
    """``POST /{process}/{id}/commands/{Command}``: a command to a stream that exists."""
    site = site_of(request)
    person = await signed_in(request, site)
    process, rules = process_of(request, site)
    stream = stream_of(request)
    name = request.path_params["command"]
    if name not in rules.commands:
        raise Problem("not_found")
    attempt = Attempt(site, person, process, stream, name)
    async with attempt:
        attempt.now = datetime.now(UTC) + (offset := offset_of(request, site))
        command_id = _command_id(request)
        command = _parsed(rules, name, await json_object(request))
        call = Call(person, process, rules, stream, command_id, name, command, offset)
        recorded = await give(site, call, first=False)
        content = await _answer(request, site, call, recorded)
    return private(content)


async def _answer(request: Request, site: Site, call: Call, recorded: Recorded) -> dict[str, Any]:
    """What was recorded, as its giver may see it (contract 3, Unannounced visits)."""
    tenant = call.person.tenant
    story = call.rules.story
    events = [event_from_json(raw, story.facts) for raw in recorded.events]
    settings = await site.settings_of(tenant, events[-1].settings_version)
    dossier = await site.dossiers.upto(tenant, call.process, call.stream, events)
    reader = reader_of(call.person)
    rights = story.rights(dossier.state, reader)
    view = View(reader, rights, events[-1].recorded_at, settings)
    positions = story.positions(rights)
    shown = [e for e in events if rights and story.visible(dossier.state, e, view)]
    words = language_of(request)
    return {
        "id": call.stream,
        "version": dossier.version if positions else None,
        "events": [
            event_content(event, story.redacted(dossier.state, event, view), positions)
            for event in shown
        ],
        "warnings": recorded.warnings,
        "warning_texts": {code: words.warning(code) for code in recorded.warnings},
    }


def event_content(event: Event, data: Mapping[str, Any], positions: bool) -> dict[str, Any]:
    """An event for a reader: with the data this reader may see, with its place if allowed."""
    content = event.json()
    content["data"] = data
    if not positions:
        del content["version"]
    return content


def _command_id(request: Request) -> str:
    given = request.headers.get(KEY)
    if given is None:
        raise invalid(KEY, "missing")
    try:
        command_id = str(UUID(given.strip().strip('"')))
    except ValueError:
        raise invalid(KEY, "uuid") from None
    if is_own(command_id):
        raise invalid(KEY, "reserved")
    return command_id


def _parsed(rules: Rules[Any], name: str, data: Mapping[str, Any]) -> Command:
    try:
        return rules.commands[name].model_validate(data)
    except ValidationError as error:
        raise Problem("command.invalid", field_faults(error)) from None
