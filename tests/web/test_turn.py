"""The page of a case: whose turn it is, what stands in sight, and the goals as a picture."""

from __future__ import annotations

from typing import Any

from events.settings import TenantSettings
from web.forms.ways import FIRST, RARE, WITHIN, instead_of, ways
from web.pages.case import Moment, VisitRow, ahead, plans_of, step_line, waited_for
from web.pages.ratings import LEFT, ROOM, STEP, TOP, ratings_of
from web.pages.timeline import FEW, RECENT, Chosen, timeline_of
from web.pages.turn import turn_of
from web.texts import DEFAULT, texts
from web.wording import Wording
from workflows.registry import RULES

EVERY = {command for rules in RULES.values() for command in rules.commands}


def test_what_a_task_asks_for_stands_in_sight() -> None:
    offered = ["AbortTrajectory", "PlanIntake", "LogHours", "RecordIntake", "SignAgreement"]
    found = ways(offered, ["intake", "nothing_known"], ["SignAgreement"])
    assert list(found.main) == ["RecordIntake", "PlanIntake"]
    assert list(found.more) == ["LogHours"]
    assert list(found.rare) == ["AbortTrajectory"]
    # What is rare stands in sight where a task asks for it.
    assert list(ways(["CloseTrajectory", "EscalateTrajectory"], ["decide"]).main) == [
        "CloseTrajectory",
        "EscalateTrajectory",
    ]


def test_without_a_task_the_usual_stands_in_sight() -> None:
    offered = ["DraftGoal", "AgreeVisitMode", "LogHours", "IssueInterimReport", "PlanVisit"]
    found = ways([*offered, "CorrectRecord"], [])
    assert list(found.main) == ["PlanVisit", "LogHours", "DraftGoal", "AgreeVisitMode"]
    assert (list(found.more), list(found.rare)) == (["IssueInterimReport"], ["CorrectRecord"])


def test_what_is_done_on_the_page_of_another_command_is_found_there() -> None:
    found = ways(["DraftGoal", "RewordGoal", "DropGoal"], [])
    assert (list(found.main), list(found.more), list(found.rare)) == (["DraftGoal"], [], [])
    assert list(ways(["RewordGoal"], []).main) == ["RewordGoal"]


def test_what_cannot_be_given_yet_leads_to_what_comes_before() -> None:
    open_ = ["LogHours", "PlanDiagnosisVisit", "PlanFollowUpTalk"]
    assert instead_of("RecordDiagnosisVisit", open_) == ["PlanDiagnosisVisit"]
    assert instead_of("RecordFollowUpTalk", open_) == ["PlanFollowUpTalk"]
    assert instead_of("LogHours", open_) == []


def test_only_commands_that_exist_are_named() -> None:
    assert {command for commands in FIRST.values() for command in commands} <= EVERY
    assert RARE | WITHIN.keys() | set(WITHIN.values()) <= EVERY


def test_every_task_that_waits_leads_to_a_command() -> None:
    """Tasks and steps of the demo's rules, by the words there are for them."""
    named = {
        name
        for process in RULES
        for part in ("tasks", "timers")
        for name in texts(DEFAULT).of(process)[part]
    }
    # Somebody is asked to see to these; no command of one's own settles them.
    elsewhere = {"signatures", "signatures_late", "evaluation"}
    assert named - FIRST.keys() == elsewhere


def held(visit: str, day: str, **seen: str) -> dict[str, Any]:
    findings = [{"goal": goal, "seen": word, "example": "x"} for goal, word in seen.items()]
    return {"type": "ClassVisitHeld", "data": {"visit": visit, "date": day, "findings": findings}}


def rated(visit: str, **ratings: str) -> dict[str, Any]:
    return {"type": "SelfAssessmentSubmitted", "data": {"visit": visit, "ratings": ratings}}


def test_both_sides_of_a_goal_stand_beside_each_other() -> None:
    goals = [{"goal": "G1", "text": "Eén signaal"}, {"goal": "G2", "text": "Drie minuten"}]
    timeline = [
        held("V2", "2026-04-02", G1="seen"),
        rated("V2", G1="partly", G2="reached"),
        held("V1", "2026-03-02", G1="not_seen", G2="partly"),
    ]
    found = ratings_of(goals, timeline, {"G1": "reached"})
    assert found is not None
    assert list(found.visits) == ["V1", "V2"]
    first, second = found.goals
    assert (first.result, second.result) == ("reached", "")
    assert [(cell.teacher, cell.advisor) for cell in first.cells] == [
        ("", "not_seen"),
        ("partly", "seen"),
    ]
    right = LEFT + STEP
    assert first.lines["advisor"] == f"{LEFT + 6},{TOP + 2 * ROOM} {right + 6},{TOP}"
    assert first.lines["teacher"] == f"{right - 6},{TOP + ROOM}"
    assert [(mark.side, mark.visit, mark.y) for mark in second.marks] == [
        ("teacher", "V2", TOP),
        ("advisor", "V1", TOP + ROOM),
    ]
    assert ratings_of(goals, [], {}) is None


def test_only_the_latest_of_a_long_timeline_is_in_sight() -> None:
    wording = Wording(texts(DEFAULT), TenantSettings(), {}, "supervision")
    moments = [
        Moment(str(nth), "X", "t", "s", "", "", "", "", ()) for nth in range(RECENT + FEW + 1)
    ]
    items = [
        {"event_id": one.id, "by": {"person": None}, "recorded_at": "2026-03-02T10:00:00Z"}
        for one in moments
    ]

    def told(chosen: Chosen, many: int) -> tuple[int, int, int]:
        found = timeline_of(items[:many], moments[:many], chosen, wording, {})
        seen = [sum(len(day.moments) for day in some) for some in (found.days, found.earlier)]
        return seen[0], seen[1], found.hidden

    assert told(Chosen(), len(moments)) == (RECENT, FEW + 1, FEW + 1)
    assert told(Chosen(), len(moments) - 1) == (RECENT + FEW, 0, 0)
    # What somebody asked for is all in sight.
    assert told(Chosen(kind="t"), len(moments)) == (len(moments), 0, 0)


def test_an_intake_that_nobody_planned_was_held_all_the_same() -> None:
    ended = {step.name: step.place for step in step_line("closed", [{"type": "IntakeHeld"}])}
    assert (ended["intake"], ended["diagnosis"]) == ("done", "done")
    never = {step.name: step.place for step in step_line("aborted", [])}
    assert never["intake"] == "skipped"


def test_what_is_planned_stands_in_the_order_of_its_moments() -> None:
    wording = Wording(texts(DEFAULT), TenantSettings(), {}, "supervision")
    term = {"step": "talk:V2", "by": "advisor", "due": "2026-03-10"}
    visits = [
        VisitRow("V1", planned="2026-03-12T09:00"),
        VisitRow(
            "V2", planned="2026-03-02T09:00", held="2026-03-02", talk_planned="2026-03-05T15:00"
        ),
        VisitRow("O1", announced=False, planned="2026-03-04T09:00"),
    ]
    found = ahead({"overdue": [], "next": [term]}, [], visits, wording, now="2026-03-04T09:30")
    assert [(one.what, one.past) for one in found] == [
        ("nagesprek V2 houden", False),
        ("klassenbezoek O1", True),
        ("klassenbezoek V1", False),
    ]
    assert found[0].at == wording.local("2026-03-05T15:00")
    planned = {"type": "IntakePlanned", "data": {"at": "2026-03-01T09:00"}}
    again = {"type": "IntakePlanned", "data": {"at": "2026-03-02T09:00"}}
    assert plans_of([planned, again, {"type": "IntakeHeld"}]) == {"intake": "2026-03-02T09:00"}


def test_somebody_has_the_next_step_where_no_term_runs() -> None:
    wording = Wording(texts(DEFAULT), TenantSettings(), {}, "supervision")
    case: dict[str, Any] = {
        "state": "guidance", "suspended": False, "teacher": "t", "client": "c", "advisor": "a",
        "visits": {"planned": [], "held": ["V1"], "agreed": 3}, "receipts": [],
    }  # fmt: skip

    def told(reader: str, **other: Any) -> list[tuple[str, bool]]:
        return [(one.role, one.mine) for one in waited_for(case | other, reader, wording)]

    assert told("a") == [("advisor", True)]
    assert told("t") == [("advisor", False)]
    assert told("a", suspended=True) == []
    assert told("a", visits={"planned": ["V2"], "held": ["V1"], "agreed": 3}) == []
    assert told("a", state="reported") == [("teacher", False), ("client", False)]
    assert told("a", state="reported", receipts=["teacher"]) == [("client", False)]
    assert told("a", state="reported", receipts=["client", "teacher"]) == [("client", False)]
    assert told("a", state="intake") == []


def test_what_can_be_done_comes_before_what_cannot_yet() -> None:
    wording = Wording(texts(DEFAULT), TenantSettings(), {}, "placements")
    tasks = [
        {"task": "start", "due": "2026-03-01", "overdue": False},
        {"task": "draft_agreement", "due": None, "overdue": False},
    ]

    def what(*may: str) -> str:
        nothing: Any = None
        return turn_of(nothing, {"overdue": []}, tasks, [], wording, may).what

    assert what("DraftAgreement") == wording.task("draft_agreement")
    assert what("DraftAgreement", "StartPlacement") == wording.task("start")
    assert what() == wording.task("start")
