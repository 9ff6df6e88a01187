"""One stream once more: each command is decided again and compared with what was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from events.audit.history import History, Kept
from events.event import PROCESS_ROLE, Event, event_from_json
from events.process import Story
from events.recording import PASS_DEADLINE, RUN_ERRAND, Given
from events.settings import TenantSettings
from workflows.conformance.envelope import OWN_COMMANDS, around, names, of_errand, outermost, unlike
from workflows.conformance.history import (
    Board,
    Reach,
    Report,
    Standing,
    Took,
)
from workflows.conformance.overdue import Missed, Overdue, Way
from workflows.decision import Context, Decision, Giver, Refused, Rules
from workflows.pure import parse

NOTHING = timedelta(0)


def conform(history: History, board: Board) -> Report:
    """What the rules say of a stream by itself; `meet` says it of streams together."""
    replay = Replay(history, board)
    replay.run()
    return replay.report


def untold(tenant: str, process: str, stream: str, commands: Iterable[str]) -> Report:
    """Of an erased stream, of which only the ids of its commands are left."""
    return Report(tenant, process, stream, erased=True, unasked=set(commands))


def standings(history: History, board: Board) -> list[Standing]:
    """Where the stream stood after each of its commands, up to one that cannot be read."""
    story = board.rules[history.process].story
    state, found = story.initial(), list[Standing]()
    for kept in history.commands:
        try:
            state = story.fold([event_from_json(raw, story.facts) for raw in kept.events], state)
        except Exception:  # noqa: BLE001 - the replay of that stream tells
            break
        found.append(Standing(kept.place, kept.stored_at, story.index(state)))
    return found


class _Unlike(Exception):
    """A command that no process would have given itself."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


class Replay:
    """Goes through one stream; what it finds stands in ``report``."""

    def __init__(self, history: History, board: Board) -> None:
        self.report = Report(history.tenant, history.process, history.stream)
        self._history = history
        self._board = board
        self._events: list[Event] = []
        self._states: dict[int, tuple[Story[Any], Any]] = {}
        self._overdue = Overdue(board.tolerance)
        self._rules: Rules[Any] | None = board.rules.get(history.process)
        self._asked = False
        self._unkept = 0
        self._errands_seen: dict[str, datetime] = {}

    def run(self) -> None:
        if self._rules is None:
            self.report.find("process.unknown", 1, None, "there are no rules for this process")
            return
        for kept in self._history.commands:
            self.report.commands += 1
            try:
                facts = self._rules.story.facts
                events = [event_from_json(raw, facts) for raw in kept.events]
            except Exception as fault:  # noqa: BLE001 - whatever somebody put there
                self._find(kept, "event.unreadable", f"not an event: {type(fault).__name__}")
                return
            self._look(kept, events[0])
            self._command(kept, events)
            try:
                self._fold(kept, events)
            except Exception as fault:  # noqa: BLE001 - as for an event that no command gives
                self._find(kept, "event.impossible", f"leads nowhere: {type(fault).__name__}")
                return
        self._end()

    # -- state ---------------------------------------------------------------------------------

    def _state(self, rules: Rules[Any]) -> Any:
        """Folded by the story of these rules, which may be another one than today's."""
        story = rules.story
        known = self._states.get(id(story))
        if known is None:
            known = self._states[id(story)] = story, story.fold(self._events)
        return known[1]

    def _fold(self, kept: Kept, events: list[Event]) -> None:
        assert self._rules is not None
        self._state(self._rules)
        self._events += events
        for key, (story, state) in self._states.items():
            self._states[key] = story, story.fold(events, state)
        if kept.given is not None:
            rules = self._board.rules_of(self._history.process, kept.given.rules)
            self._rules = rules or self._rules
        if kept.command == PASS_DEADLINE:
            self._overdue.passed((kept.content_hash or "").rpartition("|")[0])
        if self._rules.runs_errands:
            for errand in self._rules.errands(self._state(self._rules)):
                self.report.errands.setdefault(errand.key, errand)
                self._errands_seen.setdefault(errand.key, events[-1].recorded_at)

    # -- one command ---------------------------------------------------------------------------

    def _command(self, kept: Kept, events: list[Event]) -> None:
        first, given = events[0], kept.given
        for sentence in around(kept, events, self._events):
            self._find(kept, "envelope.differs", sentence)
        settings = self._settings(kept, first)
        if kept.command is None:
            if self._events:
                self._find(kept, "command.none", "no command stands with these events")
            else:
                self.report.begun = kept
            return
        if given is None:
            self._without_given(kept)
            return
        self._asked = True
        rules = self._board.rules_of(self._history.process, given.rules)
        if rules is None:
            self._find(kept, "rules.unknown", f"nobody kept version {given.rules} of the rules")
            self.report.unasked.add(first.command_id)
        elif settings is not None:
            for code, sentence in names(self._history, kept, first, given, new=not self._events):
                self._find(kept, code, sentence)
            self._decide_again(kept, events, given, rules, settings)

    def _without_given(self, kept: Kept) -> None:
        self.report.unasked.add(kept.events[0]["command_id"])
        since = self._board.since
        if kept.unreadable:
            self._find(kept, "given.unreadable", "the command as it was given does not open")
        elif self._asked or since is None or kept.stored_at >= since:
            self._find(kept, "given.missing", "the command as it was given is not there")
        else:
            self._unkept += 1

    def _settings(self, kept: Kept, first: Event) -> TenantSettings | None:
        version, at = first.settings_version, kept.stored_at
        saved = next((one for one in self._board.settings if one.settings.version == version), None)
        if saved is None or (saved.at is not None and saved.at > at):
            self._find(kept, "settings.unknown", f"there were no settings of version {version}")
        elif self._events and version < self._events[-1].settings_version:
            self._find(kept, "settings.backwards", "older settings than of the event before")
        return saved and saved.settings

    def _decide_again(
        self,
        kept: Kept,
        events: Sequence[Event],
        given: Given,
        rules: Rules[Any],
        settings: TenantSettings,
    ) -> None:
        first = events[0]
        self.report.checked += 1
        giver = Giver(first.actor.person, given.roles)
        if kept.command in OWN_COMMANDS:
            giver = Giver(None, (PROCESS_ROLE,))
        ctx = Context(
            self._history.tenant,
            self._history.stream,
            first.command_id,
            giver,
            first.recorded_at,
            settings,
        )
        try:
            decision = self._decision(kept, given, rules, ctx)
        except Refused as refused:
            field = f" ({outermost(refused.field)})" if refused.field else ""
            self._find(kept, "command.refused", f"the rules refuse it: {refused.code}{field}")
        except _Unlike as wrong:
            self._find(kept, wrong.code, wrong.sentence)
        except Exception as fault:  # noqa: BLE001 - rules may fail on a state nobody could reach
            self._find(kept, "rules.failed", f"the rules fail on it: {type(fault).__name__}")
        else:
            self._compare(kept, events, decision)
            self._keep_track(kept, first, given, decision)
            return
        self.report.unasked.add(first.command_id)

    def _decision(self, kept: Kept, given: Given, rules: Rules[Any], ctx: Context) -> Decision:
        state, name = self._state(rules), kept.command
        assert name is not None
        if name == PASS_DEADLINE:
            return self._pass(kept, given, rules, ctx)
        if name == RUN_ERRAND:
            errand = next((e for e in rules.errands(state) if e.key == kept.content_hash), None)
            if errand is None or given.delivered is None:
                raise _Unlike("errand.unknown", "there was no such errand to run")
            return rules.run_errand(state, errand, given.delivered, ctx)
        command = parse(rules, name, given.data or {})
        if not self._events and name != rules.opening:
            raise Refused("not_found")
        return rules.decide(state, command, ctx)

    def _pass(self, kept: Kept, given: Given, rules: Rules[Any], ctx: Context) -> Decision:
        pending = Way(rules, self._state(rules), ctx.settings).pending()
        deadline = pending.get(given.deadline or "")
        if deadline is None:
            raise _Unlike("deadline.unknown", "no such deadline was waited for")
        late = ctx.now - deadline.due
        if late < NOTHING:
            raise _Unlike("deadline.early", f"recorded {-late} before it was due")
        if late > self._board.tolerance:
            sentence = f"{outermost(deadline.key)} was recorded {late} after it was due"
            self._find(kept, "deadline.late", sentence, weight="note", late=late)
        return rules.pass_deadline(self._state(rules), deadline, ctx)

    def _compare(self, kept: Kept, events: Sequence[Event], decision: Decision) -> None:
        first = events[0]
        if decision.role != first.actor.role:
            sentence = f"recorded as {first.actor.role}, the rules say {decision.role}"
            self._find(kept, "actor.differs", sentence)
        expected = [type(happened.fact).__name__ for happened in decision.events]
        recorded = [event.type for event in events]
        if expected != recorded:
            sentence = f"recorded {', '.join(recorded)}; the rules give {', '.join(expected)}"
            self._find(kept, "events.differ", sentence)
        else:
            for happened, event, raw in zip(decision.events, events, kept.events, strict=True):
                fields = unlike(happened, event, raw)
                if fields:
                    sentence = f"{event.type}: the rules give other {', '.join(fields)}"
                    self._find(kept, "data.differ", sentence)
        if tuple(decision.warnings) != kept.warnings:
            self._find(kept, "warnings.differ", "the rules warn of something else")

    def _keep_track(self, kept: Kept, first: Event, given: Given, decision: Decision) -> None:
        report, name, hash_ = self.report, kept.command or "", kept.content_hash or ""
        for opening in decision.openings:
            report.opens[opening.stream] = kept.events[0], opening
        if decision.claims or decision.releases or decision.needs:
            reach = Reach(
                kept.place,
                kept.stored_at,
                first.version,
                name,
                tuple(decision.claims),
                tuple(decision.releases),
                tuple(decision.needs),
            )
            report.reaches.append(reach)
        if name == RUN_ERRAND and given.delivered is not None:
            report.ran[hash_] = first.version, given.delivered
        if (errand := of_errand(hash_)) is not None:
            source, key = errand
            took = Took(
                source,
                key,
                first.version,
                first.command_id,
                name,
                given.data or {},
                first.causation_id,
            )
            report.took.append(took)

    # -- deadlines -----------------------------------------------------------------------------

    def _ways(self, kept: Kept | None, at: datetime) -> Sequence[Way]:
        """By rules and settings of the last event, and by those that came since."""
        if not self._events or self._rules is None:
            return ()
        first = self._events[-1].settings_version
        settings = self._board.known_by(first, at)
        rules = [self._rules]
        process = self._history.process
        if kept is None:
            later = self._board.rules.get(process)
        else:
            later = kept.given and self._board.rules_of(process, kept.given.rules)
        if later is not None and later is not self._rules:
            rules.append(later)
        return [Way(one, self._state(one), two) for one in rules for two in settings]

    def _look(self, kept: Kept, first: Event) -> None:
        ways = self._ways(kept, kept.stored_at)
        self._missed(self._overdue.look(ways, first.recorded_at))

    def _end(self) -> None:
        """Deadlines and errands that still wait now."""
        if not self._events or self._rules is None:
            return
        if self._unkept:
            sentence = f"{self._unkept} commands were recorded before commands were kept as given"
            version = self._events[-1].version
            self.report.find("not_checkable", version, None, sentence, weight="note")
        now = self._board.now
        if self._board.shifted:
            now += min(
                datetime.fromisoformat(kept.events[0]["recorded_at"]) - kept.stored_at
                for kept in self._history.commands
            )
        now = max(now, self._events[-1].recorded_at)
        self._missed(self._overdue.look(self._ways(None, self._board.now), now))
        self._missed(self._overdue.rest())
        for errand in self._rules.errands(self._state(self._rules)):
            waits = now - self._errands_seen[errand.key]
            if waits > self._board.tolerance:
                sentence = f"errand {errand.key} was not run, {waits} after it arose"
                version = self._events[-1].version
                self.report.find("errand.not_run", version, None, sentence, late=waits)

    def _missed(self, missed: Sequence[Missed]) -> None:
        for one in missed:
            kind, due = outermost(one.key), one.due.isoformat(timespec="minutes")
            sentence = f"{kind} was due at {due} and not recorded for {one.late}"
            version = self._events[-1].version
            self.report.find("deadline.missed", version, None, sentence, late=one.late)

    def _find(self, kept: Kept, code: str, sentence: str, **more: Any) -> None:
        first = kept.events[0]
        version = first["version"] if isinstance(first.get("version"), int) else 0
        self.report.find(code, version, kept.command, sentence, **more)
