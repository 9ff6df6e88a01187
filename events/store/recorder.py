"""Recording an accepted command: whole, once, and answered the same on every attempt."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from events.event import event_id, instant_text
from events.recording import CaseIndex, Claim, Draft, Need, Recorded, Recording
from events.settings import TenantSettings
from events.store.boards import BoardSettings
from events.store.connection import raising_store_errors
from events.store.errors import CLAIM_TAKEN, Erased, UnknownDossier, detail, sqlstate
from events.store.instants import microseconds
from events.store.sealing import Seal, canonical
from events.store.streams import SQL, Streams, event_json

ATTEMPTS = 6
ERRAND = "errand|"
GIVEN = "given"
"""Takes the place of an event's type where a command is sealed as it was given."""
_CROSSED = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.ExclusionViolationError,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A command that was recorded before, and its answer."""

    stream: str
    command: str
    recorded: Recorded
    content: str
    seal: Seal = field(repr=False)

    def is_of(self, content_hash: str) -> bool:
        """Whether its content was the one of this hash."""
        # Before contents were sealed they stood as they were.
        return self.content in (content_hash, fingerprint(content_hash, self.seal))


def fingerprint(content_hash: str, seal: Seal) -> str:
    """A content's hash as it is stored: once the key is destroyed nobody can guess at it.

    It stays when its dossier is erased, and a deadline's key may hold what somebody wrote. Those of
    errands are ids alone, and streams are found by them.
    """
    if content_hash.startswith(ERRAND):
        return content_hash
    text = f"traject content 1 {content_hash}".encode()
    return hmac.new(seal.key, text, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class _Sealed:
    content: str
    ids: list[str]
    headers: list[bytes]
    bodies: list[bytes]
    events: list[dict[str, Any]]
    given: bytes | None = None


class Recorder(Streams, BoardSettings):
    """Writes commands and finds them again."""

    on_recorded: Callable[[], None] | None = None
    """Called after every commit, so that a sequencer in the same process need not wait."""

    async def record(self, recording: Recording) -> Recorded:
        """Record one accepted command in one transaction; outcomes as `Recorded` tells.

        Raises UnknownDossier, WrongProcess, RecordedTooEarly, AlreadyOpened or Erased when it can
        never be recorded, and what `errors.unreachable` knows when PostgreSQL is away. Nothing is
        ever half recorded.
        """
        for opening in recording.openings:
            await self.open_dossier(recording.tenant, opening.process, opening.stream)
        sealed = await self._sealed(recording)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._append(recording, sealed)
            except _CROSSED:
                if attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise AssertionError("unreachable")

    async def find_command(self, tenant: str, command_id: str) -> Found | None:
        """The command as it was recorded at this board, whatever its stream; None if never."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["of_command"], tenant, command_id)
        if not rows:
            return None
        first = rows[0]
        stream = str(first["stream"])
        seal = await self._seal(tenant, stream)
        events = [
            event_json(row["header"], row["body"], seal)
            for row in rows
            if row["stream"] == first["stream"]
        ]
        recorded = Recorded(
            outcome="repeated", events=events, warnings=list(first["warnings"] or ())
        )
        return Found(stream, first["command"], recorded, first["content_hash"], seal)

    async def _append(self, recording: Recording, sealed: _Sealed) -> Recorded:
        try:
            async with raising_store_errors(), self._board(recording.tenant) as connection:
                version = await connection.fetchval(SQL["append"], *_parameters(recording, sealed))
        except _CROSSED:
            raise
        except Exception as error:
            known = await self._known_answer(recording, error)
            if known is None:
                raise
            return known
        if version is not None:
            if self.on_recorded is not None:
                self.on_recorded()
            return Recorded(
                outcome="recorded",
                events=sealed.events[: len(recording.events)],
                warnings=recording.warnings,
                settings=await self._other_settings(recording, version),
            )
        earlier = await self._earlier_answer(recording)
        if earlier is not None:
            return earlier
        unseen = await self.load_json(
            recording.tenant, recording.stream, recording.expected_version
        )
        settings = await self.settings(recording.tenant)
        known = settings.version == recording.settings_version
        return Recorded(outcome="behind", events=unseen, settings=None if known else settings)

    async def _other_settings(self, recording: Recording, version: int) -> TenantSettings | None:
        """The board's settings, when the command was decided under others."""
        if version == recording.settings_version:
            return None
        return await self.settings(recording.tenant)

    async def _known_answer(self, recording: Recording, error: Exception) -> Recorded | None:
        """The answer behind an error of the database, if it is one of the foreseen ones."""
        cause = error.__cause__ if isinstance(error.__cause__, asyncpg.PostgresError) else error
        if not isinstance(cause, asyncpg.PostgresError):
            return None
        if isinstance(error, UnknownDossier | Erased):
            self.forget(recording.tenant, recording.stream)
        taken = sqlstate(cause) == CLAIM_TAKEN
        twice = isinstance(cause, asyncpg.UniqueViolationError)
        if not (taken or twice or cause is not error):
            return None
        earlier = await self._earlier_answer(recording)
        if earlier is None and taken:
            return Recorded(outcome="claimed", refusal=detail(cause))
        return earlier

    async def _earlier_answer(self, recording: Recording) -> Recorded | None:
        found = await self.find_command(recording.tenant, recording.command_id)
        if found is None:
            return None
        if found.stream != recording.stream or not found.is_of(recording.content_hash):
            return Recorded(outcome="reused")
        return found.recorded

    async def _sealed(self, recording: Recording) -> _Sealed:
        seal = await self._seal(recording.tenant, recording.stream)
        sealed = _Sealed(fingerprint(recording.content_hash, seal), [], [], [], [])
        _seal_into(
            sealed, recording, recording.stream, recording.expected_version, recording.events, seal
        )
        if recording.given is not None:
            whole = recording.given.model_copy(update={"content": recording.content_hash})
            given = canonical(whole.model_dump(mode="json", exclude_defaults=True))
            sealed.given = seal.seal(recording.command_id, GIVEN, given)
        for opening in recording.openings:
            seal = await self._seal(recording.tenant, opening.stream)
            _seal_into(sealed, recording, opening.stream, 0, opening.events, seal)
        return sealed


def _seal_into(
    sealed: _Sealed,
    recording: Recording,
    stream: str,
    version: int,
    drafts: list[Draft],
    seal: Seal,
) -> None:
    envelope = {
        "stream_id": stream,
        "recorded_at": instant_text(recording.recorded_at),
        "actor": {"person": recording.actor.person, "role": recording.actor.role},
        "command_id": recording.command_id,
        "correlation_id": recording.correlation_id,
        "settings_version": recording.settings_version,
    }
    # The command's first event is the cause of its others, in this stream and in opened ones.
    first = event_id(recording.stream, recording.command_id, 0)
    for index, draft in enumerate(drafts):
        id_ = event_id(stream, recording.command_id, index)
        header = {
            **envelope,
            "causation_id": recording.causation_id if id_ == first else first,
            "event_id": id_,
            "version": version + index + 1,
            "type": draft.type,
            "schema_version": draft.schema_version,
            "occurred_on": draft.occurred_on,
        }
        sealed.ids.append(id_)
        sealed.headers.append(canonical(header))
        sealed.bodies.append(seal.seal(id_, draft.type, canonical(draft.data)))
        sealed.events.append({**header, "data": draft.data})


def _parameters(recording: Recording, sealed: _Sealed) -> tuple[Any, ...]:
    index = recording.index
    return (
        recording.tenant,
        recording.process,
        recording.stream,
        recording.expected_version,
        recording.command_id,
        recording.command,
        sealed.content,
        recording.warnings,
        recording.actor.person,
        microseconds(recording.recorded_at),
        sealed.ids,
        sealed.headers,
        sealed.bodies,
        index.state,
        index.open,
        _parties(index),
        _notices(recording, sealed) if recording.notices else None,
        _claims(recording.claims) if recording.claims else None,
        _claims(recording.releases) if recording.releases else None,
        _openings(recording) if recording.openings else None,
        _needs(recording.needs) if recording.needs else None,
        sealed.given,
    )


def _parties(index: CaseIndex) -> str:
    return json.dumps(index.parties)


def _notices(recording: Recording, sealed: _Sealed) -> str:
    return json.dumps(
        [
            {
                "kind": notice.kind,
                "person": notice.person,
                "role": notice.role,
                "cause": sealed.ids[notice.cause],
                "version": recording.expected_version + notice.cause + 1,
                "giver_too": notice.giver_too,
            }
            for notice in recording.notices
        ]
    )


def _claims(claims: list[Claim]) -> str:
    return json.dumps(
        [
            {
                "kind": claim.kind,
                "subject": claim.subject,
                "during": f"[{claim.during[0]},{claim.during[1]}]" if claim.during else None,
                "refusal": claim.refusal,
                **({"slots": claim.slots} if claim.slots is not None else {}),
            }
            for claim in claims
        ]
    )


def _needs(needs: list[Need]) -> str:
    return json.dumps([need.model_dump(mode="json") for need in needs])


def _openings(recording: Recording) -> str:
    return json.dumps(
        [
            {
                "stream": opening.stream,
                "process": opening.process,
                "events": len(opening.events),
                "state": opening.index.state,
                "open": opening.index.open,
                "parties": opening.index.parties,
            }
            for opening in recording.openings
        ]
    )
