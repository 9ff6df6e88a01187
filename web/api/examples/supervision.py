"""One example of every command to a supervision trajectory."""

from __future__ import annotations

from typing import Any

from web.api.examples import people as p

SUPERVISION: dict[str, Any] = {
    "RequestTrajectory": {
        "teacher": p.TEACHER,
        "client": p.CLIENT,
        "manager": p.MANAGER,
        "school": "De Windvaan",
        "concerns": [{"concern": "C1", "text": "Onrust bij leswissels"}],
        "earlier_guidance": "coaching door de intern begeleider, te weinig resultaat",
    },
    "AcceptRequest": {"hourly_rate": "118.00"},
    "DeclineRequest": {"reason": "De school heeft zelf al een traject geregeld."},
    "AssignAdvisor": {"advisor": p.ADVISOR},
    "ReplaceAdvisor": {"advisor": p.OTHER_ADVISOR, "category": "unavailable"},
    "EstimateScope": {"visits": 4, "hours": "20"},
    "PlanIntake": {"at": "2026-01-15T15:30"},
    "RecordIntake": {
        "date": "2026-01-15",
        "present": ["teacher", "manager", "advisor"],
        "topics": ["acquaintance", "reason", "agreements"],
        "agreements": ["Een bezoek duurt een hele ochtend"],
        "hours": "1.5",
    },
    "AgreePeriod": {"from": "2026-01-19", "to": "2026-04-17", "client": p.CLIENT},
    "ExtendPeriod": {"to": "2026-05-15", "client": p.CLIENT, "reason": "Twee bezoeken nog te doen"},
    "AgreeVisitMode": {"mode": "both", "client": p.CLIENT},
    "RecordTeacherConsent": {
        "items": [
            "visits",
            "timetable_changes",
            "follow_up_talks",
            "reflection",
            "alternatives",
            "experimenting",
            "self_assessment",
        ]
    },
    "RefuseConsent": {"item": "visits", "reason": "Ik wil eerst met mijn directeur praten"},
    "WithdrawConsent": {"reason": "De afspraken zijn voor mij veranderd"},
    "PlanDiagnosisVisit": {"at": "2026-01-27T08:30", "announced": True},
    "RecordDiagnosisVisit": {
        "date": "2026-01-27",
        "observations": {
            "lesson_change": {"seen": True, "note": "zeven minuten zonder signaal"},
            "differentiated_instruction": {"seen": False, "note": "één instructie voor allen"},
            "differentiated_processing": {"seen": True, "note": "twee niveaus werkbladen"},
            "working_with_strategies": {"seen": False, "note": "geen stappenplan zichtbaar"},
        },
        "hours": "3",
    },
    "DraftGoal": {
        "goal": "G1",
        "text": "De leswissel start met één vast signaal",
        "area": "organisational",
        "grounds": ["necessity"],
        "single": True,
        "concerns": ["C1"],
    },
    "RewordGoal": {
        "goal": "G1",
        "text": "De leswissel start met één belsignaal",
        "single": True,
    },
    "DropGoal": {"goal": "G1", "reason": "Valt samen met een ander doel"},
    "RecordClientConsultation": {
        "version": 9,
        "client": p.CLIENT,
        "remark": "akkoord",
        "hours": "0.25",
    },
    "FixGoalList": {},
    "PlanVisit": {"visit": "V1", "at": "2026-02-10T08:30", "announced": True},
    "RescheduleVisit": {"visit": "V1", "at": "2026-02-12T08:30"},
    "CancelVisit": {"visit": "V1", "reason": "Studiedag"},
    "RecordVisit": {
        "visit": "V1",
        "date": "2026-02-10",
        "findings": [{"goal": "G1", "seen": "seen", "example": "vast signaal bij elke wissel"}],
    },
    "PlanFollowUpTalk": {"visit": "V1", "at": "2026-02-12T15:30"},
    "RecordFollowUpTalk": {
        "visit": "V1",
        "date": "2026-02-12",
        "channel": "phone",
        "goal_list": "G1 doorgenomen",
        "reflection": "ziet dat de groep onrustig wordt van eigen haast",
        "instructions": ["leg het belsignaal vast op het bord"],
        "hours": "2.5",
    },
    "SubmitSelfAssessment": {"visit": "V1", "ratings": {"G1": "partly"}},
    "RecordSelfAssessmentOmission": {"visit": "V1", "reason": "rapportweek"},
    "ReportTimetableChange": {"date": "2026-04-02", "change": "ochtend en middag geruild"},
    "LogHours": {"intervention": "visit:V1", "hours": "2.5"},
    "CorrectHours": {"intervention": "visit:V1", "hours": "2", "reason": "dubbel geteld"},
    "Suspend": {"category": "absence"},
    "Resume": {},
    "IssueInterimReport": {"text": "Halverwege zijn drie doelen bereikt."},
    "DraftFinalReport": {
        "sections": {
            "results": "zeven van negen doelen bereikt",
            "process": "vier bezoeken en vier gesprekken",
            "attention_points": "stappenplan in elke les",
            "further_guidance": "niet nodig",
            "next_steps": "geen",
        },
        "goal_results": {"G1": "reached"},
        "overall": "sufficient",
    },
    "AddTeacherResponse": {"text": "Ik herken de uitkomst."},
    "IssueFinalReport": {"hours": "4"},
    "RecordClosingTalk": {"date": "2026-04-20", "hours": "1"},
    "ConfirmReceipt": {},
    "CloseTrajectory": {"outcome": "basic_level_reached"},
    "EscalateTrajectory": {"mandate": p.CLIENT},
    "AbortTrajectory": {"reason": "De leerkracht krijgt een andere functie"},
    "CorrectRecord": p.CORRECTION,
}
