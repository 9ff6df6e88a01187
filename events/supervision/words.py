"""The enumerated words of a supervision trajectory (contract 3)."""

from typing import Literal

Mode = Literal["announced", "unannounced", "both"]
ConsentItem = Literal[
    "visits",
    "timetable_changes",
    "follow_up_talks",
    "reflection",
    "alternatives",
    "experimenting",
    "self_assessment",
]
Area = Literal["pedagogical", "organisational", "didactic"]
Ground = Literal["necessity", "wish"]
Seen = Literal["seen", "partly", "not_seen"]
Result = Literal["reached", "partly", "not_reached"]
Overall = Literal["sufficient", "insufficient"]
Party = Literal["teacher", "manager", "advisor", "client"]
Topic = Literal["acquaintance", "reason", "agreements"]
Channel = Literal["in_person", "phone", "video"]
ReplaceCategory = Literal["unavailable", "conflict", "on_request"]
SuspendCategory = Literal["absence", "leave", "school", "other"]
Outcome = Literal["basic_level_reached", "further_guidance", "no_follow_up"]
