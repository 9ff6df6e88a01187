"""One example of every command to a teacher internship."""

from __future__ import annotations

from typing import Any

from web.api.examples import people as p

INTERNSHIPS: dict[str, Any] = {
    "ProposeInternship": {
        "question": "Hoe wordt een lasrobot geprogrammeerd?",
        "kind": "deepening",
        "half_days": 10,
        "school": "vmbo De Klinker",
        "school_leader": p.SCHOOL_LEADER,
    },
    "ApproveInternship": {"replacement": "arranged", "note": "Vervanging met de sectie geregeld"},
    "MatchHost": {"host": p.PARTNER, "contact": p.CONTACT},
    "NameHostSupervisor": {"supervisor": p.OTHER_CONTACT},
    "DraftAgreement": {
        "goal": "Een lasrobot zelf programmeren en er een les over maken",
        "from": "2026-04-13",
        "to": "2026-04-17",
        "half_days": 10,
        "times": "08.30 tot 12.30 en 13.00 tot 16.30 uur",
        "tasks": "Meelopen aan de lasstraat, daarna zelf een werkstuk programmeren",
        "insurance": "De school is verzekerd voor ongevallen en aansprakelijkheid",
        "confidentiality": "Tekeningen van klanten blijven in het bedrijf",
        "costs": "Reiskosten voor rekening van de school",
    },
    "AmendAgreement": {"half_days": 9, "reason": "Vrijdagmiddag staat de lasstraat stil"},
    "SignAgreement": {"version": 1},
    "RequestFreshLink": {},
    "SendSigningLink": {"party": "host"},
    "RevokeSigningLink": {"party": "host"},
    "StartInternship": {"date": "2026-04-13"},
    "RecordHalfDay": {"date": "2026-04-13", "part": "morning", "attended": True},
    "ReplaceHostSupervisor": {"supervisor": p.CONTACT, "reason": "left"},
    "ReplaceHostContact": {"contact": p.OTHER_CONTACT, "reason": "left"},
    "ReplaceSchoolLeader": {"school_leader": p.SCHOOL_LEADER, "reason": "Gaat met pensioen"},
    "CompleteHandover": {"task": "supervisor:1", "note": "De leervraag en de taken besproken"},
    "SubmitEvaluation": {"text": "Veel gezien van de praktijk", "worth": 5},
    "ShareOutcome": {
        "with": "team",
        "what": "Een les over programmeren aan de hand van een gelast frame",
        "material": "Lesbrief en filmpje op de schijf van de sectie",
    },
    "CloseInternship": {},
    "CancelInternship": {"reason": "Het bedrijf verhuist in die week"},
    "EndInternshipEarly": {"reason": "De leerkracht is ziek geworden"},
    "CorrectRecord": p.CORRECTION,
}
