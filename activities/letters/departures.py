"""What mails about a departure of staff say (docs/contract.md 5)."""

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "staff_left": ("Er is een medewerker vertrokken", "A member of staff has left"),
    "departure_handled": (
        "Een vertrek is verwerkt bij de partners",
        "A departure was settled with the partners",
    ),
}
"""Kind of notice: the subject in Dutch and in English."""
