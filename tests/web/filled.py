"""A board whose cases were played by the pure rules, kept in a real store command by command."""

from __future__ import annotations

from itertools import groupby
from typing import Any, cast

from events.recording import ActorRef, Draft, Recording
from events.store.store import Store
from tests.properties.desk import TENANT, Desk, id_of
from tests.properties.processes.board import IDS, ROLES, Board
from tests.properties.roads import travel
from tests.web.conftest import opens_pages
from tests.web.internship import AGREEMENT
from workflows.pure import Stream
from workflows.scenarios import Answer

SCRIPT = "<script>alert('x')</script> & \"meer\""


SECRET = "Verrassing"
"""What the unannounced visit is called."""


class Played:
    """A teacher with a trajectory behind, one under way, an assessment and an internship.

    Of the one under way a visit is unannounced and was not held. The contact of the internship's
    host was replaced.
    """

    def __init__(self) -> None:
        self.board = board = Board()
        desk = cast("Desk", board)
        self.escalated = travel(desk, "escalated")
        self.assessment = next(
            stream for stream in board.engine.streams if board.process(stream) == "assessments"
        )
        self.running = travel(desk, "visiting")
        plan = {"visit": SECRET, "at": "2026-04-09T08:30", "announced": False}
        self.done("advisor", "PlanVisit", plan)
        first = board.events(self.running)[0].event_id
        correction = {"event": first, "reason": "betwist", "correction": SCRIPT}
        self.done("hr", "CorrectRecord", {**correction, "approved_by": IDS["auditor"]})
        self.done("hr", "PlaceLegalHold", {"reason": "geheime reden van HR"})
        self.partner = self.opened("coordinator", "partners", "RegisterPartner", PARTNER)
        for by, command, data in AT_THE_PARTNER:
            self.done(by, command, data, self.partner)
        self.internship = self.opened("teacher", "internships", "ProposeInternship", PROPOSAL)
        for by, command, data in AT_THE_INTERNSHIP:
            host = {"host": self.partner} if "host" in data else {}
            self.done(by, command, data | host, self.internship)

    def opened(self, by: str, process: str, command: str, data: dict[str, Any]) -> str:
        call = self.board.call(process, by, command, data, None)
        return str(self._taken(self.board.send(call)).body["id"])

    def done(
        self, by: str, command: str, data: dict[str, Any], stream: str | None = None
    ) -> Answer:
        return self._taken(self.board.give(by, command, data, stream or self.running))

    def _taken(self, answer: Answer) -> Answer:
        assert answer.refused is None, answer
        return answer

    async def keep(self, store: Store) -> dict[str, str]:
        """Everything into the store; the tokens of its people, by key."""
        tokens: dict[str, str] = {}
        for key, roles in ROLES.items():
            name, mail = key.replace("_", " ").title(), f"{key}@voorbeeld.example"
            person = await store.add_person(TENANT, name, mail, roles=roles, person=IDS[key])
            tokens[key] = await store.issue_token(TENANT, IDS[key])
            await opens_pages(store, person, tokens[key])
        await store.save_settings(TENANT, self.board.settings)
        for case in self.board.engine.streams.values():
            await _keep(store, case)
        return tokens


async def _keep(store: Store, case: Stream) -> None:
    rules, place = case.rules, 0
    story = rules.story
    state = story.initial()
    await store.open_dossier(TENANT, story.name, case.id)
    for number, (command, group) in enumerate(groupby(case.events, lambda one: one.command_id)):
        events = list(group)
        after = story.fold(events, state)
        # What began an assessment was recorded by a command of another case.
        opened = number == 0 and story.name == "assessments"
        recording = Recording(
            tenant=TENANT,
            process=story.name,
            stream=case.id,
            expected_version=place,
            command_id=id_of(f"opened {case.id}") if opened else command,
            command="Several",
            content_hash="0",
            actor=ActorRef(person=events[0].actor.person, role=events[0].actor.role),
            recorded_at=events[0].recorded_at,
            correlation_id=case.id,
            settings_version=1,
            events=[Draft.of(event.data, event.occurred_on) for event in events],
            notices=rules.notices(state, after, events),
            index=story.index(after),
        )
        assert (await store.record(recording)).outcome == "recorded"
        place, state = place + len(events), after


PARTNER = {
    "name": "Metaalwerken Van Stralen BV",
    "kind": "company",
    "levels": ["organisation"],
    "obligation": "additional",
    "origin": "sought",
    "school_leader": IDS["school_leader"],
}
AT_THE_PARTNER: list[tuple[str, str, dict[str, Any]]] = [
    (
        "school_leader",
        "AssessFit",
        {"motive": "nearness", "explanation": "Naast de school", "profile_match": "good"},
    ),
    (
        "school_leader",
        "ActivatePartner",
        {
            "primary_contact": IDS["contact"],
            "coordinator": IDS["coordinator"],
            "deputy": IDS["manager"],
        },
    ),
    ("coordinator", "AddContact", {"contact": IDS["other_contact"], "function": "lasmeester"}),
    (
        "coordinator",
        "LogContactMoment",
        {"channel": "phone", "contact": IDS["contact"], "text": f"Had haast {SCRIPT}"},
    ),
    ("coordinator", "LogContactMoment", {"channel": "mail", "text": "Over de kwartaalcijfers"}),
]
PROPOSAL = {
    "question": "Hoe wordt een lasrobot geprogrammeerd?",
    "kind": "deepening",
    "half_days": 10,
    "school": "vmbo De Klinker",
    "school_leader": IDS["school_leader"],
}
AT_THE_INTERNSHIP: list[tuple[str, str, dict[str, Any]]] = [
    ("school_leader", "ApproveInternship", {"replacement": "arranged", "note": "Kees valt in"}),
    ("coordinator", "MatchHost", {"host": "", "contact": IDS["contact"]}),
    ("coordinator", "NameHostSupervisor", {"supervisor": IDS["other_contact"]}),
    ("coordinator", "DraftAgreement", {**AGREEMENT, "from": "2026-06-01", "to": "2026-06-05"}),
    ("teacher", "SignAgreement", {"version": 1}),
    (
        "coordinator",
        "ReplaceHostContact",
        {"contact": IDS["other_contact"], "reason": "left"},
    ),
]
