"""Commands over HTTP: from a request's bytes to an answer with what its giver may see."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from events.event import Event, event_from_json, stream_id
from events.process import View
from events.recording import Recorded
from web.api.body import json_object
from web.api.clock import offset_of
from web.api.paths import private, process_of, stream_of
from web.api.problems import Problem, field_faults, invalid, language_of
from web.api.signin import signed_in
from web.site import Site, giver_of, reader_of, site_of
from workflows.decision import Command, Refused, Rules
from workflows.persons import fits

if TYPE_CHECKING:
    from events.store.directory import PersonRow

KEY = "Idempotency-Key"
NO_COMMAND = ""
"""What the log of refused commands says where none of the process's commands was named."""


@dataclass(frozen=True, slots=True)
class Call:
    """One command on its way: everything that is known before it is decided."""

    person: PersonRow
    process: str
    rules: Rules[Any]
    stream: str
    command_id: str
    name: str
    command: Command
    offset: timedelta

    @property
    def data(self) -> dict[str, Any]:
        """The data as sent, in the form the model gave them."""
        return self.command.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def content_hash(self, data: Mapping[str, Any]) -> str:
        """What tells a repeated command from another one under the same id (contract 1)."""
        content = [self.process, self.stream, self.name, data, self.person.id]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


async def open_stream(request: Request) -> JSONResponse:
    """``POST /{process}``: the first command of a stream."""
    site = site_of(request)
    person = await signed_in(request, site)
    process, rules = process_of(request, site)
    attempt = _Attempt(site, person, process)
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
        content = await _give(request, site, call, first=True)
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
    attempt = _Attempt(site, person, process, stream, name)
    async with attempt:
        attempt.now = datetime.now(UTC) + (offset := offset_of(request, site))
        command_id = _command_id(request)
        command = _parsed(rules, name, await json_object(request))
        call = Call(person, process, rules, stream, command_id, name, command, offset)
        content = await _give(request, site, call, first=False)
    return private(content)


async def _give(request: Request, site: Site, call: Call, *, first: bool) -> dict[str, Any]:
    data = call.data
    content_hash = call.content_hash(data)
    tenant = call.person.tenant
    people = call.rules.people(call.command)
    found, known, process = await asyncio.gather(
        site.store.find_command(tenant, call.command_id),
        _persons(site, tenant, people),
        _process(site, call, first),
    )
    if found is not None and found.content_hash == content_hash:
        return await _answer(request, site, call, found.recorded)
    for field, (person_id, role) in people.items():
        person = known.get(person_id)
        if person is None or not fits(person.roles, role):
            raise invalid(field, "person")
    if found is not None:
        raise Problem("command.id_reused")
    if process != call.process:
        raise Problem("not_found")
    recorded = await site.gateway.give(
        tenant=tenant,
        process=call.process,
        stream=call.stream,
        command_id=call.command_id,
        content_hash=content_hash,
        command=call.name,
        data=data,
        giver=giver_of(call.person),
        clock_offset=call.offset,
    )
    return await _answer(request, site, call, recorded)


async def _persons(
    site: Site, tenant: str, people: Mapping[str, tuple[str, str | None]]
) -> Mapping[str, PersonRow]:
    if not people:
        return {}
    return await site.store.persons(tenant, {person for person, _ in people.values()})


async def _process(site: Site, call: Call, first: bool) -> str | None:
    if first:
        return call.process
    kept = site.dossiers.process_of(call.person.tenant, call.stream)
    return kept or await site.store.process_of(call.person.tenant, call.stream)


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
        return str(UUID(given.strip().strip('"')))
    except ValueError:
        raise invalid(KEY, "uuid") from None


def _parsed(rules: Rules[Any], name: str, data: Mapping[str, Any]) -> Command:
    try:
        return rules.commands[name].model_validate(data)
    except ValidationError as error:
        raise Problem("command.invalid", field_faults(error)) from None


class _Attempt:
    """Keeps one line of a command that was refused: who, when, where, what, and the code."""

    def __init__(
        self,
        site: Site,
        person: PersonRow,
        process: str,
        stream: str | None = None,
        command: str = NO_COMMAND,
    ) -> None:
        self._site = site
        self._person = person
        self._process = process
        self.stream = stream
        self.command = command
        self.now = datetime.now(UTC)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, Problem | Refused):
            await self._site.store.log_refused(
                self._person.tenant,
                person=self._person.id,
                at=self.now,
                stream=self.stream,
                process=self._process,
                command=self.command,
                code=fault.code,
            )
