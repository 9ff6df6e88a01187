"""What mails about a student placement say (docs/contract.md 3)."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "placement_requested": (
        "Er is een plaats voor een student aangevraagd",
        "A place for a student was requested",
    ),
    "placement_rejected": (
        "Een aanvraag voor een plaats is afgewezen",
        "A request for a place was rejected",
    ),
    "place_offered": ("Er is een plaats aangeboden", "A place was offered"),
    "place_accepted": ("Een plaats is aangenomen", "A place was accepted"),
    "offer_declined": ("Een plaats is niet aangenomen", "A place was declined"),
    "mentor_assigned": ("Er is een mentor aangewezen", "A mentor was assigned"),
    "mentor_replaced": ("De mentor is vervangen", "The mentor was replaced"),
    "placement_started": ("Een plaatsing is begonnen", "A placement has started"),
    "placement_talk_planned": (
        "Er is een gesprek over een plaatsing gepland",
        "A talk about a placement was planned",
    ),
    "three_party_talk_due": (
        "Er is een driegesprek nodig",
        "A three-party talk is needed",
    ),
    "assessment_decided": (
        "De beoordeling van een student is vastgesteld",
        "The assessment of a student was decided",
    ),
    "assessment_cosigned": (
        "Het bestuur heeft een beoordeling medeondertekend",
        "The board has co-signed an assessment",
    ),
    "placement_interrupted": ("Een plaatsing is onderbroken", "A placement was interrupted"),
    "placement_resumed": ("Een plaatsing gaat weer verder", "A placement goes on again"),
    "placement_transferred": (
        "Een student gaat naar een andere school",
        "A student goes to another school",
    ),
    "placement_completed": ("Een plaatsing is afgerond", "A placement was completed"),
    "placement_withdrawn": ("Een plaatsing gaat niet door", "A placement was withdrawn"),
    "placement_ended_early": (
        "Een plaatsing is eerder beëindigd",
        "A placement ended early",
    ),
}
"""Kind of notice: the subject in Dutch and in English."""
