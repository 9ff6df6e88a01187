"""What a witness of an internship remembers (contract 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from tests.properties.processes.internships import PARTIES
from tests.properties.processes.witness import Record, Witness

PARTY_OF = {role: party for party, role in PARTIES.items()}
EVERYBODY = ("teacher", "school_leader", "contact")


class Internship(Witness):
    """Starts signed by all, counts the half-days, closes evaluated by all and shared."""

    parties: ClassVar[Mapping[str, str]] = PARTIES
    terms: ClassVar[frozenset[str]] = frozenset(
        {
            "goal", "from", "to", "half_days", "times", "tasks", "insurance",
            "confidentiality", "costs", "schedule", "supervisor",
        }
    )  # fmt: skip
    ends: ClassVar[Mapping[str, str]] = {
        "InternshipClosed": "closed",
        "InternshipCancelled": "cancelled",
        "InternshipEndedEarly": "ended_early",
    }
    steps: ClassVar[Mapping[str, str]] = {
        "start": "coordinator",
        "evaluation": "coordinator",
        "sharing": "teacher",
    }
    days: tuple[str, str] | None = None
    started = approved = outcome = False
    named = False

    def own(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "InternshipProposed":
                self._proposed(r)
                yield from self.to("internship_proposed", "school_leader", "coordinator")
            case "InternshipApproved":
                self.approved = True
                self.kept["replacement"] = r.data["replacement"]
                yield from self.to("internship_approved", "teacher", "coordinator")
            case "HostMatched":
                self.need(self.approved, "matched without approval")
                self.state, self.named = "matched", False
                self.kept["host"] = r.data["host"]
                self.people |= {"contact": r.data["contact"], "supervisor": None}
                three = {self.people[part] for part in EVERYBODY}
                self.need(len(three) == len(EVERYBODY), "a person is two parties")
                yield from self.to("host_matched", "teacher", "school_leader")
            case "HostSupervisorNamed" | "HostSupervisorReplaced":
                self.need(self.named == (r.type == "HostSupervisorReplaced"), r.type)
                self.need(self.people["supervisor"] != r.data["supervisor"], "the same one")
                self.named = True
                self.people["supervisor"] = r.data["supervisor"]
                self.need(r.data["supervisor"] != self.people["teacher"], "supervises the own one")
                yield from self.to("supervisor_named", "teacher")
            case "HostContactReplaced":
                yield from self._contact_replaced(r)
            case "PersonReplaced":
                self.need(r.data["previous"] == self.people["school_leader"], "not the leader")
                self.people["school_leader"] = r.data["person"]
                self.revoked.discard("school")
                yield from self.taken_over(r, r.data["person"])
            case "AgreementDrafted" | "AgreementAmended":
                self.need(not self.started and self.named, f"{r.type}: started or nobody named")
                self._dated(self.agreement.terms)
                self.need(
                    self.agreement.terms["supervisor"] == self.people["supervisor"],
                    "a version names another supervisor",
                )
                if self.agreement.terms["from"] >= str(r.day):
                    self.fulfil("start")
            case _:
                yield from self._going_on(r)

    def _contact_replaced(self, r: Record) -> Iterator[tuple[str, str | None]]:
        self.need(r.data["previous"] == self.people["contact"], "not the contact")
        self.people["contact"] = r.data["contact"]
        self.kept["host"] = r.data.get("host") or self.kept["host"]
        three = {self.people[part] for part in EVERYBODY}
        self.need(len(three) == len(EVERYBODY), "a person is two parties")
        yield from self.taken_over(r, r.data["contact"])
        if r.data["contact"] != r.data["previous"]:
            self.revoked.discard("host")
            if "host" in self.agreement.missing and self.agreement.valid:
                yield from self.to("agreement_to_sign", "contact")

    def taken_over(self, r: Record, person: str) -> Iterator[tuple[str, str | None]]:
        for who in (person, r.data["previous"], self.people["teacher"]):
            yield "part_taken_over", who

    def _proposed(self, r: Record) -> None:
        self.state = "proposed"
        self.people = {"teacher": r.person, "school_leader": r.data["school_leader"]}
        for key in ("school", "question", "kind"):
            self.kept[key] = r.data[key]
        self.kept["follows"] = r.data.get("follows")
        self.kept["agreed"] = r.data["half_days"]
        self.kept["evaluated"] = set()
        self.kept["halves"] = {}
        if r.data.get("from"):
            self._dated(r.data)

    def _dated(self, terms: Mapping[str, Any]) -> None:
        self.days = terms["from"], terms["to"]
        self.need(self.days[0] <= self.days[1], "days that end before they begin")
        self.need(terms["half_days"] >= 1, "no half-days")
        halves = {(half["date"], half["part"]) for half in terms.get("schedule", ())}
        self.need(len(halves) in (0, terms["half_days"]), "not as many planned as agreed")
        self.need(all(self.days[0] <= day <= self.days[1] for day, _ in halves), "planned outside")

    def _going_on(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "InternshipStarted":
                self.need(self.agreement.complete, "started, not signed by all")
                self.need(r.on >= self.agreement.terms["from"], "started before the first day")
                self.state, self.started = "running", True
                self.fulfil("start")
                yield from self.to("internship_started", "teacher", "school_leader")
            case "HalfDayAttended" | "HalfDayMissed":
                self._half_day(r)
                if r.type == "HalfDayMissed":
                    self.need(r.data.get("reason"), "missed without a reason")
                    yield from self.to("half_day_missed", "coordinator")
            case "EvaluationSubmitted":
                self._evaluated(r)
            case "OutcomeShared":
                self.need(not self.outcome and self.over(r), "shared too early or twice")
                self.outcome = True
                self.fulfil("sharing")
                self._after()
                yield from self.to("outcome_shared", "school_leader", "contact", "coordinator")
            case "ReminderSent" if r.data["timer"] != "signatures":
                yield from self._reminded(r)
            case "InternshipClosed":
                complete = len(self.kept["evaluated"]) == len(PARTIES) and self.outcome
                self.need(complete and self.started, "closed without its after")
                yield from self.to("internship_closed", *EVERYBODY)
            case "InternshipCancelled":
                self.need(not self.started, "cancelled after the start")
                yield from self.to("internship_cancelled", *EVERYBODY)
            case "InternshipEndedEarly":
                self.need(self.started, "ended before the start")
                yield from self.to("internship_ended_early", *EVERYBODY)

    def _half_day(self, r: Record) -> None:
        terms, half = self.agreement.terms, (r.on, r.data["part"])
        self.need(self.started, "a half-day before the start")
        self.need(terms["from"] <= r.on <= terms["to"], f"half-day {half} outside the agreement")
        self.need(half not in self.kept["halves"], f"half-day {half} twice")
        self.kept["halves"][half] = r.type == "HalfDayAttended"
        self.need(len(self.kept["halves"]) <= terms["half_days"], "more half-days than agreed")

    def over(self, r: Record) -> bool:
        """Whether what comes after may come."""
        terms = self.agreement.terms
        return self.started and (
            len(self.kept["halves"]) == terms["half_days"] or str(r.day) > terms["to"]
        )

    def _evaluated(self, r: Record) -> None:
        party = PARTY_OF[r.role]
        self.need(r.person == self.people[PARTIES[party]], f"evaluation of {party} by another")
        self.need(party not in self.kept["evaluated"], f"{party} evaluated twice")
        self.need(self.over(r), "evaluated too early")
        self.kept["evaluated"].add(party)
        self._after()

    def _after(self) -> None:
        if len(self.kept["evaluated"]) == len(PARTIES):
            self.state = "shared" if self.outcome else "evaluated"
            self.fulfil("evaluation")

    def _reminded(self, r: Record) -> Iterator[tuple[str, str | None]]:
        timer = r.data["timer"]
        count = {"evaluation": self.settings.evaluation, "sharing": self.settings.sharing}[timer]
        due = self.wd(self.agreement.terms["to"], count)
        self.need((r.day, r.at.hour) == (due, 9), f"{timer} reminder at {r.at}, not {due}")
        if timer == "evaluation":
            for party in set(PARTIES) - self.kept["evaluated"]:
                yield from self.to("evaluation_due", PARTIES[party])
        else:
            self.need(not self.outcome, "reminded of what was shared")
            yield from self.to("sharing_due", "teacher")

    def shown(self) -> dict[str, Any]:
        attended = sum(self.kept["halves"].values())
        evaluated = self.kept["evaluated"]
        return {
            **{key: self.kept[key] for key in ("school", "question", "kind", "follows")},
            **{part: self.people.get(part) for part in (*EVERYBODY, "supervisor")},
            "state": self.state,
            "approved": self.approved,
            "replacement": self.kept.get("replacement"),
            "host": self.kept.get("host"),
            "agreement": self.agreement.shown(),
            "attendance": {
                "agreed": self.agreement.terms.get("half_days", self.kept["agreed"]),
                "attended": attended,
                "missed": len(self.kept["halves"]) - attended,
            },
            "evaluations": {"submitted": evaluated, "missing": set(PARTIES) - evaluated},
            "shared": self.outcome,
        }

    def dues(self) -> Mapping[str, date]:
        terms = self.agreement.terms
        if self.ended or not terms:
            return {}
        if not self.started:
            return {"start": date.fromisoformat(terms["from"])}
        open_terms = {
            "evaluation": (self.settings.evaluation, self.state == "running"),
            "sharing": (self.settings.sharing, not self.outcome),
        }
        return {
            timer: self.wd(terms["to"], count)
            for timer, (count, waits) in open_terms.items()
            if waits
        }


Held = tuple[str | None, str, str]


def _held(cases: Sequence[Internship]) -> list[Held]:
    return [
        (case.people["teacher"], *case.days)
        for case in cases
        if case.days and case.state not in ("cancelled", "ended_early")
    ]


def taken(cases: Sequence[Internship], teacher: str | None, first: str, last: str) -> bool:
    """Whether one of these holds one of those days of the teacher."""
    return any(who == teacher and a <= last and first <= b for who, a, b in _held(cases))


def one_place_at_a_time(cases: Sequence[Internship]) -> list[str]:
    """No two internships of one teacher hold the same day."""
    return [
        f"{case.days} of {case.people['teacher']} overlaps another"
        for number, case in enumerate(cases)
        if case.days and taken(cases[number + 1 :], case.people["teacher"], *case.days)
        if case.state not in ("cancelled", "ended_early")
    ]
