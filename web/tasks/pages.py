"""Which commands have a page of their own here, and where their givers go on afterwards."""

from __future__ import annotations

from collections.abc import Mapping

from web.tasks import assessing, consulting, goals, planning, reporting, visits
from web.tasks.sheet import Made, OwnPage, of

_SUPERVISION: Mapping[str, Made] = {
    "RecordDiagnosisVisit": visits.diagnosis,
    "RecordVisit": visits.class_visit,
    "SubmitSelfAssessment": assessing.self_assessment,
    "DraftGoal": goals.goal_list,
    "FixGoalList": goals.goal_list,
    "RewordGoal": goals.reword,
    "DropGoal": goals.drop,
    "RecordClientConsultation": consulting.consultation,
    "PlanIntake": planning.plan,
    "PlanDiagnosisVisit": planning.plan,
    "PlanVisit": planning.plan,
    "RescheduleVisit": planning.plan,
    "PlanFollowUpTalk": planning.plan,
    "DraftFinalReport": reporting.final_report,
}
TASK_PAGES: Mapping[tuple[str, str], OwnPage] = {
    ("supervision", command): of(make) for command, make in _SUPERVISION.items()
}
"""By process and command."""

AFTERWARDS: Mapping[tuple[str, str], str] = {
    ("supervision", command): "DraftGoal" for command in ("DraftGoal", "RewordGoal", "DropGoal")
}
"""The page of which command comes next, where that is not the case itself."""
