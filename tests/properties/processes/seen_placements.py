"""What a witness of a placement remembers (contract 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from events.event import amount
from tests.properties.processes.board import SCHOOLS, Board
from tests.properties.processes.placements import GUIDES
from tests.properties.processes.witness import Record, Witness

STANDING_STILL = frozenset(
    {
        "PlacementResumed", "PlacementEndedEarly", "PlacementTransferred",
        "GuidanceHoursRegistered", "VogRecorded", "RouteChanged", "RecordCorrected",
        "PersonReplaced", "HandoverTaskOpened",
    }
)  # fmt: skip
LEAVING = {
    "PlacementCompleted": "placement_completed",
    "PlacementWithdrawn": "placement_withdrawn",
    "PlacementEndedEarly": "placement_ended_early",
}
OF_ALL = ("student", "mentor", "school_trainer", "institute_trainer")


class Placement(Witness):
    """Holds one place, is guided by others than its assessors, ends when all talks were held."""

    parties: ClassVar[Mapping[str, str]] = {
        "student": "student",
        "school": "school_leader",
        "college": "institute_trainer",
    }
    terms: ClassVar[frozenset[str]] = frozenset(
        {
            "mentor", "assignment", "days", "hours_per_week", "supervision", "assessment",
            "confidentiality", "allowance", "roles",
        }
    )  # fmt: skip
    ends: ClassVar[Mapping[str, str]] = {
        "PlacementCompleted": "completed",
        "PlacementRejected": "rejected",
        "PlacementWithdrawn": "withdrawn",
        "PlacementEndedEarly": "ended_early",
    }
    steps: ClassVar[Mapping[str, str]] = {
        "offer": "coordinator",
        "answer": "institute_trainer",
        "start": "school_trainer",
        "progress_talk": "school_trainer",
        "three_party_talk": "institute_trainer",
        "final_assessment": "institute_trainer",
    }
    school: str | None = None
    here_from = ""
    period = ("", "")
    since: date | None = None
    talk_since: date | None = None
    paused_on: date | None = None
    interrupted_days = transfers = lesson_visits = self_assessments = 0
    started = three_party_due = cosigned = contract = False
    outcome: str | None = None
    qualification: str | None = None

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self.planned: dict[str, str] = {}

    def own(self, r: Record) -> Iterator[tuple[str, str | None]]:
        if self.state == "interrupted":
            self.need(r.type in STANDING_STILL, f"{r.type} while interrupted")
        for step in (self._placing, self._arranging, self._guiding, self._assessing, self._leaving):
            yield from step(r)

    def _placing(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "PlacementRequested":
                self._requested(r)
                yield from self.to("placement_requested", "coordinator", "student")
            case "PlacementRejected":
                yield from self.to("placement_rejected", "institute_trainer", "student")
            case "PlaceOffered":
                self.need(self.state == "requested", "offered twice")
                self.state, self.since = "offered", r.day
                self._at(r.data["school"])
                self.here_from = self.period[0]
                leader = r.data["school_leader"]
                self.people |= {"school_trainer": r.person, "school_leader": leader}
                self._apart()
                self.fulfil("offer")
                yield from self.to("place_offered", "student", "institute_trainer")
            case "PlaceAccepted":
                self.state = "accepted"
                self.fulfil("answer")
                yield from self.to("place_accepted", "school_trainer", "coordinator")
            case "OfferDeclined":
                self.state, self.since, self.school = "requested", r.day, None
                self.fulfil("answer")
                yield from self.to("offer_declined", "school_trainer", "coordinator")
                self.people |= {"school_trainer": None, "school_leader": None}
                self._school_left()

    def _requested(self, r: Record) -> None:
        self.state, self.since = "requested", r.day
        self.people = {key: r.data[key] for key in ("student", "institute_trainer")}
        self.period = r.data["from"], r.data["to"]
        self.need(self.period[0] < self.period[1], "a period that ends before it begins")
        self._apart()
        self.contract = bool(r.data.get("contract"))
        self.kept |= {key: r.data[key] for key in ("route", "phase", "questions")}
        self.kept |= {"hours": Counter(), "progress": [], "start": None, "final": None}
        self.kept |= {"three_party": None, "advice": {}, "vog": None, "seen": None}

    def _apart(self) -> None:
        """Each signs and judges for one side."""
        parties = [self.people[part] for part in self.parties.values() if self.people.get(part)]
        self.need(len(set(parties)) == len(parties), "a person is two parties")
        judged = self.people["student"], self.people["institute_trainer"]
        self.need(self.people.get("school_trainer") not in judged, "a trainer of the own side")

    def _school_left(self) -> None:
        """What is handed over at the college goes on."""
        self.handovers = [task for task in self.handovers if task.startswith("institute")]

    def _at(self, school: str) -> None:
        self.school = school
        status = SCHOOLS.get(school, {})
        self.need(status.get("train"), f"placed at {school}, which does not train")
        self.need(self.period[1] <= status.get("until", ""), f"{school} loses its status")

    def _arranging(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "MentorAssigned" | "MentorReplaced":
                old = self.people.get("mentor")
                self.need((old is None) == (r.type == "MentorAssigned"), f"{r.type}, was {old}")
                self.need(old != r.data["mentor"], "replaced by the same mentor")
                self._mentored(r)
                if old:
                    yield "mentor_replaced", old
                kind = "mentor_replaced" if old else "mentor_assigned"
                yield from self.to(kind, "mentor", "student")
            case "PersonReplaced":
                yield from self._succeeded(r)
            case "VogRecorded":
                issued, seen = date.fromisoformat(r.data["issued_on"]), date.fromisoformat(r.on)
                months = (seen.year - issued.year) * 12 + seen.month - issued.month
                aged = (months, seen.day) <= (self.settings.vog_months, issued.day)
                self.need(aged and issued <= seen, f"seen {seen}, issued {issued}")
                self.kept |= {"vog": str(issued), "seen": r.on}
            case "AgreementDrafted" | "AgreementAmended":
                mentor, terms = self.people.get("mentor"), self.agreement.terms
                self.need(mentor, "an agreement without a mentor")
                self.need(terms["mentor"] == mentor, "another mentor on paper")
                roles = terms["roles"]
                whole = all(roles[guide]["tasks"] and roles[guide]["hours"] for guide in GUIDES)
                self.need(whole, "a role without tasks or hours")
            case "PlacementStarted":
                self.need(self.agreement.complete, "started, not signed by all")
                self.need(self.kept["vog"] or not self.vog_needed, "started without a VOG")
                self.need(r.on >= self.period[0], "started before the first day")
                self.state, self.started = "running", True
                self.fulfil("start")
                named = ("student", "mentor", "institute_trainer")
                yield from self.to("placement_started", *named)
            case "RouteChanged":
                self.need(self.kept["route"] != r.data["route"], "the route it was")
                self.kept["route"] = r.data["route"]

    def _mentored(self, r: Record) -> None:
        mentor, self.qualification = r.data["mentor"], r.data["qualification"]
        assessors = [self.people[key] for key in ("student", "school_trainer", "institute_trainer")]
        self.need(mentor not in assessors, "the mentor is an assessor")
        self.people["mentor"] = mentor

    def _succeeded(self, r: Record) -> Iterator[tuple[str, str | None]]:
        part, old = r.data["part"], self.people.get(r.data["part"])
        self.need(old == r.data["previous"] != r.data["person"], f"{part} was {old}")
        self.people[part] = r.data["person"]
        self.gone.add(old)
        self._apart()
        mentor = self.people.get("mentor")
        assesses = part != "school_leader" and mentor == r.data["person"]
        self.need(not assesses, "the mentor has become an assessor")
        yield "part_taken_over", old
        yield from self.to("part_taken_over", part, "student")

    @property
    def vog_needed(self) -> bool:
        policy = self.settings.vog_policy
        return policy == "always" or (policy == "contract" and self.contract)

    def _guiding(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "TalkPlanned":
                self._planned(r)
                yield from self.to("placement_talk_planned", *OF_ALL)
            case "StartTalkHeld" | "FinalTalkHeld":
                talk = "start" if r.type == "StartTalkHeld" else "final"
                self.need(self.kept[talk] is None, f"{talk} talk twice")
                self.kept[talk] = r.on
                self.planned.pop(talk, None)
            case "ProgressTalkHeld":
                forgotten = not self.kept["progress"]
                self.need(forgotten or not self.outcome, "a further talk after the assessment")
                self.kept["progress"] += [r.data["judgement"]]
                self.planned.pop("progress", None)
                self.fulfil("progress_talk")
                if r.data["judgement"] == "insufficient":
                    self.talk_since = self.talk_since if self.three_party_due else r.day
                    self.three_party_due = True
                    yield from self.to("three_party_talk_due", *OF_ALL)
            case "ThreePartyTalkHeld":
                self.need(self.three_party_due, "a three-party talk that was not due")
                self.three_party_due = False
                self.kept["three_party"] = r.on
                self.planned.pop("three_party", None)
                self.fulfil("three_party_talk")
            case "LessonVisitHeld":
                self.lesson_visits += 1
            case "SelfAssessmentSubmitted":
                self.need(r.person == self.people["student"], "a self-assessment by another")
                self.self_assessments += 1
            case "GuidanceHoursRegistered":
                self.need(self.started, "hours before the start")
                self.kept["hours"][r.role] += Decimal(r.data["hours"])
            case "PlacementInterrupted":
                self.state, self.paused_on = "interrupted", r.day
                self.planned = {}
                yield from self.to("placement_interrupted", *OF_ALL)
            case "PlacementResumed":
                self._goes_on(r.day)
                self.state = "running"
                yield from self.to("placement_resumed", *OF_ALL)
            case "PeriodExtended":
                self.need(r.data["to"] > self.period[1], "a period made shorter")
                self.period = self.period[0], r.data["to"]
                self._at(self.school or "")

    def _planned(self, r: Record) -> None:
        talk = r.data["talk"]
        self.need(self.people.get("mentor"), "a talk planned without a mentor")
        may_come = {
            "start": self.kept["start"] is None,
            "final": self.kept["final"] is None,
            "progress": not (self.outcome and self.kept["progress"]),
            "three_party": self.three_party_due,
        }
        self.need(may_come[talk], f"a {talk} talk planned that cannot come")
        self.planned = {**self.planned, talk: r.data["at"]}

    def _goes_on(self, day: date) -> None:
        if self.paused_on is not None:
            self.interrupted_days += (day - self.paused_on).days
            self.paused_on, self.moved = None, True

    def _assessing(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "AssessmentAdvised":
                self.kept["advice"][r.role] = r.data["advice"]
            case "AssessmentDecided":
                self.need(set(self.kept["advice"]) == set(GUIDES[:2]), "decided without advice")
                self.state, self.outcome = "final_assessed", r.data["outcome"]
                if self.kept["progress"]:
                    self.planned.pop("progress", None)
                self.fulfil("final_assessment")
                told = ("student", "mentor", "school_trainer", "board")
                yield from self.to("assessment_decided", *told)
            case "AssessmentCosigned":
                self.need(not self.cosigned and self.outcome, "co-signed twice or nothing")
                self.cosigned = True
                told = ("student", "institute_trainer", "coordinator")
                yield from self.to("assessment_cosigned", *told)
            case "PlacementTransferred":
                yield from self._transferred(r)

    def _transferred(self, r: Record) -> Iterator[tuple[str, str | None]]:
        self.need(r.data["school"] != self.school, "transferred to the same school")
        kind = "placement_transferred"
        yield from self.to(kind, "student", "institute_trainer", "school_trainer", "mentor")
        self._goes_on(r.day)
        self._at(r.data["school"])
        self.here_from = max(self.period[0], str(r.day))
        self.state, self.agreement.valid = "transferred", False
        self.transfers += 1
        self.planned = {}
        self._school_left()
        self.gone |= {self.people.get(key) for key in ("school_trainer", "school_leader", "mentor")}
        new = {key: r.data[key] for key in ("school_trainer", "school_leader")}
        self.people |= {**new, "mentor": None}
        self._apart()
        self.kept["advice"] = {}
        yield from self.to(kind, "school_trainer")

    def _leaving(self, r: Record) -> Iterator[tuple[str, str | None]]:
        if r.type == "PlacementCompleted":
            talks = self.kept["start"] and self.kept["progress"] and self.kept["final"]
            self.need(talks and not self.three_party_due, "completed without its talks")
            self.need(self.outcome and self.cosigned, "completed without its assessment")
        if r.type == "PlacementWithdrawn":
            self.need(not self.started or self.transfers, "withdrawn after the start")
        if r.type in LEAVING:
            self.planned = {}
            self._goes_on(r.day)
            yield from self.to(LEAVING[r.type], *OF_ALL, "coordinator")

    def first_day(self) -> str:
        return self.period[0]

    def signed_states(self) -> tuple[str, str]:
        return "agreement_partially_signed", "agreement_signed"

    def signatories(self, party: str) -> Collection[str | None]:
        board = self.board.holders("board") if party == "school" else []
        return [self.people[self.parties[party]], *board]

    def completed(self) -> Iterator[tuple[str, str | None]]:
        yield from self.to("agreement_complete", *self.parties.values(), "school_trainer")

    def shown(self) -> dict[str, Any]:
        hours: Counter[str] = self.kept["hours"]
        booked = {guide: amount(Decimal(hours[guide])) for guide in GUIDES}
        mentor = self.people.get("mentor")
        named = ("student", "institute_trainer", "school_trainer", "school_leader")
        shown: dict[str, Any] = {
            **{part: self.people.get(part) for part in named},
            **{key: self.kept[key] for key in ("route", "phase", "questions")},
            "state": self.state,
            "mentor": mentor and {"person": mentor, "qualification": self.qualification},
            "school": self.school,
            "school_kind": SCHOOLS[self.school]["train"] if self.school else None,
            "period": {"from": self.period[0], "to": self.period[1]},
            "vog": {
                "needed": self.vog_needed,
                "issued_on": self.kept["vog"],
                "seen_on": self.kept["seen"],
            },
            "agreement": self.agreement.shown(),
            "talks": {key: self.kept[key] for key in ("start", "progress", "three_party", "final")},
            "planned_talks": self.planned,
            "three_party_due": self.three_party_due,
            "advice": {guide: self.kept["advice"].get(guide) for guide in GUIDES[:2]},
            "lesson_visits": self.lesson_visits,
            "self_assessments": self.self_assessments,
            "assessment": {"outcome": self.outcome, "cosigned": self.cosigned},
            "guidance_hours": {**booked, "total": amount(Decimal(sum(hours.values())))},
            "transfers": self.transfers,
        }
        if self.state != "interrupted":
            shown["interrupted_days"] = self.interrupted_days
        return shown

    def dues(self) -> Mapping[str, date]:
        if self.ended or self.moved or self.state == "interrupted" or self.since is None:
            return {}
        start, end = (date.fromisoformat(day) for day in self.period)
        if self.state in ("requested", "offered"):
            asked = "offer" if self.state == "requested" else "answer"
            return {asked: self.wd(self.since, getattr(self.settings, asked))}
        if not self.started:
            return {"start": start}
        due: dict[str, date] = {}
        if self.three_party_due and self.talk_since and self.state in ("running", "final_assessed"):
            due["three_party_talk"] = self.wd(self.talk_since, self.settings.three_party_talk)
        if self.state == "running":
            due["final_assessment"] = self.wd(end, self.settings.final_assessment)
            if not self.kept["progress"]:
                due["progress_talk"] = start + timedelta(days=(end - start).days // 2)
        return due
