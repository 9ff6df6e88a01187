"""One example of every command to an assessment trajectory."""

from __future__ import annotations

from typing import Any

from web.api.examples import people as p

ASSESSMENTS: dict[str, Any] = {
    "AssignAssessor": {"assessor": p.OTHER_ADVISOR},
    "SetPlan": {"from": "2026-09-01", "to": "2026-12-18"},
    "StartAssessment": {},
    "HearTeacher": {
        "date": "2026-10-06",
        "account": "De leerkracht heeft de eigen kijk op de lessen gegeven",
        "teacher_present": True,
    },
    "IssueAssessment": {
        "outcome": "sufficient",
        "grounds": "In drie lessen verliepen de wissels zonder onrust",
    },
    "CloseAssessment": {},
    "WithdrawAssessment": {"reason": "De leerkracht heeft een andere functie gekregen"},
    "CorrectRecord": p.CORRECTION,
}
