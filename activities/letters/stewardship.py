"""What mails about restriction and erasure of a case say (docs/contract.md 1, Stewardship)."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "erasure_requested": (
        "Er is gevraagd om een dossier te wissen",
        "It was requested to erase a case",
    ),
    "erasure_approved": (
        "Goedgekeurd dat een dossier wordt gewist",
        "It was approved that a case is erased",
    ),
    "erasure_declined": (
        "Een dossier wordt niet gewist",
        "A case is not erased",
    ),
    "restricted": (
        "De verwerking van een dossier is beperkt",
        "The processing of a case is restricted",
    ),
    "restriction_lifted": (
        "De beperking van een dossier is opgeheven",
        "The restriction of a case was lifted",
    ),
}
"""Kind of notice: the subject in Dutch and in English."""
