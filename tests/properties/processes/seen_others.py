"""What a witness of a partner, a departure or an assessment remembers (contract 4 to 6)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from tests.properties.processes.witness import Record, Told, Witness

KEPT = (
    "name", "kind", "levels", "obligation", "origin", "co_location", "attendance",
    "contribution", "purpose",
)  # fmt: skip
LEADERS = ("successor", "school_leader")
"""Terms of which the board hears, too."""
AT_HAND = frozenset({"handover", "relation_care_due", "dormancy_proposed", "agreement_ending"})
"""What somebody has to see to."""


class Partner(Witness):
    """Once active has a coordinator and a deputy, or says which of them it waits for."""

    ends: ClassVar[Mapping[str, str]] = {"PartnerEnded": "ended", "PartnersMerged": "ended"}
    steps: ClassVar[Mapping[str, str]] = {
        "successor": "school_leader",
        "school_leader": "coordinator",
        "handover": "partner_coordinator",
    }
    late: ClassVar[frozenset[str]] = frozenset({"RecordCorrected", "MergeCompleted"})
    moments = 0
    primary: str | None = None
    lost: str | None = None
    left_leader: str | None = None
    leaderless_since: date | None = None
    vacant_since: date | None = None
    last_contact: str | None = None
    merged_into: str | None = None
    active = False
    active_on = ""

    def own(self, r: Record) -> Iterator[tuple[str, str | None]]:
        for step in (self._beginning, self._meeting, self._holding, self._passing):
            yield from step(r)
        holding = self.people.get("partner_coordinator"), self.people.get("deputy")
        self.need(holding[0] is None or holding[0] != holding[1], "coordinator and deputy are one")

    def _beginning(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "PartnerRegistered":
                self.state = "prospect"
                self.people = {"school_leader": r.data["school_leader"]}
                self.kept |= {key: r.data.get(key) for key in KEPT}
                self.kept |= {"contacts": [], "agreements": {}, "care": [], "schemes": {}}
                yield from self.to("partner_registered", "coordinator", "school_leader")
            case "PartnerChanged":
                self.kept |= {key: value for key, value in r.data.items() if key in KEPT}
            case "FitAssessed":
                self.state = "assessed"
                self.kept |= {key: r.data[key] for key in ("motive", "profile_match")}
                self.need(r.data["motive"], "assessed without a motive")
            case "PartnerActivated":
                self.need(self.state in ("assessed", "dormant"), f"activated from {self.state}")
                self.state, self.active, self.active_on = "active", True, str(r.day)
                self.primary, self.lost = r.data["primary_contact"], None
                self.vacant_since = None
                if self.primary not in self.kept["contacts"]:
                    self.kept["contacts"].append(self.primary)
                coordinator, deputy = r.data["coordinator"], r.data["deputy"]
                self.need(coordinator and deputy and self.primary, "activated without somebody")
                self.people |= {"partner_coordinator": coordinator, "deputy": deputy}
                self.fulfil("successor")
                holding = ("partner_coordinator", "deputy", "school_leader")
                yield from self.to("partner_activated", *holding)
            case "PartnerMarkedDormant":
                self.need(self.state == "active", f"dormant from {self.state}")
                self.state = "dormant"
            case "PartnerEnded" | "PartnersMerged":
                self.merged_into = r.data.get("into")
                holding = ("partner_coordinator", "deputy", "school_leader")
                yield from self.to("partner_ended", *holding)

    def _meeting(self, r: Record) -> Iterator[tuple[str, str | None]]:
        contacts: list[str] = self.kept["contacts"]
        match r.type:
            case "ContactAdded":
                self.need(r.data["contact"] not in contacts, "a contact twice")
                contacts.append(r.data["contact"])
            case "ContactLeft":
                self.need(r.data["contact"] in contacts, "left, but was none")
                contacts.remove(r.data["contact"])
                if self.primary == r.data["contact"]:
                    stays = contacts[0] if r.data["reason"] == "other" and contacts else None
                    self.primary, self.lost = stays, None if stays else r.data["contact"]
                yield from self.to("contact_left", "partner_coordinator", "school_leader")
            case "HandoverTaskOpened":
                self.need(self.active, "a task before activation")
                self.kept[r.data["task"]] = r.data["of"]
            case "HandoverCompleted":
                self.need(r.data["successor"] in contacts, "succeeded by nobody")
                if self.kept[r.data["task"]] == self.lost:
                    self.primary, self.lost = r.data["successor"], None
            case "ContactMomentLogged":
                self.moments += 1
                self.last_contact = max(self.last_contact or "", r.on)
                self.kept["care"] = [item for item in self.kept["care"] if item["on"] > r.on]
            case "RelationCarePlanned":
                self.need(r.data["on"] >= str(r.day), "care planned in the past")
                self.kept["care"].append({key: r.data[key] for key in ("on", "what")})
            case "PartnerAgreementRecorded":
                terms = {key: r.data[key] for key in ("agreement", "subject", "from", "to")}
                self.need(terms["to"] > terms["from"], "an agreement of no day")
                self.need((r.data.get("signed_on") or "") <= str(r.day), "signed in the future")
                self.kept["agreements"][terms["agreement"]] = terms
            case "SubsidyStatusRecorded":
                self.kept["schemes"][r.data["scheme"]] = r.data["status"]
            case "PartnerTakenOver":
                self.take_over(r.data)

    def take_over(self, data: Mapping[str, Any]) -> None:
        """What a merged partner leaves to this one."""
        known: list[str] = self.kept["contacts"]
        known += [contact for contact in data["contacts"] if contact not in known]
        for terms in data["agreements"]:
            shown = {key: terms[key] for key in ("agreement", "subject", "from", "to")}
            self.kept["agreements"].setdefault(shown["agreement"], shown)

    def _holding(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "CoordinatorAssigned":
                coordinator, deputy = r.data["coordinator"], r.data.get("deputy")
                stays = self.people["deputy"]
                self.need(coordinator != stays or deputy, "a deputy promoted, none instead")
                self.people |= {"partner_coordinator": coordinator, "deputy": deputy or stays}
                if self.people["deputy"]:
                    self.fulfil("successor")
                    self.vacant_since = None
                told = ("partner_coordinator", "school_leader", *(["deputy"] if deputy else []))
                yield from self.to("coordinator_assigned", *told)
            case "CoordinatorHandedOver":
                holding = self.people["partner_coordinator"], self.people["deputy"]
                self.need(r.data["successor"] not in holding, "handed to a holder")
                self.people["partner_coordinator"] = r.data["successor"]
                told = ("partner_coordinator", "school_leader")
                yield from self.to("coordinator_assigned", *told)
            case "SchoolLeaderVacant":
                self.need(self.people["school_leader"] == r.data["person"], "another leader left")
                self.left_leader, self.leaderless_since = r.data["person"], r.day
                self.people["school_leader"] = None
                yield from self.to("successor_needed", "coordinator")
            case "PersonReplaced":
                former = self.people["school_leader"]
                self.need(r.data["part"] == "school_leader", f"{r.data['part']} replaced")
                self.need(former == r.data.get("previous") != r.data["person"], "the same leader")
                self.people["school_leader"] = r.data["person"]
                self.left_leader = self.leaderless_since = None
                self.fulfil("school_leader")
                yield "part_taken_over", former
                told = ("school_leader", "partner_coordinator")
                yield from self.to("part_taken_over", *told)
            case "CoordinatorVacant" | "DeputyVacant":
                part = "deputy" if r.type == "DeputyVacant" else "partner_coordinator"
                self.need(self.people[part] == r.data["person"], f"{r.type} of somebody else")
                self.people[part] = None
                self.vacant_since = self.vacant_since or r.day
                if r.data["person"] != self.left_leader:
                    yield from self.to("successor_needed", "school_leader")
            case "DeputyStoodIn":
                self.need(self.people["deputy"] == r.data["coordinator"], "another stood in")
                self.people |= {"partner_coordinator": r.data["coordinator"], "deputy": None}
                yield "standing_in", r.data["coordinator"]

    def _passing(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "AgreementEnding":
                moment = r.type, r.data["agreement"], r.data["to"], r.data["days"]
                self.need(moment not in self.once, f"{moment} again")
                self.once.add(moment)
                ahead = date.fromisoformat(r.data["to"]) - r.day
                self.need(ahead.days == r.data["days"] and r.at.hour == 9, f"{moment} at {r.at}")
                yield from self.to("agreement_ending", "partner_coordinator", "school_leader")
            case "RelationCareDue":
                due = [care for care in self.kept["care"] if care["on"] == str(r.day)]
                named = {key: r.data[key] for key in ("on", "what")} in due
                self.need(named and r.at.hour == 9, f"care due at {r.at}")
                yield from self.to("relation_care_due", "partner_coordinator")
            case "DormancyProposed":
                self.need(self.state == "active", f"proposed while {self.state}")
                quiet = max(self.last_contact or "", self.active_on)
                due = _later(date.fromisoformat(quiet), self.settings.dormancy_months)
                self.need((r.day, r.at.hour) == (due, 9), f"proposed at {r.at}, not {due}")
                yield from self.to("dormancy_proposed", "partner_coordinator")

    def reminded(self, timer: str, level: int) -> set[Told] | None:
        if timer in LEADERS and level == 1:
            return {("overdue", "coordinator"), ("overdue", "board")}
        if level == 0 and timer not in LEADERS and self.people.get("partner_coordinator") is None:
            return {("overdue", self.people["school_leader"] or "coordinator")}
        return super().reminded(timer, level)

    def by(self, timer: str) -> str | None:
        """While there is no school leader the coordinators see to a successor."""
        by = super().by(timer)
        alone = by == "school_leader" and self.people["school_leader"] is None
        return "coordinator" if alone else by

    def dues(self) -> Mapping[str, date]:
        since = dict(zip(LEADERS, (self.vacant_since, self.leaderless_since), strict=True))
        days = self.settings.successor
        return {timer: self.wd(day, days) for timer, day in since.items() if day is not None}

    def to(self, kind: str, *parts: str) -> Iterator[tuple[str, str | None]]:
        """Where nobody is the coordinator, the school leader stands in; for that one, all of them
        that coordinate the board's cases."""
        if self.people.get("partner_coordinator") is None and kind in AT_HAND:
            parts = ("school_leader",)
        if self.people.get("school_leader") is None:
            parts = tuple("coordinator" if part == "school_leader" else part for part in parts)
        yield from super().to(kind, *parts)

    def handed_to(self) -> str:
        return "partner_coordinator"

    def shown(self) -> dict[str, Any]:
        whole = {key: self.kept.get(key) for key in (*KEPT, "motive", "profile_match")}
        return {
            **whole,
            "state": self.state,
            "school_leader": self.people["school_leader"],
            "primary_contact": self.primary,
            "contacts": self.kept["contacts"],
            "coordinator": self.people.get("partner_coordinator"),
            "deputy": self.people.get("deputy"),
            "school_leader_vacant": self.leaderless_since is not None,
            "agreements": list(self.kept["agreements"].values()),
            "contact_moments": self.moments,
            "last_contact": self.last_contact,
            "merged_into": self.merged_into,
        }


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def stands(case: Mapping[str, Any]) -> list[str]:
    """What is wrong with an active partner's people, going by its summary."""
    if case["state"] != "active":
        return []
    coordinator, deputy, vacant = case["coordinator"], case["deputy"], case["vacant"]
    faults = []
    if coordinator is None and vacant != "coordinator":
        faults.append("no coordinator and no vacancy")
    if deputy is None and vacant is None:
        faults.append("no deputy and no vacancy")
    if coordinator is not None and coordinator == deputy:
        faults.append("coordinator and deputy are one")
    if case["primary_contact"] not in case["contacts"]:
        gone = case["primary_contact"] is None
        if not gone or (case["contacts"] and not case["handovers"]):
            faults.append("no primary contact among the contacts, and no handover")
    return faults


class Departure(Witness):
    """Ends as soon as every partner concerned has been told."""

    ends: ClassVar[Mapping[str, str]] = {"DepartureHandled": "handled"}
    handled: Mapping[str, Any] | None = None

    def own(self, r: Record) -> Iterator[tuple[str, str | None]]:
        if r.type == "StaffLeft":
            self.state = "running"
            self.kept |= {"person": r.data["person"], "date": r.on}
            yield from self.to("staff_left", "coordinator")
        if r.type == "DepartureHandled":
            self.handled = r.data
            yield from self.to("departure_handled", "hr")

    def shown(self) -> dict[str, Any]:
        handled = self.handled or {}
        counts = {key: handled.get(key) for key in ("partners", "refused")}
        return {"state": self.state, **self.kept, **counts}


class Assessment(Witness):
    """Judged by somebody outside the trajectory it came from, who has heard the teacher."""

    ends: ClassVar[Mapping[str, str]] = {
        "AssessmentClosed": "closed",
        "AssessmentWithdrawn": "withdrawn",
    }
    hearings = 0
    outcome: str | None = None
    advisor: str | None = None

    def own(self, r: Record) -> Iterator[tuple[str, str | None]]:
        match r.type:
            case "AssessmentTrajectoryOpened":
                self.state = "opened"
                self.people = {part: r.data[part] for part in ("teacher", "manager", "client")}
                self.kept |= {key: r.data[key] for key in ("trajectory", "mandate", "list_version")}
            case "AssessorAssigned":
                assessor = r.data["assessor"]
                parties = [self.people[part] for part in ("teacher", "manager", "client")]
                parties += [self.kept["mandate"], self.advisor]
                self.need(assessor not in parties, "assessed by a party")
                self.need(assessor != self.people.get("assessor"), "assigned to whom it was")
                self.gone.add(self.people.get("assessor"))
                self.people["assessor"] = assessor
                yield from self.to("assessor_assigned", "assessor", "teacher", "manager")
            case "AssessmentPlanSet":
                self.need(self.people.get("assessor"), "a plan of nobody")
                self.need(r.data["from"] <= r.data["to"], "a plan that ends before it begins")
                self.state = "plan_set"
                self.kept["period"] = {key: r.data[key] for key in ("from", "to")}
                yield from self.to("assessment_plan_set", "teacher", "manager", "assessor")
            case "AssessmentStarted":
                self.state = "running"
            case "TeacherHeard":
                self.hearings += 1
                yield from self.to("teacher_heard", "teacher")
            case "AssessmentIssued":
                self.need(self.hearings, "issued, the teacher not heard")
                self.state, self.outcome = "assessed", r.data["outcome"]
                yield from self.to("assessment_issued", "teacher", "manager", "hr")
            case "AssessmentClosed":
                yield from self.to("assessment_closed", "teacher", "manager", "assessor")
            case "AssessmentWithdrawn":
                yield from self.to("assessment_withdrawn", "teacher", "manager", "assessor")

    def shown(self) -> dict[str, Any]:
        parts = ("teacher", "manager", "client", "assessor")
        return {
            "state": self.state,
            **self.kept,
            **{part: self.people.get(part) for part in parts},
            "period": self.kept.get("period"),
            "hearings": self.hearings,
            "outcome": self.outcome,
        }
