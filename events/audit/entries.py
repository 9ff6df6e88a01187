"""What a leaf of each log is the hash of: bytes that anybody can put together from the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from struct import Struct
from typing import Any
from uuid import UUID

from events.store.instants import microseconds
from events.store.sealing import canonical

EVENT = b"traject event entry 1"
READING = b"traject reading entry 1"
REFUSAL = b"traject refusal entry 1"

_EVENT = Struct(f">{len(EVENT)}s 16s 16s q 16s 16s h q 32s 32s 32s")


def event_entry(
    *,
    tenant: UUID,
    stream: UUID,
    version: int,
    event_id: UUID,
    command_id: UUID,
    place: int,
    stored_us: int,
    event_hash: bytes,
    command: str | None,
    content_hash: str | None,
    warnings: Sequence[str] | None,
    given: bytes | None,
) -> bytes:
    """The entry of a row of ``traject.event``; ``stored_us`` is stored_at in microseconds."""
    return _EVENT.pack(
        EVENT,
        tenant.bytes,
        stream.bytes,
        version,
        event_id.bytes,
        command_id.bytes,
        place,
        stored_us,
        event_hash,
        sha256(about(command, content_hash, warnings)).digest(),
        sha256(given or b"").digest(),
    )


def about(command: str | None, content_hash: str | None, warnings: Sequence[str] | None) -> bytes:
    """What the first event of a command keeps of it; nothing but nulls on the others."""
    return canonical([command, content_hash, None if warnings is None else list(warnings)])


def reading_entry(
    *,
    tenant: UUID,
    at_us: int,
    logged_us: int,
    person: UUID,
    stream: UUID,
    process: str,
    what: str,
    as_of_us: int | None,
) -> bytes:
    """The entry of a row of ``traject.reading``; instants in microseconds since 1970."""
    row = [str(tenant), at_us, logged_us, str(person), str(stream), process, what, as_of_us]
    return READING + canonical(row)


def refusal_entry(
    *,
    tenant: UUID,
    at_us: int,
    logged_us: int,
    person: UUID | None,
    stream: UUID | None,
    process: str,
    command: str,
    code: str,
) -> bytes:
    """The entry of a row of ``traject.refused``; instants in microseconds since 1970."""
    who, where = (None if one is None else str(one) for one in (person, stream))
    return REFUSAL + canonical([str(tenant), at_us, logged_us, who, where, process, command, code])


def entry_of(log: str, row: Mapping[str, Any]) -> bytes:
    """The entry of a row as the database gives it, of any of the three logs."""
    if log == "events":
        return event_entry(
            tenant=row["tenant"],
            stream=row["stream"],
            version=row["version"],
            event_id=row["event_id"],
            command_id=row["command_id"],
            place=row["place"],
            stored_us=microseconds(row["stored_at"]),
            event_hash=row["event_hash"],
            command=row["command"],
            content_hash=row["content_hash"],
            warnings=row["warnings"],
            given=row["given"],
        )
    shared = {name: row[name] for name in ("tenant", "at_us", "person", "stream", "process")}
    shared["logged_us"] = microseconds(row["logged_at"])
    if log == "reads":
        return reading_entry(**shared, what=row["what"], as_of_us=row["as_of_us"])
    return refusal_entry(**shared, command=row["command"], code=row["code"])
