"""One example of every command that people give about a partner."""

from __future__ import annotations

from typing import Any

from web.api.examples import people as p

PARTNERS: dict[str, Any] = {
    "RegisterPartner": {
        "name": "Metaalwerken Van Stralen BV",
        "kind": "company",
        "levels": ["organisation"],
        "obligation": "additional",
        "origin": "sought",
        "school_leader": p.SCHOOL_LEADER,
        "schools": ["vmbo De Klinker"],
        "co_location": "elsewhere",
        "contribution": "Twee docentstages per schooljaar",
    },
    "ChangePartner": {
        "contribution": "Drie docentstages per schooljaar",
        "co_location": "neighbour",
    },
    "ReplaceSchoolLeader": {
        "school_leader": p.OTHER_SCHOOL_LEADER,
        "reason": "De schoolleider werkt nu op een andere school",
    },
    "AssessFit": {
        "motive": "vision",
        "explanation": "Techniek van nu hoort in de les",
        "profile_match": "good",
        "capacity": "Twee docenten tegelijk",
    },
    "ActivatePartner": {
        "primary_contact": p.CONTACT,
        "coordinator": p.COORDINATOR,
        "deputy": p.DEPUTY,
    },
    "AddContact": {"contact": p.OTHER_CONTACT, "function": "praktijkbegeleider"},
    "EndContact": {"contact": p.CONTACT, "reason": "left"},
    "CompleteHandover": {
        "task": "contact:1",
        "successor": p.OTHER_CONTACT,
        "note": "Afspraken en gewoonten van de school doorgenomen",
    },
    "AssignCoordinator": {"coordinator": p.DEPUTY, "deputy": p.COORDINATOR},
    "HandOver": {"successor": p.TEACHER, "note": "Contactlog doorgenomen"},
    "LogContactMoment": {
        "date": "2026-03-17",
        "channel": "visit",
        "contact": p.CONTACT,
        "text": "Rondleiding langs de nieuwe lasstraat",
    },
    "PlanRelationCare": {"on": "2026-12-14", "what": "Kerstattentie brengen"},
    "SetAvailability": {"windows": [{"day": "tue", "from": "13:00", "to": "17:00"}]},
    "RecordSubsidyStatus": {
        "scheme": "Sterk Techniekonderwijs",
        "status": "granted",
        "until": "2028-12-31",
    },
    "RecordAgreement": {
        "agreement": "Samenwerking techniek",
        "subject": "Docentstages en gastlessen",
        "from": "2026-08-01",
        "to": "2028-07-31",
        "signed_on": "2026-03-20",
    },
    "MarkDormant": {"reason": "Dit schooljaar geen docentstages"},
    "EndPartner": {"reason": "Het bedrijf is verhuisd naar een andere regio"},
    "MergePartners": {"into": p.PARTNER, "reason": "Twee keer ingeschreven"},
    "CorrectRecord": p.CORRECTION,
}
