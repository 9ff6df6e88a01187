"""A case before a person: what of it this person may see, now or at an earlier moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.process import View
from events.settings import TenantSettings
from events.store.errors import Erased
from web.dossiers import Dossier
from web.site import Site, giver_of, reader_of
from workflows.decision import Context, Rules

if TYPE_CHECKING:
    from events.store.directory import PersonRow

_NO_COMMAND = "00000000-0000-0000-0000-000000000000"


class NotFound(Exception):
    """There is no such case, or this person may not know of it."""


class ErasedCase(Erased):
    """The case was erased, before somebody who may know that."""

    def __init__(self, tenant: str, stream: str, process: str) -> None:
        super().__init__(f"the dossier of stream {stream} was erased")
        self.tenant = tenant
        self.stream = stream
        self.process = process


@dataclass(frozen=True, slots=True)
class Reading:
    """A case before a person: the state looked at, and what this person may see of it."""

    rules: Rules[Any]
    dossier: Dossier
    view: View
    current: bool
    told: dict[str, Any] = field(
        default_factory=dict[str, Any], init=False, repr=False, compare=False
    )
    """What was worked out already: a page asks for it in many places."""

    @property
    def summary(self) -> dict[str, Any]:
        story = self.rules.story
        content: dict[str, Any] = {"id": self.dossier.stream, "process": self.dossier.process}
        content |= story.summary(self.dossier.state, self.view)
        positions = story.positions(self.view.rights)
        content["version"] = self.dossier.version if positions else None
        return content

    @property
    def last_seen(self) -> datetime:
        """When the last thing was recorded that this person may see."""
        visible, state = self.rules.story.visible, self.dossier.state
        events = self.dossier.events
        shown = (e.recorded_at for e in events if visible(state, e, self.view))
        return max(shown, default=events[0].recorded_at)

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """What waits for this person in this case."""
        return self.rules.story.tasks(self.dossier.state, self.view)

    @property
    def agenda(self) -> list[dict[str, Any]]:
        """What is planned in this case and concerns this person."""
        return self.rules.story.agenda(self.dossier.state, self.view)

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """What was recorded that this person may see; the same list each time it is asked for."""
        if "timeline" not in self.told:
            story, dossier = self.rules.story, self.dossier
            self.told["timeline"] = story.timeline(dossier.state, dossier.events, self.view)
        return self.told["timeline"]


async def read_case(
    site: Site,
    person: PersonRow,
    process: str,
    stream: str,
    now: datetime,
    settings: TenantSettings,
    moment: datetime | None = None,
) -> Reading:
    """A case as a person may see it, now or at ``moment``. Raises NotFound, or ErasedCase.

    Rights are those of now, also at an earlier moment; secrets are those of that moment.
    """
    rules = site.rules[process]
    try:
        dossier = await site.dossiers.read(person.tenant, process, stream)
    except Erased:
        # Who had a part in it cannot be told any more.
        if rules.story.sees_all(person.roles):
            raise ErasedCase(person.tenant, stream, process) from None
        raise NotFound from None
    if dossier is None:
        raise NotFound
    reader = reader_of(person)
    rights = rules.story.rights(dossier.state, reader)
    if not rights:
        raise NotFound
    looked_at = dossier if moment is None else site.dossiers.at(dossier, moment)
    if not looked_at.events:
        raise NotFound
    view = View(reader, rights, moment or now, settings)
    return Reading(rules, looked_at, view, current=moment is None)


def read_dossier(
    site: Site, person: PersonRow, dossier: Dossier, now: datetime, settings: TenantSettings
) -> Reading | None:
    """A case that was loaded, as a person may see it now; None where that is not at all."""
    rules, reader = site.rules[dossier.process], reader_of(person)
    rights = rules.story.rights(dossier.state, reader)
    if not rights or not dossier.events:
        return None
    return Reading(rules, dossier, View(reader, rights, now, settings), current=True)


async def log_reading(
    site: Site,
    person: PersonRow,
    reading: Reading,
    what: str,
    now: datetime,
    moment: datetime | None = None,
) -> None:
    """One line of who read what of which case, and when (architecture 4)."""
    await site.store.log_read(
        person.tenant,
        person=person.id,
        at=now,
        stream=reading.dossier.stream,
        process=reading.dossier.process,
        what=what,
        as_of=moment,
    )


def offered(
    reading: Reading, person: PersonRow, now: datetime, settings: TenantSettings
) -> list[str]:
    """The commands that are not out of the question for this person now."""
    rules, state = reading.rules, reading.dossier.state
    ctx = context(person, reading.dossier.stream, now, settings)
    return [name for name in rules.commands if rules.offered(state, name, ctx)]


def context(person: PersonRow, stream: str, now: datetime, settings: TenantSettings) -> Context:
    """The surroundings in which rules say what this person could do; nothing comes of it."""
    return Context(
        tenant=person.tenant,
        stream=stream,
        command_id=_NO_COMMAND,
        giver=giver_of(person),
        now=now,
        settings=settings,
    )
