"""What a command says of other cases, and does to them, against what those cases show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from events.calendar import local_day
from events.event import stream_id
from tests.properties.desk import TENANT
from tests.properties.processes.board import Board
from tests.properties.processes.play import Case
from tests.properties.processes.rooms import full, no_school_too_full
from tests.properties.processes.seen_internships import Internship, one_place_at_a_time, taken
from tests.properties.processes.seen_placements import Placement
from tests.properties.processes.witness import Witness
from workflows.scenarios import Call

Cases = Mapping[str, Case]
"""Summaries by stream."""

OF_PARTNERS = frozenset({"MatchHost", "NameHostSupervisor", "ReplaceHostSupervisor"})
"""Commands that name a partner's people."""

CHANGING_OTHERS = frozenset({"StaffLeft", "MergePartners"})


def together(witnesses: Sequence[Witness]) -> list[str]:
    """What no two cases may hold at the same time."""
    interns = [one for one in witnesses if isinstance(one, Internship)]
    placed = [one for one in witnesses if isinstance(one, Placement)]
    return one_place_at_a_time(interns) + no_school_too_full(placed)


def unfounded(
    board: Board, witnesses: Mapping[str, Witness], partners: Cases, call: Call, code: str
) -> bool:
    """Whether a refusal that speaks of other cases is not borne out by them."""
    mine = witnesses.get(call.stream or "")
    others = [witness for id_, witness in witnesses.items() if id_ != call.stream]
    if code == "internship.overlap":
        return not _days_taken(call, mine, [one for one in others if isinstance(one, Internship)])
    if code == "school.capacity_full" and isinstance(mine, Placement):
        first = mine.period[0]
        if call.command == "TransferPlacement":
            first = max(first, str(local_day(call.at, board.settings)))
        placed = [one for one in others if isinstance(one, Placement)]
        last = call.data.get("to") or mine.period[1]
        return first <= last and not full(
            placed, call.data.get("school") or mine.school, first, last
        )
    if code == "partner.merge_impossible":
        into = partners.get(call.data["into"])
        return into is not None and into["state"] != "ended" and call.data["into"] != call.stream
    if code in ("host.not_active", "host.contact_unknown") and call.command == "MatchHost":
        host = partners.get(call.data["host"])
        active = host is not None and host["state"] == "active"
        if code == "host.not_active":
            return active
        return host is not None and call.data["contact"] in host["contacts"]
    return False


def _days_taken(call: Call, mine: Witness | None, others: Sequence[Internship]) -> bool:
    terms = mine.agreement.terms if mine else {}
    first = call.data.get("from") or terms.get("from", "")
    last = call.data.get("to") or terms.get("to", "")
    return taken(others, mine.people["teacher"] if mine else call.person.id, first, last)


def unfit_host(host: str, partners: Cases, call: Call) -> str | None:
    """What is wrong with the people of a host that a command names."""
    case = partners[host]
    person = call.data["contact" if call.command == "MatchHost" else "supervisor"]
    if person not in case["contacts"]:
        return "not one of the host's people"
    if call.command == "MatchHost" and case["state"] != "active":
        return f"a host that is {case['state']}"
    return None


def lost_in_merger(gone: Case, kept: Case) -> list[str]:
    """Contacts and agreements of a partner that the one it was merged into does not have."""
    names = [{item["agreement"] for item in case["agreements"]} for case in (gone, kept)]
    return sorted((set(gone["contacts"]) - set(kept["contacts"])) | (names[0] - names[1]))


def staff(case: Case) -> tuple[str | None, ...]:
    """Those of the school whom a partner names."""
    return case["coordinator"], case["deputy"], case["school_leader"]


def vacated(call: Call, before: Cases, now: Cases, new: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong after a departure: every partner concerned hears of it, and once."""
    person, faults, concerned = call.data["person"], [], 0
    for stream, case in before.items():
        want: list[str] = []
        if case["state"] != "ended" and person in staff(case):
            concerned += 1
            if person == case["school_leader"]:
                want.append("SchoolLeaderVacant")
            if person == case["coordinator"]:
                want += ["CoordinatorVacant", *(["DeputyStoodIn"] if case["deputy"] else [])]
            if person == case["deputy"]:
                want.append("DeputyVacant")
            if person in staff(now[stream]):
                faults.append("who left is still there")
        if new[stream] != want:
            faults.append(f"{new[stream]}, not {want}")
    shown: dict[str, Any] = dict(now[stream_id(TENANT, call.command_id)])
    if (shown["state"], shown["partners"], shown["refused"]) != ("handled", concerned, 0):
        faults.append(f"{shown}, not {concerned} partners")
    return faults
