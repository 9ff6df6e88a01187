"""What must hold whenever an event of a trajectory is read, one rule an event type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.properties.seen import Seen, Visit

ITEMS = 7
MEETINGS = {"Intake": "intake", "DiagnosisVisit": "diagnosis"}


Rule = Callable[[Seen, Mapping[str, Any], Mapping[str, Any]], None]
RULES: dict[str, Rule] = {}


def of(*kinds: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(kinds, rule))
        return rule

    return register


@of("TrajectoryRequested")
def _requested(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if not data["concerns"]:
        seen.faults.append("a request without a concern")
    if data["teacher"] in (data["manager"], data["client"]):
        seen.faults.append("a teacher with two parts")
    seen.agreed = data["visits"]


@of("TrajectoryAccepted")
def _accepted(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    seen.rate = Fraction(data["hourly_rate"])
    if seen.rate <= 0:
        seen.faults.append("a rate that is not positive")


@of("AdvisorAssigned", "AdvisorReplaced")
def _advisor(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if (event["type"] == "AdvisorReplaced") != (seen.advisor is not None):
        seen.faults.append(f"{event['type']} with advisor {seen.advisor}")
    seen.advisor = data["advisor"]


@of("ScopeEstimated")
def _scope(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if data["visits"] < 3 or (data["visits"] > 5 and not data.get("client_agrees")):
        seen.faults.append(f"{data['visits']} visits agreed")
    seen.agreed = data["visits"]


@of("IntakePlanned", "DiagnosisVisitPlanned")
def _meeting_planned(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    seen.planned.add(MEETINGS[event["type"].removesuffix("Planned")])


@of("IntakeHeld", "DiagnosisVisitHeld")
def _meeting_held(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    name = MEETINGS[event["type"].removesuffix("Held")]
    if name in seen.held:
        seen.faults.append(f"{name} held twice")
    if name == "intake" and not {"teacher", "manager"} <= set(data["present"]):
        seen.faults.append("an intake without its parties")
    if name == "diagnosis" and (len(data["observations"]) < 4 or "intake" not in seen.held):
        seen.faults.append("a diagnosis with too little")
    seen.held.add(name)
    seen.planned.add(name)


@of("PeriodAgreed", "PeriodExtended")
def _period(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if event["type"] == "PeriodAgreed":
        if seen.period is not None or not data["from"] < data["to"]:
            seen.faults.append(f"a period {data} after {seen.period}")
        seen.period = (data["from"], data["to"])
        return
    if seen.period is None or data["previous_to"] != seen.period[1]:
        seen.faults.append(f"an extension {data} of {seen.period}")
        return
    if data["to"] <= seen.period[1]:
        seen.faults.append("an extension to an earlier day")
    if "suspended_days" in data:
        span = date.fromisoformat(data["to"]) - date.fromisoformat(seen.period[1])
        if span != timedelta(days=data["suspended_days"]) or data["suspended_days"] < 1:
            seen.faults.append(f"an extension that is not the real days: {data}")
    seen.period = (seen.period[0], data["to"])


@of("VisitModeAgreed")
def _mode(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    kinds = {"announced", "unannounced"}
    allowed = kinds if data["mode"] == "both" else {data["mode"]}
    known = kinds if seen.mode == "both" else {seen.mode}
    if allowed - known:
        seen.consent = False
    seen.mode = data["mode"]


@of("TeacherConsentRecorded", "TeacherConsentRefused", "TeacherConsentWithdrawn")
def _consent(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    kind = event["type"]
    if event["actor"]["role"] != "teacher":
        seen.faults.append(f"{kind} by another than the teacher")
    if kind == "TeacherConsentRecorded":
        if len(set(data["items"])) != ITEMS:
            seen.faults.append("a consent to less than all")
        seen.consent = True
        return
    if seen.consent != (kind == "TeacherConsentWithdrawn"):
        seen.faults.append(f"{kind} with consent {seen.consent}")
    seen.consent = False


@of("GoalDrafted", "GoalReworded", "GoalDropped")
def _goal(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    seen.changes += 1
    if data["version"] != seen.changes:
        seen.faults.append(f"draft {data['version']} is number {seen.changes}")
    drafted = event["type"] == "GoalDrafted"
    if drafted == (data["goal"] in seen.goals) or (not drafted and not seen.goals[data["goal"]]):
        seen.faults.append(f"{event['type']} of {data['goal']}")
    if drafted and not (data["grounds"] and data["single"]):
        seen.faults.append("a goal without ground or not single")
    seen.goals[data["goal"]] = event["type"] != "GoalDropped"


@of("ClientConsultedOnGoals")
def _consulted(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if data["version"] != seen.changes or not any(seen.goals.values()):
        seen.faults.append(f"consulted on {data['version']} of {seen.changes}")
    seen.consulted = data["version"]
    seen.held.add("consultation")
    seen.planned.add("consultation")


@of("GoalListFixed", "GoalListAmended")
def _fixed(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    active = {goal for goal, there in seen.goals.items() if there}
    if {goal["goal"] for goal in data["goals"]} != active or not active:
        seen.faults.append(f"fixed {data['goals']} of {active}")
    if data["version"] != seen.changes or seen.consulted != seen.changes:
        seen.faults.append("a list fixed without a consultation on that very version")
    if not seen.consent:
        seen.faults.append("a list fixed without consent")
    if seen.period is None:
        seen.faults.append("a list fixed without a period")
    if (event["type"] == "GoalListFixed") != (not seen.fixed):
        seen.faults.append(f"{event['type']} out of turn")
    if data["version"] == seen.fixed_version:
        seen.faults.append("a list fixed with nothing changed")
    seen.fixed = frozenset(active)
    seen.fixed_version = data["version"]


@of("ClassVisitPlanned", "UnannouncedVisitPlanned", "ClassVisitRescheduled")
def _visit_planned(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    again = event["type"] == "ClassVisitRescheduled"
    name, announced = data["visit"], event["type"] == "ClassVisitPlanned"
    if again != (name in seen.visits):
        seen.faults.append(f"{event['type']} of {name}")
    if not seen.consent or not seen.fixed:
        seen.faults.append("a visit planned without consent or goals")
    if seen.period is None or not seen.period[0] <= data["at"][:10] <= seen.period[1]:
        seen.faults.append("a visit planned outside the period")
    if again:
        visit = seen.visits[name]
        if visit.held or visit.cancelled:
            seen.faults.append(f"{name} moved when it was over")
        return
    if not announced and seen.mode not in ("unannounced", "both"):
        seen.faults.append("an unannounced visit that was not agreed")
    seen.visits[name] = Visit(announced)


@of("ClassVisitCancelled")
def _visit_cancelled(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    visit = seen.visits[data["visit"]]
    if visit.held or visit.cancelled:
        seen.faults.append(f"{data['visit']} cancelled when it was over")
    visit.cancelled = True


@of("TrajectorySuspended")
def _suspended(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    seen.suspended, seen.suspending = True, event["command_id"]


@of("TrajectoryResumed")
def _resumed(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if not seen.suspended:
        seen.faults.append("resumed without a suspension")
    if any(not (v.held or v.cancelled) for v in seen.visits.values()):
        seen.faults.append("a planned visit outlived a suspension")
    seen.suspended = False


@of("ClassVisitHeld")
def _visit_held(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    visit = seen.visits[data["visit"]]
    if visit.held or visit.cancelled or not data["findings"]:
        seen.faults.append(f"{data['visit']} held when over or without findings")
    if not all(finding["example"] for finding in data["findings"]):
        seen.faults.append("a finding without example")
    if not {finding["goal"] for finding in data["findings"]} <= seen.fixed:
        seen.faults.append("a finding of no goal")
    visit.held = True


@of("SelfAssessmentSubmitted", "SelfAssessmentOmitted")
def _assessed(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    visit = seen.visits[data["visit"]]
    if not visit.held or visit.assessed or visit.talked:
        seen.faults.append(f"{event['type']} of {visit}")
    if "ratings" in data:
        if set(data["ratings"]) != seen.fixed:
            seen.faults.append("ratings that do not cover the list")
        if data["list_version"] != seen.fixed_version:
            seen.faults.append("ratings on another list")
    visit.assessed = True


@of("FollowUpTalkPlanned", "FollowUpTalkHeld")
def _talk(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    visit = seen.visits[data["visit"]]
    if not visit.held or visit.talked:
        seen.faults.append(f"{event['type']} of {visit}")
    visit.talk_planned = True
    if event["type"] == "FollowUpTalkHeld":
        if not visit.assessed:
            seen.faults.append("a talk without self-assessment or omission")
        visit.talked = True


@of("FinalReportDrafted")
def _drafted(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    seen.drafted = True


@of("FinalReportIssued")
def _issued(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    held = [visit for visit in seen.visits.values() if visit.held]
    if len(held) < seen.agreed or not all(visit.talked for visit in held):
        seen.faults.append("a report after too few visits and talks")
    if len(data["sections"]) != 5 or not all(data["sections"].values()):
        seen.faults.append("a report without its sections")
    if not seen.fixed <= set(data["goal_results"]):
        seen.faults.append("a goal without result")
    seen.issued, seen.overall = True, data["overall"]


@of("TeacherResponseAdded")
def _response(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if not seen.drafted:
        seen.faults.append("a response to nothing")


@of("FinalReportReceived")
def _received(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if not seen.issued or data["receiver"] in seen.receipts:
        seen.faults.append(f"a receipt too many by {data['receiver']}")
    seen.receipts.add(data["receiver"])


@of("TrajectoryClosed", "TrajectoryEscalated")
def _concluded(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if not seen.issued:
        seen.faults.append(f"{event['type']} without a report")
    if event["type"] == "TrajectoryEscalated" and seen.overall != "insufficient":
        seen.faults.append("escalated with sufficient progress")


@of("TrajectoryAborted")
def _aborted(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if seen.issued or not data["reason"]:
        seen.faults.append("aborted after the report or without reason")


def _held(seen: Seen) -> dict[str, bool]:
    """Each intervention planned or held, in the order of the invoice -> whether it was held."""
    found = {
        x: x in seen.held for x in ("intake", "diagnosis", "consultation") if x in seen.planned
    }
    for name, visit in seen.visits.items():
        found[f"visit:{name}"] = visit.held
        if visit.talk_planned:
            found[f"talk:{name}"] = visit.talked
    if seen.drafted:
        found["report"] = True
    if "closing" in seen.held:
        found["closing"] = True
    return found


@of("ClosingTalkHeld")
def _closing(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    if "closing" in seen.held or not seen.issued:
        seen.faults.append("a closing talk out of turn")
    seen.held.add("closing")


@of("InterventionHoursLogged", "InterventionHoursCorrected")
def _hours(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    name, hours = data["intervention"], Fraction(data["hours"])
    if not _held(seen).get(name):
        seen.faults.append(f"hours of {name}, which was not held")
    before = seen.hours.get(name, Fraction(0))
    if event["type"] == "InterventionHoursLogged":
        if hours <= 0 or hours % Fraction(1, 4):
            seen.faults.append(f"{hours} hours")
        seen.hours[name] = before + hours
        return
    if Fraction(data["previous_hours"]) != before:
        seen.faults.append(f"corrected from {data['previous_hours']}, stood {before}")
    seen.hours[name] = hours


@of("InvoiceBasisPrepared")
def _invoice(seen: Seen, data: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    seen.invoices += 1
    if data["version"] != seen.invoices:
        seen.faults.append(f"invoice {data['version']} is number {seen.invoices}")
    expected: list[dict[str, Any]] = []
    cents, quarters = 0, Fraction(0)
    for name, held in _held(seen).items():
        hours = seen.hours.get(name, Fraction(0)) if held else Fraction(0)
        line = int(hours * seen.rate * 100 + Fraction(1, 2))
        cents, quarters = cents + line, quarters + hours
        shown = {"hours": _two(int(hours * 100)), "amount": _two(line), "lapsed": not held}
        expected.append({"intervention": name, **shown})
    if list(data["lines"]) != expected:
        seen.faults.append(f"lines {data['lines']}, not {expected}")
    if (data["total"], data["hours"]) != (_two(cents), _two(int(quarters * 100))):
        seen.faults.append(f"total {data['total']} of {data['hours']} hours")


def _two(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
