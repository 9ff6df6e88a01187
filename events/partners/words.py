"""The enumerated words of a partner (docs/contract.md 4)."""

from typing import Literal

Kind = Literal[
    "municipality", "neighbourhood_team", "youth_care", "therapist", "guidance_service",
    "childcare", "police", "civil_society", "freelance_teacher", "guest_lesson_organisation",
    "staff_trainer", "teacher_college", "library", "welfare_work", "health_service",
    "consultancy", "school", "secondment_agency", "company",
]  # fmt: skip
"""The eighteen of 001, and the company where people learn outside the school (002)."""

Level = Literal["pupil", "group", "organisation"]
Obligation = Literal["prescribed", "additional"]
Origin = Literal["offered", "sought", "parent", "network"]
CoLocation = Literal["own_room", "same_building", "neighbour", "elsewhere"]
Motive = Literal["vision", "social_task", "nearness", "workload", "other"]
ProfileMatch = Literal["good", "partly", "poor"]
LeftReason = Literal["left", "other_work", "other"]
Channel = Literal["visit", "phone", "mail", "meeting", "event"]
Day = Literal["mon", "tue", "wed", "thu", "fri"]
SubsidyStatus = Literal["requested", "granted", "rejected", "ended"]
Vacancy = Literal["coordinator", "deputy"]
