"""A case built anew from its events alone: as it was at an instant, and how it came to be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.audit.difference import Change, difference
from events.event import Event
from events.process import Reader, Story, View
from events.rectification import RecordCorrected
from events.settings import TenantSettings
from events.store.decoding import Decoder
from events.store.errors import StoreError
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys
from events.store.sealing import Seal, read_json

Stories = Mapping[str, Story[Any]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A dossier as its events up to some instant make it.

    ``recorded`` counts those events, also where they cannot be read: of an erased dossier, or for
    the reason that ``fault`` tells. ``state`` is their fold.
    """

    tenant: str
    process: str
    stream: str
    recorded: int
    last_recorded_at: datetime
    erased: bool = False
    fault: str | None = None
    story: Story[Any] | None = None
    events: Sequence[Event] = ()
    state: Any = None


@dataclass(frozen=True, slots=True)
class Step:
    """What became known by one event, and what that changed of the summary."""

    at: datetime
    told: Sequence[Mapping[str, Any]]
    changes: Sequence[Change]


class Player:
    """Replays dossiers from their rows as they are stored."""

    def __init__(self, stories: Stories, master_keys: MasterKeys | KeyRing) -> None:
        self._stories = stories
        self._master_keys = master_keys
        self._decoders = {name: Decoder(story.facts) for name, story in stories.items()}

    def play(self, tenant: str, row: Mapping[str, Any]) -> Replayed:
        """The dossier of a row of ``dossiers``; never raises for what is wrong with it."""
        headers, process, stream = row["headers"], row["process"], row["stream"]
        story = self._stories.get(process)
        if row["erased"] or story is None:
            fault = None if story else "this version knows no such process"
            return _unread(tenant, row, erased=row["erased"], fault=fault)
        try:
            seal = Seal(
                self._master_keys.unwrap(row["master"], row["wrapped"], tenant, stream),
                tenant,
                stream,
            )
            events = self._decoders[process].decode(headers, row["bodies"], seal)
            state = story.fold(events)
        except StoreError as error:
            return _unread(tenant, row, fault=str(error))
        except Exception as error:  # noqa: BLE001 - one case that cannot be told is no end to all
            return _unread(tenant, row, fault=f"its events do not fit: {type(error).__name__}")
        at = events[-1].recorded_at
        return Replayed(
            tenant, process, stream, len(events), at, story=story, events=events, state=state
        )


def _unread(
    tenant: str, row: Mapping[str, Any], *, erased: bool = False, fault: str | None = None
) -> Replayed:
    headers = row["headers"]
    at = datetime.fromisoformat(read_json(headers[-1])["recorded_at"])
    return Replayed(tenant, row["process"], row["stream"], len(headers), at, erased, fault)


def view_of(
    story: Story[Any], state: Any, role: str, now: datetime, settings: TenantSettings
) -> View:
    """The view of whoever held a role when the case was in this state.

    That is the party of that name where the case has one, else anybody of the board with that
    role. Without rights nobody held it then.
    """
    reader = Reader(story.index(state).parties.get(role, ""), (role,))
    return View(reader, story.rights(state, reader), now, settings)


def summary(case: Replayed, view: View) -> dict[str, Any]:
    """The summary as the interface gives it."""
    assert case.story is not None
    seen = case.story.positions(view.rights)
    return {
        "id": case.stream,
        "process": case.process,
        **case.story.summary(case.state, view),
        "version": case.recorded if seen else None,
    }


def steps(case: Replayed, role: str, settings: TenantSettings) -> Iterator[Step]:
    """How the case came to be so, as somebody in that role came to know of it.

    An event that could not be known at its own moment is told when it could.
    """
    story = case.story
    if story is None:
        return
    state, known, told, untold = story.initial(), dict[str, Any](), set[str](), list[Event]()
    for number, event in enumerate(case.events, 1):
        state = story.evolve(state, event)
        untold.append(event)
        view = view_of(story, state, role, event.recorded_at, settings)
        if not view.rights:
            continue
        # What a correction may say hangs on all that came before it.
        correcting = any(isinstance(one.data, RecordCorrected) for one in untold)
        seen = story.timeline(state, case.events[:number] if correcting else untold, view)
        items = [item for item in seen if item["event_id"] not in told]
        if not items:
            continue
        told.update(item["event_id"] for item in items)
        untold = [one for one in untold if one.event_id not in told]
        now = story.summary(state, view)
        yield Step(event.recorded_at, items, difference(known, now))
        known = now
