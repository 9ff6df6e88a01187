"""A command on its way: checked against what is stored, completed, and given to its process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from events.recording import Recorded, command_hash
from events.store.errors import Erased
from web.api.problems import Problem, invalid
from web.documents.agreements import agreement
from web.reading import context
from web.site import Site, giver_of
from workflows.agreements import SignAgreement
from workflows.decision import Command, Refused, Rules
from workflows.persons import fits

if TYPE_CHECKING:
    from events.store.directory import PersonRow

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
        return command_hash(self.process, self.stream, self.name, data, self.person.id)


async def give(site: Site, call: Call, *, first: bool) -> Recorded:
    """What was recorded, now or when this command came before.

    Raises Refused with the contract's code, Problem, and Unavailable when no answer came in time.
    """
    data = call.data
    content_hash = call.content_hash(data)
    tenant = call.person.tenant
    people = call.rules.people(call.command)
    found, known, process = await asyncio.gather(
        site.store.find_command(tenant, call.command_id),
        _persons(site, tenant, people),
        _process(site, call, first),
    )
    if found is not None and found.is_of(content_hash):
        return found.recorded
    for field, (person_id, role) in people.items():
        person = known.get(person_id)
        if person is None or not fits(person.roles, role):
            raise invalid(field, "person")
    if found is not None:
        raise Problem("command.id_reused")
    if process != call.process:
        raise Problem("not_found")
    try:
        data = await _completed(site, call, data)
    except Refused:
        # Of two clicks the first may have been recorded since this one was looked for.
        found = await site.store.find_command(tenant, call.command_id)
        if found is not None and found.is_of(content_hash):
            return found.recorded
        raise
    return await site.gateway.give(
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


async def _completed(site: Site, call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """Who signs, signs what could be read: the hash of that version's PDF goes along."""
    command = call.command
    if not isinstance(command, SignAgreement):
        return data
    tenant = call.person.tenant
    dossier = await site.dossiers.read(tenant, call.process, call.stream)
    if dossier is None:
        return data
    # What the rules refuse has its own code, and nobody whom they refuse makes a document.
    settings = await site.settings(tenant)
    now = datetime.now(UTC) + call.offset
    plain = command.model_copy(update={"document": None})
    call.rules.decide(dossier.state, plain, context(call.person, call.stream, now, settings))
    shown = await agreement(site, tenant, dossier, command.version)
    if shown is None:
        raise invalid("version", "value")
    if command.document not in (None, shown.sha256):
        raise Refused("agreement.version_superseded", "document")
    return {**data, "document": shown.sha256}


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


class Attempt:
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
        if isinstance(fault, Problem | Refused | Erased):
            await self._site.store.log_refused(
                self._person.tenant,
                person=self._person.id,
                at=self.now,
                stream=self.stream,
                process=self._process,
                command=self.command,
                code="case.erased" if isinstance(fault, Erased) else fault.code,
            )
