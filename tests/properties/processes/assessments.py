"""The assessment trajectory as a player knows it (contract 6)."""

from __future__ import annotations

from tests.properties.processes.board import IDS
from tests.properties.processes.play import CORRECTION, Data, Play, Source, Turn, nothing, reasoned

PLANNING = frozenset({"opened", "plan_set"})
OPEN = frozenset({*PLANNING, "running", "assessed"})
ENDS = frozenset({"closed", "withdrawn"})


def _plan(s: Source) -> Data:
    return s.span(0, 10, 60)


def _forward(s: Source) -> Turn | None:
    case = s.case
    if case["state"] == "opened":
        return ("SetPlan" if case["assessor"] else "AssignAssessor"), None
    if case["state"] == "plan_set":
        return "StartAssessment", None
    if case["state"] == "running":
        return ("IssueAssessment" if case["hearings"] else "HearTeacher"), None
    return "CloseAssessment", None


PLAY = Play(
    process="assessments",
    opening=None,
    by={
        "AssignAssessor": ("hr",),
        "SetPlan": ("hr", "assessor"),
        "StartAssessment": ("assessor",),
        "HearTeacher": ("assessor",),
        "IssueAssessment": ("assessor",),
        "CloseAssessment": ("hr",),
        "WithdrawAssessment": ("hr",),
        "CorrectRecord": ("hr",),
    },
    when={
        "AssignAssessor": PLANNING | {"running"},
        "SetPlan": PLANNING,
        "StartAssessment": frozenset({"plan_set"}),
        "HearTeacher": frozenset({"running"}),
        "IssueAssessment": frozenset({"running"}),
        "CloseAssessment": frozenset({"assessed"}),
        "WithdrawAssessment": OPEN,
    },
    data={
        **CORRECTION,
        "AssignAssessor": lambda s: {
            "assessor": IDS["advisor"] if s.seldom() else s.one(s.board.staff())
        },
        "SetPlan": _plan,
        "StartAssessment": nothing,
        "HearTeacher": lambda s: {
            **s.dated(),
            "account": s.text(),
            "teacher_present": s.maybe(),
        },
        "IssueAssessment": lambda s: {
            "outcome": s.one(("sufficient", "insufficient")),
            "grounds": s.text(),
        },
        "CloseAssessment": nothing,
        "WithdrawAssessment": reasoned,
    },
    parts=lambda case: {"assessor": (case["assessor"],)},
    forward=_forward,
    states=OPEN | ENDS,
    ends=ENDS,
    summary=frozenset(
        {
            "state", "trajectory", "list_version", "teacher", "manager", "client", "mandate",
            "assessor", "period", "hearings", "outcome",
        }
    ),
    everywhere=frozenset({"hr", "auditor"}),
    hasty=("IssueAssessment", "CloseAssessment", "SetPlan", "StartAssessment"),
    required={"SetPlan": {"from": "period.invalid", "to": "period.invalid"}},
    endings=frozenset({"WithdrawAssessment"}),
    lenient=frozenset({"SetPlan", "StartAssessment", "HearTeacher", "IssueAssessment"}),
)  # fmt: skip
