"""What mails about a supervision trajectory say (contract 3, Notices)."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "trajectory_requested": (
        "Er is een traject werkbegeleiding aangevraagd",
        "A supervision trajectory was requested",
    ),
    "trajectory_accepted": (
        "Een aanvraag voor werkbegeleiding is geaccepteerd",
        "A request for supervision was accepted",
    ),
    "trajectory_declined": (
        "Een aanvraag voor werkbegeleiding is afgewezen",
        "A request for supervision was declined",
    ),
    "advisor_assigned": ("Er is een adviseur toegewezen", "An advisor was assigned"),
    "advisor_replaced": ("De adviseur is vervangen", "The advisor was replaced"),
    "intake_planned": ("Het intakegesprek is gepland", "The intake talk was planned"),
    "consent_requested": ("Uw instemming wordt gevraagd", "Your consent is asked for"),
    "consent_refused": ("Instemming is geweigerd", "Consent was refused"),
    "consent_withdrawn": ("Instemming is ingetrokken", "Consent was withdrawn"),
    "diagnosis_visit_planned": (
        "Het diagnosebezoek is gepland",
        "The diagnosis visit was planned",
    ),
    "goals_consulted": (
        "Het overleg over de doelen is vastgelegd",
        "The consultation on the goals was recorded",
    ),
    "goal_list_fixed": ("De doelenlijst is vastgesteld", "The goal list was fixed"),
    "visit_planned": ("Een klassenbezoek is gepland", "A class visit was planned"),
    "visit_rescheduled": ("Een klassenbezoek is verzet", "A class visit was moved"),
    "visit_cancelled": ("Een klassenbezoek gaat niet door", "A class visit was cancelled"),
    "talk_planned": ("Een nagesprek is gepland", "A follow-up talk was planned"),
    "timetable_clash": (
        "Een roosterwijziging raakt een gepland bezoek",
        "A timetable change clashes with a planned visit",
    ),
    "timetable_changed": ("Er is een roosterwijziging gemeld", "A timetable change was reported"),
    "interim_report": (
        "Er is een tussenverslag uitgebracht",
        "An interim report was issued",
    ),
    "report_drafted": (
        "Het concept van het eindverslag staat klaar",
        "The draft of the final report is ready",
    ),
    "teacher_response": (
        "Er is een reactie op het eindverslag toegevoegd",
        "A response to the final report was added",
    ),
    "final_report": ("Het eindverslag is uitgebracht", "The final report was issued"),
    "suspended": ("Een traject is opgeschort", "A trajectory was suspended"),
    "resumed": ("Een traject gaat weer verder", "A trajectory goes on again"),
    "closed": ("Een traject is afgesloten", "A trajectory was closed"),
    "escalated": (
        "Een traject krijgt een vervolg",
        "A trajectory is followed by another one",
    ),
    "aborted": ("Een traject is afgebroken", "A trajectory was aborted"),
    "self_assessment_due": (
        "Herinnering: uw zelfbeoordeling",
        "Reminder: your self-assessment",
    ),
    "receipt_due": (
        "Herinnering: bevestig de ontvangst van het eindverslag",
        "Reminder: confirm that you received the final report",
    ),
    "stalled": ("Een traject staat stil", "A trajectory has come to a standstill"),
    "period_ending": (
        "De periode van een traject loopt bijna af",
        "The period of a trajectory is about to end",
    ),
    "suspended_long": (
        "Een traject is al lang opgeschort",
        "A trajectory has been suspended for long",
    ),
}
"""Kind of notice: the subject in Dutch and in English (contract 3, Notices)."""
