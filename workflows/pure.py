"""The rules and folds alone, in memory, with a clock of their own: a whole case in a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from events.event import PROCESS_ROLE, Actor, Event, event_id, instant_text, own_id, stream_id
from events.process import Reader, View
from events.recording import (
    PASS_DEADLINE,
    RUN_ERRAND,
    Claim,
    Delivered,
    Given,
    Need,
    NoticeDraft,
    command_hash,
    errand_hash,
)
from workflows.decision import (
    Command,
    Context,
    Deadline,
    Decision,
    Errand,
    Giver,
    Happened,
    Refused,
    Rules,
)
from workflows.persons import fits
from workflows.registry import RULES
from workflows.scenarios import Answer, Call, Person, Reading, Scenario, Told
from workflows.spans import most_at_once, overlap

CASES = {"tasks", "agenda"}


@dataclass(frozen=True, slots=True)
class Asked:
    """An accepted command as the store would keep it; ``place`` is its place among all."""

    command: str
    content_hash: str
    given: Given
    warnings: tuple[str, ...] = ()
    place: int = 0
    events: tuple[Event, ...] = ()


@dataclass
class Stream:
    """One stream: its events, the state after each of them, and the commands they came from."""

    rules: Rules[Any]
    id: str
    events: list[Event] = field(default_factory=list)
    state: Any = None
    asked: list[Asked] = field(default_factory=list)

    def append(self, event: Event) -> None:
        self.events.append(event)
        self.state = self.rules.story.evolve(self.state, event)


class PureEngine:
    """Runs commands the way the product does, without a server."""

    def __init__(self) -> None:
        self.streams: dict[str, Stream] = {}
        self.claims: list[tuple[str, Claim]] = []
        self.answered: dict[str, tuple[str, Answer]] = {}
        self.told: list[Told] = []
        self.reads: list[tuple[str, str | None]] = []
        self.now = datetime(1, 1, 1, tzinfo=UTC)
        self.places = 0

    async def begin(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.people = {person.id: person for person in scenario.people.values()}

    async def move_to(self, at: datetime) -> None:
        """Whatever falls due up to ``at`` happens, each at its moment."""
        while due := self._next_due(at):
            stream, deadline = due
            self.now = max(self.now, deadline.due)
            key, rules = f"{deadline.key}|{instant_text(deadline.due)}", stream.rules
            ctx = self._own_context(stream, key)
            given = Given(rules=rules.version, deadline=deadline.key)
            decision = rules.pass_deadline(stream.state, deadline, ctx)
            self._record(stream, ctx, decision, Asked(PASS_DEADLINE, key, given))
            self._run_errands()
        self.now = max(self.now, at)

    def _next_due(self, at: datetime) -> tuple[Stream, Deadline] | None:
        found = [
            (deadline.due, number, stream, deadline)
            for number, stream in enumerate(self.streams.values())
            for deadline in stream.rules.deadlines(stream.state, self.scenario.settings)
            if deadline.due <= at
        ]
        if not found:
            return None
        _, _, stream, deadline = min(found, key=lambda item: item[:2])
        return stream, deadline

    async def adopt(self, process: str, stream: str, beside: str) -> None:
        """Streams opened elsewhere are here already."""

    async def give(self, call: Call) -> Answer:
        """One command through the same checks, in the same order (contract 1)."""
        try:
            return self._give(call)
        except Refused as refused:
            return Answer({"code": refused.code, "field": refused.field}, refused.code)

    def _give(self, call: Call) -> Answer:
        rules = RULES[call.process]
        if call.stream is None and call.command != rules.opening:
            raise Refused("command.invalid", "command")
        stream = call.stream or stream_id(self.scenario.tenant, call.command_id)
        command = parse(rules, call.command, call.data)
        content = command_hash(call.process, stream, call.command, call.data, call.person.id)
        first, answer = self.answered.get(call.command_id, ("", None))
        if answer is not None and first == content:
            return answer
        self._check_people(rules, command)
        if answer is not None:
            raise Refused("command.id_reused")
        case = self.streams.get(stream) or Stream(rules, stream, state=rules.story.initial())
        giver = Giver(call.person.id, call.person.roles)
        ctx = self._context(case, call.command_id, giver)
        decision = rules.decide(case.state, command, ctx)
        self._check_others(decision, stream)
        given = Given(rules=rules.version, roles=call.person.roles, data=call.data)
        events = self._record(case, ctx, decision, Asked(call.command, content, given))
        answer = self._answer(case, call.person, events, decision)
        self._run_errands()
        self.answered[call.command_id] = (content, answer)
        return answer

    def _context(self, stream: Stream, command_id: str, giver: Giver) -> Context:
        last = stream.events[-1].recorded_at if stream.events else self.now
        now = max(self.now, last)
        settings = self.scenario.settings
        return Context(self.scenario.tenant, stream.id, command_id, giver, now, settings)

    def _check_people(self, rules: Rules[Any], command: Command) -> None:
        for name, (person_id, role) in rules.people(command).items():
            person = self.people.get(person_id)
            if person is None or not fits(person.roles, role):
                raise Refused("command.invalid", name)

    def _own_context(self, stream: Stream, key: str) -> Context:
        command_id = own_id(stream.id, key)
        return self._context(stream, command_id, Giver(None, (PROCESS_ROLE,)))

    def _run_errands(self) -> None:
        """What processes give to others happens at once, also what follows from that."""
        while waiting := next(self._errands(), None):
            stream, errand = waiting
            taken = [self._deliver(stream, errand, to) for to in self._found(errand)]
            missing = len(errand.streams) - len(taken) if errand.streams else 0
            refused = len(taken) - sum(taken) + missing
            delivered = Delivered(given=sum(taken), refused=refused)
            ctx = self._own_context(stream, errand.key)
            decision = stream.rules.run_errand(stream.state, errand, delivered, ctx)
            given = Given(rules=stream.rules.version, delivered=delivered)
            self._record(stream, ctx, decision, Asked(RUN_ERRAND, errand.key, given))

    def _errands(self) -> Iterator[tuple[Stream, Errand]]:
        return (
            (stream, errand)
            for stream in list(self.streams.values())
            for errand in stream.rules.errands(stream.state)
        )

    def _found(self, errand: Errand) -> list[Stream]:
        if errand.streams:
            return [self.streams[id_] for id_ in errand.streams if id_ in self.streams]
        found: list[Stream] = []
        for stream in self.streams.values():
            index = stream.rules.story.index(stream.state)
            parts = [part for part, person in index.parties.items() if person == errand.person]
            here = stream.rules.story.name == errand.process
            if here and index.open and not set(errand.parts).isdisjoint(parts):
                found.append(stream)
        return found

    def _deliver(self, source: Stream, errand: Errand, to: Stream) -> bool:
        name = errand_hash(source.id, errand.key)
        ctx, data = self._own_context(to, name), dict(errand.data)
        given = Given(rules=to.rules.version, roles=(PROCESS_ROLE,), data=data)
        asked = Asked(errand.command, name, given)
        try:
            command = parse(to.rules, errand.command, data)
            decision = to.rules.decide(to.state, command, ctx)
            self._record(to, ctx, decision, asked, errand.cause)
        except Refused:
            return False
        return True

    def _check_others(self, decision: Decision, stream: str) -> None:
        """What other streams have to be, and may not hold (contract 1: last)."""
        for need in decision.needs:
            other = self.streams.get(need.stream)
            if other is None or not _meets(other, need):
                raise Refused(need.refusal)
        for claim in decision.claims:
            theirs = [
                held.during
                for holder, held in self.claims
                if holder != stream
                and (held.kind, held.subject) == (claim.kind, claim.subject)
                and overlap(held.during, claim.during)
            ]
            if most_at_once(theirs, claim.during) >= (1 if claim.slots is None else claim.slots):
                raise Refused(claim.refusal)

    def _record(
        self,
        case: Stream,
        ctx: Context,
        decision: Decision,
        asked: Asked,
        cause: str | None = None,
    ) -> list[Event]:
        """Appends, takes and releases claims, opens further streams, tells people."""
        self.streams[case.id] = case
        before = case.state
        events = self._append(case, ctx, decision.role, decision.events, causation=cause)
        self.places += 1
        kept = {"warnings": (*decision.warnings,), "place": self.places, "events": (*events,)}
        case.asked.append(replace(asked, **kept))
        released = {(claim.kind, claim.subject) for claim in decision.releases}
        self.claims = [
            (holder, claim)
            for holder, claim in self.claims
            if holder != case.id or (claim.kind, claim.subject) not in released
        ]
        self.claims += [(case.id, claim) for claim in decision.claims]
        for opening in decision.openings:
            rules = RULES[opening.process]
            other = Stream(rules, opening.stream, state=rules.story.initial())
            self.streams[other.id] = other
            facts = rules.story.facts
            drafts = [
                Happened(d.occurred_on, facts[d.type].model_validate(d.data))
                for d in opening.events
            ]
            self._append(other, ctx, decision.role, drafts, cause=events[0])
        self._tell(ctx, events, case.rules.notices(before, case.state, events))
        return events

    def _append(
        self,
        case: Stream,
        ctx: Context,
        role: str,
        happened: Sequence[Happened],
        cause: Event | None = None,
        causation: str | None = None,
    ) -> list[Event]:
        """The command's first event is the cause of its others, in opened streams too."""
        events: list[Event] = []
        for index, item in enumerate(happened):
            root = cause or next(iter(case.events), None)
            event = Event(
                event_id=event_id(case.id, ctx.command_id, index),
                stream_id=case.id,
                version=len(case.events) + 1,
                type=type(item.fact).__name__,
                schema_version=item.fact.schema_version,
                occurred_on=item.on,
                recorded_at=ctx.now,
                actor=Actor(ctx.giver.person, role),
                command_id=ctx.command_id,
                causation_id=cause.event_id if cause else causation,
                correlation_id=root.correlation_id if root else case.id,
                settings_version=ctx.settings.version,
                data=item.fact,
            )
            case.append(event)
            events.append(event)
            cause = cause or event
        return events

    def _tell(self, ctx: Context, events: Sequence[Event], drafts: Sequence[NoticeDraft]) -> None:
        seen: set[tuple[str, str, int]] = set()
        for draft in drafts:
            if draft.role is None:
                receivers = [draft.person]
            else:
                receivers = [p.id for p in self.people.values() if draft.role in p.roles]
            for to in receivers:
                key = (to or "", draft.kind, draft.cause)
                knows = to == ctx.giver.person and not draft.giver_too
                if to is None or knows or key in seen:
                    continue
                seen.add(key)
                body = {"to": to, "kind": draft.kind, "cause": events[draft.cause].type}
                self.told.append(Told(to, draft.kind, ctx.command_id, body))

    def _answer(
        self, case: Stream, person: Person, events: Sequence[Event], decision: Decision
    ) -> Answer:
        story = case.rules.story
        view = self._view(case, person, self.now)
        positions = story.positions(view.rights)
        shown: list[dict[str, Any]] = []
        for event in events:
            if story.visible(case.state, event, view):
                content = {**event.json(), "data": story.redacted(case.state, event, view)}
                shown.append({**content, "version": event.version if positions else None})
        version = events[-1].version if positions else None
        warnings = list(decision.warnings)
        return Answer({"id": case.id, "version": version, "events": shown, "warnings": warnings})

    def _view(self, case: Stream, person: Person, now: datetime) -> View:
        reader = Reader(person.id, person.roles)
        rights = case.rules.story.rights(case.state, reader)
        return View(reader, rights, now, self.scenario.settings)

    async def read(self, reading: Reading) -> Answer:
        if reading.view in CASES:
            return Answer({"items": self._mine(reading)})
        case = self.streams.get(reading.stream or "")
        if case is None:
            return Answer({}, "not_found")
        view = self._view(case, reading.person, reading.as_of or self.now)
        events = [e for e in case.events if reading.as_of is None or e.recorded_at <= reading.as_of]
        if not view.rights or not events:
            return Answer({}, "not_found")
        self.reads.append((reading.person.id, case.id))
        story = case.rules.story
        state = story.fold(events)
        found = {
            "summary": lambda: {"id": case.id, **story.summary(state, view)},
            "timeline": lambda: {"items": story.timeline(state, events, view)},
            "export": lambda: {
                "summary": story.summary(state, view),
                "timeline": story.timeline(state, events, view),
                "documents": [],
            },
        }
        return Answer(found[reading.view]())

    def _mine(self, reading: Reading) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        for case in self.streams.values():
            view = self._view(case, reading.person, self.now)
            if view.rights:
                story = case.rules.story
                found = getattr(story, reading.view)(case.state, view)
                items += [{"process": story.name, "id": case.id, **item} for item in found]
        return items

    async def notices(self) -> Sequence[Told]:
        return self.told

    async def read_logged(self, reading: Reading) -> bool:
        return (reading.person.id, reading.stream) in self.reads


def parse(rules: Rules[Any], name: str, data: Mapping[str, Any]) -> Command:
    """A command from its data; raises Refused with the first field that is wrong."""
    model = rules.commands.get(name)
    if model is None:
        raise Refused("command.invalid", "command")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        where = error.errors(include_url=False)[0]["loc"]
        raise Refused("command.invalid", ".".join(str(part) for part in where)) from None


def _meets(other: Stream, need: Need) -> bool:
    story = other.rules.story
    index = story.index(other.state)
    named = need.party is None or any(
        person == need.party and part.startswith(need.part)
        for part, person in index.parties.items()
    )
    return story.name == need.process and index.state in need.states and named
