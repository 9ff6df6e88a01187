"""What mails say that several processes send: on agreements, handovers and terms (contract 1)."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "agreement_to_sign": (
        "Er ligt een overeenkomst voor u klaar om te ondertekenen",
        "An agreement is ready for you to sign",
    ),
    "signing_link": ("Hier is uw nieuwe link", "Here is your new link"),
    "fresh_link_sent": (
        "Iemand heeft een nieuwe link gekregen",
        "Somebody was sent a new link",
    ),
    "agreement_complete": (
        "Een overeenkomst is door iedereen ondertekend",
        "An agreement was signed by everybody",
    ),
    "signature_due": (
        "Herinnering: onderteken de overeenkomst",
        "Reminder: sign the agreement",
    ),
    "signatures_missing": (
        "Er ontbreken handtekeningen onder een overeenkomst",
        "Signatures are missing under an agreement",
    ),
    "part_taken_over": (
        "Iemand neemt een rol over van iemand anders",
        "Somebody takes over a part from somebody else",
    ),
    "handover": ("Er is een overdracht nodig", "A handover is needed"),
    "overdue": ("Een stap is te laat", "A step is overdue"),
}
"""Kind of notice: the subject in Dutch and in English."""
