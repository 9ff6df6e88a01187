"""Who and what the examples name. Everybody is invented."""

from __future__ import annotations

TEACHER = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e01"
CLIENT = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e02"
MANAGER = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e03"
ADVISOR = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e04"
OTHER_ADVISOR = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e05"
AUDITOR = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e06"
SCHOOL_LEADER = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e07"
COORDINATOR = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e08"
DEPUTY = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e09"
CONTACT = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e10"
OTHER_CONTACT = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e11"
STUDENT = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e12"
MENTOR = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e13"
SCHOOL_TRAINER = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e14"
INSTITUTE_TRAINER = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e15"
OTHER_SCHOOL_LEADER = "5b1f0c62-9f0e-4c3f-8c43-2b5a0a6d7e16"
PARTNER = "c1a6cf0e-3c1d-5b8f-9a62-3a6f0e4d2b11"
EVENT = "c1a6cf0e-3c1d-5b8f-9a62-3a6f0e4d2b10"

CORRECTION = {
    "event": EVENT,
    "reason": "Verkeerde datum genoteerd",
    "correction": "Het gesprek was op 15 januari",
    "approved_by": AUDITOR,
}
