"""One example of every command to a student placement."""

from __future__ import annotations

from typing import Any

from web.api.examples import people as p

PLACEMENTS: dict[str, Any] = {
    "RequestPlacement": {
        "student": p.STUDENT,
        "institute_trainer": p.INSTITUTE_TRAINER,
        "route": "full_time",
        "phase": "derde jaar",
        "from": "2026-09-01",
        "to": "2027-01-29",
        "questions": ["Hoe houd ik overzicht bij zelfstandig werken?"],
        "qualities": "Muzikaal, rustig voor de groep",
    },
    "RejectRequest": {"reason": "Geen plaats in deze periode"},
    "OfferPlace": {"school": "De Windvaan", "school_leader": p.SCHOOL_LEADER},
    "AcceptPlace": {},
    "DeclineOffer": {"reason": "Te ver met het openbaar vervoer"},
    "AssignMentor": {"mentor": p.MENTOR, "qualification": "qualified"},
    "ReplaceMentor": {"mentor": p.MENTOR, "qualification": "in_training", "reason": "left"},
    "ReplaceSchoolLeader": {
        "school_leader": p.OTHER_SCHOOL_LEADER,
        "reason": "Leidt voortaan een andere school",
    },
    "ReplaceSchoolTrainer": {
        "school_trainer": p.SCHOOL_TRAINER,
        "reason": "Met pensioen",
    },
    "ReplaceInstituteTrainer": {
        "institute_trainer": p.INSTITUTE_TRAINER,
        "reason": "Met verlof tot de zomer",
    },
    "CompleteHandover": {"task": "mentor:1", "note": "Leervragen en verslagen besproken"},
    "RecordVog": {"issued_on": "2026-06-15", "date": "2026-08-24"},
    "DraftAgreement": {
        "assignment": "Lesgeven in groep 6, onderzoek naar instructie op drie niveaus",
        "days": ["mon", "tue"],
        "hours_per_week": "16",
        "supervision": "Wekelijks gesprek met de mentor",
        "assessment": "Advies van mentor en schoolopleider, besluit van de instituutopleider",
        "confidentiality": "Gegevens van leerlingen blijven op school",
        "allowance": "Geen vergoeding",
        "roles": {
            "mentor": {"tasks": "Dagelijkse begeleiding in de klas", "hours": "40"},
            "school_trainer": {"tasks": "Lesbezoeken en gesprekken", "hours": "12"},
            "institute_trainer": {"tasks": "Begeleiding vanuit de opleiding", "hours": "10"},
        },
    },
    "AmendAgreement": {"days": ["mon", "wed"], "reason": "Ander lesrooster van de opleiding"},
    "SignAgreement": {"version": 1},
    "RequestFreshLink": {},
    "SendSigningLink": {"party": "college"},
    "RevokeSigningLink": {"party": "college"},
    "StartPlacement": {"date": "2026-09-01"},
    "PlanTalk": {"talk": "start", "at": "2026-09-03T15:30"},
    "RecordStartTalk": {"date": "2026-09-03", "text": "Verwachtingen en leervragen besproken"},
    "RecordProgressTalk": {
        "date": "2026-11-10",
        "judgement": "insufficient",
        "text": "De instructie is nog te lang",
    },
    "RecordThreePartyTalk": {"date": "2026-11-18", "text": "Afspraken over kortere instructie"},
    "RecordFinalTalk": {"date": "2027-01-26", "text": "Teruggekeken op de leervragen"},
    "RecordLessonVisit": {"date": "2026-10-08", "text": "Rekenles in groep 6 bezocht"},
    "SubmitSelfAssessment": {"text": "Overzicht houden lukt, differentiëren nog niet altijd"},
    "AdviseAssessment": {"advice": "sufficient", "text": "Groeit zichtbaar"},
    "DecideAssessment": {"outcome": "sufficient", "grounds": "Beide adviezen en het portfolio"},
    "CosignAssessment": {},
    "CompletePlacement": {},
    "ChangeRoute": {"route": "part_time", "reason": "Gaat een dag in de week werken"},
    "InterruptPlacement": {"category": "absence"},
    "Resume": {"to": "2027-02-26"},
    "TransferPlacement": {
        "school": "De Springplank",
        "school_trainer": p.SCHOOL_TRAINER,
        "school_leader": p.SCHOOL_LEADER,
        "reason": "De groep wordt opgesplitst",
    },
    "WithdrawPlacement": {"reason": "Kiest een andere opleiding"},
    "EndPlacementEarly": {"reason": "Stopt met de opleiding"},
    "RegisterGuidanceHours": {"hours": "1.5", "date": "2026-10-08"},
    "CorrectRecord": p.CORRECTION,
}
