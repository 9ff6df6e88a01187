"""What mails about a partner of the school say (docs/contract.md 4)."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "partner_registered": ("Er is een partner aangemeld", "A partner was registered"),
    "partner_activated": (
        "De samenwerking met een partner is begonnen",
        "The collaboration with a partner has begun",
    ),
    "contact_left": (
        "Een contactpersoon van een partner is vertrokken",
        "A contact of a partner has left",
    ),
    "coordinator_assigned": (
        "Een partner heeft een nieuwe coördinator",
        "A partner has a new coordinator",
    ),
    "standing_in": (
        "U neemt de coördinatie van een partner waar",
        "You stand in as coordinator of a partner",
    ),
    "successor_needed": (
        "Een partner heeft een opvolger nodig",
        "A partner needs a successor",
    ),
    "agreement_ending": (
        "Een afspraak met een partner loopt af",
        "An agreement with a partner is about to end",
    ),
    "relation_care_due": (
        "Tijd voor contact met een partner",
        "It is time to get in touch with a partner",
    ),
    "dormancy_proposed": (
        "Met een partner was lang geen contact",
        "There was no contact with a partner for long",
    ),
    "partner_ended": (
        "De samenwerking met een partner is beëindigd",
        "The collaboration with a partner has ended",
    ),
}
"""Kind of notice: the subject in Dutch and in English."""
