"""What surrounds the facts of a command: its ids, its giver, and what the store writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from events.audit.difference import difference
from events.audit.history import History, Kept, Raw
from events.event import Event, event_id, fact_json, is_own, own_id, stream_id
from events.recording import PASS_DEADLINE, RUN_ERRAND, Given, command_hash
from workflows.decision import Happened

OWN_COMMANDS = frozenset({PASS_DEADLINE, RUN_ERRAND})
_ERRAND = "errand|"
_INNER = re.compile(r"[.:/\[]")


def of_errand(content_hash: str) -> tuple[str, str] | None:
    """The stream and the key of the errand that a command came from; None: it came from none."""
    if not content_hash.startswith(_ERRAND):
        return None
    source, _, key = content_hash.removeprefix(_ERRAND).partition("|")
    return source, key


def around(kept: Kept, events: Sequence[Event], earlier: Sequence[Event]) -> Iterator[str]:
    """What of a command's events is not as the store writes it, a sentence each."""
    first, before = events[0], earlier[-1] if earlier else None
    if before is not None and first.recorded_at < before.recorded_at:
        yield "recorded before the event before it"
    version = before.version if before else 0
    correlation = first.correlation_id if kept.command is None else first.stream_id
    if earlier:
        correlation = earlier[0].correlation_id
    # What opened a stream is the cause of all its first events.
    cause = first.causation_id if kept.command is None else first.event_id
    for place, event in enumerate(events):
        expected = (
            ("version", event.version, version + 1 + place),
            ("event_id", event.event_id, event_id(first.stream_id, first.command_id, place)),
            ("stream_id", event.stream_id, first.stream_id),
            ("command_id", event.command_id, first.command_id),
            ("recorded_at", event.recorded_at, first.recorded_at),
            ("actor", event.actor, first.actor),
            ("settings_version", event.settings_version, first.settings_version),
            ("correlation_id", event.correlation_id, correlation),
            ("causation_id", event.causation_id, cause if place else first.causation_id),
        )
        for name, found, should in expected:
            if found != should:
                yield f"{event.type}: {name} is not its own"


def names(
    history: History, kept: Kept, first: Event, given: Given, *, new: bool
) -> Iterator[tuple[str, str]]:
    """Whether a command comes under such an id from such a giver: (code, sentence) if not.

    ``new``: it is the first one of its stream.
    """
    hash_, person = kept.content_hash or "", first.actor.person
    own = kept.command in OWN_COMMANDS or of_errand(hash_) is not None
    opens = not new or history.stream == stream_id(history.tenant, first.command_id)
    if own:
        fits = first.command_id == own_id(history.stream, hash_)
    else:
        fits = opens and not is_own(first.command_id)
    if not (fits and first.stream_id == history.stream):
        yield "command.id", "no command comes under this id here"
    if own != (person is None):
        who = "nobody" if person is None else "a person"
        yield "giver.differs", f"given by {who}, which this command never is"
    if kept.command == PASS_DEADLINE:
        same = hash_.startswith(f"{given.deadline}|")
    else:
        same = own or hash_ in _hashes(history, kept.command or "", given, person)
    if not same:
        yield "content.differs", "its content hash is of another command"


def _hashes(history: History, command: str, given: Given, person: str | None) -> Iterator[str]:
    """Who signs may leave out the hash of the document, which is then added."""
    data = given.data or {}
    variants: list[dict[str, Any]] = [data]
    if "document" in data:
        without = {key: value for key, value in data.items() if key != "document"}
        variants += [without, {**data, "document": None}]
    for variant in variants:
        yield command_hash(history.process, history.stream, command, variant, person)


def outermost(path: str) -> str:
    """The field that a path begins with, or the kind of a deadline's key.

    Further on there may be what somebody called a goal or a visit.
    """
    return _INNER.split(path, maxsplit=1)[0]


def unlike(happened: Happened, event: Event, raw: Raw) -> list[str]:
    """The fields of a recorded event in which it is not as the rules give it."""
    when = [] if happened.on == event.occurred_on else ["occurred_on"]
    data, recorded = fact_json(happened.fact), raw["data"]
    if raw["schema_version"] != happened.fact.schema_version:
        # What was recorded in an older form is compared in that of today.
        recorded = fact_json(event.data)
    if recorded == data:
        return when
    paths = [outermost(change.path) for change in difference(recorded, data)]
    return when + (list(dict.fromkeys(paths)) or ["data"])
