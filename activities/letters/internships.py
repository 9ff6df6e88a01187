"""What mails about a teacher internship say (docs/contract.md 2)."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "internship_proposed": (
        "Er is een docentstage voorgesteld",
        "A teacher internship was proposed",
    ),
    "internship_approved": (
        "Een docentstage is goedgekeurd",
        "A teacher internship was approved",
    ),
    "host_matched": (
        "Er is een stageplek gevonden voor een docentstage",
        "A host was found for a teacher internship",
    ),
    "supervisor_named": (
        "De begeleider in het bedrijf is bekend",
        "The supervisor at the host is known",
    ),
    "internship_started": ("Een docentstage is begonnen", "A teacher internship has started"),
    "half_day_missed": (
        "Een dagdeel van een docentstage is gemist",
        "A half-day of a teacher internship was missed",
    ),
    "evaluation_due": (
        "Herinnering: evalueer de docentstage",
        "Reminder: evaluate the teacher internship",
    ),
    "sharing_due": (
        "Herinnering: deel de opbrengst van uw docentstage",
        "Reminder: share the outcome of your teacher internship",
    ),
    "outcome_shared": (
        "De opbrengst van een docentstage is gedeeld",
        "The outcome of a teacher internship was shared",
    ),
    "internship_closed": ("Een docentstage is afgesloten", "A teacher internship was closed"),
    "internship_cancelled": (
        "Een docentstage gaat niet door",
        "A teacher internship was cancelled",
    ),
    "internship_ended_early": (
        "Een docentstage is eerder beëindigd",
        "A teacher internship ended early",
    ),
}
"""Kind of notice: the subject in Dutch and in English."""
